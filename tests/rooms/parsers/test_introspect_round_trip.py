"""A program receives the chosen values through its own parser, for every parser."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from introspected import HYDRA_IMPORT, Program

from gage.types.errors import ConfigError

TEXTS = [
    "0123",
    "1e10",
    "1:30",
    "true",
    "null",
    "None",
    "-x",
    "--lr",
    "a b",
    "",
    "[1,2]",
    "{a: 1}",
    "'q'",
    '"',
    "=5",
    "é",
    "a,b",
    "$x",
    "#c",
]

ARGPARSE = """
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("data", nargs="?", default="d")
p.add_argument("more", nargs="*")
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("-t", default="x")
p.add_argument("-long", default="x")
p.add_argument("--name", default="n")
p.add_argument("--aug", action=argparse.BooleanOptionalAction, default=True)
p.add_argument("--no-cache", dest="cache", action="store_false")
p.add_argument("--fast", action="store_true")
p.add_argument("--dry", type=bool, default=True)
p.add_argument("-v", action="count", default=0)
p.add_argument("--tag", action="append")
p.add_argument("--mode", action="store_const", const="deep")
p.add_argument("--sizes", type=int, nargs="+", default=[1])
p.add_argument("--rates", type=float, nargs="*")
p.add_argument("--pair", type=float, nargs=2)
p.add_argument("--maybe", nargs="?", const="const", default="off")
p.add_argument("--pick", type=int, choices=[1, 2, 3], default=1)
print(json.dumps(vars(p.parse_args())))
"""

CLICK = """
import click, json
@click.command()
@click.argument("src", default="s")
@click.argument("more", nargs=-1)
@click.option("--lr", type=float, default=0.1)
@click.option("-t", default="x")
@click.option("--name", default="n")
@click.option("--aug/--no-aug", default=True)
@click.option("--fast", is_flag=True)
@click.option("--dry", type=bool, default=True)
@click.option("-v", "verbose", count=True)
@click.option("--tag", multiple=True, default=["a"])
@click.option("--mode", flag_value="deep")
@click.option("--pair", type=float, nargs=2)
@click.option("--pick", type=click.Choice(["1", "2"]), default="1")
def main(**found):
    print(json.dumps(found))
main()
"""

TYPER = """
import json, typer
from typing import List, Optional
def main(
    src: str = "s", lr: float = 0.1, name: str = "n", n: Optional[int] = None, aug: bool = True, tag: List[int] = []
):
    print(json.dumps(locals()))
typer.run(main)
"""

ABSL = """
import json
from absl import app, flags
F = flags.FLAGS
flags.DEFINE_float("lr", 0.1, "rate")
flags.DEFINE_string("name", "n", "name")
flags.DEFINE_bool("aug", True, "augment")
flags.DEFINE_list("layers", ["1"], "layers")
flags.DEFINE_multi_integer("m", [1], "many")
flags.DEFINE_enum("opt", "adam", ["adam", "sgd"], "which")
def main(argv):
    print(json.dumps({n: F[n].value for n in ("lr", "name", "aug", "layers", "m", "opt")}))
app.run(main)
"""

FIRE = """
import fire, json
def main(lr=0.1, name="n", aug=True, layers=(1, 2), n: int = 1):
    print(json.dumps(locals()))
fire.Fire(main)
"""

TYRO = """
import json, tyro
from dataclasses import asdict, dataclass, field
from typing import Optional, Tuple
@dataclass
class Inner:
    lr: float = 0.1
    on: bool = False
@dataclass
class Args:
    inner: Inner = field(default_factory=Inner)
    name: str = "n"
    aug: bool = True
    layers: Tuple[int, ...] = (1, 2)
    n: Optional[int] = None
print(json.dumps(asdict(tyro.cli(Args))))
"""

SIMPLE = """
import json
from dataclasses import asdict, dataclass, field
from simple_parsing import ArgumentParser
@dataclass
class Args:
    lr: float = 0.1
    name: str = "n"
    aug: bool = True
    layers: list[int] = field(default_factory=lambda: [1, 2])
p = ArgumentParser()
p.add_arguments(Args, dest="args")
print(json.dumps(asdict(p.parse_args().args)))
"""

JSONARGPARSE = """
import json
from jsonargparse import CLI
from typing import List, Optional
def main(
    lr: float = 0.1, name: str = "n", aug: bool = True, layers: List[int] = [1, 2], n: Optional[int] = 1
):
    print(json.dumps(locals()))
CLI(main, as_positional=False)
"""

HYDRA = f"""
{HYDRA_IMPORT}
import json
from omegaconf import OmegaConf
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    print(json.dumps(OmegaConf.to_container(cfg, resolve=True)))
main()
"""

DOCOPT = '''
"""Train.

Usage:
  train.py [options] [<data>]

Options:
  --lr=RATE    Rate [default: 0.1].
  -t, --tag=T  Tag [default: t].
  --fast       Be fast.
"""
import json
from docopt import docopt
print(json.dumps(dict(docopt(__doc__))))
'''


def select(result: object, name: str) -> object:
    assert isinstance(result, dict)
    return result[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 1e-05), ("lr", -1e-05), ("lr", -3), ("aug", False), ("aug", True), ("cache", False), ("cache", True),
        ("fast", True), ("fast", False), ("dry", False), ("dry", True), ("v", 3), ("tag", ["-a", "b c"]),
        ("mode", "deep"), ("mode", None), ("sizes", [-1, 2]), ("rates", [-1e-05, 3.0]), ("rates", []),
        ("pair", [-1.5, 2]),
        ("maybe", "const"), ("maybe", "-x"), ("pick", 2), ("data", "-5"), ("more", ["-a", "--lr"]),
    ],
)  # fmt: skip
def test_argparse_program_receives_values(tmp_path: Path, name: str, value: object) -> None:
    values = {"data": "x", name: value} if name == "more" else {name: value}
    assert select(Program(tmp_path, ARGPARSE).run(values), name) == value


def test_argparse_reads_text_unchanged(tmp_path: Path) -> None:
    assert_unchanged(
        Program(tmp_path, ARGPARSE),
        [{"name": text, "t": text, "long": text, "data": text, "tag": [text], "sizes": [1, 2]} for text in TEXTS],
    )


def assert_unchanged(program: Program, values: Sequence[Mapping[str, object]]) -> None:
    """Asserts that the program receives the values unchanged."""
    results = program.run_each(values)
    assert [
        {name: select(result, name) for name in each} for each, result in zip(values, results, strict=True)
    ] == values


def test_click_reads_text_unchanged(tmp_path: Path) -> None:
    values = [{"name": text, "t": text, "src": text, "tag": [text, "b"]} for text in TEXTS]
    assert_unchanged(Program(tmp_path, CLICK), values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", -1e-05), ("aug", False), ("aug", True), ("fast", True), ("fast", False), ("dry", False),
        ("tag", ["b", "-c"]),
        ("mode", "deep"), ("pair", [-1.5, 2.0]), ("pick", "2"), ("src", "-5"),
    ],
)  # fmt: skip
def test_click_program_receives_values(tmp_path: Path, name: str, value: object) -> None:
    assert select(Program(tmp_path, CLICK).run({name: value}), name) == value


def test_click_program_receives_a_count(tmp_path: Path) -> None:
    assert select(Program(tmp_path, CLICK).run({"v": 2}), "verbose") == 2


@pytest.mark.parametrize(
    ("source", "values"),
    [
        (TYPER, {"src": "x", "lr": -1e-05, "n": -3, "aug": False, "tag": [-1, 2]}),
        (ABSL, {"lr": -1e-05, "aug": False, "layers": ["3", "4"], "m": [-2, 3], "opt": "sgd"}),
        (FIRE, {"lr": -1e-05, "aug": False, "layers": [3, -4], "n": -2}),
        (TYRO, {"inner.lr": -1e-05, "inner.on": True, "aug": False, "layers": [3, -4], "n": -2}),
        (SIMPLE, {"lr": -1e-05, "aug": False, "layers": [3, -4]}),
        (JSONARGPARSE, {"lr": -1e-05, "aug": False, "layers": [3, -4], "n": None}),
        (DOCOPT, {"lr": "-1e-05", "fast": True, "data": "x", "tag": "--"}),
    ],
    ids=["typer", "absl", "fire", "tyro", "simple", "jsonargparse", "docopt"],
)
def test_programs_of_other_parsers_receive_values(tmp_path: Path, source: str, values: dict[str, object]) -> None:
    result = Program(tmp_path, source).run(values)
    values_by_name = flatten(result)
    assert {n: values_by_name[n] for n in values} == values


def flatten(result: object) -> dict[str, object]:
    assert isinstance(result, dict)
    flat = {n.strip("-<>"): v for n, v in result.items()}
    for name, value in result.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{n}": v for n, v in value.items()}
    return flat


@pytest.mark.parametrize(
    "source",
    [TYPER, ABSL, FIRE, TYRO, SIMPLE, JSONARGPARSE],
    ids=["typer", "absl", "fire", "tyro", "simple", "jsonargparse"],
)
def test_other_parsers_read_text_unchanged(tmp_path: Path, source: str) -> None:
    assert_unchanged(Program(tmp_path, source), [{"name": text} for text in TEXTS])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "source", [ARGPARSE, CLICK, FIRE, JSONARGPARSE], ids=["argparse", "click", "fire", "jsonargparse"]
)
def test_infinity_and_nan_reach_the_program(tmp_path: Path, source: str, value: float) -> None:
    program = Program(tmp_path, source)
    if source == FIRE and math.isnan(value):
        with pytest.raises(ConfigError, match="cannot read nan"):
            program.build_command({"lr": value})
        return
    received = select(program.run({"lr": value}), "lr")
    assert received == value or (isinstance(received, float) and math.isnan(received) and math.isnan(value))


@pytest.fixture
def hydra(tmp_path: Path) -> Program:
    conf = tmp_path / "conf"
    (conf / "db").mkdir(parents=True)
    (conf / "opt").mkdir()
    (conf / "config.yaml").write_text(
        "defaults:\n  - db: mysql\n  - _self_\nlr: 0.1\nname: n\nmodel:\n  layers: [1, 2]\n  ref: ${lr}\n"
    )
    (conf / "db" / "mysql.yaml").write_text("host: a\n")
    (conf / "db" / "pg.yaml").write_text("host: b\n")
    (conf / "opt" / "adam.yaml").write_text("kind: adam\n")
    return Program(tmp_path, HYDRA)


def test_hydra_program_receives_values(hydra: Program) -> None:
    values = {"lr": -1e-05, "model.layers": [3, -4], "db": "pg", "opt": "adam", "+new.key": 1, "~name": None}
    assert hydra.run(values) == {
        "db": {"host": "b"},
        "opt": {"kind": "adam"},
        "lr": -1e-05,
        "model": {"layers": [3, -4], "ref": -1e-05},
        "new": {"key": 1},
    }


def test_hydra_reads_text_unchanged(hydra: Program) -> None:
    texts = [*TEXTS, "it's", "a'", "C:\\x\\'y", "x ", "a=b", "${lr}x"[1:]]
    assert_unchanged(hydra, [{"name": text} for text in texts])


def test_finds_config_groups_of_hydra(hydra: Program) -> None:
    parameters = hydra.parameters()
    assert parameters["db"].choices == ("mysql", "pg")
    assert parameters["db"].default == "mysql"
    assert parameters["model.ref"].default == 0.1
    assert "hydra" not in {name.split(".")[0] for name in parameters}
    assert hydra.list_files() == {
        "train.py",
        "conf/config.yaml",
        "conf/db/mysql.yaml",
        "conf/db/pg.yaml",
        "conf/opt/adam.yaml",
    }


def test_rejects_a_value_that_no_argument_expresses(tmp_path: Path) -> None:
    program = Program(
        tmp_path,
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--on', action='store_true', default=True)\n"
        "p.add_argument('--add', action='append', default=['a'])\np.add_argument('--n', type=int, default=1)\n"
        "p.add_argument('a')\np.add_argument('b')\np.add_argument('--two', nargs=2)\np.parse_args()\n",
    )
    for values in ({"on": False}, {"add": ["b"]}, {"n": None}, {"b": "x"}, {"two": ["a"]}, {"two": ["-a", "b"]}):
        with pytest.raises(ConfigError):
            program.build_command(values)
    assert program.build_command({"add": ["a", "b"]})[2:] == ["--add=b"]
