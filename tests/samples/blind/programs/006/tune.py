from __future__ import annotations
import argparse
import os

DEFAULT_LR = 3e-4
DEFAULT_WIDTH = 4 * 32
CACHE_DIR = os.path.join(os.path.expanduser("~"), ".cache", "tune")


def build() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--lr", default=DEFAULT_LR, type=float)
    p.add_argument("--width", default=DEFAULT_WIDTH, type=int)
    p.add_argument("--ema", action=argparse.BooleanOptionalAction, default=True)
    p.add_argument("--compile", action=argparse.BooleanOptionalAction, default=False)
    p.add_argument("--cache", default=CACHE_DIR)
    p.add_argument("--warmup", type=float, default=None, help="fraction of the run")
    return p


if __name__ == "__main__":
    ns = build().parse_args()
    loss = 4.0
    for i in range(5):
        loss *= 1 - min(ns.lr * ns.width, .5)
        print(f"[{i}] loss: {loss:.4f}" + (f" ema_loss: {loss * 1.1:.4f}" if ns.ema else ""))
