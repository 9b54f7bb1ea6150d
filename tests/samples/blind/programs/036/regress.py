import numpy as np

N, D = 200, 5
NOISE_STD = 0.1
RIDGE = 1e-2
TEST_FRACTION = 0.25
TRUE_W = np.arange(D) - 2.0   # the answer that we hope to find
rng = np.random.default_rng(12)

X = rng.normal(size=(N, D))
y = X @ TRUE_W + NOISE_STD * rng.normal(size=N)
cut = int(N * (1 - TEST_FRACTION))
Xtr, ytr, Xte, yte = X[:cut], y[:cut], X[cut:], y[cut:]
w = np.linalg.solve(Xtr.T @ Xtr + RIDGE * np.eye(D), Xtr.T @ ytr)
r2 = 1 - ((yte - Xte @ w) ** 2).sum() / ((yte - yte.mean()) ** 2).sum()
print("train_rmse", np.sqrt(np.mean((ytr - Xtr @ w) ** 2)).round(5))
print("test_rmse", np.sqrt(np.mean((yte - Xte @ w) ** 2)).round(5))
print("r2", r2.round(5))
