import random
import tomllib

with open("life.toml", "rb") as f:
    conf = tomllib.load(f)

w, h = conf["board"]["width"], conf["board"]["height"]
rng = random.Random(conf["seed"])
alive = {(x, y) for x in range(w) for y in range(h) if rng.random() < conf["board"]["density"]}
for gen in range(conf["run"]["generations"]):
    count = {}
    for x, y in alive:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    k = ((x + dx) % w, (y + dy) % h)
                    count[k] = count.get(k, 0) + 1
    alive = {c for c, n in count.items() if n == 3 or (n == 2 and c in alive)}
    if gen % conf["run"]["report_every"] == 0:
        print(f"gen {gen} population {len(alive)} density {len(alive) / (w * h):.3f}")
