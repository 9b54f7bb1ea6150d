"""Drift of buoys.

Usage:
  naval.py [--buoys=N] [--hours=H] [--wind=MS] [--model=NAME] [--gusts]

Options:
  --buoys=N     how many [default: 6]
  --hours=H     simulated time [default: 12]
  --wind=MS     mean wind, m/s [default: 7.5]
  --model=NAME  leeway or langevin [default: leeway]
  --gusts       add gusts
"""
import random
import re
import sys


def options(doc, argv):
    found = {n: d for n, d in re.findall(r"--(\w+)=\w+ .*\[default: (.*?)\]", doc)}
    found["gusts"] = False
    for a in argv:
        k, _, v = a[2:].partition("=")
        found[k] = v or True
    return found


o = options(__doc__, sys.argv[1:])
rng = random.Random(0)
pos = [0.0] * int(o["buoys"])
for h in range(1, int(o["hours"]) + 1):
    pos = [p + float(o["wind"]) * .03 + rng.gauss(0, .1 + .2 * bool(o["gusts"])) for p in pos]
    if h % 4 == 0:
        m = sum(pos) / len(pos)
        print(f"hour {h:2d}: mean drift {m:.2f} km, spread {max(pos) - min(pos):.2f} km")
