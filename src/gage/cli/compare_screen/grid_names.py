"""Lists the names and values of the runs on the screen, for the completion of a filter. Knows the data of a grid; the
completion of shells asks the index instead.
"""

import re
from collections.abc import Iterable
from itertools import islice

from gage.compare.grid_data import GridData
from gage.compare.grid_fields import FieldKind, GridColumn

_WORD = re.compile(r"[^\s()\[\],`<>=!~]+")


class GridNames:
    """Names and values of the runs of a grid, as `complete_filter` asks for them."""

    def __init__(self, data: GridData) -> None:
        self._data = data

    def config_names(self, start: str, most: int) -> list[str]:
        """Returns names of config values, sorted."""
        return _pick(sorted(self._list_names("config")), start, most)

    def measured_names(self, start: str, most: int) -> list[str]:
        """Returns names of metrics, then of attributes, each sorted."""
        names = dict.fromkeys((*sorted(self._list_names("metric")), *sorted(self._list_names("attribute"))))
        return _pick(names, start, most)

    def operations(self, start: str, most: int) -> list[str]:
        """Returns operations, sorted."""
        return _pick(sorted({run.op.name for run in self._data.runs}), start, most)

    def tags(self, start: str, most: int) -> list[str]:
        """Returns tags, sorted."""
        return _pick(sorted({tag for run in self._data.runs for tag in run.tags}), start, most)

    def archives(self, start: str, most: int) -> list[str]:
        """Returns nothing: the screen shows no archived runs."""
        return []

    def config_values(self, name: str, start: str, most: int) -> list[str]:
        """Returns the values of a config value as text, numbers before texts; `@label` is the label of runs."""
        kind, name = ("run", name[1:]) if name.startswith("@") else ("config", name)
        field = next((each for each in self._data.fields.values() if (each.kind, each.name) == (kind, name)), None)
        if field is None:
            return []
        values = {value for value in self._data.get_values(GridColumn(field)) if value is not None}
        numbers = sorted(value for value in values if not isinstance(value, str))
        return _pick((*map(str, numbers), *sorted(value for value in values if isinstance(value, str))), start, most)

    def read_named_values(self, text: str) -> None:
        """Reads the values of the names in a filter, so that the filter finds them when it is carried out."""
        for word in _WORD.findall(text):
            field = self._data.fields.get(word)
            if field is not None and field.kind in ("config", "metric"):
                self._data.get_values(GridColumn(field, "last" if field.kind == "metric" else ""))

    def _list_names(self, kind: FieldKind) -> Iterable[str]:
        return (field.name for field in self._data.fields.values() if field.kind == kind)


def _pick(texts: Iterable[str], start: str, most: int) -> list[str]:
    """Returns the first `most` texts that start with `start`."""
    return list(islice((text for text in texts if text.startswith(start)), most))
