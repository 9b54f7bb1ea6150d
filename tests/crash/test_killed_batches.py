"""A batch that is killed before any line of its code leaves a valid store and can be resumed."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import wait_until

from gage.batch import batch_file, scheduler
from gage.store.repair import repair_store
from gage.store.store import RunStore

WATCHED = {batch_file.__file__, scheduler.__file__}
KILLED = 137
VALUES = [1, 2, 3]
STEP = 17 if os.environ.get("SOAK") else 211
"""Every how many lines the batch is killed: about fifty times in `make soak`, five times otherwise."""


def killed_before_line(number: int, *words: str) -> bool:
    """Do `gage run` in a process that ends, without any clearing up, before the `number`-th line of a batch's own code.
    False: it was done.
    """
    child = os.fork()
    if child == 0:
        left = number

        def trace(frame, event, _):
            nonlocal left
            if frame.f_code.co_filename not in WATCHED:
                return None
            if event == "line":
                left -= 1
                if left < 0:
                    os._exit(KILLED)
            return trace

        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        sys.argv = ["gage", "run", *words, "--yes", "--quiet"]
        from gage.cli.main import run

        sys.settrace(trace)
        try:
            run()
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED)
    return code == KILLED


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    (tmp_path / "train.sh").write_text("#!/bin/sh\nX=0\nexit 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def each() -> Iterator[RunStore]:
        number = 0
        while True:
            number += 1
            root = tmp_path / "stores" / str(number)
            monkeypatch.setenv("GAGE_RUNS", str(root))
            yield RunStore(root)

    return each()


def rest(store: RunStore) -> None:
    """Until the runs that have outlived their batch are over."""
    wait_until(lambda: all(store.read(id).status not in ("running", "pending") for id in store.list_ids()))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_batch_killed_at_any_line_can_be_resumed(stores: Iterator[RunStore]) -> None:
    for number, store in zip(range(0, 4000, STEP), stores, strict=False):
        killed = killed_before_line(number, "train.sh", f"X={VALUES}".replace(" ", ""), "--jobs", "2")
        rest(store)
        repair_store(store)
        runs = [store.read(id) for id in store.list_ids()]
        batches = [run for run in runs if run.op.name.endswith("+")]
        assert not [run for run in runs if run.status == "damaged"]
        if batches:
            assert not killed_before_line(100_000, "--resume", batches[0].id)
        completed = [r for r in map(store.read, store.list_ids()) if r.status == "completed" and r not in batches]
        done = [r.config["X"] for r in completed if not r.op.name.endswith("+")]
        assert sorted(done) == (VALUES if batches else [])
        if not killed:
            return
    raise AssertionError("it never came to an end")
