"""What every test gets: a home of its own, no Gage settings from outside, and a Git identity."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from skips import SkipsAreFailures

UNMEASURED = frozenset(("budgets", "rooms", "docs"))
FOREIGN = ("GAGE_", "FLAG_", "RUN_", "PROJECT_DIR", "GIT_", "XDG_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")

GITCONFIG = """\
[user]
    name = Sam
    email = sam@example.org
[init]
    defaultBranch = main
"""


@pytest.fixture(autouse=True)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A fresh home folder; nothing of the person who runs the tests is read or changed."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".gitconfig").write_text(GITCONFIG)
    for name in list(os.environ):
        if name.startswith(FOREIGN) or (name.startswith("COVERAGE_") and _is_unmeasured(request.node)):
            monkeypatch.delenv(name)
    # Some systems have no `python`, only `python3`.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm")
    yield folder


def _is_unmeasured(test: pytest.Item) -> bool:
    """Whether coverage stays out of the processes that a test starts: most that rooms start are programs of users,
    and the docs do once more what other tests measure.
    """
    return test.get_closest_marker("unmeasured") is not None or not UNMEASURED.isdisjoint(test.path.parts)


def pytest_configure(config: pytest.Config) -> None:
    """In CI nothing is skipped quietly."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:  # as nohup and a shell's & leave them
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(SkipsAreFailures())
