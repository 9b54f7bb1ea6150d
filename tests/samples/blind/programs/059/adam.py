lr, beta1, beta2 = 0.1, 0.9, 0.999
(eps, wd) = 1e-8, 0.
x = y = 4.0
n_steps = steps = 60
amsgrad = bool(0)
schedule = "linear" if n_steps > 50 else "const"

m, v = [0.0, 0.0], [0.0, 0.0]
if __name__ == "__main__":
    for t in range(1, steps + 1):
        g = [2 * x, 20 * y]
        scale = (1 - t / steps) if schedule == "linear" else 1
        for i in range(2):
            m[i] = beta1 * m[i] + (1 - beta1) * g[i]
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
        d = [scale * lr * (mi / (1 - beta1 ** t)) / ((vi / (1 - beta2 ** t)) ** .5 + eps) for mi, vi in zip(m, v)]
        x, y = x - d[0], y - d[1]
        if not t % 15:
            print(t, "f =", round(x * x + 10 * y * y, 5), "|g| =", round((g[0] ** 2 + g[1] ** 2) ** .5, 4))
