import random
import time
from dataclasses import dataclass, field
from typing import Literal, Optional, Tuple

import tyro


@dataclass
class OptimConfig:
    learning_rate: float = 2.5e-4
    """the learning rate of the optimizer"""
    betas: Tuple[float, float] = (0.9, 0.999)
    schedule: Literal["constant", "linear"] = "linear"  # how the rate changes


@dataclass
class Args:
    env_id: str
    """the id of the environment"""
    seed: int = 1
    # if toggled, cuda will be enabled by default
    cuda: bool = True
    track: bool = False
    optim: OptimConfig = field(default_factory=lambda: OptimConfig(learning_rate=1e-3))
    target_kl: Optional[float] = None
    hidden: tuple[int, ...] = (64, 64)


if __name__ == "__main__":
    args = tyro.cli(Args)
    random.seed(args.seed)
    run_name = f"{args.env_id}__{args.seed}__{int(time.time())}"
