"""Shows the progress of a batch on standard error: one line, rewritten on a terminal, and failures as they happen."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gage.cli.render import terminal
from gage.cli.render.status_line import StatusLine
from gage.cli.run.end_report import describe_end
from gage.lib import times

if TYPE_CHECKING:
    from gage.batch.trials import Values
    from gage.batch.workers import TrialResult

TERMINAL_INTERVAL_SECONDS = 0.1
"""Seconds between two words on how far it is."""
LOG_INTERVAL_SECONDS = 30.0


class BatchProgress:
    """Prints the progress of a batch. `runs` are IDs and values; `show`: the programs' output is shown as well."""

    def __init__(self, runs: "Sequence[tuple[str, Values]]", show: bool, quiet: bool) -> None:
        self._runs = runs
        self._show = show
        self._quiet = quiet or show
        self._line = StatusLine()
        self._last_report = 0.0 if self._line.is_terminal else time.monotonic()
        self._done_count = self._failed_count = 0
        self._running: dict[int, float] = {}
        self._seconds_spent = 0.0

    def trial_started(self, number: int) -> None:
        """Notes the start of a run; announces it if its output is shown."""
        self._running[number] = time.monotonic()
        if self._show:
            terminal.print_stderr(f"Run {number + 1} of {len(self._runs)}: {self._describe_run(number)}")
        self.tick()

    def trial_ended(self, ended: "TrialResult") -> None:
        """Notes the end of a run."""
        self._done_count += 1
        now = time.monotonic()
        self._seconds_spent += now - self._running.pop(ended.number, now)
        if ended.status not in ("completed", "staged"):
            self._failed_count += 1
            self._line.clear()
            how, reason = describe_end(ended.status, ended.exit, ended.reason)
            is_first = self._failed_count == 1 and ended.exit is not None and not self._show
            hint = f"To see why: gage cat {self._run_name(ended.number)} --output" if is_first else ""
            run = f"Run {ended.number + 1} of {len(self._runs)}"
            terminal.print_stderr(f"{run} {how}: {self._describe_run(ended.number)}: {reason}", hint)
        self.tick()

    def close(self) -> None:
        """Clears the progress line."""
        self._line.clear()

    def _run_name(self, number: int) -> str:
        from gage.lib.uuid7 import name_from_id

        return name_from_id(self._runs[number][0])

    def _describe_run(self, number: int) -> str:
        return f"{self._run_name(number)}  {describe_values(self._runs[number][1])}".rstrip()

    def tick(self) -> None:
        """Updates the display, if the last update is some time ago."""
        now, is_terminal = time.monotonic(), self._line.is_terminal
        interval = TERMINAL_INTERVAL_SECONDS if is_terminal else LOG_INTERVAL_SECONDS
        if self._quiet or now - self._last_report < interval:
            return
        self._last_report = now
        show = self._line.show if is_terminal else terminal.print_stderr
        show(self._format_status(now))

    def _format_status(self, now: float) -> str:
        text = f"{self._done_count:,} of {len(self._runs):,} runs"
        if self._running:
            text += f", {len(self._running):,} running"
        if self._failed_count:
            text += f", {self._failed_count:,} failed"
        left = round(self._estimate_seconds_left(now)) if self._done_count else 0
        duration = times.format_duration(left * 1_000_000).replace(".0 s", " s")
        return f"{text}, about {duration} left" if left else text

    def _estimate_seconds_left(self, now: float) -> float:
        """Returns the seconds left, if runs take as long as those that have ended."""
        each = self._seconds_spent / self._done_count
        begun = sum(max(each - (now - at), 0.0) for at in self._running.values())
        waiting = len(self._runs) - self._done_count - len(self._running)
        return (begun + each * waiting) / max(len(self._running), 1)


def describe_values(values: "Values") -> str:
    """Returns the values of a trial as they are typed, with secrets masked."""
    from gage.lib.secrets import mask_value

    return terminal.escape(" ".join(f"{name}={mask_value(name, assigned.text)}" for name, assigned in values.items()))
