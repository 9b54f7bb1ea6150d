"""prepare | train | eval of a text classifier."""
import argparse
import sys
from pathlib import Path


def cmd_prepare(args):
    print("preparing", args.source)


def cmd_train(args):
    print("training", args.lr)


def cmd_eval(args):
    return 0


def make_parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, default=1234, help="random seed")
    common.add_argument("-v", "--verbose", action="count", default=0, help="more output")

    parser = argparse.ArgumentParser(prog="textclf", parents=[common])
    parser.add_argument("--workdir", type=Path, default=Path("work"), help="where everything goes")
    sub = parser.add_subparsers(dest="command", metavar="COMMAND")
    sub.required = True

    p = sub.add_parser("prepare", help="make the dataset")
    p.add_argument("source", help="raw text")
    p.add_argument("--vocab-size", type=int, default=30000)
    p.set_defaults(func=cmd_prepare)

    p = sub.add_parser("train", help="fit the model")
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--hidden", type=int, nargs=2, default=(128, 64), metavar=("H1", "H2"), help="sizes of layers")
    p.add_argument("--optimizer", choices=("adam", "sgd", "rmsprop"), default="adam")
    p.set_defaults(func=cmd_train)

    p = sub.add_parser("eval", help="score it")
    p.add_argument("--split", choices=["val", "test"], required=True)
    p.set_defaults(func=cmd_eval)
    return parser


def main(argv=None):
    args = make_parser().parse_args(argv)
    return args.func(args)


if __name__ == "__main__":
    sys.exit(main())
