import math
import random

import click


@click.command()
@click.option("--temperature", "-t", default=10.0, show_default=True, help="start temperature")
@click.option("--cooling", default=0.95, type=click.FloatRange(0, 1))
@click.option("--rounds", default=40, type=int)
@click.option("--cities", "n_cities", default=12)
@click.option("--seed", type=int, default=None)
@click.option("--greedy/--no-greedy", default=False)
@click.option("--neighbour", type=click.Choice(["swap", "reverse"]), default="reverse")
def main(temperature, cooling, rounds, n_cities, seed, greedy, neighbour):
    """Travelling salesman by simulated annealing."""
    rng = random.Random(seed)
    pts = [(rng.random(), rng.random()) for _ in range(n_cities)]
    tour = list(range(n_cities))

    def length(t):
        return sum(math.dist(pts[t[i]], pts[t[i - 1]]) for i in range(len(t)))

    best = cur = length(tour)
    for r in range(rounds):
        for _ in range(50):
            i, j = sorted(rng.sample(range(n_cities), 2))
            new = tour[:i] + tour[i:j][::-1] + tour[j:]
            cand = length(new)
            if cand < cur or (not greedy and rng.random() < math.exp((cur - cand) / max(temperature, 1e-9))):
                tour, cur = new, cand
        best = min(best, cur)
        temperature *= cooling
        if r % 8 == 0:
            click.echo(f"round {r:3d}  T={temperature:.3f}  length={cur:.4f}  best={best:.4f}")


if __name__ == "__main__":
    main()
