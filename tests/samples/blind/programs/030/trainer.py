import random


class Trainer:
    LENGTH = 8

    def __init__(self, gamma, lam, episodes):
        self.gamma, self.lam, self.episodes = gamma, lam, episodes
        self.v = [0.0] * (self.LENGTH + 1)

    def fit(self):
        rng = random.Random(9)
        for ep in range(1, self.episodes + 1):
            s, trace, ret, n = self.LENGTH // 2, [0.0] * (self.LENGTH + 1), 0.0, 0
            while 0 < s < self.LENGTH:
                s2 = s + rng.choice((-1, 1))
                r = 1.0 if s2 == self.LENGTH else 0.0
                delta = r + self.gamma * (self.v[s2] if 0 < s2 < self.LENGTH else 0) - self.v[s]
                trace[s] += 1
                for i in range(1, self.LENGTH):
                    self.v[i] += .1 * delta * trace[i]
                    trace[i] *= self.gamma * self.lam
                s, ret, n = s2, ret + r, n + 1
            if ep % 10 == 0:
                print(f"episode {ep} return {ret:.1f} length {n} v_mid {self.v[self.LENGTH // 2]:.3f}")
