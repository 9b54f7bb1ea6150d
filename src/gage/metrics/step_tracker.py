"""Which step a line of output belongs to: what it says itself (`epoch 3`, `[2/10]`, a progress bar), else where the
program is, else the order of lines. Knows words and counts; values are not its business.
"""

import re
from dataclasses import dataclass, field

_COARSE = "epoch|episode|round|ep|trial"
_FINE = "global[_ ]step|total_timesteps|timesteps?|steps?|iteration|iters?|it|batch|update"
_WORD = re.compile(
    rf"(?<![\w/])(?:(?P<coarse>{_COARSE})|(?P<fine>{_FINE}))(?:\(\w+\))?[\"']?[ \t]*[:=#.|│]?[ \t]*[\[(]?[ \t]*"
    r"(?P<n>\d[\d_]*)(?![\d_]*(?:\.\d|[A-Za-z%]))(?:[ \t]*(?:/|of)[ \t]*(?P<total>\d+))?",
    re.I,
)
_BAR = re.compile(r"(?:^\s*|[|│][ \t]*)(?P<n>\d+)/(?P<total>\d+)[ \t]*(?:\[|[━╸╺-])")
_INNER = re.compile(r"\[[ \t]*(?P<n>\d+)[ \t]*/[ \t]*(?P<total>\d+)[ \t]*(?:\([ \t]*\d+(?:\.\d+)?[ \t]*%\))?\]")
_WITHIN = re.compile(r"(?:\||\d:)[ \t]+(?P<n>\d+)[ \t]*/[ \t]*(?P<total>\d+)\s")
_LEAD = re.compile(r"\s*(?P<n>\d+)/(?P<total>\d+)\s+(?=[^\W\d])")
_TWO = re.compile(
    r"\s*\[(?P<coarse>\d+)(?:,\s*(?P<n>\d+)\]|/\d+\]\s*\[(?P<m>\d+)/(?P<total>\d+)\])"
    r"|\s*(?:train|test|val|valid|eval)\w*:?[ \t]+(?P<e>\d+)[ \t]+(?=\[[ \t]*\d+/)",
    re.I,
)
_FIRST = re.compile(r"^\s*(?:\[(?P<a>\d+)(?:/\d+)?\](?=[\s:-])|(?P<b>\d+):(?=\s+(?:learn|test):))")


@dataclass
class StepTracker:
    """What is known of a program's progress so far. `most` bounds for how many names it is remembered."""

    most: int = 10_000
    _epoch: int | None = None
    _base: int = 1
    _current: int | None = None
    _fine: int = 0
    _grown: int = 1
    _offset: int = 0
    _fine_epoch: int | None = None
    _last: dict[str, int] = field(default_factory=dict)

    @property
    def is_before_first_step(self) -> bool:
        """Whether nothing has named a step yet: what a program prints before it begins is mostly its settings."""
        return self._current is None and self._epoch is None

    def read_step(self, line: str) -> tuple[int | None, bool]:
        """The step that a line states, None when it states none; and whether its values count.

        They do not while a bar of an epoch is not full yet: what it says last is what counts.
        """
        bar = _BAR.search(line)
        words = list(_WORD.finditer(line))
        coarse = next((int(m["n"].replace("_", "")) for m in words if m["coarse"]), None)
        two = _TWO.match(line)
        if two:
            coarse = int(two["coarse"] or two["e"])
        if coarse is not None:
            self._enter(coarse)
        if bar:
            return self._bar(int(bar["n"]), int(bar["total"]))
        first = _FIRST.match(line) if coarse is None else None
        fine = next((m for m in words if m["fine"] and (coarse is None or m["fine"].lower() != "steps")), None)
        fine = fine or (two if two and two["e"] is None else None)
        if fine is None and first is None:
            fine = _LEAD.match(line) or _INNER.search(line) or (_WITHIN.search(line) if coarse is not None else None)
        if fine:
            groups = fine.groupdict()
            n = groups["n"] or groups["m"]
            total = int(groups["total"]) if groups.get("total") else 0
            return self._at(self._absolute(int(n.replace("_", "")), total)), True
        if first:
            return self._at(int(first["a"] or first["b"])), True
        return (self._at(coarse) if coarse is not None else None), True

    def set_step(self, step: int) -> None:
        """Something else, such as a record of JSON, says where the program is."""
        self._current = step

    def choose_step(self, name: str, own: int | None) -> int:
        """The step of a value: the line's own; else where the program is, if the series has not been there yet; else
        one more than its last.
        """
        last = self._last.get(name)
        if own is not None:
            step = own
        elif self._current is not None and (last is None or self._current > last):
            step = self._current
        else:
            step = 0 if last is None else last + 1
        if last is not None or len(self._last) < self.most:
            self._last[name] = step
        return step

    def _enter(self, epoch: int) -> None:
        if epoch == 0 and self._epoch is None:
            self._base = 0
        self._epoch = epoch

    def _at(self, step: int) -> int:
        self._current = step
        return step

    def _bar(self, n: int, total: int) -> tuple[int | None, bool]:
        if self._epoch is not None:
            return self._at(self._epoch), n >= total
        if n < self._fine:
            self._offset += total
        self._fine = n
        return self._at(self._offset + n), True

    def _absolute(self, n: int, total: int) -> int:
        """A step within an epoch, counted from the beginning: by the epoch's length, else by what came before."""
        if total and self._epoch is not None:
            return max(self._epoch - self._base, 0) * total + n
        if n < self._fine and self._epoch is not None and self._epoch != self._fine_epoch:
            self._offset += self._fine + self._grown - n
        elif n > self._fine:
            self._grown = n - self._fine
        self._fine, self._fine_epoch = n, self._epoch
        return self._offset + n
