"""Programs receive flags, lists, positionals, subcommands and constants with the intended values."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
from text_parameter_programs import SHOW

BIN = str(Path(sys.executable).parent)


@pytest.fixture(autouse=True)
def _path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", BIN + os.pathsep + os.environ["PATH"])
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def run_and_collect(gage, project):
    """Runs `gage run …` and gives what each of its programs got, as `repr`, one after the other."""

    def run(*words, code=0):
        out = gage("run", *words, "--yes", code=code).out
        return [json.loads(line) for line in out.splitlines() if line.startswith('{"')]

    return run


FLAGS = {
    "argparse": """
import argparse
def str2bool(v):
    if v.lower() in ("yes", "true", "t", "y", "1"): return True
    if v.lower() in ("no", "false", "f", "n", "0"): return False
    raise argparse.ArgumentTypeError("Boolean value expected.")
p = argparse.ArgumentParser()
p.add_argument("--on", action="store_true")
p.add_argument("--no-off", dest="off", action="store_false")
p.add_argument("--aug", action=argparse.BooleanOptionalAction, default=True)
p.add_argument("--aug2", action=argparse.BooleanOptionalAction)
p.add_argument("--typed", type=bool, default=True)
p.add_argument("--typed2", type=bool, default=False)
p.add_argument("--words", type=str2bool, default="yes")
p.add_argument("--words2", type=str2bool, nargs="?", const=True, default=False)
show(vars(p.parse_args()))
""",
    "click": """
import click
@click.command()
@click.option("--on", is_flag=True)
@click.option("--aug/--no-aug", default=True)
@click.option("--wet/--dry", " /-d", default=False)
@click.option("--typed", type=bool, default=True)
def main(**found): show(found)
main()
""",
    "typer": """
import typer
def main(on: bool = False, aug: bool = True, wet: bool = typer.Option(False, "--wet/--dry")): show(locals())
typer.run(main)
""",
    "absl": """
from absl import app, flags
flags.DEFINE_bool("on", False, "on")
flags.DEFINE_bool("aug", True, "augment")
app.run(lambda argv: show({n: flags.FLAGS[n].value for n in ("on", "aug")}))
""",
    "tyro": "import tyro\ndef main(on: bool = False, aug: bool = True) -> None: show(locals())\ntyro.cli(main)\n",
    "fire": "import fire\ndef main(on=False, aug=True): show(locals())\nfire.Fire(main)\n",
    "constants": 'on = False\naug: bool = True\nshow({"on": on, "aug": aug})\n',
}
YES_OR_NO = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FLAGS)
def test_sets_flags_to_true_and_false(kind, gage, run_and_collect, project):
    (project / "train.py").write_text(SHOW + FLAGS[kind])
    [usual] = run_and_collect("train.py")
    names = list(usual)
    assert run_and_collect("train.py", *(f"{n}=yes" for n in names)) == [dict.fromkeys(names, "True")]
    assert run_and_collect("train.py", *(f"{n}=0" for n in names)) == [dict.fromkeys(names, "False")]
    assert run_and_collect("--restart", "1") == [dict.fromkeys(names, "False")]
    assert run_and_collect("--restart", "1", f"{names[0]}=true") == [dict.fromkeys(names, "False") | {names[0]: "True"}]
    gage("run", "train.py", *(f"{n}=no" for n in names), "--stage", "--yes")
    assert run_and_collect("--start", "1") == [dict.fromkeys(names, "False")]
    received = run_and_collect("train.py", f"{names[0]}=[{','.join(YES_OR_NO)}]")
    assert [values[names[0]] for values in received] == [repr(v) for v in YES_OR_NO.values()]
    with open(project / "rows.csv", "w", newline="") as file:
        csv.writer(file).writerows([names, ["yes"] * len(names), ["0"] * len(names)])
    assert run_and_collect("train.py", "@rows.csv") == [dict.fromkeys(names, value) for value in ("True", "False")]
    (project / "rows.json").write_text(json.dumps([dict.fromkeys(names, value) for value in (True, "no", 0)]))
    expected = [dict.fromkeys(names, value) for value in ("True", "False", "False")]
    assert run_and_collect("train.py", "@rows.json") == expected
    assert run_and_collect("--restart", "1") == expected[-1:]


SHAPES = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("data")
p.add_argument("size", type=int, nargs="?", default=3)
p.add_argument("more", nargs="*")
p.add_argument("-x", type=float, default=0.5)
p.add_argument("-long", default="s")
p.add_argument("-v", "--verbose", action="count", default=0)
p.add_argument("--tag", action="append")
p.add_argument("--deep", action="store_const", const="deep", default="flat")
p.add_argument("--layers", type=int, nargs="+", default=[1])
p.add_argument("--pair", type=float, nargs=2)
p.add_argument("--maybe", nargs="?", const="const", default="off")
p.add_argument("--rate", type=float, default=0.1)
p.add_argument("--n", type=int)
p.add_argument("--text")
show(vars(p.parse_args()))
"""
CONSTANTS = """
from math import inf, nan
lr: float = 0.1
a, b = 1, "two"
(c, [d]) = 3, [4]
shift = -5
batch = 2 * 32
mega = 1 << 20
best = None
low, high = -inf, float("inf")
odd = nan
layers = [1, 2]
sizes = (3, 4)
names = {"x": 1}
flag: bool
flag = True
text = "n"
NAMES = "lr a b c d shift batch mega best low high odd layers sizes names flag text"
show({n: globals()[n] for n in NAMES.split()})
"""
COMMANDS = """
import argparse
above = argparse.ArgumentParser(add_help=False)
above.add_argument("--seed", type=int, default=1)
p = argparse.ArgumentParser()
p.add_argument("--name", default="n")
subs = p.add_subparsers(dest="command", required=True)
train = subs.add_parser("train", parents=[above])
train.add_argument("--lr", type=float, default=0.1)
test = subs.add_parser("test", parents=[above])
test.add_argument("--split", default="val")
show(vars(p.parse_args()))
"""
GROUP = """
import click
@click.group()
@click.option("--name", default="n")
@click.pass_context
def cli(ctx, name): ctx.obj = name
@cli.command()
@click.option("--lr", default=0.1)
@click.pass_obj
def train(name, lr): show({"name": name, "lr": lr})
cli()
"""
ENUMS = """
import argparse, enum
from pathlib import Path
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
p = argparse.ArgumentParser()
p.add_argument("--color", type=Color, choices=list(Color), default=Color.RED)
p.add_argument("--name", type=lambda n: Color[n], default=Color.RED)
p.add_argument("--path", type=Path)
found = p.parse_args()
show({"color": found.color.value, "name": found.name.value, "path": str(found.path)})
"""
CASES = [
    (ENUMS, "color=[red,blue] name=BLUE", [{"color": c, "name": "blue"} for c in ("red", "blue")]),
    (ENUMS, "path=0123", [{"color": "red", "name": "red", "path": "0123"}]),
    (SHAPES, 'data=-5 size=-7 more:=["a","-b"]', [{"data": "-5", "size": -7, "more": ["a", "-b"]}]),
    (SHAPES, "data=d x=-1e-05 long=-s verbose=3", [{"x": -1e-05, "long": "-s", "verbose": 3}]),
    (SHAPES, "data=d v=2 tag=0123 deep=deep", [{"verbose": 2, "tag": ["0123"], "deep": "deep"}]),
    (SHAPES, 'data=d tag:=["a,b",""] pair=[-1,2]', [{"tag": ["a,b", ""], "pair": [-1.0, 2.0]}]),
    (SHAPES, "data=d layers:=[1,2]", [{"layers": [1, 2]}]),
    (SHAPES, "data=d layers=[1,2]", [{"layers": [1, 2]}]),
    (SHAPES, "data=d layers=[[1,2],[3]]", [{"layers": [1, 2]}, {"layers": [3]}]),
    (SHAPES, "data=d maybe=const", [{"maybe": "const"}]),
    (SHAPES, "data=d rate=[nan,inf,-inf,-3]", [{"rate": float(v)} for v in ("nan", "inf", "-inf", "-3")]),
    (SHAPES, "data=[0123,1e3] n=1e3", [{"data": "0123", "n": 1000}, {"data": "1e3", "n": 1000}]),
    (SHAPES, "data=d n=null text=None", [{"n": None, "text": "None"}]),
    (CONSTANTS, "lr=1e-05 a=-2 b=0123 c=7 d=8", [{"lr": 1e-05, "a": -2, "b": "0123", "c": 7, "d": 8}]),
    (CONSTANTS, "shift=-1 batch=16 mega=1", [{"shift": -1, "batch": 16, "mega": 1}]),
    (CONSTANTS, "lr=[nan,-inf]", [{"lr": float("nan")}, {"lr": -float("inf")}]),
    (CONSTANTS, "low=1 high=inf odd=2.5", [{"low": 1.0, "high": float("inf"), "odd": 2.5}]),
    (CONSTANTS, "best=null", [{"best": None}]),
    (CONSTANTS, "best=0.5 text:=null flag=no", [{"best": 0.5, "text": None, "flag": False}]),
    (CONSTANTS, "best=[null,3,x]", [{"best": None}, {"best": 3}, {"best": "x"}]),
    (CONSTANTS, "layers:=[1,2] sizes:=[5]", [{"layers": [1, 2], "sizes": (5,)}]),
    (CONSTANTS, "layers=[[1,2],[3]]", [{"layers": [1, 2]}, {"layers": [3]}]),
    (CONSTANTS, 'layers=[9] names:={"x":2}', [{"layers": [9], "names": {"x": 2}}]),
    (COMMANDS, "command=train lr=0.2", [{"command": "train", "lr": 0.2, "seed": 1, "name": "n"}]),
    (COMMANDS, "command=train seed=5 name=0123", [{"command": "train", "lr": 0.1, "seed": 5, "name": "0123"}]),
    (COMMANDS, "train.lr=[0.2,3]", [{"command": "train", "lr": 0.2}, {"command": "train", "lr": 3.0}]),
    (COMMANDS, "command=[train,test] seed=4", [{"command": "train", "seed": 4}, {"command": "test", "seed": 4}]),
    (GROUP, "command=train lr=0.2 name=0123", [{"name": "0123", "lr": 0.2}]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("source", "line", "wanted"), CASES, ids=[c[1] for c in CASES])
def test_passes_values_of_every_type(source, line, wanted, gage, run_and_collect, project):
    (project / "train.py").write_text(SHOW + source)
    expected = [{k: repr(v) for k, v in one.items()} for one in wanted]

    def only(received):
        return [{k: v for k, v in g.items() if k in expected[0]} for g in received]

    received = run_and_collect("train.py", *line.split())
    assert only(received) == expected
    assert run_and_collect("--restart", "1") == received[-1:]


def test_rereads_a_parser_after_a_change_in_any_module(gage, run_and_collect, project):
    (project / "lib").mkdir()
    (project / "lib" / "__init__.py").write_text("")
    (project / "lib" / "rates.py").write_text("RATE = 0.1\n")
    above = "import argparse\nfrom lib.rates import RATE\nabove = argparse.ArgumentParser(add_help=False)\n"
    (project / "lib" / "above.py").write_text(above + "above.add_argument('--lr', type=float, default=RATE)\n")
    (project / "train.py").write_text(
        SHOW + "import argparse\nfrom lib.above import above\n"
        "p = argparse.ArgumentParser(parents=[above])\np.add_argument('--name', default='n')\n"
        "show(vars(p.parse_args()))\n"
    )
    assert run_and_collect("train.py", "lr=3", "name=1e3") == [{"lr": "3.0", "name": "'1e3'"}]
    (project / "lib" / "rates.py").write_text("RATE = 0.7\n")
    assert [s["value"] for s in gage("config", "train.py", "--json").json["config"]] == [0.7, "n"]
    with open(project / "lib" / "above.py", "a") as file:
        file.write("above.add_argument('--more', default='m')\n")
    assert run_and_collect("train.py", "more=0x1") == [{"lr": "0.7", "more": "'0x1'", "name": "'n'"}]
