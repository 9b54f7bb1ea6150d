"""In CI a skipped test is a failure: a check that silently does not happen is none."""

import pytest

NO_MOUNT = "a container may not be allowed to mount"
MAY_SKIP = {
    # name of the test → why it may be skipped in CI
    "test_reports_a_read_only_mount": NO_MOUNT,
    "test_survives_output_that_fills_the_disk": NO_MOUNT,
    "test_keeps_the_exit_code_of_a_program_that_fills_the_disk": NO_MOUNT,
    "test_seals_the_run_when_space_is_free_again": NO_MOUNT,
    "test_reports_a_full_disk_at_start": NO_MOUNT,
    "test_runs_julia": "Debian has no package of Julia",
    "test_julia_logs": "Debian has no package of Julia",
}
MAY_SKIP_CASES = {
    "nushell": "Debian has no package of Nushell, and npm may be out of reach",
    "julia": "Debian has no package of Julia",
}
"""The first parameter of tests → why they may be skipped in CI."""


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
    name = nodeid.rpartition("::")[2]
    return name.partition("[")[0] in MAY_SKIP or any(f"[{case}" in name for case in MAY_SKIP_CASES)
