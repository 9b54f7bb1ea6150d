"""Config at the top."""
from __future__ import annotations

import argparse
import os
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Final, Optional

DATA_DIR = Path("data") / "raw"
OUT: Path = Path("out")
LR: Final = 1e-3
EPOCHS: Final[int] = 10
BETAS = (0.9, 0.999)
SEED, FOLD = 42, 0
LAYERS = [64, 64,
          32]
OPT = {"name": "adam", "lr": 0.1, "nested": {"a": 1}}
TOKEN = os.environ.get("TOKEN", "")
N = 2 ** 10
NAME = "run" "-1"
FLAG = not True
MAYBE: Optional[str] = None
TRAIN_LEN = N * 2
MASK = 0xFF
BIG = 1_000_000
NEG = -1.5
LOG = f"log-{SEED}"


class CFG:
    """All of it."""
    model = "resnet"
    size = 224
    lr = 1e-4  # the rate
    sub = dict(a=1, b="x")
    use_amp = True


@dataclass
class TrainConfig:
    batch_size: int = 32  # samples
    wd: float = 0.1
    steps: list[int] = field(default_factory=lambda: [1, 2])
    name: str = "x"


args = argparse.Namespace(hidden=16, drop=0.5, tag="a")
ns = SimpleNamespace(alpha=1, beta="b")
config = dict(gamma=0.9, decay=True)

if __name__ == "__main__":
    cfg = TrainConfig()
    losses = []
    best = 0
    for e in range(3):
        best = e
        losses.append(e)
    print("JSON:" + json.dumps(dict(DATA_DIR=str(DATA_DIR), OUT=str(OUT), LR=LR, EPOCHS=EPOCHS, BETAS=BETAS, SEED=SEED, FOLD=FOLD, LAYERS=LAYERS, OPT=OPT, N=N, NAME=NAME, FLAG=FLAG, MAYBE=MAYBE, MASK=MASK, BIG=BIG, NEG=NEG, CFG={k: v for k, v in vars(CFG).items() if not k.startswith("_")}, T=vars(cfg), args=vars(args), ns=vars(ns), config=config), sort_keys=True))
