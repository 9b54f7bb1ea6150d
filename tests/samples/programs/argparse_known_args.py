"""Two parsers: the first one finds a config file, the second takes the rest (the manner of timm's train.py)."""
import argparse

import yaml

config_parser = parser = argparse.ArgumentParser(description="Training Config", add_help=False)
parser.add_argument("-c", "--config", default="", type=str, metavar="FILE", help="YAML config file specifying default arguments")

parser = argparse.ArgumentParser(description="PyTorch ImageNet Training")
group = parser.add_argument_group("Dataset parameters")
group.add_argument("data", nargs="?", metavar="DIR", const=None, help="path to dataset (positional is *deprecated*)")
group.add_argument("--num-classes", type=int, default=None, metavar="N", help="number of label classes (Model default if None)")
group = parser.add_argument_group("Optimizer parameters")
group.add_argument("--opt", default="sgd", type=str, metavar="OPTIMIZER", help='Optimizer (default: "sgd")')
group.add_argument("--opt-eps", default=None, type=float, metavar="EPSILON", help="Optimizer Epsilon (default: None, use opt default)")
group.add_argument("--aug-repeats", type=float, default=0, help="Number of augmentation repetitions")
group.add_argument("--scale", type=float, nargs="+", default=[0.08, 1.0], metavar="PCT")


def _parse_args():
    args_config, remaining = config_parser.parse_known_args()
    if args_config.config:
        with open(args_config.config, "r") as f:
            cfg = yaml.safe_load(f)
            parser.set_defaults(**cfg)
    args = parser.parse_args(remaining)
    return args, yaml.safe_dump(args.__dict__, default_flow_style=False)


def main():
    args, args_text = _parse_args()
    print(args_text)


if __name__ == "__main__":
    main()
