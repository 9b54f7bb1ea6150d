import sys

PRESETS = {
    "tiny": {"depth": 2, "dim": 64, "lr": 1e-3},
    "base": {"depth": 6, "dim": 256, "lr": 5e-4},
}
preset = "tiny"
warmup_steps = 10
total_steps = 50

if len(sys.argv) > 1:
    preset = sys.argv[1]
model = PRESETS[preset]
print("using preset", preset, model)
loss = 6.0
for step in range(1, total_steps + 1):
    lr = model["lr"] * min(1, step / warmup_steps)
    loss -= loss * lr * model["depth"] * 5
    if step % 10 == 0:
        print(f"{step}\t{loss:.4f}\t{lr:.2e}")
