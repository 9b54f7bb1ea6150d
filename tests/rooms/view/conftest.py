"""Asks the application of the page without a network."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gage.store.store import RunStore
from gage.view.app import build_app
from gage.view.security import make_guard
from gage.view.stores import ViewedStores

CHANGE = {"X-Gage": "1"}
"""The header that changes and other POST requests need."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Creates an empty store."""
    root = tmp_path / "runs"
    root.mkdir()
    return root


@pytest.fixture
def make_client(root: Path, tmp_path: Path) -> Callable[..., TestClient]:
    """Returns a function that creates a client of an application that shows `root`; with the token unless told."""

    def make_client(
        *stores: Path, has_token: bool = True, can_write: bool = True, host: str = "127.0.0.1"
    ) -> TestClient:
        guard = make_guard(host, 4100)
        viewed = ViewedStores(tuple(RunStore(store) for store in stores or (root,)), (), can_write)
        client = TestClient(build_app(viewed, guard, tmp_path / "page"), base_url="http://127.0.0.1:4100")
        client.headers = {"Authorization": f"Bearer {guard.token}"} if has_token else {}
        return client

    return make_client


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """Creates a client with the token."""
    return make_client()
