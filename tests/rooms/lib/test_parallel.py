"""Work shared with a forked child: the result is whole, whatever happens to the child."""

import os
import threading
from collections.abc import Sequence

import pytest

from gage.lib.parallel import map_in_two_processes


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # xdist has threads of its own


def list_pids(items: Sequence[int]) -> list[tuple[int, int]]:
    return [(item, os.getpid()) for item in items]


def test_child_processes_the_second_half() -> None:
    results = map_in_two_processes(list_pids, range(10))
    assert [item for item, _ in results] == list(range(10))
    assert {pid for _, pid in results[:5]} == {os.getpid()}
    assert os.getpid() not in {pid for _, pid in results[5:]}


def test_parent_processes_the_half_of_a_failed_child() -> None:
    parent = os.getpid()

    def double(items: Sequence[int]) -> list[int]:
        if os.getpid() != parent:
            raise MemoryError
        return [2 * item for item in items]

    assert map_in_two_processes(double, range(5)) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (None, 1), (8, 2)])
def test_starts_no_child_where_it_does_not_help(
    monkeypatch: pytest.MonkeyPatch, processors: int | None, threads: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert map_in_two_processes(list_pids, [1, 2]) == [(1, os.getpid()), (2, os.getpid())]
