import logging
from dataclasses import dataclass, field
from typing import Optional
from enum import Enum
import torch_missing
from transformers_missing import HfArgumentParser
from transformers_missing import TrainingArguments
import transformers


class Strategy(str, Enum):
    NO = "no"
    STEPS = "steps"


@dataclass
class ScriptArguments:
    """Args."""
    model_name: str = field(metadata={"help": "the model name"})
    strategy: Strategy = field(default=Strategy.NO, metadata={"help": "which"})
    kind: Strategy = field(default="no", metadata={"help": "kind"})
    lr: float = field(default=1e-4, metadata={"help": "lr"})
    log_with: Optional[str] = field(default=None, metadata={"help": "use 'wandb'"})
    packing: bool = field(default=True)


parser = transformers.HfArgumentParser(ScriptArguments)
args = parser.parse_args_into_dataclasses()[0]
