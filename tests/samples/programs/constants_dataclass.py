"""nanoGPT-like: settings in a class and at the top of the file."""
import math
from dataclasses import dataclass


@dataclass
class GPTConfig:
    block_size: int = 1024
    n_layer: int = 12
    dropout: float = 0.0
    bias: bool = True  # True: bias in Linears and LayerNorms, like GPT-2


class CFG:
    lr = 6e-4
    warmup = 2_000
    device = "cuda"


gradient_accumulation_steps = 5 * 8
eval_only = False
tokens_per_iter = gradient_accumulation_steps * GPTConfig.block_size
iter_num = 0


def get_lr(it):
    min_lr = 6e-5
    return CFG.lr * it / CFG.warmup if it < CFG.warmup else min_lr + math.cos(it)


while iter_num < 2:
    iter_num += 1
