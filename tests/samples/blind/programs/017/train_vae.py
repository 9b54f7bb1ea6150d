import math
import yaml

with open("config.yaml") as f:
    C = yaml.safe_load(f)

beta, kl, rec = C["loss"]["beta"], 3.0, 9.0
for epoch in range(C["trainer"]["epochs"]):
    rec *= math.exp(-C["optimizer"]["lr"] * 100)
    kl += (1.0 - kl) * 0.2
    print(f"epoch {epoch:>3}  elbo {-(rec + beta * kl):.4f}  rec {rec:.4f}  kl {kl:.4f}")
