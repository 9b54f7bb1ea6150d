"""Boxes with a name and a number in each row, and with sections: `| rollout/ | |`, `|  ep_rew_mean | 21.5 |`.

Stable Baselines prints such boxes. Knows one box at a time.
"""

import re

from gage.metrics.metric_names import NAME_WORD, STEP_NAME, can_be_metric
from gage.metrics.printed_numbers import NUMBER, parse_number
from gage.metrics.step_tracker import MAX_STEP

# | ep_rew_mean | 21.5 | · │ episode_len_mean   22.40 │
BOX_ROW = re.compile(
    rf"^\s*[|│]\s*(?P<key>{NAME_WORD}(?: {NAME_WORD}){{0,3}})"
    rf"(?:\s*[|│]\s*|\s{{2,}})(?P<value>{NUMBER})(?P<rest>)\s*[|│]\s*$"
)
# | rollout/ | |
_SECTION = re.compile(r"\s*[|│]\s*(?P<section>[\w./-]+/)\s*[|│]\s*[|│]\s*")
Row = tuple[int | None, list[tuple[str, float]]]


class PrintedBox:
    """The box that is being printed. Its values belong to a step that may come last in it.

    `section`: the section of the last line, such as `rollout/`; "" outside of boxes.
    """

    def __init__(self) -> None:
        self.section = ""
        self._step: int | None = None
        self._values: list[tuple[str, float]] = []

    def add_line(self, line: str) -> bool:
        """Adds a line and returns whether it is part of a box with sections."""
        section = _SECTION.fullmatch(line)
        if section:
            self.section = section["section"]
            return True
        row = BOX_ROW.match(line) if self.section else None
        value = parse_number(row["value"]) if row else None
        if row is None or value is None:
            return False
        if STEP_NAME.fullmatch(row["key"]) and row["key"] != "iterations":
            self._step = int(value) if abs(value) < MAX_STEP else None
        elif can_be_metric(row["key"]):
            self._values.append((self.section + row["key"], value))
        return True

    def close(self) -> Row:
        """Ends the box and returns its step and values."""
        row = self._step, self._values
        self.section, self._step, self._values = "", None, []
        return row
