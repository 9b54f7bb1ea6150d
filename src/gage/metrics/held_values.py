"""Values that may be those of parameters: held until it is clear that they are metrics.

Knows how results and settings differ, not where lines come from.
"""

import math
from collections.abc import Iterator

from gage.metrics.parameter_names import is_count, is_scheduled_parameter

MAX_HELD = 200
"""Names whose values are held."""
MEASURED_DIGITS = 4
"""A number with so many digits that count was measured, not set."""


class PrintedPreamble:
    """The values that may be config. A line with several values is a block, or lines with one value each and no blank
    line between them: all of it is config if it has the name of a parameter, else results if a number was measured.
    """

    def __init__(self) -> None:
        self._values: dict[str, list[float]] = {}
        self._results: set[str] = set()
        self._settings: set[str] = set()
        self._block: set[str] = set()
        self._is_config_block = False
        self._is_alone = False

    def enter_line(self, is_config: bool, is_alone: bool) -> None:
        """Adds a line with values to the block, or begins another one if it is alone or the block's first line was."""
        if is_alone or self._is_alone:
            self.end_block()
        self._is_alone = is_alone
        self._is_config_block |= is_config

    def end_block(self) -> None:
        """Ends the block of lines."""
        if self._is_config_block:
            self._settings |= self._block - self._results
        elif any(is_measured(value) for name in self._block for value in self._values.get(name, ())):
            self._results |= self._block
        self._block.clear()
        self._is_config_block = False

    def hold(self, name: str, value: float, has_series: bool) -> bool:
        """Holds a value. Returns False once the same name has another value: then it is a metric."""
        values = self._values.get(name, [])
        if any(held != value for held in values) and not _is_counted(name, value):
            return False
        if values or len(self._values) < MAX_HELD:
            self._values.setdefault(name, values).append(value)
            self._block.add(name)
            if has_series or is_measured(value):
                self._results.add(name)
        return True

    def take(self, name: str) -> list[float]:
        """Removes a name and returns its values."""
        return self._values.pop(name, [])

    def take_results(self, has_series: bool) -> Iterator[tuple[str, list[float]]]:
        """Removes the values of a program that has ended without a step, and yields those that are results: what was
        measured, or came after a metric, or is all there is.
        """
        self.end_block()
        values, self._values = self._values, {}
        for name, held in values.items():
            is_config = name in self._settings or is_scheduled_parameter(name)
            if is_config or all(_is_counted(name, value) for value in held):
                continue
            if not has_series or name in self._results:
                yield name, held


class UnchangedParameters:
    """The values of parameters at each step. One whose value changes, as a schedule does, is a metric."""

    def __init__(self) -> None:
        self._points: dict[str, list[tuple[int | None, float]]] = {}

    def add(self, name: str, step: int | None, value: float) -> list[tuple[int | None, float]]:
        """Adds a value. Returns the earlier steps and values once the last differs from them, until then []."""
        points = self._points.setdefault(name, []) if len(self._points) < MAX_HELD else self._points.get(name, [])
        has_changed = bool(points) and points[0][1] != value and not (value.is_integer() and points[0][1].is_integer())
        if has_changed:
            return self._points.pop(name)
        if len(points) < MAX_HELD and (not points or points[-1] != (step, value)):
            points.append((step, value))
        return []


def _is_counted(name: str, value: float) -> bool:
    """Returns whether a value counts what a data set or a model has."""
    return is_count(name) and value.is_integer()


def is_measured(value: float) -> bool:
    """Returns whether a number has so many digits that nobody would set it."""
    if not math.isfinite(value) or value == int(value):
        return False
    digits = f"{abs(value):.8e}".partition("e")[0].replace(".", "")
    return len(digits.rstrip("0")) >= MEASURED_DIGITS
