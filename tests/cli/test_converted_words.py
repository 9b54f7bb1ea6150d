"""Words whose meaning only the program knows: of its converters, chained subcommands, options with one dest."""

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


SHARED = """\
import argparse
p = argparse.ArgumentParser()
p.add_argument("--fast", dest="mode", action="store_const", const="fast")
p.add_argument("--slow", dest="mode", action="store_const", const="slow")
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--rate", dest="lr", type=float)
print(p.parse_args())
"""


@pytest.mark.parametrize("words", [("--slow", "--fast"), ("--rate=2", "--lr=3")])
def test_the_order_of_options_with_one_destination_is_kept(gage, project, words):
    (project / "x.py").write_text(SHARED)
    first = gage("run", "--", sys.executable, "x.py", *words)
    config = json.loads(gage("show", "1", "--json").out)["config"]
    assert {word.strip("-").partition("=")[0] for word in words}.isdisjoint(config)
    assert "Not needed" not in gage("run", "--needed", "--", sys.executable, "x.py", *reversed(words)).err
    assert "Not needed" in gage("run", "--needed", "--", sys.executable, "x.py", *words).err
    assert gage("run", "--restart", "2", "--yes").out == first.out
