"""Parameters that depend on values of other parameters: groups, classes, files with values."""

import pytest
from introspected import HYDRA_IMPORT, run_planned_command

from gage.batch.planning import plan_batch
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.errors import ConfigError


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    (folder / ".gage").mkdir(parents=True)
    return folder


HYDRA = f"""\
{HYDRA_IMPORT}
import json
from omegaconf import OmegaConf
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    print(json.dumps(OmegaConf.to_container(cfg)))
main()
"""


def test_values_of_hydra_groups_add_parameters(project):
    (project / "train.py").write_text(HYDRA)
    for name, text in (
        (
            "config",
            "defaults:\n  - db: lite\n  - log: null\nckpt: ???\nhydra:\n  output_subdir: null\n  run: {dir: .}\n",
        ),
        ("db/lite", "path: a.db\nport: 1\n"),
        ("db/pg", "host: h\nport: 2\n"),
        ("log/csv", "name: x\n"),
    ):
        path = project / "conf" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert run_planned_command(project, "train.py", "db.path=b")["db"] == {
        "path": "b",
        "port": 1,
    }  # Hydra itself reports that ckpt is missing
    received = run_planned_command(project, "train.py", "db=pg", "db.host=x", "log=csv", "log.name=y", "ckpt=c")
    assert received == {"db": {"host": "x", "port": 2}, "log": {"name": "y"}, "ckpt": "c"}
    plan = plan_run(RunRequest("train.py", assignments=("db=pg",), cwd=project))
    assert plan.config["db.port"] == 2
    with pytest.raises(ConfigError, match=r"Unknown parameter 'db\.path'"):
        run_planned_command(project, "train.py", "db=pg", "db.path=b")


def test_interpolations_follow_the_values_they_repeat(project):
    (project / "train.py").write_text(
        "from omegaconf import OmegaConf\n"
        "c = OmegaConf.create({'lr': 0.1, 'ref': '${lr}', 'mix': '${lr}-x'})\n"
        "print(OmegaConf.merge(c, OmegaConf.from_cli()))\n"
    )
    assert plan_run(RunRequest("train.py", cwd=project)).config == {"lr": 0.1, "ref": 0.1, "mix": "0.1-x"}
    for request in (
        RunRequest("train.py", assignments=("lr=2",), cwd=project),
        RunRequest("train.py", arguments=("lr=2",), cwd=project),
    ):
        plan = plan_run(request)
        assert plan.config == {"lr": 2, "ref": 2}


JSONARGPARSE = """\
import json
from typing import List
from jsonargparse import ArgumentParser
class Optim:
    def __init__(self, lr: float = 0.1):
        self.lr = lr
class SGD(Optim):
    def __init__(self, momentum: float = 0.9, **more):
        super().__init__(**more)
class Adam(Optim):
    def __init__(self, betas: List[float] = [0.9], **more):
        super().__init__(**more)
p = ArgumentParser()
p.add_argument("--config", action="config")
p.add_argument("--data", type=str, required=True)
p.add_subclass_arguments(Optim, "optim", default={"class_path": "__main__.SGD", "init_args": {"lr": 0.5}})
found = p.parse_args().as_dict()
found.pop("config")
print(json.dumps(found))
"""


def test_values_of_jsonargparse_classes_add_parameters(project):
    (project / "train.py").write_text(JSONARGPARSE)
    plan = plan_run(RunRequest("train.py", assignments=("data=d",), cwd=project))
    assert (plan.config["optim.lr"], plan.config["optim.momentum"]) == (0.5, 0.9)
    received = run_planned_command(project, "train.py", "data=d", "optim.lr=1")
    assert received["optim"] == {"class_path": "__main__.SGD", "init_args": {"lr": 1, "momentum": 0.9}}
    received = run_planned_command(
        project, "train.py", "data=d", "optim=Adam", "optim.betas=[0.1,0.2]", "optim.init_args.lr=2"
    )
    assert received["optim"] == {"class_path": "__main__.Adam", "init_args": {"betas": [0.1, 0.2], "lr": 2}}
    words = ("data=d", "optim=Adam", "optim.betas=[0.1,0.2]")
    assert plan_batch(RunRequest("train.py", assignments=words, cwd=project)) is None


def test_a_config_file_may_set_required_parameters(project):
    (project / "train.py").write_text(JSONARGPARSE)
    (project / "c.yaml").write_text("data: e\n")
    assert run_planned_command(project, "train.py", "config=c.yaml")["data"] == "e"
    with pytest.raises(ConfigError, match=r"train\.py requires a value for data"):
        run_planned_command(project, "train.py")


CONFIGARGPARSE = """\
import json
from configargparse import ArgumentParser
p = ArgumentParser(default_config_files=["base.txt"])
p.add_argument("-c", "--config", is_config_file=True)
p.add_argument("--name", required=True)
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--fast", action="store_true")
print(json.dumps(vars(p.parse_args())))
"""


def test_configargparse_reads_values_from_files(project):
    (project / "train.py").write_text(CONFIGARGPARSE)
    (project / "base.txt").write_text("name = base\nlr = 0.5\nfast = true\n")
    assert plan_run(RunRequest("train.py", cwd=project)).config == {
        "config": None,
        "name": "base",
        "lr": 0.5,
        "fast": True,
    }
    assert run_planned_command(project, "train.py", "lr=1") == {"config": None, "name": "base", "lr": 1, "fast": True}


def test_configargparse_reads_required_values_from_a_file(project):
    (project / "train.py").write_text(CONFIGARGPARSE)
    (project / "more.txt").write_text("name = more\n")
    with pytest.raises(ConfigError, match=r"train\.py requires a value for name"):
        run_planned_command(project, "train.py")
    assert run_planned_command(project, "train.py", "config=more.txt")["name"] == "more"


SUBGROUPS = """\
import json
from dataclasses import asdict, dataclass
from typing import Union
from simple_parsing import ArgumentParser, subgroups
@dataclass
class Small:
    x: int = 1
@dataclass
class Large:
    y: float = 0.5
@dataclass
class Config:
    model: Union[Small, Large] = subgroups({"small": Small, "large": Large}, default="small")
    lr: float = 0.1
p = ArgumentParser()
p.add_arguments(Config, "config")
print(json.dumps(asdict(p.parse_args().config)))
"""


def test_values_of_simple_parsing_groups_add_parameters(project):
    (project / "train.py").write_text(SUBGROUPS)
    assert run_planned_command(project, "train.py", "lr=1", "x=5") == {"model": {"x": 5}, "lr": 1}
    assert run_planned_command(project, "train.py", "model=large", "y=2") == {"model": {"y": 2}, "lr": 0.1}
