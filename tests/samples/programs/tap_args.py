from typing import Literal

from tap import Tap


class TrainArgs(Tap):
    data: str  # Path to the data
    lr: float = 0.001  # Learning rate
    layers: int = 2
    """Depth of the network."""
    mode: Literal["train", "test"] = "train"
    quiet: bool = False


args = TrainArgs().parse_args()
print(args.lr)
