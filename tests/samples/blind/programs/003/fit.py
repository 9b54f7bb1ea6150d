#!/usr/bin/env python
import argparse
import random

parser = argparse.ArgumentParser(description="Fit a line with SGD")
parser.add_argument("--lr", type=float, default=0.01, help="step size")
parser.add_argument("--steps", type=int, default=500, help="number of updates")
parser.add_argument("--noise", type=float, default=.3)
parser.add_argument("--loss", default="mse", help="mse or mae")
parser.add_argument("--log_every", type=int, default=100)
args = parser.parse_args()
print(args)

rng = random.Random(0)
slope = intercept = 0.0
running = 0.0
for step in range(1, args.steps + 1):
    x = rng.uniform(-1, 1)
    y = 3 * x - 1 + rng.gauss(0, args.noise)
    err = slope * x + intercept - y
    g = err if args.loss == "mse" else (1 if err > 0 else -1)
    slope -= args.lr * g * x
    intercept -= args.lr * g
    running += err * err
    if step % args.log_every == 0:
        print("step=%d mse=%.5f slope=%.3f intercept=%.3f" % (step, running / args.log_every, slope, intercept))
        running = 0.0
