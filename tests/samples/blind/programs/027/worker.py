import os
import time

LR = float(os.environ.get("LR", "0.1"))
ROUNDS = int(os.getenv("ROUNDS", 5))
MODE = os.environ.get("MODE", "sync")
DEBUG = os.environ.get("DEBUG", "0") == "1"
HOME = os.environ["HOME"]
started = time.time()

value = 8.0
for r in range(ROUNDS):
    value -= LR * value
    print(f"[{MODE}] round {r + 1}/{ROUNDS} objective={value:.4f}")
print(f"took {time.time() - started:.1f}s")
