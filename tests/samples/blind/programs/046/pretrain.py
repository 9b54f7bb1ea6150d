import math

BATCH = 512
BASE_LR = 1e-4
LR = BASE_LR * BATCH / 256
TOTAL_TOKENS = 1_000_000
CONTEXT = 2 ** 10
BIAS_INIT = -4.6
MASK = 0xFF
CLIP = None
BETAS = (0.9, 0.95)
EXPERT_SIZES = [128] * 2
TAGS = {"owner": "me", "tier": 2}
STEPS = TOTAL_TOKENS // (BATCH * CONTEXT // 64)

for s in range(0, STEPS, max(1, STEPS // 5)):
    loss = 2.0 + 8.0 * math.exp(-s * LR * 100)
    print(f"step {s:>4}/{STEPS} loss {loss:.3f}")
