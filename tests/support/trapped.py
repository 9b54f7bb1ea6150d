"""Programs with many settings that are text, one for each kind of parser: they print `repr` of what they got.

`{texts:…}` in a source stands for that pattern, once for each setting `t0`, `t1` … (`§` is the number).
"""

import re
from collections.abc import Mapping
from pathlib import Path

from introspected import HYDRA_IMPORT

TEXTS = (
    "0123", "1e10", "1:30", "true", "null", "None", "yes", "~", ".5", "0x1F", "nan", "1_000",
    "a b", " a ", "it's", 'say "hi"', "a,b", "x=1", "=", "-x", "--t1", "-5", "-",
    "é→", "#c", "$HOME", "a: b", "a\\n", "{t1}", "*", "",
)  # fmt: skip
"""What people type and a reader of values may take for something else."""

SHOW = "import json\ndef show(found): print(json.dumps({k: repr(v) for k, v in dict(found).items()}), flush=True)\n"

ARGPARSE = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--aug", action=argparse.BooleanOptionalAction, default=True)
{texts:p.add_argument("--t§", default="n")
}
show(vars(p.parse_args()))
"""

CLICK = """
import click
@click.command()
@click.option("--lr", default=0.1)
@click.option("--aug/--no-aug", default=True)
{texts:@click.option("--t§", default="n")
}
def main(**found):
    show(found)
main()
"""

TYPER = """
import typer
def main(lr: float = 0.1, aug: bool = True, {texts:t§: str = "n", }):
    show(locals())
typer.run(main)
"""

ABSL = """
from absl import app, flags
flags.DEFINE_float("lr", 0.1, "rate")
flags.DEFINE_bool("aug", True, "augment")
{texts:flags.DEFINE_string("t§", "n", "text")
}
app.run(lambda argv: show({f.name: f.value for f in flags.FLAGS.get_key_flags_for_module(argv[0])}))
"""

TYRO = """
import tyro
def main(lr: float = 0.1, aug: bool = True, {texts:t§: str = "n", }) -> None:
    show(locals())
tyro.cli(main)
"""

FIRE = """
import fire
def main(lr=0.1, aug=True, {texts:t§="n", }):
    show(locals())
fire.Fire(main)
"""

DOCOPT = '''"""Train.

Usage:
  train.py [options]

Options:
  --lr=X  Rate [default: 0.1].
  --aug   Augment.
{texts:  --t§=X  Text [default: n].
}
"""
from docopt import docopt
show({k.strip("-"): v for k, v in docopt(__doc__).items()})
'''

HYDRA = f"""
{HYDRA_IMPORT}
@hydra.main(version_base=None, config_path=".", config_name="config")
def main(cfg):
    show(cfg)
main()
"""

OMEGACONF = """
from omegaconf import OmegaConf
usual = OmegaConf.create({"lr": 0.1, "aug": True, {texts:"t§": "n", }})
show(OmegaConf.merge(usual, OmegaConf.from_cli()))
"""

CONSTANTS = """
lr = 0.1
aug: bool = True
{texts:t§ = "n"
}
show({k: v for k, v in globals().items() if k in ("lr", "aug") or k[0] == "t"})
"""

OF_YAML = "import yaml\nshow(yaml.safe_load(open('config.yaml')))\n"
OF_JSON = "import json\nshow(json.load(open('config.json')))\n"
OF_ENV = """
import os, subprocess, sys
os.environ = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL")}
say = "import os, sys; sys.stdout.buffer.write('\\\\0'.join(map('='.join, os.environ.items())).encode())"
said = subprocess.run(["sh", "-c", 'set -a; . ./.env; "$0" -c "$1"', sys.executable, say], stdout=-1).stdout.decode()
found = dict(v.split("=", 1) for v in said.split("\\0"))
show((k.lower(), v) for k, v in found.items() if k in ("LR", "AUG") or k[0] == "T")
"""

YAML = 'lr: 0.1\naug: true  # turn\n{texts:t§: "n"\n}'
ENV = 'LR=0.1\nAUG=true\n{texts:T§="n"\n}'
TOML = '[train]\nexec = "python train.py"\nconfig = ["FILE"]\n'

PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "argparse": {"train.py": ARGPARSE},
    "click": {"train.py": CLICK},
    "typer": {"train.py": TYPER},
    "absl": {"train.py": ABSL},
    "tyro": {"train.py": TYRO},
    "fire": {"train.py": FIRE},
    "docopt": {"train.py": DOCOPT},
    "hydra": {"train.py": HYDRA, "config.yaml": YAML},
    "omegaconf": {"train.py": OMEGACONF},
    "constants": {"train.py": CONSTANTS},
    "yaml": {"train.py": OF_YAML, "config.yaml": YAML, "gage.toml": TOML.replace("FILE", "config.yaml")},
    "env": {"train.py": OF_ENV, ".env": ENV, "gage.toml": TOML.replace("FILE", ".env")},
}


def write(kind: str, folder: Path, texts: int) -> str:
    """The program with its files; how it is called."""
    for name, source in PROGRAMS[kind].items():
        text = re.sub(
            r"\{texts:(.*?\n?)\}",
            lambda m: "".join(m[1].replace("§", str(i)) for i in range(texts)),
            source,
            flags=re.S,
        )
        doc, quotes, rest = text.rpartition('"""\n') if text.startswith('"""') else ("", "", text)
        (folder / name).write_text(doc + quotes + SHOW + rest if name.endswith(".py") else text)
    return "train" if "gage.toml" in PROGRAMS[kind] else "train.py"
