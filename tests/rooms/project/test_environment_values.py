"""Variables of the environment that set parameters: the recorded value is what the program gets."""

import pytest

from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.errors import UsageError

SCRIPT = "#!/bin/sh\necho ${LR:-0.1} ${API_TOKEN:-none} ${DATA:?needed}\n"
PROGRAM = """\
import argparse, os
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=os.environ.get("LR", 0.1))
p.parse_args()
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    (folder / ".gage").mkdir(parents=True)
    (folder / "t.sh").write_text(SCRIPT)
    (folder / "m.py").write_text(PROGRAM)
    monkeypatch.setenv("DATA", "x.csv")
    monkeypatch.delenv("LR", raising=False)
    return folder


def make_plan(folder, target="", *words, **options):
    return plan_run(RunRequest(target, assignments=words, cwd=folder, **options))


def get_lr(plan):
    return next((v.value, v.set_by_user, plan.env.get("LR")) for v in plan.config_values if v.name == "LR")


def test_records_an_inherited_variable_and_passes_it_on(project, monkeypatch):
    assert get_lr(make_plan(project, "t.sh")) == (0.1, False, None)
    monkeypatch.setenv("LR", "0.5")
    assert get_lr(make_plan(project, "t.sh")) == (0.5, False, "0.5")
    assert get_lr(make_plan(project, "", command=("bash", "t.sh"))) == (0.5, False, "0.5")
    assert get_lr(make_plan(project, "", command=("env", "LR=0.7", "bash", "t.sh")))[0] == 0.7
    assert get_lr(make_plan(project, "t.sh", "LR=3")) == (3, True, "3")
    monkeypatch.setenv("LR", "")
    assert get_lr(make_plan(project, "t.sh")) == (0.1, False, None)


def test_records_variables_of_the_command_line_and_the_gage_file(project, monkeypatch):
    monkeypatch.setenv("LR", "0.5")
    assert get_lr(make_plan(project, "t.sh", env={"LR": "0.7"})) == (0.7, True, "0.7")
    (project / "gage.toml").write_text('[train]\nexec = "sh t.sh"\nenv = { LR = "2" }\n')
    assert get_lr(make_plan(project, "train")) == (2, False, "2")
    with pytest.raises(UsageError, match="LR is set twice: by LR=3 and by --env LR"):
        make_plan(project, "t.sh", "LR=3", env={"LR": "0.7"})


def test_takes_no_secret_from_the_environment(project, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "hidden-value-1")
    plan = make_plan(project, "t.sh")
    assert make_plan(project, "t.sh", env={"API_TOKEN": "hidden-value-2"}).env["API_TOKEN"] == "hidden-value-2"
    assert plan.config["API_TOKEN"] is None
    assert "API_TOKEN" not in plan.env


def test_asks_the_parser_with_the_variables_of_the_command_line(project):
    assert make_plan(project, "m.py", env={"LR": "0.7"}).config == {"lr": 0.7}
    assert make_plan(project, "", command=("python", "m.py"), env={"LR": "0.7"}).config == {"lr": 0.7}
    assert make_plan(project, "m.py").config == {"lr": 0.1}
