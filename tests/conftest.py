"""Gives every test its own home directory, an environment without Gage settings, and a Git identity."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from skips import SkipsAreFailures

UNMEASURED_DIRECTORIES = frozenset(("budgets", "rooms", "docs"))
REMOVED_VARIABLES = (
    "GAGE_",
    "FLAG_",
    "RUN_",
    "PROJECT_DIR",
    "GIT_",
    "XDG_",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
)
"""Prefixes of the environment variables that tests do not inherit."""

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
    """Creates an empty home directory, so that tests neither read nor change files of the person who runs them."""
    directory = tmp_path_factory.mktemp("home")
    (directory / ".gitconfig").write_text(GITCONFIG)
    for name in list(os.environ):
        if name.startswith(REMOVED_VARIABLES) or (name.startswith("COVERAGE_") and _is_unmeasured(request.node)):
            monkeypatch.delenv(name)
    # Some systems have no `python`, only `python3`.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory / ".cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(directory / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm")
    yield directory


def _is_unmeasured(test: pytest.Item) -> bool:
    """Returns whether the processes that a test starts run without coverage: most of them are users' programs, and
    the tests of the docs run code that other tests measure.
    """
    if test.get_closest_marker("measured"):
        return False
    return test.get_closest_marker("unmeasured") is not None or not UNMEASURED_DIRECTORIES.isdisjoint(test.path.parts)


def pytest_configure(config: pytest.Config) -> None:
    """Restores ignored signals; in CI, makes skipped tests fail and draws the same examples in each run."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:  # nohup and a shell's & ignore them
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    is_ci = os.environ.get("CI") == "true"
    slow_machine = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("gage", derandomize=is_ci, **slow_machine)
    settings.load_profile("gage")
    if is_ci:
        config.pluginmanager.register(SkipsAreFailures())
