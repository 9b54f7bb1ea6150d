"""Fine-tune with packages that are nowhere installed."""
import argparse

import apex_not_here.amp as amp
from megatron_not_here import training, mpu
from megatron_not_here.schedulers import SCHEDULERS


def get_args():
    parser = argparse.ArgumentParser("GLUE")
    group = parser.add_argument_group(title="glue")
    group.add_argument("--task", type=str, required=True, help="Task name.")
    group.add_argument("--pretrained-checkpoint", type=str, default=None, help="pretrained checkpoint")
    group.add_argument("--scheduler", choices=SCHEDULERS.keys(), default="cosine", help="decay of the rate")
    group.add_argument("--keep-last", action="store_true", help="Keep the last batch (maybe incomplete) in the data loader")
    group.add_argument("--hidden-size", type=int, default=1024 * 4)
    group.add_argument("--loss-scale", type=float, default=2.0 ** 12, help="static loss scaling")
    group.add_argument("--apex-level", default=amp.default_level())
    return parser.parse_args()


args = get_args()
mpu.initialize(args)
