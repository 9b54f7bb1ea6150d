from hparams import *
from utils import set_seed, Meter

set_seed(seed)
meter = Meter("wer")
score = 1.0
for epoch in range(1, n_epochs + 1):
    score = score * (1 - lr_encoder * 10) + label_smoothing * 0.1
    meter.add(score)
    print(f"{epoch:02d}/{n_epochs} wer={score:.4f} best={meter.best:.4f}")
