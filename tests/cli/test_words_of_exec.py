"""Config that sets what words in the command of a Gage file set as well."""

import json
import sys

import pytest

ARGPARSE = """\
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("--f", action="store_true")
p.add_argument("--nf", action="store_false", dest="g")
p.add_argument("-v", action="count", default=0)
p.add_argument("--ap", action="append")
p.add_argument("--sc", action="store_const", const=4, default=1)
p.add_argument("--lr", type=float, default=0.1)
print(json.dumps(vars(p.parse_args())))
"""
CLICK = """\
import click, json
@click.command()
@click.option("--f", is_flag=True)
@click.option("-v", count=True)
@click.option("--ap", multiple=True)
@click.option("--lr", default=0.1)
def main(**values): print(json.dumps(values))
main()
"""
WORDS = "--f --nf -v -v --ap 1 --ap=2 --sc --lr 3"


def run(gage, *words):
    """Returns the config of a run, and what the program printed."""
    result = gage("run", *words, "--yes")
    run = json.loads(gage("show", "1", "--json").out)
    return run["config"], json.loads(result.out)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("f", "no", False),
        ("g", "yes", True),
        ("v", "1", 1),
        ("v", "3", 3),
        ("v", "0", 0),
        ("ap:", '["9"]', ["9"]),
        ("sc", "1", 1),
        ("lr", "7", 7),
    ],
)
def test_a_value_replaces_the_words_of_exec(gage, project, name, value, expected):
    (project / "x.py").write_text(ARGPARSE)
    (project / "gage.toml").write_text(f'[t]\nexec = "{sys.executable} x.py {WORDS}"\n')
    config, printed = run(gage, "t", f"{name}={value}")
    default = {"f": True, "g": False, "v": 2, "ap": ["1", "2"], "sc": 4, "lr": 3}
    assert config == printed == {**default, name.rstrip(":"): expected}
    config, printed = run(gage, "--restart", "1", "lr=5")
    assert config == printed == {**default, name.rstrip(":"): expected, "lr": 5}


def test_a_value_replaces_flags_of_click(gage, project):
    pytest.importorskip("click")
    (project / "x.py").write_text(CLICK)
    (project / "gage.toml").write_text(f'[t]\nexec = "{sys.executable} x.py --f -v --ap 1 --lr 3"\n')
    config, printed = run(gage, "t", "f=no", "v=2", 'ap:=["2"]')
    assert config == printed == {"f": False, "v": 2, "ap": ["2"], "lr": 3}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x.py -vq", "v cannot be set, as -vq in the command sets it as well"),
        ("x.py -v > out", "v cannot be set, as the command line, which uses shell syntax, sets it as well"),
    ],
)
def test_words_that_cannot_be_replaced_are_reported(gage, project, line, message):
    (project / "x.py").write_text(ARGPARSE.replace('"--f"', '"--f", "-q"'))
    (project / "gage.toml").write_text(f'[t]\nexec = "{sys.executable} {line}"\n')
    assert message in gage("run", "t", "v=3", "--yes", code=1).err
