import random
from pprint import pprint

CONFIG = {
    "factors": 5,
    "reg": 0.02,
    "lr": 0.03,
    "epochs": 5,
    "negatives": {"ratio": 4, "strategy": "uniform"},
    "metrics_at": [5, 10],
}
USERS, ITEMS = 30, 40
pprint(CONFIG)

rng = random.Random(2)
P = [[rng.gauss(0, .1) for _ in range(CONFIG["factors"])] for _ in range(USERS)]
Q = [[rng.gauss(0, .1) for _ in range(CONFIG["factors"])] for _ in range(ITEMS)]
ratings = [(u, i, 1 + (u * 7 + i * 3) % 5) for u in range(USERS) for i in range(ITEMS) if (u + i) % 3 == 0]
for e in range(CONFIG["epochs"]):
    sq = 0.0
    for u, i, r in ratings:
        err = r - 3 - sum(a * b for a, b in zip(P[u], Q[i]))
        sq += err * err
        for k in range(CONFIG["factors"]):
            pu = P[u][k]
            P[u][k] += CONFIG["lr"] * (err * Q[i][k] - CONFIG["reg"] * pu)
            Q[i][k] += CONFIG["lr"] * (err * pu - CONFIG["reg"] * Q[i][k])
    print(f"Epoch {e + 1}: RMSE={(sq / len(ratings)) ** .5:.4f}")
