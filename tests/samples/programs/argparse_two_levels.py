import argparse
import json


def cmd_train(args):
    print("JSON:" + json.dumps({k: v for k, v in vars(args).items() if k != "func"}, sort_keys=True))


def build():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, default=0, help="the seed")
    p = argparse.ArgumentParser(parents=[common])
    p.add_argument("-v", "--verbose", action="count", default=0)
    sub = p.add_subparsers(dest="group", metavar="GROUP", required=True)
    model = sub.add_parser("model", aliases=["m"], help="models").add_subparsers(dest="action", required=True)
    tr = model.add_parser("train", parents=[common], conflict_handler="resolve")
    tr.add_argument("dataset")
    tr.add_argument("--lr", type=float, default=0.1)
    tr.add_argument("--epochs", type=int, default=3)
    tr.set_defaults(func=cmd_train, epochs=7)
    ev = model.add_parser("eval")
    ev.add_argument("ckpt", nargs="?", default="best")
    ev.set_defaults(func=cmd_train)
    data = sub.add_parser("data")
    data.add_argument("--url", default="u")
    data.set_defaults(func=cmd_train)
    return p


if __name__ == "__main__":
    a = build().parse_args()
    a.func(a)
