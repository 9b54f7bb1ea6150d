import math


def fit_poly(degree, ridge, iters, lr=0.1):
    xs = [i / 10 - 1 for i in range(21)]
    w = [0.0] * (degree + 1)
    for it in range(iters):
        g = [ridge * wi for wi in w]
        sse = 0.0
        for x in xs:
            e = sum(wi * x ** k for k, wi in enumerate(w)) - math.sin(3 * x)
            sse += e * e
            for k in range(len(w)):
                g[k] += e * x ** k / len(xs)
        w = [wi - lr * gi for wi, gi in zip(w, g)]
        if it % 500 == 0:
            print(f"iter {it} rmse {math.sqrt(sse / len(xs)):.5f}")
    print("final rmse: %.5f" % math.sqrt(sse / len(xs)))
