"""Introspection of programs with other parsers than argparse: more than plain options with a value."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from introspected import HYDRA_IMPORT, Program

from gage.parsers.parser_spec import COMPUTED


def test_finds_parameters_of_click_groups(tmp_path: Path) -> None:
    source = (
        "import click\n@click.group()\n"
        "@click.option('--debug/--no-debug', default=True, help='Be loud')\n@click.version_option('1')\n"
        "def cli(debug): pass\n"
        "@cli.command()\n@click.argument('src', nargs=-1)\n"
        "@click.option('-l', '--lr', 'rate', default=lambda: 0.1, type=float)\n"
        "@click.option('--when', type=click.DateTime(), default='2020-01-01')\n"
        "@click.option('--up', 'tr', flag_value='up')\n"
        "@click.option('--pair', type=(int, str), multiple=True)\n"
        "@click.option('--need', required=True, hidden=True)\n"
        "def train(**k): print(k)\ncli()\n"
    )
    program = Program(tmp_path, source, "--no-debug", "train", "x")
    parameters = program.parameters()
    assert list(parameters) == ["debug", *(f"train {n}" for n in ("src", "lr", "when", "up", "pair", "need"))]
    assert (parameters["debug"].off_flags, parameters["debug"].default, parameters["debug"].description) == (
        ("--no-debug",),
        True,
        "Be loud",
    )
    lr = parameters["train lr"]
    assert (lr.type, lr.default, lr.aliases) == ("float", 0.1, ("rate",))
    assert (parameters["train up"].action, parameters["train up"].const) == ("store_const", "up")
    assert (parameters["train pair"].action, parameters["train pair"].nargs) == ("append", "2")
    assert parameters["train need"].required
    assert program.introspect().command == "train"
    assert program.build_command({"debug": True, "lr": 1.0, "src": ["y"]})[2:] == [
        *["--no-debug", "--debug", "train", "--lr=1.0", "y"],
    ]


def test_finds_typer_commands_and_enums(tmp_path: Path) -> None:
    source = (
        "import enum\nfrom pathlib import Path\nfrom typing import Literal, Optional\nimport typer\n"
        "app = typer.Typer()\n"
        "class Opt(str, enum.Enum):\n    adam = 'adam-w'\n    sgd = 'sgd'\n"
        "@app.command()\n"
        "def train(data: Path, opt: Opt = Opt.adam, n: Optional[int] = None, fast: bool = False): pass\n"
        "@app.command()\ndef test(ckpt: str = typer.Option('last', '--ckpt', '-c', help='Which')): pass\napp()\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert parameters["train opt"].choices == ("adam-w", "sgd")
    assert parameters["train opt"].default == "adam-w"
    assert (parameters["train n"].type, parameters["train data"].type, parameters["train data"].required) == (
        "int",
        "str",
        True,
    )
    assert (parameters["test ckpt"].flags, parameters["test ckpt"].description) == (("--ckpt", "-c"), "Which")


def test_finds_types_of_absl_flags(tmp_path: Path) -> None:
    source = (
        "import enum\nfrom absl import app, flags\nclass Opt(enum.Enum):\n    A = 1\n    B = 2\n"
        "flags.DEFINE_enum_class('opt', Opt.A, Opt, 'which')\n"
        "flags.DEFINE_multi_string('m', None, 'many', required=True)\n"
        "flags.DEFINE_spaceseplist('s', ['a', 'b'], 'spaces')\nflags.DEFINE_alias('other', 'opt')\n"
        "flags.DEFINE_integer('n', 3, 'number', short_name='k', lower_bound=1)\napp.run(lambda _: None)\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert list(parameters) == ["opt", "m", "s", "n"]
    assert (parameters["opt"].choices, parameters["opt"].default, parameters["opt"].description) == (
        ("a", "b"),
        "a",
        "which",
    )
    assert (parameters["m"].action, parameters["m"].required, parameters["m"].description) == ("append", True, "many")
    assert (parameters["s"].default, parameters["s"].nargs, parameters["n"].flags) == (["a", "b"], " ", ("--n", "-k"))
    assert parameters["opt"].aliases == ("other",)


def test_finds_parameters_of_fire_classes_and_groups(tmp_path: Path) -> None:
    source = (
        "import fire\nclass Trainer:\n    def __init__(self, lr=0.1):\n        '''A trainer.\n\n"
        "        Args:\n          lr: the rate\n        '''\n"
        "    def train(self, data: str, *more, epochs=3, **rest): pass\n    def _own(self, x): pass\n"
        "fire.Fire({'run': Trainer, 'tools': {'clean': lambda deep=False: None}})\n"
    )
    program = Program(tmp_path, source, "run", "train")
    parameters = program.parameters()
    assert list(parameters) == ["run lr", "run train data", "run train more", "run train epochs", "tools clean deep"]
    assert (parameters["run lr"].type, parameters["run lr"].default, parameters["run lr"].description) == (
        "float",
        0.1,
        "the rate",
    )
    assert parameters["run train data"].required
    assert program.introspect().command == "run train"


def test_finds_tyro_choices_and_subcommands(tmp_path: Path) -> None:
    source = (
        "import dataclasses, tyro\nfrom typing import Literal, Union\n@dataclasses.dataclass\n"
        "class Adam:\n    lr: float = 0.1\n"
        "@dataclasses.dataclass\nclass Sgd:\n    lr: float = 0.2\n    '''The rate.'''\n"
        "@dataclasses.dataclass\nclass Args:\n"
        "    opt: Union[Adam, Sgd] = dataclasses.field(default_factory=Adam)\n    kind: Literal['a', 'b'] = 'b'\n"
        "    pair: tuple[int, int] = (1, 2)\n    need: tyro.conf.Positional[str] = 'x'\ntyro.cli(Args)\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert (parameters["kind"].choices, parameters["kind"].default) == (("a", "b"), "b")
    assert (parameters["pair"].nargs, parameters["pair"].type, parameters["pair"].default) == ("2", "int", [1, 2])
    assert parameters["need"].flags == ()
    assert (parameters["opt:adam opt.lr"].default, parameters["opt:sgd opt.lr"].default) == (0.1, 0.2)
    assert parameters["opt:sgd opt.lr"].description == "The rate."


def test_finds_parameters_of_jsonargparse_classes(tmp_path: Path) -> None:
    source = (
        "from jsonargparse import ActionYesNo, ArgumentParser\nclass Net:\n"
        "    def __init__(self, dim: int = 4): pass\n"
        "p = ArgumentParser()\np.add_argument('--on', action=ActionYesNo, default=True)\n"
        "p.add_class_arguments(Net, 'net')\n"
        "p.add_subclass_arguments(Net, 'model')\n"
        "p.add_argument('--a.b', type=float, default=1.0, help='Deep')\np.parse_args()\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert {"on", "net.dim", "model", "a.b"} <= set(parameters)
    assert (parameters["on"].action, parameters["on"].off_flags) == ("switch", ("--no_on",))
    assert (parameters["net.dim"].type, parameters["a.b"].default, parameters["a.b"].description) == (
        "int",
        1.0,
        "Deep",
    )


def test_finds_parameters_of_jsonargparse_classes_without_annotations(tmp_path: Path) -> None:
    source = (
        "from jsonargparse import ArgumentParser\nclass Net:\n    def __init__(self, dim: int = 64, rate=0.01): pass\n"
        "p = ArgumentParser()\np.add_class_arguments(Net, 'net')\np.parse_args()\n"
    )
    parameters = Program(tmp_path, source).parameters()
    assert {name: p.default for name, p in parameters.items()} == {"net.dim": 64, "net.rate": 0.01}


def test_finds_members_of_jsonargparse_default_objects(tmp_path: Path) -> None:
    source = (
        "import json\nfrom typing import Literal\nfrom jsonargparse import CLI\nclass Model:\n"
        "    def __init__(self, dim: int = 4, act: Literal['relu', 'gelu'] = 'relu', sizes: list[int] = [1]):\n"
        "        self.dim, self.act, self.sizes = dim, act, sizes\n"
        "def main(model: Model = Model(), lr: float = 0.1):\n    print(json.dumps([model.dim, model.sizes, lr]))\n"
        "CLI(main)\n"
    )
    program = Program(tmp_path, source)
    parameters = program.parameters()
    assert (parameters["model.dim"].type, parameters["model.dim"].default) == ("int", 4)
    assert parameters["model.act"].choices == ("relu", "gelu")
    assert (parameters["model.sizes"].type, parameters["model.sizes"].nargs) == ("int", "[]")
    assert program.run({"model.dim": 9, "model.sizes": [2, 3], "lr": 0.5}) == [9, [2, 3], 0.5]


def test_finds_jsonargparse_subcommands(tmp_path: Path) -> None:
    source = (
        "from jsonargparse import CLI\nclass Trainer:\n    def __init__(self, seed: int = 1): pass\n"
        "    def fit(self, epochs: int = 3): print(epochs)\nCLI(Trainer)\n"
    )
    program = Program(tmp_path, source, "fit")
    assert program.introspect().command == "fit"
    assert program.run({"seed": 2, "epochs": 5}) == 5


def test_finds_fields_of_hydra_dataclasses(tmp_path: Path) -> None:
    source = (
        f"import enum\n{HYDRA_IMPORT}from dataclasses import dataclass, field\n"
        "from hydra.core.config_store import ConfigStore\nfrom omegaconf import MISSING\n"
        "class Opt(enum.Enum):\n    adam = 1\n    sgd = 2\n@dataclass\nclass Config:\n"
        "    lr: float = 1\n    opt: Opt = Opt.adam\n"
        "    need: str = MISSING\n    sizes: list[int] = field(default_factory=lambda: [1])\n"
        "ConfigStore.instance().store(name='config', node=Config)\n"
        "@hydra.main(version_base=None, config_name='config')\ndef main(cfg): raise SystemExit(1)\nmain()\n"
    )
    parameters = Program(tmp_path, source, "+more=1", "lr=3").parameters()
    assert (parameters["lr"].type, parameters["lr"].default) == ("float", 3.0)
    assert (parameters["opt"].choices, parameters["opt"].default) == (("adam", "sgd"), "adam")
    assert (parameters["need"].type, parameters["need"].required) == ("str", True)
    assert (parameters["sizes"].type, parameters["sizes"].nargs) == ("int", "[]")
    assert parameters["more"].default == 1


def test_appends_a_hydra_group_outside_the_defaults(tmp_path: Path) -> None:
    group = tmp_path / "conf" / "experiment"
    group.mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("lr: 0.1\n")
    (group / "big.yaml").write_text("# @package _global_\nlr: 0.5\n")
    source = (
        f"{HYDRA_IMPORT}@hydra.main(version_base=None, config_path='conf', config_name='config')\n"
        "def main(cfg): pass\nmain()\n"
    )
    for arguments, lr in (((), 0.1), (("+experiment=big",), 0.5)):
        parameters = Program(tmp_path, source, *arguments).parameters()
        assert (parameters["experiment"].flags, parameters["experiment"].default) == (("+experiment",), None)
        assert parameters["lr"].default == lr


def test_hydra_reports_comments_as_help(tmp_path: Path) -> None:
    (tmp_path / "conf" / "net").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text(
        "defaults:\n  - part: base\n  - net: big\n  - _self_\nlr: 0.1  # The rate\nsizes: [1, 2] # Two\n"
        "text: |\n  # no\nodd: 'a # b'\nraw: 1 # noqa\n"
    )
    (tmp_path / "conf" / "net" / "big.yaml").write_text("dim: 8  # Width\n")
    source = (
        f"{HYDRA_IMPORT}from dataclasses import dataclass, field\n"
        "from hydra.core.config_store import ConfigStore\n@dataclass\nclass Parent:\n    first: int = 1  # Inherited\n"
        "@dataclass\nclass Base(Parent):\n    # Above\n    above: int = 1\n    below: int = 2\n    'Below'\n"
        "    meta: int = field(default=3, metadata={'help': 'Metadata'})\n    plain: int = 4\n"
        "ConfigStore.instance().store(group='part', name='base', node=Base)\n"
        "@hydra.main(version_base=None, config_path='conf', config_name='config')\ndef main(cfg): pass\nmain()\n"
    )
    descriptions = {name: p.description for name, p in Program(tmp_path, source).parameters().items()}
    assert descriptions == {
        "net": "config group",
        "part": "config group",
        "part.first": "Inherited",
        "part.above": "Above",
        "part.below": "Below",
        "part.meta": "Metadata",
        "part.plain": "",
        "net.dim": "Width",
        "lr": "The rate",
        "sizes": "Two",
        "text": "",
        "odd": "",
        "raw": "",
    }


@pytest.mark.parametrize(
    "merge",
    [
        "config = OmegaConf.merge(base, OmegaConf.from_cli())",
        "config = OmegaConf.unsafe_merge(base, OmegaConf.from_cli(sys.argv[1:]))",
        "config = base\nconfig.merge_with_cli()",
        "args = OmegaConf.from_cli()\nconfig = base\nconfig.merge_with({'lr': 0.1}, args)",
    ],
)
def test_omegaconf_merges_the_command_line(tmp_path: Path, merge: str) -> None:
    (tmp_path / "config.yaml").write_text("lr: 0.1  # The rate\nnet: {dim: 4, sizes: [1]}\nname: x\nneed: ???\n")
    source = (
        "import json, sys\nfrom omegaconf import OmegaConf\nbase = OmegaConf.load('config.yaml')\n"
        "OmegaConf.merge(base, OmegaConf.from_cli(['lr=3']))\n"
        f"{merge}\nprint(json.dumps(OmegaConf.to_container(config)))\n"
    )
    program = Program(tmp_path, source)
    parameters = program.parameters()
    assert program.introspect().parser == "omegaconf"
    assert [(name, p.type, p.default) for name, p in parameters.items()] == [
        ("lr", "float", 0.1),
        ("net.dim", "int", 4),
        ("net.sizes", "int", [1]),
        ("name", "str", "x"),
        ("need", "", None),
    ]
    assert (parameters["lr"].description, parameters["need"].required) == ("The rate", True)
    expected = {"lr": 0.5, "net": {"dim": 4, "sizes": [2, 3]}, "name": "1", "need": True}
    assert program.run({"lr": 0.5, "net.sizes": [2, 3], "name": "1", "need": True}) == expected


def test_docopt_reports_which_arguments_are_required(tmp_path: Path) -> None:
    source = (
        "'''Train.\n\nUsage: train.py <data> <model> [<out>] --lr=<rate>\n       train.py <data> (<a> | <b>)\n'''\n"
        "from docopt import docopt\ndocopt(__doc__)\n"
    )
    required = {name: p.required for name, p in Program(tmp_path, source).parameters().items()}
    assert required == {"data": True, "model": False, "out": False, "lr": False, "a": False, "b": False}


def test_explains_that_hydra_finds_no_config(tmp_path: Path) -> None:
    source = (
        f"{HYDRA_IMPORT}@hydra.main(version_base=None, config_path='conf', config_name='gone')\n"
        "def main(cfg): pass\nmain()\n"
    )
    spec = Program(tmp_path, source).find_spec()
    assert spec is not None
    assert "Could not introspect" in spec.note


SMALL_HYDRA = "import hydra\n@hydra.main(version_base=None)\ndef main(cfg): pass\nmain()\n"


def test_reports_a_failure_exactly_where_hydra_fails(tmp_path: Path) -> None:
    program = Program(tmp_path, SMALL_HYDRA, "hydra.run.dir=.", "hydra.output_subdir=null")
    completed = subprocess.run(program.command, cwd=tmp_path, capture_output=True, check=False)
    spec = program.find_spec()
    assert spec is not None
    assert bool(spec.failure) == (completed.returncode != 0), completed.stderr


def test_names_hydra_and_python_if_they_do_not_work_together(tmp_path: Path) -> None:
    breaking = "import argparse\ndel argparse._ActionsContainer.add_argument\n"
    spec = Program(tmp_path, breaking + SMALL_HYDRA).find_spec()
    assert spec is not None
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert re.match(rf"Hydra \S+ does not work with Python {re.escape(python)}: AttributeError: ", spec.failure), spec


def test_finds_docopt_commands(tmp_path: Path) -> None:
    source = (
        "'''Ships.\n\nUsage:\n  train.py new <name>... [--speed=<kn>] [-v...]\n"
        "  train.py (list|show) [--] [<which>]\n\n"
        "Options:\n  -s, --speed=<kn>  How fast\n                    it goes [default: 10].\n  -v  Be loud.\n'''\n"
        "from docopt import docopt\ndocopt(__doc__)\n"
    )
    spec = Program(tmp_path, source).introspect()
    parameters = {p.name: p for p in spec.parameters}
    assert spec.commands == ("new", "list", "show")
    assert (parameters["speed"].default, parameters["speed"].description) == ("10", "How fast it goes.")
    assert (parameters["name"].nargs, parameters["v"].action) == ("*", "count")


def test_finds_absl_lists_with_spaces_and_aliases(tmp_path: Path) -> None:
    source = (
        "import json\nfrom absl import app, flags\nflags.DEFINE_spaceseplist('sizes', '1 2', 'sizes')\n"
        "flags.DEFINE_alias('s', 'sizes')\napp.run(lambda _: print(json.dumps(flags.FLAGS.sizes)))\n"
    )
    assert Program(tmp_path, source).run({"sizes": ["3", "4"]}) == ["3", "4"]


def test_finds_click_eager_options_without_version(tmp_path: Path) -> None:
    source = (
        "import click\n@click.command()\n"
        "@click.option('--config', type=click.Path(), is_eager=True, expose_value=False, callback=lambda *a: None)\n"
        "@click.version_option('1')\n@click.option('--lr', default=0.1)\ndef main(lr): pass\nmain()\n"
    )
    assert list(Program(tmp_path, source).parameters()) == ["config", "lr"]


def test_takes_defaults_of_click_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "import click\n@click.group()\ndef main(): pass\n"
        "@main.command()\n@click.option('--lr', default=0.1, envvar=['OTHER', 'RATE'])\n"
        "@click.option('--on/--off')\n@click.option('--xs', multiple=True, type=int)\n"
        "@click.option('--need', required=True)\ndef train(**values): pass\n"
        "main(auto_envvar_prefix='APP')\n"
    )
    variables = {"RATE": "0.7", "APP_TRAIN_ON": "1", "APP_TRAIN_XS": "1 2", "APP_TRAIN_NEED": "n"}
    program = Program(tmp_path, source)
    assert program.parameters()["train lr"].default == 0.1
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    parameters = program.parameters()
    assert {p.name: p.default for p in parameters.values()} == {"lr": 0.7, "on": True, "xs": [1, 2], "need": "n"}
    assert not parameters["train need"].required


def test_finds_what_interpolations_of_hydra_follow(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text(
        "lr: 0.1\no: {n: 1}\nref: ${lr}\ndeep: ${o.n}\nmix: ${lr}-x\nlist: [1, '${lr}']\n"
        "chain: ${ref}\ntable: ${o}\nhome: ${oc.env:HOME}\nplain: x\n"
    )
    source = (
        f"{HYDRA_IMPORT}@hydra.main(version_base=None, config_path='conf', config_name='config')\n"
        "def main(cfg): pass\nmain()\n"
    )
    follows = {p.name: p.follows for p in Program(tmp_path, source).introspect().parameters if p.follows}
    computed = dict.fromkeys(("mix", "list", "chain", "table"), COMPUTED)
    assert follows == {"ref": "lr", "deep": "o.n", **computed}
