"""Columns and descriptions of `gage list` that the user's config and the Gage file set."""

import json
from pathlib import Path

import pytest
from stores import make_run


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".config" / "gage" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def runs(project: Path) -> Path:
    root = project / ".gage" / "runs"
    last = {"step": 1, "value": 0.25}
    members = {"summaries/metrics.json": json.dumps({"loss": {"count": 1, "last": last, "first": last}})}
    make_run(root, "train", config={"lr": 0.1, "seed": 1}, members=members, label="a label", tags=("paper",))
    make_run(root, "evaluate", "error", config={"split": "test"}, output="")
    return root


def test_the_operation_wins_over_the_general_setting(gage, runs, config):
    config.write_text(
        '[list]\ncolumns = ["status", "loss", "split", "missing"]\n'
        '[list.operations.train]\ncolumns = ["loss", "run.label"]'
    )
    assert gage("list").out.splitlines()[0].split() == ["#", "Name", "Status", "loss", "split"]
    assert gage("list", "-w", "op=train").out.splitlines()[0].split() == ["#", "Name", "loss", "Label"]
    assert gage("list", "-w", "op=evaluate").out.splitlines()[0].split() == ["#", "Name", "Status", "split"]


def test_the_project_and_the_command_line_win_over_the_user(gage, runs, config, project):
    config.write_text('[list.operations.train]\ncolumns = ["seed"]')
    (project / "gage.toml").write_text('[train]\nexec = "echo"\nlisting = ["lr"]\n')
    assert gage("list", "-w", "op=train").out.splitlines()[0].split()[-2:] == ["Status", "lr"]
    assert gage("list", "-w", "op=train", "--columns", "loss").out.splitlines()[0].split() == ["#", "Name", "loss"]
    assert "seed" in gage("list", "-w", "op=train", "--json").out


def test_descriptions_have_the_chosen_values_in_their_order(gage, runs, config):
    config.write_text('[list]\ndescription = ["tags", "loss", "lr", "min(loss)", "label", "marked", "description"]')
    gage("mark", "2")
    failed, trained = gage("list").out.splitlines()[1:]
    assert trained.endswith("completed  #paper  loss=0.25 lr=0.1  a label  marked")
    assert failed.endswith("error      exit code 1")
    config.write_text('[list]\ndescription = ["lr", "seed", "count(loss)"]')
    assert gage("list").out.splitlines()[2].endswith("completed  lr=0.1 seed=1 count(loss)=1")


def test_a_wrong_setting_stops_the_listing(gage, runs, config):
    config.write_text('user = "Robin"\n[list]\ncolumn = ["loss"]')
    result = gage("list", code=1)
    assert f"{config}:3 has an unknown setting 'list.column'\nDid you mean 'columns'?" in result.err and not result.out
