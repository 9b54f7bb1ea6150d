import random

import attr


@attr.s(auto_attribs=True, frozen=True)
class Hyper:
    lam: float = 0.1
    step: float = attr.ib(default=0.05)
    iters: int = attr.ib(default=120, validator=attr.validators.instance_of(int))
    accelerated: bool = False


def soft(v, t):
    return max(abs(v) - t, 0) * (1 if v > 0 else -1)


def main():
    h = Hyper()
    rng = random.Random(8)
    A = [[rng.gauss(0, .4) for _ in range(12)] for _ in range(20)]
    truth = [2.0 if i % 4 == 0 else 0.0 for i in range(12)]
    y = [sum(a * b for a, b in zip(row, truth)) for row in A]
    x = [0.0] * 12
    for it in range(1, h.iters + 1):
        res = [sum(a * b for a, b in zip(row, x)) - yi for row, yi in zip(A, y)]
        g = [sum(A[r][c] * res[r] for r in range(20)) for c in range(12)]
        x = [soft(xi - h.step * gi, h.step * h.lam) for xi, gi in zip(x, g)]
        if it % 30 == 0:
            print(f"{it:5d} obj={.5 * sum(r * r for r in res) + h.lam * sum(map(abs, x)):.5f} nnz={sum(v != 0 for v in x)}")


main()
