import argparse
import json
import os
import sys

import ray_does_not_exist as ray
from torch_missing import nn
import torch_missing.nn.functional as F
from models_missing import MODELS

parser = argparse.ArgumentParser(description="x")
parser.add_argument("--smoke-test", action="store_true", help="Finish quickly for testing")
parser.add_argument("--num-workers", type=int, default=int(os.environ.get("WORKERS", 4)))
parser.add_argument("--arch", choices=sorted(MODELS), default="resnet18")
parser.add_argument("--lr", type=float, default=3e-4 * 2)
parser.add_argument("--device", default="cuda" if nn.cuda.is_available() else "cpu")
parser.add_argument("--framework", choices=["tf", "torch"], default="torch", help="The DL framework.")
for name, default in [("alpha", 0.1), ("beta", 0.2)]:
    parser.add_argument(f"--{name}", type=float, default=default, help=f"Value of {name}")
args, unknown = parser.parse_known_args()

if __name__ == "__main__":
    print("JSON:" + json.dumps(vars(args)))
