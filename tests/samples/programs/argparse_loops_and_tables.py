import argparse
from enum import Enum


class Loss(Enum):
    MSE = "mse"
    MAE = "mae"
    HUBER = "huber"


DEFAULTS = dict(lr=0.01, dropout=0.2)
DEFAULTS["patience"] = 7
METRICS = ["accuracy", "f1"]

parser = argparse.ArgumentParser(description=__doc__)
for split in ("train", "valid"):
    parser.add_argument(f"--{split}-csv", default="{}.csv".format(split), help=f"{split} set")
for name, value in DEFAULTS.items():
    parser.add_argument("--" + name, type=type(value), default=value)
parser.add_argument("--loss", choices=[l.value for l in Loss], default=Loss.MSE.value, help="what to minimise")
parser.add_argument("--metrics", nargs="*", choices=METRICS, default=METRICS)
parser.add_argument("--fold", type=int, choices=range(5), default=0)
parser.add_argument("--layers", type=lambda s: [int(n) for n in s.split(",")], default=[64, 32], help="comma separated")
opts = vars(parser.parse_args())
print(opts)
