from minifire import fire
from typing import Optional


def train(lr: float = 0.15, epochs: int = 4, name: str = "run0", resume: Optional[str] = None, fp16: bool = False, sizes: list = [8, 4]):
    """Trains.

    Args:
        lr: step size
        epochs: passes over the data
    """
    kl = 2.0
    for e in range(epochs):
        kl *= 1 - lr
        print(f"{name} epoch={e} kl={kl:.4f} nats")


if __name__ == "__main__":
    fire(train)
