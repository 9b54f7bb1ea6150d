"""The values of Keras' `evaluate()`, which looks like one more bar of the last epoch.

Knows bars without a phase. Does not know which names are metrics.
"""

import re
from collections.abc import Sequence
from math import isclose

# 313/313 [==== · 313/313 ━━━ · 313/313 - 1s -
_BAR = re.compile(r"[\s\x08]*(?P<n>\d+)/(?P<total>\d+) (?:\[[=>.]|━|- \d)")
# Epoch 2/5
_EPOCH = re.compile(r"\s*Epoch \d+/\d+\s*$")


class PrintedEvaluation:
    """Holds the values of an evaluation until the next epoch or the end: most programs print them again with a name."""

    def __init__(self) -> None:
        self.is_over = False
        """True after a line that begins an epoch."""
        self._total = 0
        self._is_validated = False
        self.values: dict[str, float] = {}

    def read_line(self, line: str, pairs: Sequence[tuple[str, float]]) -> bool:
        """Returns whether a line is a bar of an evaluation, whose values are held: one after the bar of an epoch, with
        another length, or without validation where the epoch's bar had one.
        """
        if line[:1] not in " \b0123456789E":
            return False
        bar = _BAR.match(line)
        if bar is None:
            self.is_over = _EPOCH.match(line) is not None
            if self.is_over:
                self._total, self._is_validated = 0, False
            return False
        n, total = int(bar["n"]), int(bar["total"])
        if self._total and (total != self._total or self._is_validated):
            if n >= total:
                self.values |= {f"test_{name}": value for name, value in pairs}
            return True
        if n >= total:
            self._total, self._is_validated = total, "val_" in line
        return False

    def drop_repeated(self, pairs: Sequence[tuple[str, float]]) -> None:
        """Drops the held values that are among `pairs`, under a name that ends alike."""
        for held, number in list(self.values.items()):
            key = held.rpartition("_")[2]
            if any(key in name.lower() and isclose(number, v, rel_tol=1e-3, abs_tol=1e-4) for name, v in pairs):
                del self.values[held]

    def take(self) -> list[tuple[str, float]]:
        """Returns the held values, which were printed nowhere else."""
        values, self.values, self.is_over = list(self.values.items()), {}, False
        return values
