"""Makes skipped tests fail in CI, except those listed here with a reason."""

import pytest

NO_MOUNT = "a container may not be allowed to mount"
MAY_SKIP = {
    "test_reports_a_read_only_mount": NO_MOUNT,
    "test_survives_output_that_fills_the_disk": NO_MOUNT,
    "test_keeps_the_exit_code_of_a_program_that_fills_the_disk": NO_MOUNT,
    "test_seals_the_run_when_space_is_free_again": NO_MOUNT,
    "test_reports_a_full_disk_at_start": NO_MOUNT,
    "test_runs_julia": "Debian has no package of Julia",
    "test_julia_client_logs_metrics": "Debian has no package of Julia",
}
"""Names of tests → why they may be skipped in CI."""
MAY_SKIP_CASES = {
    "nushell": "Debian has no package of Nushell, and npm may be out of reach",
    "julia": "Debian has no package of Julia",
}
"""First parameters of parametrized tests → why these cases may be skipped in CI."""


class SkipsAreFailures:
    """Fails a session in which a test was skipped that is not listed."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Records a skipped test that is not listed."""
        if report.skipped and not hasattr(report, "wasxfail") and not may_skip(report.nodeid):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Records a module that skipped itself."""
        if report.skipped:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Sets the exit status to failed if a test was skipped."""
        if self.skipped and session.exitstatus == 0:
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Prints the skipped tests."""
        for nodeid in self.skipped:
            terminalreporter.write_line(f"SKIPPED in CI, but not listed in tests/support/skips.py: {nodeid}", red=True)


def may_skip(nodeid: str) -> bool:
    """Returns whether a test is listed as one that cannot run everywhere."""
    name = nodeid.rpartition("::")[2]
    return name.partition("[")[0] in MAY_SKIP or any(f"[{case}" in name for case in MAY_SKIP_CASES)
