"""The user's settings for `gage list`: the table `list` of the user's config. Knows no columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gage.types.errors import UsageError
from gage.types.values import JSONValue

COLUMN_SETTINGS = ("columns", "description")
LIST_SETTINGS = (*COLUMN_SETTINGS, "operations")
EXAMPLES = {
    "columns": 'columns = ["started", "status", "loss", "description"]',
    "description": 'description = ["lr", "loss", "label"]',
    "operations": '[list.operations.train] and columns = ["loss"]',
}


class ListingSettings(NamedTuple):
    """What a listing shows: the columns after position and name, and the values in the column of descriptions; () where
    unset.
    """

    columns: tuple[str, ...] = ()
    description: tuple[str, ...] = ()


class UserListing(NamedTuple):
    """The settings of all listings, and those of runs of one operation, by its name."""

    general: ListingSettings = ListingSettings()
    by_operation: Mapping[str, ListingSettings] = {}

    def select(self, operation: str | None) -> ListingSettings:
        """Returns the settings of a listing whose runs are all of one operation, or of several (None)."""
        own = self.by_operation.get(operation or "", ListingSettings())
        return ListingSettings(own.columns or self.general.columns, own.description or self.general.description)


class SettingProblem(NamedTuple):
    """A mistake in the setting that `keys` lead to.

    `message` continues a sentence that starts with the name of the setting; `detail` comes after the place in the file.
    For an unknown setting, `known` are the settings that its table can have.
    """

    keys: tuple[str, ...]
    message: str
    known: tuple[str, ...] = ()
    hint: str = ""
    detail: str = ""


def parse_listing(value: JSONValue) -> UserListing:
    """Returns the settings of a table `list` in which `find_problems` finds no problem."""
    table = value if isinstance(value, Mapping) else {}
    operations = table.get("operations")
    by_operation = {
        name: _build_settings(each)
        for name, each in (operations.items() if isinstance(operations, Mapping) else ())
        if isinstance(each, Mapping)
    }
    return UserListing(_build_settings(table), by_operation)


def _build_settings(table: Mapping[str, JSONValue]) -> ListingSettings:
    return ListingSettings(_get_names(table.get("columns")), _get_names(table.get("description")))


def _get_names(value: JSONValue) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, value))) if isinstance(value, list) else ()


def find_problems(value: JSONValue, keys: tuple[str, ...] = ("list",)) -> Iterator[SettingProblem]:
    """Yields the problems of the table `list`, or of the table of an operation in it."""
    known = LIST_SETTINGS if len(keys) == 1 else COLUMN_SETTINGS
    if not isinstance(value, Mapping):
        yield SettingProblem(keys, f"must be a table, got {value!r}", hint=f"For example {EXAMPLES['operations']}")
        return
    for name, setting in value.items():
        path = (*keys, name)
        if name not in known and len(keys) > 2 and isinstance(setting, Mapping):
            operation = ".".join(path[2:]).replace("\\", "\\\\").replace('"', '\\"')
            hint = f'An operation with a dot in its name needs quotes: [list.operations."{operation}"]'
            yield SettingProblem(path, "is not a setting", hint=hint)
        elif name not in known:
            yield SettingProblem(path, "is not a setting", known)
        elif name == "operations":
            yield from _find_operation_problems(setting, path)
        elif not _is_list_of_names(setting):
            message = f"must be a list of names, got {setting!r}"
            yield SettingProblem(path, message, hint=f"For example {EXAMPLES[name]}")
        elif error := _find_syntax_error(_get_names(setting)):
            yield SettingProblem(path, "is not valid", hint=f"For example {EXAMPLES[name]}", detail=f": {error}")


def _find_operation_problems(value: JSONValue, keys: tuple[str, ...]) -> Iterator[SettingProblem]:
    if not isinstance(value, Mapping):
        yield SettingProblem(keys, f"must be a table, got {value!r}", hint=f"For example {EXAMPLES['operations']}")
        return
    for name, settings in value.items():
        yield from find_problems(settings, (*keys, name))


def _find_syntax_error(names: Iterable[str]) -> str:
    """Returns what is wrong with the first name that is not valid, "" if all are. Only a function can be invalid."""
    for name in names:
        if "(" in name:
            from gage.select.grammar import parse_value

            try:
                parse_value(name)
            except UsageError as error:
                return error.message
    return ""


def _is_list_of_names(value: JSONValue) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(name, str) and name.strip() and name.isprintable() for name in value)
    )
