import argparse

OPTIONS = [
    ("mass", 1.0, "kg"),
    ("stiffness", 40.0, "N/m"),
    ("damping", 0.5, "N s/m"),
    ("dt", 0.001, "s"),
]
parser = argparse.ArgumentParser()
phys = parser.add_argument_group("physics")
for name, default, unit in OPTIONS:
    phys.add_argument("--" + name, type=float, default=default, help=unit)
out = parser.add_argument_group("output")
ex = out.add_mutually_exclusive_group()
ex.add_argument("--csv", action="store_true")
ex.add_argument("--tsv", action="store_true")
parser.add_argument("--periods", type=int, default=3)
cfg = vars(parser.parse_args())

x, v, t = 1.0, 0.0, 0.0
sep = "," if cfg["csv"] else "\t"
print(sep.join(["t", "x", "energy"]))
period = 6.2832 * (cfg["mass"] / cfg["stiffness"]) ** .5
for i in range(int(cfg["periods"] * period / cfg["dt"])):
    a = -(cfg["stiffness"] * x + cfg["damping"] * v) / cfg["mass"]
    v += a * cfg["dt"]
    x += v * cfg["dt"]
    if i % 300 == 0:
        e = .5 * cfg["mass"] * v * v + .5 * cfg["stiffness"] * x * x
        print(sep.join([f"{i * cfg['dt']:.3f}", f"{x:.4f}", f"{e:.4f}"]))
