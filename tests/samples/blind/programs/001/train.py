"""Softmax regression on two noisy blobs."""
import math
import random

LEARNING_RATE = 0.05
EPOCHS = 12
BATCH_SIZE = 16
WEIGHT_DECAY = 1e-4
SEED = 7
OPTIMIZER = "sgd"
SHUFFLE = True

random.seed(SEED)
data = [([random.gauss(c * 2, 1), random.gauss(-c, 1)], c) for c in (0, 1) for _ in range(100)]
w, b = [0.0, 0.0], 0.0

for epoch in range(1, EPOCHS + 1):
    if SHUFFLE:
        random.shuffle(data)
    total, hits = 0.0, 0
    for start in range(0, len(data), BATCH_SIZE):
        gw, gb = [0.0, 0.0], 0.0
        chunk = data[start:start + BATCH_SIZE]
        for x, y in chunk:
            p = 1 / (1 + math.exp(-(w[0] * x[0] + w[1] * x[1] + b)))
            total -= math.log(p if y else 1 - p)
            hits += (p > 0.5) == bool(y)
            gw[0] += (p - y) * x[0]
            gw[1] += (p - y) * x[1]
            gb += p - y
        n = len(chunk)
        w = [wi - LEARNING_RATE * (g / n + WEIGHT_DECAY * wi) for wi, g in zip(w, gw)]
        b -= LEARNING_RATE * gb / n
    print(f"epoch {epoch} loss {total / len(data):.4f} acc {hits / len(data):.3f}")
