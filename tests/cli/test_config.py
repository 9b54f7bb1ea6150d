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


def test_what_can_be_set(gage, project):
    text = gage("config", "train.py").out
    assert text.splitlines() == [
        "Name    Value  Type    Goes to                   Description",
        "lr      0.1    number  variable train.py#lr",
        "epochs  2      number  variable train.py#epochs",
    ]
    assert "a value in a file (train.py:3)" in gage("config", "train.py", "--explain").out
    found = gage("config", "train.py", "--json").json["config"]
    assert [(c["name"], c["value"], c["how"], c["found"]) for c in found] == [
        ("lr", 0.1, "file", "train.py:3"),
        ("epochs", 2, "file", "train.py:4"),
    ]


def test_nothing_to_set(gage, project):
    (project / "a.py").write_text("x = (\n")
    done = gage("config", "a.py")
    assert "The settings of a.py are not known: the file cannot be read as Python (line 1)" in done.err
    assert "There is no operation or script 'b.py'" in gage("config", "b.py", code=1).err


@pytest.mark.parametrize("name", FILES)
def test_only_the_runs_copy_is_changed(gage, project, name):
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


def test_a_broken_file_says_where(gage, project):
    (project / "params.yaml").write_text("a: 1\na: 2\n")
    write(project, "params.yaml")
    for words in (("config", "train"), ("run", "train"), ("run", "train", "--preview")):
        assert "params.yaml: 'a' is defined twice (line 2)" in gage(*words, code=1).err
    assert "No run" in gage("select", code=1).err


def test_a_list_is_one_value(gage, project):
    (project / "t.py").write_text("layers = [1]\nprint(layers)\n")
    assert gage("run", "t.py", "layers:=[1,2]").out == "[1, 2]\n"


def test_a_program_that_cannot_be_asked_is_read_and_why_is_said(gage, project):
    parser = 'import argparse, missing_package\np = argparse.ArgumentParser()\np.add_argument("--lr", type=float)\n'
    (project / "m.py").write_text(parser + "p.parse_args()\n")
    for words in (("config", "m.py", "--explain"), ("run", "m.py", "--help-op")):
        text = gage(*words).out
        assert "argument --lr" in text and "No module named 'missing_package'" in text
    told = gage("config", "m.py", "--json").json
    assert (told["config"][0]["how"], "missing_package" in told["note"]) == ("read", True)


def test_a_program_that_is_asked(gage, project):
    parser = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--lr", type=float, help="rate")\n'
    (project / "m.py").write_text(parser + "print(p.parse_args().lr)\n")
    assert "The program's own parser was asked (argparse)" in gage("config", "m.py", "--explain").out
    assert gage("run", "m.py", "lr=2").out == "2.0\n"
    assert "lr must be a number" in gage("run", "m.py", "lr=x", code=1).err
