import argparse
import dataclasses
import math


@dataclasses.dataclass
class Args:
    alpha: float = 0.4
    tokens: int = 5000
    vocab: int = 800
    smoothing: float = 0.75
    name: str = "zipf"


def from_cli(cls):
    p = argparse.ArgumentParser()
    for f in dataclasses.fields(cls):
        p.add_argument(f"--{f.name}", type=f.type, default=f.default)
    return cls(**vars(p.parse_args()))


if __name__ == "__main__":
    a = from_cli(Args)
    z = [1 / (i + 1) ** a.alpha for i in range(a.vocab)]
    s = sum(z)
    h = 0.0
    for i, zi in enumerate(z):
        p = zi / s
        h -= p * math.log2(p)
        if (i + 1) % 200 == 0:
            print(f"prefix {i + 1}: entropy {h:.3f} bits, mass {sum(z[:i + 1]) / s:.3f}")
    print(f"perplexity {2 ** h:.1f}")
