"""A batch that is killed at any line of its code leaves a valid store and can be resumed."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills import run_until_line
from waiting import wait_until

from gage.batch import batch_file, batch_run, scheduler
from gage.cli.main import run
from gage.store.repair import repair_store
from gage.store.store import RunStore

TRACED_FILES = {batch_file.__file__, batch_run.__file__, scheduler.__file__}
VALUES = [1, 2, 3]
STEP = 5 if os.environ.get("SOAK") else 71
"""Number of lines between two kills: the batch is killed about fifty times in `make soak`, else four times."""


def run_batch_until_line(number: int, *words: str) -> bool:
    """Runs `gage run` until line `number` of the code of batches. Returns whether it was killed there."""

    def run_silently() -> None:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        sys.argv = ["gage", "run", *words, "--yes", "--quiet"]
        run()
        raise AssertionError("run() has returned")

    return run_until_line(number, TRACED_FILES, run_silently)


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    (tmp_path / "train.sh").write_text("#!/bin/sh\nX=0\nexit 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def generate() -> Iterator[RunStore]:
        number = 0
        while True:
            number += 1
            root = tmp_path / "stores" / str(number)
            monkeypatch.setenv("GAGE_RUNS", str(root))
            yield RunStore(root)

    return generate()


def wait_for_runs(store: RunStore) -> None:
    """Waits until the runs that continue after their batch was killed have ended."""
    wait_until(lambda: all(store.read(id).status not in ("running", "pending") for id in store.list_ids()))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_batch_killed_at_any_line_can_be_resumed(stores: Iterator[RunStore]) -> None:
    for number, store in zip(range(0, 4000, STEP), stores, strict=False):
        killed = run_batch_until_line(number, "train.sh", f"X={VALUES}".replace(" ", ""), "--jobs", "2")
        wait_for_runs(store)
        repair_store(store)
        runs = [store.read(id) for id in store.list_ids()]
        batches = [run for run in runs if run.op.name.endswith("+")]
        assert not [run for run in runs if run.status == "damaged"]
        if batches:
            assert not run_batch_until_line(100_000, "--resume", batches[0].id)
        completed = [r for r in map(store.read, store.list_ids()) if r.status == "completed" and r not in batches]
        values = [r.config["X"] for r in completed if not r.op.name.endswith("+")]
        assert sorted(values) == (VALUES if batches else [])
        if not killed:
            print(f"{number // STEP} kills")
            return
    raise AssertionError("The batch was not completed")
