#!/usr/bin/env python
# coding=utf-8
"""Finetuning a model for sequence classification, in the manner of the examples."""
import logging
import sys
from dataclasses import dataclass, field
from typing import Optional

from transformers import AutoConfig, HfArgumentParser, Trainer, set_seed

logger = logging.getLogger(__name__)
TASKS = {"cola": ("sentence", None), "mnli": ("premise", "hypothesis")}


@dataclass
class DataTrainingArguments:
    """Arguments pertaining to what data we are going to input our model for training and eval."""

    task_name: Optional[str] = field(
        default=None,
        metadata={"help": "The name of the task to train on: " + ", ".join(TASKS.keys())},
    )
    max_seq_length: int = field(default=128, metadata={"help": "The maximum total input sequence length."})
    overwrite_cache: bool = field(default=False, metadata={"help": "Overwrite the cached preprocessed datasets or not."})
    pad_to_max_length: bool = field(default=True)
    train_file: Optional[str] = None


@dataclass
class ModelArguments:
    model_name_or_path: str = field(metadata={"help": "Path to pretrained model or model identifier"})
    config_name: Optional[str] = field(default=None)
    layers_to_freeze: list[int] = field(default_factory=list, metadata={"help": "Indices of frozen layers."})
    revision: str = field(default="main", metadata={"help": "The specific model version to use.", "choices": ["main", "v2"]})


def main():
    parser = HfArgumentParser((ModelArguments, DataTrainingArguments))
    if len(sys.argv) == 2 and sys.argv[1].endswith(".json"):
        model_args, data_args = parser.parse_json_file(json_file=sys.argv[1])
    else:
        model_args, data_args = parser.parse_args_into_dataclasses()
    set_seed(42)


if __name__ == "__main__":
    main()
