import sys
import yaml


def merge(a, b):
    out = dict(a)
    for k, v in b.items():
        out[k] = merge(a[k], v) if isinstance(v, dict) and isinstance(a.get(k), dict) else v
    return out


def load(path):
    cfg = yaml.safe_load(open(path))
    parent = cfg.pop("inherits", None)
    return merge(load(parent), cfg) if parent else cfg


if __name__ == "__main__":
    cfg = load(sys.argv[1] if len(sys.argv) > 1 else "exp.yaml")
    q = cfg["noise"]["level"]
    for r in range(cfg["rounds"]):
        q *= cfg["noise"]["decay"]
        print(f"- round: {r}\n  psnr: {20 - 10 * q:.2f}\n  ssim: {1 - q:.4f}")
