"""What every test gets: a home of its own, no Gage settings from outside, and a Git identity.

Also, where CI says so, a skipped test is a failure: a check that silently does not happen is none.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

MAY_SKIP = {
    # name of the test → why it may be skipped in CI
    "test_a_read_only_mount_not_as_root_only": "a container may not be allowed to mount",
    "test_more_output_than_the_disk_holds": "a container may not be allowed to mount",
    "test_a_program_that_fills_the_disk_ends_as_it_does": "a container may not be allowed to mount",
    "test_sealed_when_there_is_room_again": "a container may not be allowed to mount",
    "test_no_room_to_begin_with": "a container may not be allowed to mount",
}

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
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm")
    yield folder


def _is_unmeasured(test: pytest.Item) -> bool:
    return test.get_closest_marker("unmeasured") is not None or "budgets" in test.path.parts


class SkipsAreFailures:
    """In CI: fails the session when a test was skipped that has no leave to be."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a skipped test, unless it may be."""
        if report.skipped and not hasattr(report, "wasxfail") and not may_skip(report.nodeid):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """The same for a module that skipped itself as a whole."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a good end into a bad one."""
        if self.skipped and session.exitstatus == 0:
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them."""
        for nodeid in self.skipped:
            terminalreporter.write_line(f"SKIPPED in CI, where nothing may be: {nodeid}", red=True)


def may_skip(nodeid: str) -> bool:
    """Whether the test is on the list of those that cannot be everywhere."""
    return nodeid.rpartition("::")[2].partition("[")[0] in MAY_SKIP


def pytest_configure(config: pytest.Config) -> None:
    """In CI nothing is skipped quietly."""
    if os.environ.get("CI") == "true":
        config.pluginmanager.register(SkipsAreFailures())
