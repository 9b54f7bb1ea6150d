"""`gage config`, and values in files of every format."""

import json
import zipfile

import pytest

FILES = {
    "params.yaml": "train:\n  lr: 0.1 # rate\n",
    "p.toml": "[train]\nlr = 0.1 # rate\n",
    "p.json": '{"train": {"lr": 0.1}}\n',
    "p.ini": "[train]\nlr = 0.1\n",
    ".env": "LR=0.1\n",
    "n.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": ["lr = 0.1\n"], "outputs": [1]}]}, indent=1),
    "conf.py": "lr = 0.1\n",
}


def write(project, config):
    (project / "gage.json").write_text(json.dumps({"train": {"exec": "true", "config": config}}))


def test_lists_parameters(gage, project):
    text = gage("config", "train.py").out
    assert text.splitlines() == [
        "Name    Value  Type   Goes to                   Description",
        "lr      0.1    float  variable train.py#lr",
        "epochs  2      int    variable train.py#epochs",
    ]
    assert "value in a file (train.py:3)" in gage("config", "train.py", "--explain").out
    config = gage("config", "train.py", "--json").json["config"]
    assert [(c["name"], c["value"], c["origin"], c["found_at"]) for c in config] == [
        ("lr", 0.1, "file", "train.py:3"),
        ("epochs", 2, "file", "train.py:4"),
    ]


def test_reports_a_program_without_parameters(gage, project):
    (project / "a.py").write_text("x = (\n")
    result = gage("config", "a.py")
    assert "The parameters of a.py are unknown: the file cannot be read as Python (line 1)" in result.err
    assert "There is no operation or script 'b.py'" in gage("config", "b.py", code=1).err


@pytest.mark.parametrize("name", FILES)
def test_changes_only_the_copy_of_the_run(gage, project, name):
    (project / name).write_text(FILES[name])
    write(project, name)
    key = gage("config", "train", "--json").json["config"][0]["name"]
    gage("run", "train", f"{key}=0.25", "--run-dir", "out")
    assert (project / name).read_text() == FILES[name]
    assert (project / "out" / name).read_text() == FILES[name].replace("0.1", "0.25")
    with zipfile.ZipFile(gage("select", "1", "--meta-dir").out.strip()) as meta:
        patched = meta.read("log/patched").decode()
    assert f"--- {name}" in patched and "0.25" in patched
    assert gage("show", "1", "--json").json["config"][key] == 0.25


def test_reports_the_line_of_a_broken_file(gage, project):
    (project / "params.yaml").write_text("a: 1\na: 2\n")
    write(project, "params.yaml")
    for words in (("config", "train"), ("run", "train"), ("run", "train", "--preview")):
        assert "params.yaml: 'a' is defined twice (line 2)" in gage(*words, code=1).err
    assert "no runs yet" in gage("select", code=1).err


def test_a_program_uses_what_is_set_if_it_applies_its_file_after_parsing(gage, project):
    (project / "c.json").write_text('{"lr": 0.5}')
    parser = "import argparse, json\np = argparse.ArgumentParser()\np.add_argument('--config', default='c.json')\n"
    parser += "p.add_argument('--lr', type=float, default=0.1)\nargs = p.parse_args()\n"
    (project / "s.py").write_text(parser + "vars(args).update(json.load(open(args.config)))\nprint('lr is', args.lr)\n")
    assert gage("run", "s.py", "lr=0.3").out == "lr is 0.3\n"
    assert gage("run", "--restart", "1", "lr=0.2").out == "lr is 0.2\n"
    assert gage("list").out.count("lr=0.2") == 1
    result = gage("run", "s.py", "--", "--lr=0.3")
    assert result.out == "lr is 0.5\n"
    assert "c.json may replace it: lr" in result.err
    assert "lr" not in gage("show", "1", "--json").json["config"]


def test_assigns_a_list_as_one_value(gage, project):
    (project / "t.py").write_text("layers = [1]\nprint(layers)\n")
    assert gage("run", "t.py", "layers:=[1,2]").out == "[1, 2]\n"


def test_reads_a_program_that_cannot_be_introspected(gage, project):
    parser = 'import argparse, missing_package\np = argparse.ArgumentParser()\np.add_argument("--lr", type=float)\n'
    (project / "m.py").write_text(parser + "p.parse_args()\n")
    for words in (("config", "m.py", "--explain"), ("run", "m.py", "--help-op")):
        text = gage(*words).out
        assert "argument --lr" in text and "No module named 'missing_package'" in text
    result = gage("config", "m.py", "--json").json
    assert (result["config"][0]["origin"], "missing_package" in result["note"]) == ("source", True)


def test_introspects_a_program(gage, project):
    parser = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--lr", type=float, help="rate")\n'
    (project / "m.py").write_text(parser + "print(p.parse_args().lr)\n")
    assert "Introspected from the program's own parser (argparse)" in gage("config", "m.py", "--explain").out
    assert gage("run", "m.py", "lr=2").out == "2.0\n"
    assert "lr must be a number" in gage("run", "m.py", "lr=x", code=1).err


def test_lists_a_file_of_values(gage, project):
    (project / "p.yaml").write_text("train:\n  lr: 0.1  # rate\n")
    result = gage("config", "p.yaml")
    assert result.out.splitlines()[1].split() == ["train.lr", "0.1", "2", "rate"]
    assert 'In the Gage file: config = "p.yaml"' in result.err
    assert gage("config", "p.yaml", "--json").json["config"] == [{"name": "train.lr", "value": 0.1, "line": 2}]
    (project / "p.yaml").write_text("a: [1")
    assert "p.yaml: The file is not YAML" in gage("config", "p.yaml", code=1).err


def test_suggests_an_assignment_for_an_option_of_the_program(gage, project):
    result = gage("run", "train.py", "--lr", "0.5", code=2).err
    assert "Unknown option --lr\nTry: gage run train.py lr=0.5\n" in result


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("epochs=uniform[1:9]", "Try: epochs=int[1:9]"),
        ("lr=unifrom[0:1]", "Try: lr=uniform[0:1]"),
        ("lr=uniform(0,1)", "Try: lr=uniform[0:1]"),
        ("lr=what[1]", "Valid forms: [START:END:STEP], uniform[...], loguniform[...]"),
        ("lr=[0:1:0.1", "Try: lr=[0:1:0.1]"),
        ("lr=0:1:0.1", "For example lr=[0:1:0.1]"),
        ("layers=1,2", "For example layers=[1,2]"),
        ("layers=(3, 4)", "For example layers=[3,4]"),
    ],
)
def test_suggests_the_correct_syntax_of_several_values(gage, project, word, hint):
    options = ("--lr", "float", ""), ("--epochs", "int", ""), ("--layers", "int", ", nargs='+'")
    lines = [f"p.add_argument('{name}', type={kind}{more})" for name, kind, more in options]
    (project / "m.py").write_text(
        "\n".join(["import argparse", "p = argparse.ArgumentParser()", *lines, "p.parse_args()"])
    )
    assert hint in gage("run", "m.py", word, "--preview", code=None).err


COMMANDS = """\
import argparse
p = argparse.ArgumentParser()
s = p.add_subparsers(dest="do", required=True)
for name in ("fit", "eval"):
    s.add_parser(name).add_argument("--lr", type=float, default=0.1)
a = p.parse_args()
print(a.do, a.lr)
"""


def test_accepts_only_existing_subcommands(gage, project):
    (project / "commands.py").write_text(COMMANDS)
    assert gage("run", "commands.py", "fit", "lr=0.5", "--yes").out == "fit 0.5\n"
    message = gage("run", "commands.py", "ft", "lr=0.5", "--yes", code=1).err
    assert "'ft' is not a choice for command\nChoices: fit, eval" in message
    assert "Try: gage run train.py lr=VALUE" in gage("run", "train.py", "lr", "--yes", code=1).err
    message = gage("run", "train.py", "0.5", "--yes", code=1).err
    assert "train.py has no subcommands, and '0.5' is not name=value\nTry: NAME=0.5" in message


def test_explains_that_only_the_source_was_read(gage, project):
    (project / "missing.py").write_text("import no_such_thing\n" + COMMANDS)
    result = gage("config", "missing.py")
    assert "fit.lr" in result.out
    assert "read its source instead" in result.err


def test_example_contains_required_parameters(gage, project):
    lines = ["import argparse", "p = argparse.ArgumentParser()", "p.add_argument('--data', required=True)"]
    lines += ["p.add_argument('--lr', default=0.1)", "p.add_argument('--seed', default=0)", "p.parse_args()"]
    (project / "m.py").write_text("\n".join(lines))
    assert "gage run m.py data=VALUE lr=0.1\n" in gage("run", "m.py", "--help-op").out


def test_does_not_show_defaults_of_secret_parameters(gage, project):
    (project / "s.py").write_text("api_key = 'my-very-own-password'\nlr = 0.1\nprint(len(api_key))\n")
    for words in (["config", "s.py"], ["config", "s.py", "--json"], ["run", "s.py", "--help-op"]):
        assert "my-very" not in gage(*words).out and "api_key" in gage(*words).out
    assert gage("run", "s.py", "--yes").out == "20\n"
