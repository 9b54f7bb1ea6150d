"""The config of an operation: its parameters, their names, valid values, and targets."""

import json

import pytest

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.project import operation_parameters
from gage.project.nested_values import _replace_item
from gage.project.operation import find_operation
from gage.project.operation_parameters import OperationContext
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.project.run_config import find_parameters
from gage.types.errors import ConfigError, GageError
from gage.types.plan import FilePatch

PARAMS = """\
# all
train:
  lr: 0.1      # learning rate
  model_width: 64
  model_depth: 2
  layers: [1, 2]
  name: adam
runs:
  - n: 1
  - n: 2
base: &b 5
copy: *b
"""
PARSER = """\
import argparse
EPOCHS = 3
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1, help="rate")
p.add_argument("--name", default="adam")
p.add_argument("--sizes", type=int, nargs="+")
p.parse_args()
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".gage").mkdir()
    (tmp_path / "params.yaml").write_text(PARAMS)
    (tmp_path / "train.py").write_text('lr = 0.1\nname = "0123"\nfast = False\nbest = None\nlayers = [1, 2]\n')
    (tmp_path / "args.py").write_text(PARSER)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "model.py").write_text("lr = 0.2\nwidth = 3\n")
    (tmp_path / ".env").write_text("LR=0.1\n")
    return tmp_path


def write_gagefile(project, config, command="python train.py"):
    op = {"exec": command, "config": config} if config is not None else {"exec": command}
    (project / "gage.json").write_text(json.dumps({"op": op}))


def make_plan(project, *words, config=None, command="python train.py"):
    write_gagefile(project, config, command)
    return plan_run(RunRequest("op", assignments=words, cwd=project))


def plan_patches(project, *words, config=None):
    return {p.path: dict(p.values) for p in make_plan(project, *words, config=config).patches}


def get_error(project, *words, config=None, command="python train.py"):
    with pytest.raises(GageError) as error:
        make_plan(project, *words, config=config, command=command)
    return error.value.message


def find_specs(project, config, command="python train.py"):
    write_gagefile(project, config, command)
    return {
        spec.config.name: spec
        for spec in find_parameters(find_operation(RunRequest("op", cwd=project))).specs
        if not spec.is_hidden
    }


@pytest.mark.parametrize(
    "keys, names",
    [
        ("train.py#lr", ["lr"]),
        ("lr", ["lr"]),
        ("#l*", ["layers", "lr"]),
        ("params.yaml#train.*", ["train.layers", "train.lr", "train.model_depth", "train.model_width", "train.name"]),
        ("params.yaml#train", ["train.layers", "train.lr", "train.model_depth", "train.model_width", "train.name"]),
        ("params.yaml#train.layers.0", ["train.layers.0"]),
        ("params.yaml#runs.*.n", ["runs.0.n", "runs.1.n"]),
        (["params.yaml#train.model_*", "-params.yaml#*depth"], ["train.model_width"]),
        (["train.py", "-name"], ["best", "fast", "layers", "lr"]),
        ("lib/*.py", ["lr", "width"]),
        ("**/*.py#width", ["width"]),
        (".env", ["LR"]),
        ("args.py#EPOCHS", ["EPOCHS"]),
    ],
)
def test_selects_parameters_by_key(project, keys, names):
    assert sorted(make_plan(project, config=keys).config) == sorted(names)


@pytest.mark.parametrize(
    "config, message",
    [
        ("no.yaml#x", "The config selects no.yaml, which is not in the project"),
        ("params.yaml#nothing", "The config names params.yaml#nothing, but params.yaml has no such parameter"),
        ("gage.txt#x", "The config selects gage.txt, which is not in the project"),
    ],
)
def test_rejects_keys_that_match_nothing(project, config, message):
    assert get_error(project, config=config) == message


def test_names_a_broken_file(project):
    (project / "params.yaml").write_text("a: 1\na: 2\n")
    assert get_error(project, config="params.yaml") == "params.yaml: 'a' is defined twice (line 2)"
    (project / "data.csv").write_text("a,b\n")
    assert get_error(project, config="data.csv") == "Cannot set values in data.csv: unknown file format"


def test_renames_parameters(project):
    config = {"keys": "params.yaml#train.*", "strip-prefix": "train.", "prefix": "p."}
    assert plan_patches(project, "p.lr=1", config=config) == {"params.yaml": {"train.lr": 1}}
    config = {"key": "train.py#lr", "rename": "rate"}
    assert plan_patches(project, "rate=1", config=config) == {"train.py": {"lr": 1}}
    assert "Unknown parameter 'lr'" in get_error(project, "lr=1", config=config)


def test_sets_one_name_in_several_places(project):
    config = {"keys": ["train.py#lr", "lib/model.py#lr", "params.yaml#train.lr"], "rename": "lr"}
    assert plan_patches(project, "lr=3", config=config) == {
        "train.py": {"lr": 3}, "lib/model.py": {"lr": 3}, "params.yaml": {"train.lr": 3},
    }  # fmt: skip


def test_sets_values_of_an_ini_file_of_any_name(project):
    (project / "settings").write_text("; Settings\n\n[train]\nlr = 0.1\n")
    (project / "notes.txt").write_text("lr = 0.1\n[train]\n")
    assert plan_patches(project, "train.lr=0.5", config="settings") == {"settings": {"train.lr": 0.5}}
    assert get_error(project, config="notes.txt") == "Cannot set values in notes.txt: unknown file format"


def test_checks_types_choices_and_limits(project):
    config = {"key": "train.py#lr", "type": "int", "choices": [1, 2, 30], "min": 2, "description": "Rate"}
    assert plan_patches(project, "lr=30", config=config) == {"train.py": {"lr": 30}}
    assert get_error(project, "lr=1", config=config) == "lr must be 2 or more, got 1"
    assert get_error(project, "lr=3", config=config) == "'3' is not a choice for lr"
    assert get_error(project, "lr=0.5", config=config) == "lr must be an integer, got '0.5'"
    assert find_specs(project, config)["lr"].config.description == "Rate"
    assert get_error(project, config={"key": "train.py#lr", "required": True}) == "op requires a value for lr"
    assert plan_patches(project, config={"key": "train.py#lr", "default": 7}) == {"train.py": {"lr": 7}}
    assert not make_plan(project, config={"key": "train.py#lr", "default": 7}).config_values[0].set_by_user


def test_passes_values_to_targets(project):
    def config(target, **more):
        return {"name": "rate", "target": target, "default": 0.5, **more}

    plan = make_plan(project, "rate=2", config=config("--learning-rate {}"))
    assert plan.command.shell == "python train.py --learning-rate 2"
    assert make_plan(project, config=config("--rate={}")).command.shell == "python train.py --rate=0.5"
    assert make_plan(project, "rate=2", config=config("env:RATE")).env == {"RATE": "2"}
    assert make_plan(project, config=config("env:RATE")).env == {"RATE": "0.5"}
    assert plan_patches(project, "rate=2", config=config("params.yaml#train.lr")) == {"params.yaml": {"train.lr": 2}}
    assert plan_patches(project, config=config("params.yaml#train.lr")) == {"params.yaml": {"train.lr": 0.5}}
    plan = make_plan(project, "rate=a b", config=config("{rate}", type="text", default="x"), command="echo {rate}")
    assert plan.command.shell == "echo 'a b'"
    with_target = {"key": "params.yaml#train.lr", "target": "--lr {}", "rename": "lr"}
    assert make_plan(project, config=with_target).command.shell == "python train.py"
    plan = make_plan(project, "lr=3", config=with_target)
    assert (plan.command.shell, plan.patches) == ("python train.py --lr 3", ())


def test_combines_a_parser_and_its_constants(project):
    config = {"keys": ["args.py#lr", "args.py#EPOCHS"], "min": 0}
    plan = make_plan(project, "lr=2", "EPOCHS=5", config=config, command="python args.py")
    assert (plan.command.shell, plan.patches) == ("python args.py --lr=2", (FilePatch("args.py", {"EPOCHS": 5}),))
    assert get_error(project, "lr=-1", config=config, command="python args.py") == "lr must be 0 or more, got -1"


def test_sets_parts_of_tables_and_lists(project):
    assert plan_patches(project, "layers.1=5") == {"train.py": {"layers": [1, 5]}}
    assert make_plan(project, "layers.1=5").config["layers"] == [1, 5]
    patches = plan_patches(project, 'train:={"lr": 3, "name": "x"}', config="params.yaml")
    assert patches == {"params.yaml": {"train.lr": 3, "train.name": "x"}}
    assert "train has no key 'zz'" in get_error(project, 'train:={"zz": 3}', config="params.yaml")
    plan = make_plan(project, 'runs:=[{"n": 3}]', config="params.yaml")
    assert plan.patches == (FilePatch("params.yaml", {"runs": [{"n": 3}]}),)
    assert "runs.0.n" not in plan.config


def test_a_yaml_alias_follows_its_anchor(project):
    plan = make_plan(project, "base=6", config="params.yaml")
    assert (plan.config["copy"], plan.patches) == (6, (FilePatch("params.yaml", {"base": 6}),))
    plan = make_plan(project, "copy=7", config="params.yaml")
    assert (plan.config["base"], plan.patches) == (5, (FilePatch("params.yaml", {"copy": 7}),))


@pytest.mark.parametrize("text", ["0123", "1e10", "1:30", "true", "null", "~", "[a]", "{a}", "-1", ".5", "no", "0x1f"])
def test_keeps_text_unchanged(project, text):
    assert plan_patches(project, f"name={text}") == ({"train.py": {"name": text}} if text != "0123" else {})
    plan = make_plan(project, f"name={text}", command="python args.py")
    assert plan.command.shell.replace("'", "") == f"python args.py --name={text}"
    assert plan.config["name"] == text


@pytest.mark.parametrize(
    "word, value",
    [
        ("lr=nan", "nan"),
        ("lr=-inf", "-inf"),
        ("lr=.inf", "inf"),
        ("lr=1e-3", 0.001),
        ("lr:=null", None),
        ("fast=yes", True),
        ("fast=0", False),
        ("best=5", 5),
        ("best=x", "x"),
        ("best=null", None),
        ("best:=null", None),
        ('best:="5"', "5"),
        ("best=[1, a]", [1, "a"]),
        ("best={a: 1}", {"a": 1}),
        ("layers:=[1,2,3]", [1, 2, 3]),
        ("layers=[3]", [3]),
        ("layers=3", [3]),
        ("layers=[]", []),
        ("name:=null", None),
    ],
)
def test_converts_values_to_types(project, word, value):
    name = word.split("=")[0].rstrip(":")
    converted = make_plan(project, word).config[name]
    assert (str(converted) if isinstance(value, str) and value.strip("-").isalpha() else converted) == value


@pytest.mark.parametrize(
    "word, message",
    [
        ("lr=fast", "lr must be a number, got 'fast'"),
        ("lr:=true", "lr must be a number, got 'true'"),
        ("fast=2", "fast must be true or false, got '2'"),
        ("layers=[1, x]", "layers must be an integer, got 'x'"),
        ("name:=5", "name must be text, got '5'"),
    ],
)
def test_rejects_invalid_values(project, word, message):
    assert get_error(project, word) == message


def test_passes_several_values_of_an_argument(project):
    assert make_plan(project, "sizes=[1, 2]", command="python args.py").command.shell == "python args.py --sizes 1 2"
    assert make_plan(project, "sizes:=[3]", command="python args.py").command.shell == "python args.py --sizes=3"
    assert get_error(project, "sizes=[1, x]", command="python args.py") == "sizes must be an integer, got 'x'"


def test_rejects_a_value_that_a_file_cannot_hold(project):
    (project / "p.toml").write_text("a = 1\n")
    (project / "p.ini").write_text("[x]\nname = a\n")
    assert get_error(project, "a:=null", config="p.toml") == "Cannot set a in p.toml: TOML has no null"
    assert get_error(project, "x.name= b", config="p.ini").startswith(
        "Cannot set x.name in p.ini: INI has no quotes, so it cannot hold ' b'"
    )
    assert get_error(project, "lr:=null", command="python args.py") == "lr must be a number, got 'null'"


def test_rejects_a_file_outside_the_source_code(project):
    (project / "big.yaml").write_text("a: 1\n" + "# x\n" * 400_000)
    message = get_error(project, "a=2", config="big.yaml")
    assert message == "Cannot set a: big.yaml is not part of the source code"
    assert make_plan(project, config="big.yaml").config == {"a": 1}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"name": "x", "target": "../x.yaml#a"}, "The config names ../x.yaml, which is outside the project"),
        ("gone.yaml", "The config selects gone.yaml, which is not in the project"),
        ("train.py#nothing", "The config names train.py#nothing, but train.py has no such parameter"),
        ({"key": "train.py#lr", "default": "x"}, "Invalid default in the Gage file: lr must be a number, got 'x'"),
    ],
)
def test_rejects_config_that_matches_nothing(project, config, message):
    assert get_error(project, config=config) == message


def test_selects_files_by_pattern(project):
    (project / "other.py").write_text("rate = 1\n")
    assert make_plan(project, "rate=2", config="*.py#rate").patches == (FilePatch("other.py", {"rate": 2}),)


def test_rejects_a_config_without_script_or_parameters(project):
    assert "the operation has no script" in get_error(project, config="lr", command="ls")
    (project / "empty.py").write_text("print()\n")
    write_gagefile(project, "lr", "python empty.py")
    with pytest.raises(GageError) as error:
        plan_run(RunRequest("op", cwd=project))
    assert error.value.hint.startswith("It has no parameters")


def test_excludes_parameters_of_one_file_only(project):
    specs = find_specs(project, [{"keys": ["params.yaml#train.*", "train.py", "-train.py#l*"]}])
    assert "train.lr" in specs and not {"lr", "layers"} & set(specs)


def test_reports_files_that_are_removed_meanwhile(project):
    context = OperationContext(project, None, None)
    with pytest.raises(ConfigError, match=r"Cannot read gone\.yaml: No such file or directory"):
        operation_parameters._read_specs(project / "gone.yaml", context, False)
    with pytest.raises(ConfigError, match=r"Cannot read gone\.yaml: No such file or directory"):
        operation_parameters._check_patch("gone.yaml", {"lr": 1}, project)


def test_uses_the_parser_of_a_script_in_an_unknown_format(project):
    (project / "train").write_text("#!/usr/bin/env python3\n")
    program = ParserSpec("argparse", (Parameter("lr", ("--lr",)),))
    context = OperationContext(project, project / "train", program)
    assert [s.config.name for s in operation_parameters._read_specs(project / "train", context, True)] == ["lr"]


def test_rejects_a_target_with_an_unclosed_quote(project):
    config = [{"name": "lr", "default": 1, "target": "--lr '{}"}]
    assert "unclosed quote" in get_error(project, "lr=2", config=config)


def test_rejects_values_below_the_minimum(project):
    config = [{"name": "lr", "default": 0.5, "min": 0.1, "max": 1, "target": "--lr"}]
    assert get_error(project, "lr=0.01", config=config) == "lr must be 0.1 or more, got 0.01"
    assert get_error(project, "lr=2", config=config) == "lr must be 1 or less, got 2"


def test_sets_a_part_of_a_table_in_a_list():
    assert _replace_item([{"n": 5, "m": 1}, {"n": 6}], ["0", "n"], 7) == [{"n": 7, "m": 1}, {"n": 6}]
