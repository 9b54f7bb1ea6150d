from dataclasses import dataclass, field
from typing import Optional


@dataclass
class Optim:
    name: str = "heavyball"
    lr: float = 0.1
    momentum: float = 0.5
    betas: tuple = (0.9, 0.99)


@dataclass
class Data:
    dims: int = 6
    condition: float = 50.0
    path: Optional[str] = None
    scales: list = field(default_factory=lambda: [1, 2, 4])


@dataclass
class Experiment:
    name: str = "quad"
    steps: int = 60
    optim: Optim = field(default_factory=Optim)
    data: Data = field(default_factory=Data)
