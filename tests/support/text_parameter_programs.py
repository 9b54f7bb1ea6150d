"""Contains one program per kind of parser with many text parameters. Each prints `repr` of the values it receives.

In a source, `{texts:…}` is repeated for each text parameter `t0`, `t1` …, with `§` replaced by its number.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from introspected import HYDRA_IMPORT

AMBIGUOUS_TEXTS = (
    "0123", "1e10", "1:30", "true", "null", "None", "yes", "~", ".5", "0x1F", "nan", "1_000",
    "a b", " a ", "it's", 'say "hi"', "a,b", "x=1", "=", "-x", "--t1", "-5", "-",
    "é→", "#c", "$HOME", "a: b", "a\\n", "{t1}", "*", "",
)  # fmt: skip
"""Text that a parser of values could take for a number, a flag, null, a list or shell syntax."""

SHOW = "import json\ndef show(values): print(json.dumps({k: repr(v) for k, v in dict(values).items()}), flush=True)\n"

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
def main(**values):
    show(values)
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
defaults = OmegaConf.create({"lr": 0.1, "aug": True, {texts:"t§": "n", }})
show(OmegaConf.merge(defaults, OmegaConf.from_cli()))
"""

CONSTANTS = """
lr = 0.1
aug: bool = True
{texts:t§ = "n"
}
show({k: v for k, v in globals().items() if k in ("lr", "aug") or k[0] == "t"})
"""

READS_YAML = "import yaml\nshow(yaml.safe_load(open('config.yaml')))\n"
READS_ENV = """
import os, subprocess, sys
os.environ = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL")}
print_env = "import os, sys; sys.stdout.buffer.write('\\\\0'.join(map('='.join, os.environ.items())).encode())"
command = ["sh", "-c", 'set -a; . ./.env; "$0" -c "$1"', sys.executable, print_env]
output = subprocess.run(command, stdout=-1).stdout.decode()
variables = dict(v.split("=", 1) for v in output.split("\\0"))
show((k.lower(), v) for k, v in variables.items() if k in ("LR", "AUG") or k[0] == "T")
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
    "yaml": {"train.py": READS_YAML, "config.yaml": YAML, "gage.toml": TOML.replace("FILE", "config.yaml")},
    "env": {"train.py": READS_ENV, ".env": ENV, "gage.toml": TOML.replace("FILE", ".env")},
}


def write_program(kind: str, directory: Path, count: int) -> str:
    """Writes a program with `count` text parameters, and its files. Returns its name for `gage run`."""
    for name, source in PROGRAMS[kind].items():
        text = re.sub(
            r"\{texts:(.*?\n?)\}",
            lambda m: "".join(m[1].replace("§", str(i)) for i in range(count)),
            source,
            flags=re.S,
        )
        doc, quotes, rest = text.rpartition('"""\n') if text.startswith('"""') else ("", "", text)
        (directory / name).write_text(doc + quotes + SHOW + rest if name.endswith(".py") else text)
    return "train" if "gage.toml" in PROGRAMS[kind] else "train.py"
