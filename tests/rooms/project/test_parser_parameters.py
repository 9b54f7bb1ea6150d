"""Values for the parser of a program: validation, and what the program receives."""

import json
import sys

import pytest
from introspected import HYDRA_IMPORT, run_planned_command

from gage.lib.command import parse_shell_line
from gage.parsers.parser_spec import ParserSpec
from gage.project.operation import find_operation, find_script_file
from gage.project.parser_parameters import add_open_options
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, _suggest_assignments, find_parameters
from gage.types.errors import ConfigError

FLAT = """\
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--no-cache", dest="cache", action="store_false")
p.add_argument("--amp", action=argparse.BooleanOptionalAction, default=True)
p.add_argument("--debug", action="store_true")
p.add_argument("--flag", type=bool, default=False)
p.add_argument("-v", action="count", default=0)
p.add_argument("--name", default="0123")
p.add_argument("-b", type=int, default=3)
p.add_argument("--sizes", nargs="+", type=int, default=[1, 2])
p.add_argument("--tag", action="append")
p.add_argument("--fast", dest="mode", action="store_const", const="fast", default="slow")
p.add_argument("--resume")
p.add_argument("data", nargs="?", default="x.csv")
print(json.dumps(vars(p.parse_args())))
"""
COMMANDS = """\
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("--verbose", action="store_true")
s = p.add_subparsers(dest="cmd", required=True)
for n in ("train", "eval"):
    q = s.add_parser(n)
    q.add_argument("--lr", type=float, required=n == "eval", default=0.1 if n == "train" else None)
    q.add_argument(f"--{n}-only", default="")
print(json.dumps(vars(p.parse_args())))
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    (folder / ".gage").mkdir(parents=True)
    (folder / "flat.py").write_text(FLAT)
    (folder / "commands.py").write_text(COMMANDS)
    return folder


DEFAULTS = {
    "lr": 0.1,
    "cache": True,
    "amp": True,
    "debug": False,
    "flag": False,
    "v": 0,
    "name": "0123",
    "b": 3,
    "sizes": [1, 2],
    "tag": None,
    "mode": "slow",
    "resume": None,
    "data": "x.csv",
}


@pytest.mark.parametrize(
    "words, changed",
    [
        ([], {}),
        (["lr=1e-3", "b=-5", "v=2"], {"lr": 0.001, "b": -5, "v": 2}),
        (["no-cache=true", "no_amp=yes", "debug=on"], {"cache": False, "amp": False, "debug": True}),
        (["no-cache=false", "amp=true", "debug=false"], {}),
        (["cache=false", "amp=false"], {"cache": False, "amp": False}),
        (["flag=true"], {"flag": True}),
        (["flag=false"], {}),
        (["name=1e10"], {"name": "1e10"}),
        (["name=-x", "resume=true"], {"name": "-x", "resume": "true"}),
        (["resume=1:30"], {"resume": "1:30"}),
        (["resume=null"], {"resume": "null"}),
        (["resume:=null"], {}),
        (["sizes=[3,4]", "tag=[a, 0123]"], {"sizes": [3, 4], "tag": ["a", "0123"]}),
        (["sizes:=[5]", "tag=x"], {"sizes": [5], "tag": ["x"]}),
        (["mode=fast"], {"mode": "fast"}),
        (["fast=true", "data=0123"], {"mode": "fast", "data": "0123"}),
        (["sizes:=[3]", "data=-y"], {"sizes": [3], "data": "-y"}),
    ],
)
def test_program_receives_values(project, words, changed):
    assert run_planned_command(project, "flat.py", *words) == DEFAULTS | changed


@pytest.mark.parametrize(
    "word, message",
    [
        ("lr=fast", "lr must be a number, got 'fast'"),
        ("v=-1", "v cannot be set to -1: -v counts up from 0"),
        ("sizes=[a]", "sizes must be an integer, got 'a'"),
        ("lr:=null", "lr must be a number, got 'null'"),
        ("nmae=x", "Unknown parameter 'nmae' for flat.py"),
    ],
)
def test_rejects_invalid_values(project, word, message):
    with pytest.raises(ConfigError) as error:
        run_planned_command(project, "flat.py", word)
    assert error.value.message == message


def test_selects_a_subcommand(project):
    specs = {
        spec.config.name: spec for spec in find_parameters(find_operation(RunRequest("commands.py", cwd=project))).specs
    }
    assert list(specs) == ["command", "verbose", "train.lr", "train-only", "eval.lr", "eval-only"]
    expected = {"verbose": False, "cmd": "train", "lr": 0.1, "train_only": ""}
    assert run_planned_command(project, "commands.py", "train.lr=5", "verbose=true") == expected | {
        "lr": 5,
        "verbose": True,
    }
    assert run_planned_command(project, "commands.py", "command=train", "lr=5") == expected | {"lr": 5}
    assert run_planned_command(project, "commands.py", "command=train") == expected
    assert run_planned_command(project, "commands.py", "train-only=x") == expected | {"train_only": "x"}
    plan = plan_run(RunRequest("commands.py", assignments=("eval.lr=2",), cwd=project))
    assert plan.config == {"command": "eval", "verbose": False, "lr": 2, "eval-only": ""}


@pytest.mark.parametrize(
    "words, message",
    [
        (["lr=5"], "Unknown parameter 'lr' for commands.py"),
        (["command=tran"], "'tran' is not a choice for command"),
        (["command=eval", "train.lr=5"], "'train.lr' is not a parameter of the subcommand 'eval'"),
        (["eval-only=x", "train-only=5"], "'eval-only' is not a parameter of the subcommand 'train'"),
        (["command=eval"], "commands.py requires a value for lr"),
    ],
)
def test_rejects_parameters_of_other_subcommands(project, words, message):
    with pytest.raises(ConfigError) as error:
        plan_run(RunRequest("commands.py", assignments=tuple(words), cwd=project))
    assert error.value.message == message


def test_uses_the_subcommand_of_the_operation(project):
    (project / "gage.toml").write_text('[a]\nexec = "python commands.py train --lr 3"\n[b]\nexec = "python -m flat"\n')
    expected = {"verbose": False, "cmd": "train", "lr": 3, "train_only": ""}
    assert run_planned_command(project, "a", "lr=5", "verbose=true") == expected | {"lr": 5, "verbose": True}
    with pytest.raises(ConfigError, match="Unknown parameter 'eval-only'"):
        run_planned_command(project, "a", "eval-only=5")
    assert run_planned_command(project, "b", "lr=5") == DEFAULTS | {"lr": 5}


def test_appends_arguments_to_a_shell_line(project):
    (project / "gage.toml").write_text('[a]\nexec = "X=1 python flat.py --name \\"$HOME\\" | cat"\n')
    with pytest.raises(ConfigError):
        run_planned_command(project, "a", "lr=5")
    (project / "gage.toml").write_text("[a]\nexec = \"python   flat.py --name 'a b'\"\n")
    plan = plan_run(RunRequest("a", assignments=("lr=5",), cwd=project))
    assert plan.command.shell == "python   flat.py --name 'a b' --lr=5"


def test_does_not_start_the_program_without_permission(project):
    (project / "flat.py").write_text(FLAT.replace("import argparse, json", "import argparse, json; open('ran', 'w')"))
    config = find_parameters(find_operation(RunRequest("flat.py", cwd=project)), may_start=False)
    assert "lr" in [spec.config.name for spec in config.specs]
    assert not (project / "ran").exists()


def test_requires_values_of_required_parameters(project):
    text = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--data", required=True)\n'
    (project / "needs.py").write_text(text + 'p.add_argument("out")\np.parse_args()\n')
    with pytest.raises(ConfigError, match="requires a value for data"):
        plan_run(RunRequest("needs.py", assignments=("out=x",), cwd=project))
    with pytest.raises(ConfigError, match="requires a value for out"):
        plan_run(RunRequest("needs.py", assignments=("data=x",), cwd=project))
    for line in ("python needs.py --data=a b", "python needs.py --data {data} {out}"):
        config = [{"name": "data", "default": "a"}, {"name": "out", "default": "b"}] if "{" in line else []
        (project / "gage.json").write_text(json.dumps({"a": {"exec": line} | ({"config": config} if config else {})}))
        assert plan_run(RunRequest("a", cwd=project)).command.shell == line.replace("{data}", "a").replace("{out}", "b")


HYDRA = f"""\
{HYDRA_IMPORT}
@hydra.main(version_base=None, config_path=".", config_name="conf")
def main(cfg):
    raise SystemExit(1)
main()
"""


def test_accepts_hydra_overrides(project):
    (project / "h.py").write_text(HYDRA)
    (project / "conf.yaml").write_text("lr: 0.1\nmodel: {width: 3}\n")
    (project / "gage.json").write_text(json.dumps({"a": {"exec": [sys.executable, "h.py"]}}))

    def words(*assignments):
        return plan_run(RunRequest("a", assignments=assignments, cwd=project)).command.args[2:]

    assert words("lr=1e-3", "model.width=5") == ("lr=0.001", "model.width=5")
    assert words("+new=1", "++lr=2", "~model.width=") == ("+new=1", "++lr=2", "~model.width")
    assert words("lr=null", "model.width:=null") == ("lr=null", "model.width=null")
    assert words("hydra.job.name=x") == ("hydra.job.name=x",)
    with pytest.raises(ConfigError, match="Unknown parameter 'new'"):
        words("new=1")


def test_rejects_a_program_whose_parser_fails(project):
    (project / "h.py").write_text("import argparse\ndel argparse._ActionsContainer.add_argument\n" + HYDRA)
    (project / "conf.yaml").write_text("lr: 0.1\n")
    with pytest.raises(ConfigError, match=r"Hydra \S+ does not work with Python 3") as error:
        plan_run(RunRequest("h.py", cwd=project))
    assert error.value.hint == "Use an older Python or a newer version of hydra"


def test_a_subcommand_cannot_be_inserted_into_shell_syntax(project):
    (project / "gage.toml").write_text('[a]\nexec = "cd . && python commands.py > log"\n')
    with pytest.raises(ConfigError, match="lr cannot be inserted into a command line that uses shell syntax"):
        plan_run(RunRequest("a", assignments=("train.lr=2",), cwd=project))


@pytest.mark.parametrize(
    "line, script",
    [
        ("python t.py", "t.py"),
        ("python3.12 -u -X dev t.py --x=y.py", "t.py"),
        ("CUDA_VISIBLE_DEVICES=0 python t.py", "t.py"),
        ("uv run --frozen t.py", "t.py"),
        ("torchrun --nproc-per-node 2 t.py", "t.py"),
        ("env A=1 python t.py", "t.py"),
        ("Rscript t.R --x 1", "t.R"),
        ("bash t.sh", "t.sh"),
        ("cat t.py", ""),
        ("make -f t.py", ""),
        ("python none.py", ""),
        ("python t.py | tee x", ""),
        ("X=1", ""),
    ],
)
def test_finds_the_script_of_a_command(tmp_path, line, script):
    for name in ("t.py", "t.R", "t.sh"):
        (tmp_path / name).write_text("")
    path = find_script_file(parse_shell_line(line), tmp_path)
    assert (path.name if path else "") == script


STAGES = """\
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("data")
p.add_argument("--arch", choices=["cnn", "lstm"], default="cnn", required=True)
p.add_argument("--lr", type=float, default=0.1)
args, _ = p.parse_known_args()
if args.arch == "cnn":
    p.add_argument("--depth", type=int, default=3)
else:
    p.add_argument("--hidden", type=int, default=8)
    p.set_defaults(lr=0.5)
print(json.dumps(vars(p.parse_args())))
"""


def test_values_change_the_parameters_of_a_staged_parser(project):
    (project / "stages.py").write_text(STAGES)
    assert run_planned_command(project, "stages.py", "data=d") == {"data": "d", "arch": "cnn", "lr": 0.1, "depth": 3}
    assert run_planned_command(project, "stages.py", "data=d", "depth=1")["depth"] == 1
    received = run_planned_command(project, "stages.py", "data=d", "arch=lstm", "hidden=2")
    assert received == {"data": "d", "arch": "lstm", "lr": 0.5, "hidden": 2}
    plan = plan_run(RunRequest("stages.py", assignments=("data=d", "arch=lstm"), cwd=project))
    assert plan.config["lr"] == 0.5
    with pytest.raises(ConfigError, match="Unknown parameter 'depth'"):
        run_planned_command(project, "stages.py", "data=d", "arch=lstm", "depth=2")


def test_accepts_a_flag_with_optional_text(project):
    (project / "maybe.py").write_text(
        "import argparse, json\np = argparse.ArgumentParser()\n"
        "p.add_argument('--resume', nargs='?', const=True, default=False)\nprint(json.dumps(vars(p.parse_args())))\n"
    )
    for word, value in (("true", True), ("false", False), ("last.pt", "last.pt")):
        assert run_planned_command(project, "maybe.py", f"resume={word}") == {"resume": value}


def write_program(project, name, source):
    (project / name).write_text(source)
    return name


TWO = """\
import argparse, json
p = argparse.ArgumentParser()
s = p.add_subparsers(dest="cmd")
a = s.add_parser("fit")
a.add_argument("--learning-rate", "--lr", type=float, default=0.1)
a.add_argument("--sizes", type=int, nargs="+")
d = s.add_parser("data").add_subparsers(dest="what")
b = d.add_parser("fetch")
b.add_argument("--lr", type=float, default=1.0)
b.add_argument("--sizes", type=int, nargs="+")
print(json.dumps(vars(p.parse_args())))
"""


def test_rejects_a_name_that_two_subcommands_share(project):
    name = write_program(project, "two.py", TWO)
    assert run_planned_command(project, name, "command=fit", "lr=5")["learning_rate"] == 5
    assert run_planned_command(project, name, "fit.lr=5")["learning_rate"] == 5
    assert run_planned_command(project, name, "command=data.fetch", "lr=5") == {
        "cmd": "data",
        "what": "fetch",
        "lr": 5,
        "sizes": None,
    }
    with pytest.raises(ConfigError, match="'lr' is a parameter of several subcommands: data fetch, fit") as error:
        run_planned_command(project, name, "lr=5")
    assert error.value.hint == "Try: command=data fetch"


def test_rejects_words_that_are_not_a_subcommand(project):
    write_program(
        project, "one.py", "import argparse\np = argparse.ArgumentParser()\np.add_argument('config')\np.parse_args()"
    )
    with pytest.raises(ConfigError, match=r"'a\.yaml' is not name=value") as error:
        plan_run(RunRequest("one.py", assignments=("command=a.yaml",), cwd=project))
    assert error.value.hint == "Try: gage run one.py config=a.yaml"


def test_passes_text_unchanged_to_a_converter_of_the_program(project):
    name = write_program(
        project,
        "own.py",
        "import argparse, json\np = argparse.ArgumentParser()\np.add_argument('--x', type=lambda t: [t])\n"
        "p.add_argument('--y', type=json.loads, default={})\np.add_argument('--z', nargs='+', type=lambda t: t)\n"
        "print(json.dumps(vars(p.parse_args())))\n",
    )
    for text in ("1e3", "0123", "true", "1.50", "[1, 2]", "{a: 1}", "3"):
        assert run_planned_command(project, name, f"x={text}")["x"] == [text]
    assert run_planned_command(project, name, 'y={"a": [1, true]}')["y"] == {"a": [1, True]}
    assert run_planned_command(project, name, "z=[007, 1e3]")["z"] == ["007", "1e3"]


def test_accepts_choices_in_another_case(project):
    source = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x', choices=['GPU', 'cpu'])\n"
        "p.add_argument('--y', choices=['a', 'A'])\np.parse_args()"
    )
    write_program(project, "case.py", source)
    config = plan_run(RunRequest("case.py", assignments=("x=gpu", "y=A"), cwd=project)).config
    assert config == {"x": "GPU", "y": "A"}


def test_fire_accepts_python_literals_and_any_name(project):
    name = write_program(
        project,
        "any.py",
        "import fire, json\ndef train(data, n=None, **more):\n    print(json.dumps([data, n, more]))\n"
        "fire.Fire(train)\n",
    )
    assert run_planned_command(project, name, "data=5", "n=1e-3", "extra=x", "k=[1,2]") == [
        5,
        0.001,
        {"extra": "x", "k": [1, 2]},
    ]


def test_reads_several_docopt_usages(project):
    name = write_program(
        project,
        "uses.py",
        '"""Uses.\n\nUsage:\n  uses.py fit <data>... [--lr=<r>]\n  uses.py eval <model> <data> [--fast]\n'
        '  uses.py (set|clear) <name>\n\nOptions:\n  --lr=<r>  Rate [default: 1].\n"""\n'
        "import json\nfrom docopt import docopt\nprint(json.dumps(dict(docopt(__doc__))))\n",
    )
    received = run_planned_command(project, name, "command=fit", "data=[a,b]", "lr=2")
    assert (received["fit"], received["<data>"], received["--lr"]) == (True, ["a", "b"], "2")
    received = run_planned_command(project, name, "model=m", "eval.data=d", "fast=yes")
    assert (received["eval"], received["<model>"], received["<data>"], received["--fast"]) == (True, "m", ["d"], True)
    assert run_planned_command(project, name, "command=clear", "name=x")["clear"]


def test_inserts_arguments_before_the_comment_of_a_shell_line(project):
    (project / "flat.py").write_text(FLAT)
    (project / "gage.toml").write_text('[a]\nexec = "python flat.py # fast"\n')
    plan = plan_run(RunRequest("a", assignments=("lr=5",), cwd=project))
    assert plan.command.shell == "python flat.py --lr=5 # fast"


def test_introspects_a_shell_line_that_changes_directory(project):
    (project / "sub").mkdir()
    (project / "sub" / "flat.py").write_text(FLAT)
    (project / "sub" / "plain.py").write_text("depth = 3\nprint(depth)\n")
    (project / "gage.toml").write_text(
        '[a]\nexec = "cd sub && python flat.py --lr 3"\n[b]\nexec = "cd sub && exec python plain.py"\n'
        '[c]\nexec = "python flat.py > log.txt 2>&1"\n[d]\nexec = "python flat.py | tee log"\n'
    )
    plan = plan_run(RunRequest("a", assignments=("b=5",), cwd=project))
    assert plan.command.shell == "cd sub && python flat.py --lr 3 -b=5" or plan.command.shell.endswith("-b 5")
    assert plan_run(RunRequest("b", assignments=("depth=5",), cwd=project)).patches[0].path == "sub/plain.py"
    assert plan_run(RunRequest("c", assignments=("lr=5",), cwd=project)).command.shell.endswith("2>&1 --lr=5")
    with pytest.raises(ConfigError, match="Unknown parameter 'lr' for d"):
        plan_run(RunRequest("d", assignments=("lr=5",), cwd=project))


def test_adds_open_options_to_the_command_that_takes_them():
    closed = ParserSpec("fire", commands=("fit", "eval"))
    assert add_open_options(closed, ["lr"], [], "") is closed
    spec = add_open_options(closed._replace(open_commands=("fit",)), ["lr", "known"], ["known"], "")
    assert [(p.name, p.command) for p in spec.parameters] == [("lr", "fit")]


def test_names_the_subcommand_of_the_command_line():
    config = RunConfig((), ParserSpec("argparse", command="train"))
    assert _suggest_assignments(config, "eval", "cli.py") == "Its subcommand is train"
