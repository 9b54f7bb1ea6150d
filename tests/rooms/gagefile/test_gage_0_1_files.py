"""Files for Gage 0.1 work unchanged: every form that its examples and documentation use."""

import json

import pytest

from gage.gagefile.load import parse_gagefile
from gage.types.opdef import DependencyDef, Exec

FORMS = """
[listed]
description = "Has no command: it can be listed and extended"

[plain]
exec = "python train.py"
sourcecode = ["*.py", "*.yaml", "-*.tmp.*"]
config = "config.yaml"
requires = "data.txt"
progress = "tqdm"
output-summary = ""

[parts]
exec.stage-runtime = "touch a"
exec.stage-sourcecode = ""
exec.stage-dependencies = ["touch", "b"]
exec.run = '''
python -u -c "
print(1)
"
'''
exec.finalize = "rm -f *.tmp"
progress.run = "tqdm"
progress.finalize = "x"
sourcecode = []

[keys]
exec = "python add.py"
config = ["add.py#x", "#y", "-#z", "conf/**/*.yaml#**.*"]
sourcecode = false
listing.description = ["a", "b"]
summary.filename = "results.json"

[tables]
exec = "python a.py"
version = "2"
default = true
sourcecode = "**/*"
[[tables.config]]
keys = "train.py#*"
prefix = "train."
[[tables.config]]
keys = ["eval.py#*", "-eval.py#priv*"]
[[tables.depends]]
files = ["data.txt", "data.csv"]
[[tables.depends]]
type = "project-files"
files = "big.tar.gz"
link = true
[[tables.depends]]
run-select = "op = prepare"
files = "*.h5"
[[tables.depends]]
type = "run-files"
run-select = "op in [train, train2]"
[[tables.depends]]
type = "runs-summary"
runs-select = "op = preview and started after 30 days ago"
summary-filename = "runs.json"

[one.config]
keys = ["hello.py"]
[one]
exec = "true"
depends = ["file:bar.txt", "https://example.com/data.csv"]
"""


@pytest.fixture(scope="module")
def file():
    return parse_gagefile(FORMS, "gage.toml", "linux")


def test_reports_only_operation_without_command(file):
    (problem,) = file.diagnostics
    assert problem.message == '"exec" is missing in listed'
    assert list(file.operations) == ["listed", "plain", "parts", "keys", "tables", "one"]


def test_reads_settings_of_gage_0_1(file):
    ops = file.operations
    assert ops["keys"].config[0].keys == ("add.py#x",)
    assert [c.keys[0] for c in ops["keys"].config[1:3]] == ["add.py#y", "-add.py#z"]
    assert ops["keys"].columns == ("a", "b")
    assert ops["parts"].source == ops["keys"].source == ()
    assert set(ops["parts"].hooks) == {"stage-runtime", "stage-dependencies", "finalize"}
    assert ops["parts"].hooks["stage-dependencies"] == Exec(args=("touch", "b"))
    assert [d.kind for d in ops["tables"].dependencies] == ["run-files", "run-files", "runs-summary"]
    assert DependencyDef("url", url="https://example.com/data.csv") in ops["one"].dependencies


@pytest.mark.parametrize("setting", ["config", "depends"])
@pytest.mark.parametrize("empty", [{}, []])
def test_accepts_empty_settings(setting, empty):
    file = parse_gagefile(json.dumps({"a": {"exec": "x", setting: empty}}), "gage.json")
    assert not file.diagnostics
    assert not file.operations["a"].config and not file.operations["a"].dependencies
