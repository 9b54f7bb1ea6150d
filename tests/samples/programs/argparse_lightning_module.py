"""Lightning before 2.0: the model adds its own arguments."""
from argparse import ArgumentParser

import pytorch_lightning as pl
import torch


class Autoencoder(pl.LightningModule):
    def __init__(self, hparams):
        super().__init__()
        self.hparams = hparams

    @staticmethod
    def add_model_specific_args(parent_parser):
        parser = ArgumentParser(parents=[parent_parser], add_help=False)
        parser.add_argument("--latent", type=int, default=32, help="size of the code")
        parser.add_argument("--beta", type=float, default=4.0)
        return parser


def main(args):
    model = Autoencoder(args)
    trainer = pl.Trainer.from_argparse_args(args)
    trainer.fit(model)


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--data-dir", default="./", type=str)
    parser.add_argument("--batch-size", type=int, default=32)
    parser = Autoencoder.add_model_specific_args(parser)
    args = parser.parse_args()
    main(args)
