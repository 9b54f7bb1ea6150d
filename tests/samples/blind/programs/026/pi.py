import random
import sys

# usage: pi.py [samples] [seed] [report]
samples = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 123
report = float(sys.argv[3]) if len(sys.argv) > 3 else 0.25

rng = random.Random(seed)
inside = 0
every = int(samples * report)
for i in range(1, samples + 1):
    inside += rng.random() ** 2 + rng.random() ** 2 < 1
    if i % every == 0:
        print(f"{i:>8} samples  pi ~ {4 * inside / i:.5f}  error {abs(4 * inside / i - 3.141592653589793):.5f}")
