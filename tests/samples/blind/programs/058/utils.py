import random

EPS = 1e-12


def set_seed(s):
    random.seed(s)


class Meter:
    def __init__(self, name, mode="min"):
        self.name, self.mode, self.best = name, mode, None

    def add(self, v):
        self.best = v if self.best is None else min(self.best, v)
