import argparse
import os
os.chdir("/")
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--list", nargs="*", default=None, choices=["a", "b"])
p.add_argument("--json", type=lambda s: __import__("json").loads(s), default=None)
p.add_argument("--path", type=os.path.expanduser, default="~/x")
p.add_argument("--seed", type=lambda s: int(s, 0), default=0)
p.add_argument("--eps", type=eval, default=1e-8)
p.add_argument("--kw", nargs=2, action="append", metavar=("K", "V"))
p.add_argument("--dev", type=str.lower, choices=["cpu", "gpu"], default="cpu")
p.add_argument("--pct", type=lambda x: float(x) / 100, default=0.5)
p.add_argument("--float-or-auto", type=lambda x: x if x == "auto" else float(x), default="auto")
p.add_argument("--no-bias", dest="bias", default=True, action="store_false")
p.add_argument("--bias", dest="bias", action="store_true")
p.add_argument("--lr_mult", "--lrm", type=float, default=1)
import json
print("JSON:" + json.dumps(vars(p.parse_args())))
