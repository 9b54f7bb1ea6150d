"""Which step a line of output belongs to: the one it names (`epoch 3`, `[2/10]`, a progress bar), else the program's
current step, else the next one of the series. Knows words and counters, not values.
"""

import re
from dataclasses import dataclass, field

MAX_STEP = 2**62
"""Steps from this one on are ignored: event files and arrays have 64 bits for one."""

EPOCH_WORDS = "epoch|episode|round|ep|trial"
_STEP_WORDS = "global[_ ]step|total_timesteps|timesteps?|steps?|iteration|iters?|it|batch|update|tick|generation|cycle"
# epoch 3 · Step: [5/10 · global_step=1_000 · iter 7 of 9; testing the first letter halves the time
_NAMED_STEP = re.compile(
    rf"(?<![\w/])(?=[bcegirstu])(?:(?P<epoch>{EPOCH_WORDS})|(?P<step>{_STEP_WORDS}))(?:\(\w+\))?"
    r"[\"']?[ \t]*[:=#.|│]?[ \t]*[\[(]?[ \t]*"
    r"(?P<n>\d[\d_]*)(?![\d_]*(?:\.\d|[A-Za-z%]))(?:[ \t]*(?:/|of)[ \t]*(?P<total>\d+))?",
    re.I,
)
# | 5/10 [00:01 · 5/10 [===> · 5/10 ━━
_PROGRESS_BAR = re.compile(r"(?:^\s*|[|│][ \t]*)(?P<n>\d+)/(?P<total>\d+)[ \t]*(?:\[|[━╸╺-])")
# [ 50/1251 ( 4%)]
_COUNTER_IN_BRACKETS = re.compile(
    r"\[[ \t]*(?P<n>\d+)[ \t]*/[ \t]*(?P<total>\d+)[ \t]*(?:\([ \t]*\d+(?:\.\d+)?[ \t]*%\))?\]"
)
# epoch 001:    100 / 1101 · epoch 1 |  100/1101
_COUNTER_IN_EPOCH = re.compile(r"(?:\||\d:)[ \t]+(?P<n>\d+)[ \t]*/[ \t]*(?P<total>\d+)\s")
#   2/3 loss · 2/3: loss
_COUNTER_AT_START = re.compile(r"\s*(?P<n>\d+)/(?P<total>\d+):?\s+(?=[^\W\d])")
# [1,  2000] · [1/5] [10/100] · Test: 3 [ 10/50
_EPOCH_AND_STEP = re.compile(
    r"\s*\[(?P<epoch>\d+)(?:,\s*(?P<n>\d+)\]|/\d+\]\s*\[(?P<step_n>\d+)/(?P<total>\d+)\])"
    r"|\s*(?:train|test|val|valid|eval)\w*:?[ \t]+(?P<phase_epoch>\d+)[ \t]+(?=\[[ \t]*\d+/)",
    re.I,
)
# [10] valid · [3/10]: · 0: learn: · 250: train loss 0.5 · t = 10, · 第3轮
_STEP_AT_START = re.compile(
    r"^\s*(?:\[(?P<a>\d+)(?:/\d+)?\](?=[:-]|\s+[^\W\d])|(?P<b>\d+):"
    r"(?=\s+(?:(?:learn|test):|(?:[^\W\d][\w/@.-]*[ ]){1,3}[=:]?[ ]?[-+]?\d*\.\d))|t ?[=:] ?(?P<c>\d+)[,; ]"
    r"|第\s*(?P<d>\d+)\s*[轮輪])"
)
# 9223372036854775808; not 0.9223372036854775808
_HUGE_NUMBER = re.compile(r"(?<![\d.])\d[\d_]{18,}")


# 33%|███▌   | 145/435 [07:15<14:30,  3.04s/it]text of another line
_BAR_AND_TEXT = re.compile(r"(?P<bar>.*?\d+%\|[^|]*\|\s*\d+/\d+ \[[^\]]*(?:it|/s)\])(?P<text>[^\s,:].*)")


def split_bar(line: str) -> tuple[str, str]:
    """Returns a progress bar and the text of another line behind it; "" for the text if there is none."""
    match = _BAR_AND_TEXT.match(line) if "/s]" in line or "it]" in line else None
    return (match["bar"], match["text"]) if match else (line, "")


@dataclass
class StepTracker:
    """The progress of one program so far. Remembers the last step of at most `max_names` series."""

    max_names: int = 10_000
    _epoch: int | None = None
    _first_epoch: int = 1
    _current: int | None = None
    _step: int = 0  # the last step within an epoch or bar
    _step_size: int = 1
    _step_epoch: int | None = None
    _offset: int = 0  # the steps of all epochs or bars before
    _last: dict[str, int] = field(default_factory=dict)

    @property
    def is_before_first_step(self) -> bool:
        """True until a line names a step. Lines before that are mostly the program's config."""
        return self._current is None and self._epoch is None

    def read_step(self, line: str) -> tuple[int | None, bool]:
        """Returns the step that a line names (None: no step), and whether its values count.

        Values beside the progress bar of an epoch count only once the bar is full.
        """
        line = _HUGE_NUMBER.sub("x", line)
        bar = _PROGRESS_BAR.search(line)
        named = list(_NAMED_STEP.finditer(line))
        epoch = _find_epoch(named)
        both = _EPOCH_AND_STEP.match(line)
        if both:
            epoch = int(both["epoch"] or both["phase_epoch"])
        if epoch is not None:
            self._enter_epoch(epoch)
        if bar:
            return self._read_bar(int(bar["n"]), int(bar["total"]))
        at_start = _STEP_AT_START.match(line) if epoch is None else None
        step = _find_step(named, with_plural=epoch is None)
        if step is None and both and both["phase_epoch"] is None:
            step = both
        if step is None and at_start is None:
            step = _COUNTER_AT_START.match(line) or _COUNTER_IN_BRACKETS.search(line)
            if step is None and epoch is not None:
                step = _COUNTER_IN_EPOCH.search(line)
        if step:
            groups = step.groupdict()
            n = groups["n"] or groups["step_n"]
            return self._move_to(self._add_earlier_steps(_to_int(n), int(groups.get("total") or 0))), True
        if at_start:
            return self._move_to(int(next(filter(None, at_start.groups())))), True
        return (self._move_to(epoch) if epoch is not None else None), True

    def set_step(self, step: int) -> None:
        """Sets the program's current step, which a record of JSON or a table has named."""
        if step < MAX_STEP:
            self._current = step

    def choose_step(self, name: str, line_step: int | None) -> int:
        """Returns the step of a value: the step of its line, else the program's current step if the series has not
        reached it, else the one after the last step of the series.
        """
        last = self._last.get(name)
        if line_step is not None and line_step < MAX_STEP:
            step = line_step
        elif self._current is not None and (last is None or self._current > last):
            step = self._current
        else:
            step = 0 if last is None else last + 1
        if last is not None or len(self._last) < self.max_names:
            self._last[name] = step
        return step

    def _enter_epoch(self, epoch: int) -> None:
        if epoch == 0 and self._epoch is None:
            self._first_epoch = 0
        self._epoch = epoch

    def _move_to(self, step: int) -> int:
        self.set_step(step)
        return step

    def _read_bar(self, n: int, total: int) -> tuple[int | None, bool]:
        if self._epoch is not None:
            return self._move_to(self._epoch), n >= total
        if n < self._step:
            self._offset += total
        self._step = n
        return self._move_to(self._offset + n), True

    def _add_earlier_steps(self, n: int, total: int) -> int:
        """Returns a step within an epoch, counted from the program's start: by the epoch's length, else by the steps
        seen before.
        """
        if total and self._epoch is not None:
            return max(self._epoch - self._first_epoch, 0) * total + n
        if n < self._step and self._epoch is not None and self._epoch != self._step_epoch:
            self._offset += self._step + self._step_size - n
        elif n > self._step:
            self._step_size = n - self._step
        self._step, self._step_epoch = n, self._epoch
        return self._offset + n


def _find_epoch(named: "list[re.Match[str]]") -> int | None:
    for match in named:
        if match["epoch"]:
            return _to_int(match["n"])
    return None


def _find_step(named: "list[re.Match[str]]", with_plural: bool) -> "re.Match[str] | None":
    """Returns the first step that is not an epoch; `steps 3` counts only in a line without an epoch."""
    for match in named:
        if match["step"] and (with_plural or match["step"].lower() != "steps"):
            return match
    return None


def _to_int(digits: str) -> int:
    return int(digits.replace("_", ""))
