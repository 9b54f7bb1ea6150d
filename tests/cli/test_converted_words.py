"""Words whose meaning only the program knows: those of its converters, and of chained subcommands."""

import json
import sys

import pytest


@pytest.mark.parametrize(
    ("converter", "word", "is_known"),
    [
        ("lambda s: s == 'True'", "true", True),
        ("lambda s: s == 'True'", "True", True),
        ("lambda s: s in ('True', 'true')", "TRUE", True),
        ("lambda s: s in ('True', 'true')", "yes", True),
        ("lambda s: s != 'False'", "false", True),
        ("lambda s: s != 'False'", "False", True),
        ("{'on': True, 'off': False}.__getitem__", "off", True),
        ("lambda s: s.lower() in ('1', 'on')", "ON", True),
        ("lambda s: s.lower() in ('1', 'on')", "tRuE", False),
    ],
)
def test_records_what_the_converter_returns(gage, project, converter, word, is_known):
    option = f"p.add_argument('--c', type={converter}, default=False)"
    text = f"import argparse\np = argparse.ArgumentParser()\n{option}\nprint(p.parse_args().c)\n"
    (project / "x.py").write_text(text)
    result = gage("run", "--", sys.executable, "x.py", "--c", word)
    config = json.loads(gage("show", "1", "--json").out)["config"]
    assert config == ({"c": result.out.strip() == "True"} if is_known else {})
    assert ("Not recorded as config" in result.err) is not is_known


CHAIN = """\
import click
@click.group(chain=True)
def main(): pass
@main.command()
@click.option("--lr", default=0.1)
def a(lr): print("a", lr)
@main.command()
@click.option("--lr", default=0.2)
def b(lr): print("b", lr)
main()
"""


def test_options_of_chained_subcommands_are_not_recorded(gage, project):
    pytest.importorskip("click")
    (project / "x.py").write_text(CHAIN)
    result = gage("run", "--", sys.executable, "x.py", "b", "--lr", "1", "a", "--lr", "2")
    assert result.out == "b 1.0\na 2.0\n" and "Not recorded as config" in result.err
    assert "lr" not in json.loads(gage("show", "1", "--json").out)["config"]
    gage("run", "--", sys.executable, "x.py", "b", "--lr", "1")
    assert json.loads(gage("show", "1", "--json").out)["config"]["lr"] == 1
