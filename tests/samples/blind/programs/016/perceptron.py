import json
import random
from pathlib import Path

HERE = Path(__file__).parent
params = json.loads((HERE / "params.json").read_text())

r = random.Random(params["seed"])
X = [[r.choice((-1, 1)) for _ in range(params["bits"])] for _ in range(params["n_train"])]
Y = [1 if sum(x) > 0 else -1 for x in X]
w = [0.0] * params["bits"]
for ep in range(params["epochs"]):
    mistakes = 0
    for x, y in zip(X, Y):
        if y * sum(a * b for a, b in zip(w, x)) <= params["margin"]:
            mistakes += 1
            w = [wi + params["eta"] * y * xi for wi, xi in zip(w, x)]
    print("Epoch", ep, "mistakes:", mistakes, "train_acc:", round(1 - mistakes / len(X), 3))
