import itertools

LRS = [0.01, 0.1, 0.3]
MOMENTA = [0.0, 0.9]
STEPS = 25


def final_loss(lr, momentum, steps):
    x, v = 5.0, 0.0
    for _ in range(steps):
        v = momentum * v - lr * 2 * x
        x += v
    return x * x


results = []
for lr, m in itertools.product(LRS, MOMENTA):
    loss = final_loss(lr, m, STEPS)
    results.append((loss, lr, m))
    print(f"lr={lr:<5} momentum={m:<4} -> loss={loss:.3e}")
best = min(results)
print(f"best: loss={best[0]:.3e} lr={best[1]} momentum={best[2]}")
