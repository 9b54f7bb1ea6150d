"""Written for Python 3.12 and later."""
import argparse

type Pair[T] = tuple[T, T]


def first[T](items: list[T]) -> T:
    return items[0]


class Box[T]:
    def __init__(self, item: T) -> None:
        self.item = item


names = {"lr": "learning rate"}
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.02, help="learning rate")
parser.add_argument("--depth", type=int, default=6)
parser.add_argument("--name", default="run")
args = parser.parse_args()
print(f"settings: {", ".join(f"{k}={v}" for k, v in vars(args).items())}")
