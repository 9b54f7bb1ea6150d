import argparse
import logging
from argparse import BooleanOptionalAction

DEFAULT_LR = 3e-4
HOURS = 60 * 60
log = logging.getLogger(__name__)


def add_data_args(group):
    group.add_argument("--train-file", default="train.csv", help="training data")
    group.add_argument("--cache", action=BooleanOptionalAction, default=True, help="cache decoded samples")
    group.add_argument("--no-shuffle", dest="shuffle", action="store_false", help="keep the order")


def add_optim_args(group):
    group.add_argument("--lr", type=float, default=DEFAULT_LR, help="learning rate [%(default)s]")
    group.add_argument("--betas", type=float, nargs=2, default=[0.9, 0.95])
    group.add_argument("--max-time", type=int, default=2 * HOURS, help="seconds, %(type)s")
    group.add_argument("--precision", type=int, choices=[16, 32, 64], default=32)


ap = argparse.ArgumentParser(fromfile_prefix_chars="@")
add_data_args(ap.add_argument_group("data"))
add_optim_args(ap.add_argument_group("optimisation", "how it learns"))
which = ap.add_mutually_exclusive_group()
which.add_argument("--fast", action="store_const", const="fast", dest="mode", default="normal", help="quick and dirty")
which.add_argument("--thorough", action="store_const", const="thorough", dest="mode", help="slow and clean")
ap.add_argument("--tag", action="append", default=[], help="may be repeated")
ap.add_argument("-q", dest="quiet", action="store_true")
ap.set_defaults(train_file="train.parquet")


if __name__ == "__main__":
    args = ap.parse_args()
    log.info("%s", args)
    print(f"lr: {args.lr}")
