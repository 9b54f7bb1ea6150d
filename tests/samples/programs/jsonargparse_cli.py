from typing import Literal, Optional

from jsonargparse import CLI


class Loader:
    def __init__(self, path: str = "data.h5", workers: int = 0):
        self.path = path


def train(lr: float = 0.1, steps: int = 100, mode: Literal["fast", "exact"] = "fast", clip: Optional[float] = None, verbose: bool = False):
    """Train it.

    Args:
        lr: Learning rate.
        steps: Gradient steps.
    """
    print(lr, steps)


if __name__ == "__main__":
    CLI(train)
