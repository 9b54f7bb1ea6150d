import os


def load(path):
    with open(path) as fh:
        for line in fh:
            line = line.strip()
            if line and not line.startswith("#"):
                k, _, v = line.partition("=")
                os.environ.setdefault(k.removeprefix("export ").strip(), v.strip().strip('"'))
