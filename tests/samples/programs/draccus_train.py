from dataclasses import dataclass, field

import draccus


@dataclass
class Net:
    width: int = 256
    act: str = "relu"


@dataclass
class TrainConfig:
    lr: float = 0.3  # The rate
    net: Net = field(default_factory=Net)
    out: str = "out"


@draccus.wrap()
def main(cfg: TrainConfig):
    print(cfg)


if __name__ == "__main__":
    main()
