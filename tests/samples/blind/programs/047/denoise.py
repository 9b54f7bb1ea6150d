import argparse
import enum
import random
from typing import Literal, get_args


class Filter(enum.Enum):
    MEAN = "mean"
    MEDIAN = "median"

    def __str__(self):
        return self.value


Edge = Literal["clip", "wrap"]

ap = argparse.ArgumentParser()
ap.add_argument("--filter", type=Filter, choices=list(Filter), default=Filter.MEDIAN)
ap.add_argument("--edge", choices=get_args(Edge), default="clip")
ap.add_argument("--radius", type=int, default=2)
ap.add_argument("--snr-db", type=float, default=6.)
cfg = ap.parse_args()

rng = random.Random(31)
clean = [(i // 20) % 2 for i in range(200)]
noisy = [c + rng.gauss(0, 10 ** (-cfg.snr_db / 20)) for c in clean]
for r in range(cfg.radius + 1):
    out = []
    for i in range(200):
        win = sorted(noisy[max(0, i - r):i + r + 1])
        out.append(win[len(win) // 2] if cfg.filter is Filter.MEDIAN else sum(win) / len(win))
    mse = sum((a - b) ** 2 for a, b in zip(out, clean)) / 200
    print(f"radius={r} mse={mse:.4f}")
