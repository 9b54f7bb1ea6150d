"""Multi-armed bandits. Shares options between agents by parent parsers."""
import argparse
import random
from common import base_parser

p = argparse.ArgumentParser(parents=[base_parser()])
p.add_argument("--epsilon", type=float, default=0.1)
p.add_argument("--decay", type=float, default=0.995)
a = p.parse_args()

rng = random.Random(a.seed)
truth = [rng.gauss(0, 1) for _ in range(a.arms)]
q, n, eps, reward_sum = [0.0] * a.arms, [0] * a.arms, a.epsilon, 0.0
for t in range(1, a.horizon + 1):
    arm = rng.randrange(a.arms) if rng.random() < eps else max(range(a.arms), key=q.__getitem__)
    r = rng.gauss(truth[arm], 1)
    n[arm] += 1
    q[arm] += (r - q[arm]) / n[arm]
    reward_sum += r
    eps *= a.decay
    if t % (a.horizon // 5) == 0:
        print(f"t={t} mean_reward={reward_sum / t:.3f} regret={t * max(truth) - reward_sum:.1f} eps={eps:.4f}")
