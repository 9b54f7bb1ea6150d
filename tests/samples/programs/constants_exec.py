"""Constants on top, which a file or words may replace by themselves."""
import math

# where
out_dir = "out"
resume_from = "scratch"  # or a checkpoint
# how
accumulate = 5 * 8  # small batches that are one
batch_size = 12
rate = 6e-4  # at most
decay = 1e-1
clip = 1.0  # 0 for none
warm = True  # begin slowly
kind = "half" if math.pi > 3 else "full"
# what is taken over
names = [k for k, v in globals().items() if not k.startswith("_") and isinstance(v, (int, float, bool, str))]
settings = {k: globals()[k] for k in names}
step = 0
best = 1e9
speed = -1.0
while step < 3:
    step += 1
    best = min(best, step)
    speed = 0.5
print(settings)
