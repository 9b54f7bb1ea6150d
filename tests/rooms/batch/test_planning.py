"""Each run of a batch is planned with its own values, and common parts are planned once."""

from pathlib import Path

import pytest

from gage.batch.planning import BatchPlan, plan_batch
from gage.project.request import RunRequest
from gage.types.errors import ConfigError


def plan_train_batch(folder: Path, *words: str) -> BatchPlan:
    batch = plan_batch(RunRequest("train.py", assignments=words, cwd=folder))
    assert batch is not None
    return batch


def test_finds_dependencies_named_by_values(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("data = 'a.bin'\nnote = 'x'\nopen(data)\n")
    for name in ("a.bin", "b.bin"):
        (tmp_path / name).write_bytes(b"\0")
    batch = plan_train_batch(tmp_path, "data=[a.bin,b.bin,none]", "note=[1st,2nd]")
    assert [([i.path for i in p.dependencies], p.config["note"]) for p in batch.plans] == [
        (["a.bin"], "1st"),
        (["a.bin"], "2nd"),
        (["b.bin"], "1st"),
        (["b.bin"], "2nd"),
        ([], "1st"),
        ([], "2nd"),
    ]


def test_returns_none_for_a_single_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("lr = 0.1\n")
    assert plan_batch(RunRequest("train.py", assignments=("lr=0.2",), cwd=tmp_path)) is None


def test_names_the_invalid_trial(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("lr = 0.1\n")
    with pytest.raises(ConfigError, match="Run 2 of 2: lr must be a number"):
        plan_train_batch(tmp_path, "lr=[0.1,x]")


@pytest.mark.parametrize("text", ["def main(:\n", "lr = 0.1\nimport nothing.like.it\n"])
def test_plans_a_program_without_parameters(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.py").write_text(text)
    with pytest.raises(ConfigError, match="speed"):
        plan_train_batch(tmp_path, "speed=[1,2]")
