import json
from dataclasses import dataclass
from typing import List, Literal, Optional, Union

from jsonargparse import ArgumentParser, ActionConfigFile


class Optim:
    def __init__(self, lr: float = 0.1):
        """Optimizer.

        Args:
            lr: the rate
        """
        self.lr = lr


class SGD(Optim):
    def __init__(self, momentum: float = 0.9, **kwargs):
        """SGD.

        Args:
            momentum: the momentum
        """
        super().__init__(**kwargs)
        self.momentum = momentum


class Adam(Optim):
    def __init__(self, betas: List[float] = [0.9, 0.99], **kwargs):
        super().__init__(**kwargs)
        self.betas = betas


@dataclass
class Data:
    """Data options.

    Args:
        path: where
        size: how large
    """

    path: str
    size: int = 3
    split: Literal["train", "test"] = "train"


def main():
    parser = ArgumentParser(default_env=False)
    parser.add_argument("--config", action=ActionConfigFile)
    parser.add_argument("--seed", type=Union[int, bool], default=True)
    parser.add_argument("--data", type=Data)
    parser.add_subclass_arguments(Optim, "optim", default={"class_path": "__main__.SGD", "init_args": {"lr": 0.5}})
    parser.add_class_arguments(SGD, "base")
    parser.add_argument("--layers", type=List[int], default=[1, 2])
    parser.add_argument("--name", type=Optional[str], default=None)
    cfg = parser.parse_args()
    d = cfg.clone()
    d.pop("config", None)
    print("JSON:" + json.dumps(d.as_dict(), sort_keys=True))


if __name__ == "__main__":
    main()
