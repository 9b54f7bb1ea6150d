import random

MAX_ROUNDS = 50


def run(o):
    r = random.Random(o.seed)
    pts = [(r.gauss(3 * (i % o.clusters), .5), r.gauss(i % 2, .5)) for i in range(o.points)]
    cent = r.sample(pts, o.clusters)
    prev = float("inf")
    for it in range(MAX_ROUNDS):
        groups = [[] for _ in cent]
        inertia = 0.0
        for p in pts:
            d = [(p[0] - c[0]) ** 2 + (p[1] - c[1]) ** 2 for c in cent]
            j = d.index(min(d))
            inertia += d[j]
            groups[j].append(p)
        cent = [(sum(a for a, _ in g) / len(g), sum(b for _, b in g) / len(g)) if g else c for g, c in zip(groups, cent)]
        print(f"iter {it:02d} | inertia {inertia:.3f}")
        if prev - inertia < o.tol:
            break
        prev = inertia
