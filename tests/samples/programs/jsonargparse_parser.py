from dataclasses import dataclass

from jsonargparse import ActionConfigFile, ArgumentParser


@dataclass
class Optim:
    """How to optimise.

    Args:
        lr: Learning rate.
        nesterov: Look ahead.
    """

    lr: float = 0.01
    nesterov: bool = False


class Net:
    def __init__(self, width: int = 64, activation: str = "relu"):
        """
        Args:
            width: Units in a layer.
            activation: Name of a function.
        """


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--seed", type=int, default=0, help="Random seed.")
    parser.add_class_arguments(Net, "net")
    parser.add_argument("--optim", type=Optim, default=Optim())
    cfg = parser.parse_args()
    print(cfg)
