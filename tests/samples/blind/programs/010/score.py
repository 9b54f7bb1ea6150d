import argparse
from pathlib import Path


def fraction(text):
    v = float(text)
    if not 0 <= v <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not in [0, 1]")
    return v


ap = argparse.ArgumentParser()
ap.add_argument("predictions", type=Path)
ap.add_argument("gold", type=Path)
ap.add_argument("--threshold", type=fraction, default=0.5)
ap.add_argument("--beta", type=float, default=1.)
ap.add_argument("--ignore", type=lambda s: s.split(","), default="pad,unk")
opt = ap.parse_args()

tp = fp = fn = 0
for p, g in zip(opt.predictions.read_text().split(), opt.gold.read_text().split()):
    yes = float(p) >= opt.threshold
    tp += yes and g == "1"
    fp += yes and g == "0"
    fn += (not yes) and g == "1"
prec, rec = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
b2 = opt.beta ** 2
print(f"precision: {prec:.3f}\nrecall: {rec:.3f}\nF{opt.beta:g}: {(1 + b2) * prec * rec / max(b2 * prec + rec, 1e-9):.3f}")
