import argparse
import json

p = argparse.ArgumentParser()
p.add_argument("--config", default="defaults.json")
p.add_argument("--horizon", type=int, default=1)
p.add_argument("--alpha", type=float, default=0.9)
p.add_argument("--season", type=int, default=7)
p.add_argument("--model", default="naive")
pre, _ = p.parse_known_args()
with open(pre.config) as fh:
    p.set_defaults(**json.load(fh))
a = p.parse_args()

series = [10 + (i % a.season) + i * .1 for i in range(60)]
level, se = series[0], []
for t, y in enumerate(series[1:], 1):
    se.append(abs(y - level))
    level += a.alpha * (y - level)
    if t % 15 == 0:
        print(f"t={t} mae={sum(se) / len(se):.4f}")
print(f"forecast(+{a.horizon}): {level:.3f}")
