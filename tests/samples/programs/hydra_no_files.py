import json
from dataclasses import dataclass, field
from typing import Any, List, Optional
from enum import Enum

import hydra
from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf


class Act(Enum):
    RELU = 0
    GELU = 1


@dataclass
class OptCfg:
    name: str = "adam"
    lr: float = 1e-3
    betas: List[float] = field(default_factory=lambda: [0.9, 0.999])


@dataclass
class ModelCfg:
    dim: int = 64
    act: Act = Act.RELU
    dropout: Optional[float] = None
    ckpt: str = MISSING


@dataclass
class Config:
    opt: OptCfg = field(default_factory=OptCfg)
    model: ModelCfg = field(default_factory=ModelCfg)
    seed: int = 0
    debug: bool = False
    tag: str = "x"


cs = ConfigStore.instance()
cs.store(name="config", node=Config)


@hydra.main(version_base=None, config_path=None, config_name="config")
def main(cfg: Config) -> None:
    d = OmegaConf.to_container(cfg)
    d["model"]["act"] = d["model"]["act"].name
    print("JSON:" + json.dumps(d, sort_keys=True))


if __name__ == "__main__":
    main()
