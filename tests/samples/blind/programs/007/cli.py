import argparse
import json
import math


def cmd_train(ns):
    w = 1.0
    for e in range(ns.epochs):
        w -= ns.lr * 2 * (w - math.pi)
        print(f"epoch={e + 1} loss={(w - math.pi) ** 2:.6f}")
    with open(ns.out, "w") as fh:
        json.dump({"w": w}, fh)


def cmd_eval(ns):
    with open(ns.ckpt) as fh:
        w = json.load(fh)["w"]
    print(f"abs_err={abs(w - math.pi):.6f} threshold={ns.threshold}")


def main():
    top = argparse.ArgumentParser()
    top.add_argument("--quiet", action="store_true")
    sub = top.add_subparsers(dest="command", required=True)
    t = sub.add_parser("train", help="fit the model")
    t.add_argument("--epochs", type=int, default=6)
    t.add_argument("--lr", type=float, default=0.2)
    t.add_argument("--out", default="w.json")
    t.set_defaults(func=cmd_train)
    e = sub.add_parser("eval")
    e.add_argument("ckpt")
    e.add_argument("--threshold", type=float, default=0.1)
    e.set_defaults(func=cmd_eval)
    ns = top.parse_args()
    ns.func(ns)


main()
