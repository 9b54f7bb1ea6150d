from typing import Final, Optional, Sequence

NODES: Final[int] = 30
TOLERANCE: Final = 1e-8
damping: float = 0.85
max_steps: int = 40
start: Optional[str] = None
weights: Sequence[float] = (1.0, 0.5)
rank: list[float]
_seen: dict[int, int] = {}

links = {i: [(i * 7 + 1) % NODES, (i * 3 + 2) % NODES, 0] for i in range(NODES)}
rank = [1 / NODES] * NODES
for step in range(max_steps):
    new = [(1 - damping) / NODES] * NODES
    for i, outs in links.items():
        for j in outs:
            new[j] += damping * rank[i] / len(outs)
    delta = sum(abs(a - b) for a, b in zip(new, rank))
    rank = new
    if step % 5 == 0:
        print(f"step {step:2d}: delta={delta:.3e} top={max(rank):.4f}")
    if delta < TOLERANCE:
        break
