import math
import random
from typing import NamedTuple


class Sampler(NamedTuple):
    chains: int = 2
    draws: int = 600
    proposal_sd: float = 1.2
    target: str = "laplace"
    thin: int = 1


def log_p(x):
    return -abs(x)


def run(s: Sampler = Sampler()):
    for chain in range(s.chains):
        rng = random.Random(chain)
        x, acc, tot = 0.0, 0, 0.0
        for i in range(s.draws):
            y = rng.gauss(x, s.proposal_sd)
            if math.log(rng.random()) < log_p(y) - log_p(x):
                x, acc = y, acc + 1
            tot += x
        print(f"chain {chain}: accept_rate={acc / s.draws:.3f} mean={tot / s.draws:+.3f}")


run()
