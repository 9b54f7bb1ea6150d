# quick experiment, everything at the top level
import argparse
import math

losses = []
weights = [0.5, -0.25]
for warmup in range(3):
    losses.append(math.exp(-warmup))

p = argparse.ArgumentParser("fit")
p.add_argument("--steps", type=int, default=50, help="gradient steps")
p.add_argument("--eta", type=float, default=.05, help="step size")
p.add_argument("--target", type=float, default=-1.5, help="minimum to find")
a = p.parse_args()

x = 0.0
for step in range(a.steps):
    x -= a.eta * 2 * (x - a.target)
print("x:", x)
