from dataclasses import dataclass, asdict
import math
import random


@dataclass
class TrainConfig:
    hidden: int = 8
    lr: float = 0.02
    epochs: int = 4
    clip: float = 1.0
    activation: str = "tanh"
    teacher_forcing: bool = True


def train(cfg: TrainConfig) -> float:
    rng = random.Random(3)
    w = [rng.gauss(0, .3) for _ in range(cfg.hidden)]
    loss = 0.0
    for epoch in range(cfg.epochs):
        loss = 0.0
        for step in range(200):
            x = rng.random()
            h = sum(math.tanh(wi * x) for wi in w)
            e = h - x
            loss += e * e
            for i, wi in enumerate(w):
                g = e * x * (1 - math.tanh(wi * x) ** 2)
                w[i] -= cfg.lr * max(-cfg.clip, min(cfg.clip, g))
        print(f"Epoch {epoch}: loss = {loss / 200:.6f}")
    return loss


if __name__ == "__main__":
    config = TrainConfig()
    print(asdict(config))
    train(config)
