def solve(exp):
    n = exp.data.dims
    eig = [1 / exp.data.condition ** (i / (n - 1)) for i in range(n)]
    x, v = [1.0] * n, [0.0] * n
    for s in range(exp.steps):
        g = [e * xi for e, xi in zip(eig, x)]
        v = [exp.optim.momentum * vi - exp.optim.lr * gi for vi, gi in zip(v, g)]
        x = [xi + vi for xi, vi in zip(x, v)]
        if s % 10 == 9:
            print({"step": s + 1, "objective": round(sum(.5 * e * xi * xi for e, xi in zip(eig, x)), 6), "grad_norm": round(sum(gi * gi for gi in g) ** .5, 6)})
