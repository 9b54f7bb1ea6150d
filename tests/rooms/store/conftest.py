"""Gives tests of the store a store that does not exist yet."""

import pytest

from gage.store.store import RunStore


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "runs")
