import argparse
import os


class BaseOptions:
    """Options used during both training and test time."""

    def __init__(self):
        self.initialized = False

    def initialize(self, parser):
        parser.add_argument("--dataroot", required=True, help="path to images")
        parser.add_argument("--name", type=str, default="experiment_name", help="name of the experiment")
        parser.add_argument("--gpu_ids", type=str, default="0", help="gpu ids: e.g. 0  0,1,2")
        parser.add_argument("--checkpoints_dir", type=str, default=os.path.join(".", "checkpoints"), help="models are saved here")
        parser.add_argument("--norm", type=str, default="instance", choices=["instance", "batch", "none"])
        parser.add_argument("--serial_batches", action="store_true", help="takes images in order")
        self.initialized = True
        return parser

    def gather_options(self):
        if not self.initialized:
            parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
            parser = self.initialize(parser)
        opt, _ = parser.parse_known_args()
        self.parser = parser
        return parser.parse_args()

    def parse(self):
        opt = self.gather_options()
        opt.isTrain = self.isTrain
        self.opt = opt
        return self.opt
