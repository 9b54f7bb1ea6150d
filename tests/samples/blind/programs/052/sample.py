"""Settings first, then overrides by --key=value on the command line."""
# -----------------------------------------------------------------------------
start = "\n"
num_samples = 3
max_new_tokens = 40
temperature = 0.8  # below 1: fewer surprises
top_k = 20
seed = 1337
config_keys = [k for k, v in globals().items() if not k.startswith("_") and isinstance(v, (int, float, bool, str))]
exec(open("overrides.py").read())
config = {k: globals()[k] for k in config_keys}
# -----------------------------------------------------------------------------
import math
import random

rng = random.Random(seed)
logits = [rng.gauss(0, 2) for _ in range(50)]
for s in range(num_samples):
    top = sorted(logits, reverse=True)[:top_k]
    e = [math.exp(v / temperature) for v in top]
    picks = rng.choices(e, k=max_new_tokens)
    nll = -sum(math.log(p / sum(e)) for p in picks) / max_new_tokens
    print(f"sample {s}: nll_per_token {nll:.4f} distinct {len(set(picks))}")
