from dataclasses import dataclass, field
from enum import Enum
from typing import Any, List

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import MISSING


class Precision(Enum):
    half = 16
    full = 32


@dataclass
class OptimConfig:
    lr: float = 1e-3
    momentum: float = 0.9


@dataclass
class Config:
    data: str = MISSING
    epochs: int = 10
    precision: Precision = Precision.full
    layers: List[int] = field(default_factory=lambda: [64, 64])
    optim: OptimConfig = field(default_factory=OptimConfig)


cs = ConfigStore.instance()
cs.store(name="base_config", node=Config)


@hydra.main(version_base=None, config_name="base_config")
def main(cfg: Config) -> None:
    print(cfg.optim.lr)


if __name__ == "__main__":
    main()
