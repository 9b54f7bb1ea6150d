"""Completes the last word of an unfinished filter: names, operators, values and keywords.

Knows the words of the filter language; the index knows names and values.
"""

import re
from typing import NamedTuple, Protocol

from gage.index.rows import TEXT_FIELDS
from gage.select.fields import FUNCTIONS, KINDS, METRIC_FUNCTIONS, RUN_FIELDS
from gage.select.tokens import quote_name, remove_backticks
from gage.types.run import STATUSES

MAX_VALUES = 40
"""Largest number of values that are offered."""

OFFERED_FIELDS = ("status", "operation", "label", "tag", "archive", "id", "name", "mark", "started", "duration")
"""Names of the run's own values that are offered for an empty word; others need their first letter."""

TIMES = ("now", "today", "yesterday", "last week")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "=~", "in [", "not in [", "contains", "is")

_TOKENS = re.compile(
    r"""(?:\w+\.)?`[^`]*`|"[^"]*"|'[^']*'|=~|[=!<>~]+(?=\s)|[()\[\],]|(?:[^\s()\[\],`"'=!<>~]|[=!~](?=\S))+|[<>=!~]+"""
)
_UNFINISHED = re.compile(r"""(?:[^\s()\[\],`"'<>]|`[^`]*`)*$""")
_UNFINISHED_BACKTICKS = re.compile(r"(?:\w+\.)?`[^`]*$")
_GLUED = re.compile(r"""((?:\w+\.)?`[^`]*`|[^=!`]+)(!?==?)(.*)""", re.DOTALL)
_COMPARISONS = ("=", "==", "!=", "<>", "~", "!~", "=~", "contains")
_ORDERINGS = ("<", "<=", ">", ">=")


class CompletedFilter(NamedTuple):
    """A filter with one more word. `about` describes the word; `is_open`: the word continues."""

    text: str
    about: str = ""
    is_open: bool = False


CompletedFilters = list[CompletedFilter]


class FilterNames(Protocol):
    """Names and values of runs. A method returns at most `most` of those that start with `start`."""

    def config_names(self, start: str, most: int) -> list[str]:
        """Returns names of config values."""

    def measured_names(self, start: str, most: int) -> list[str]:
        """Returns names of metrics, then of attributes."""

    def operations(self, start: str, most: int) -> list[str]:
        """Returns operations."""

    def tags(self, start: str, most: int) -> list[str]:
        """Returns tags."""

    def archives(self, start: str, most: int) -> list[str]:
        """Returns names of archives."""

    def config_values(self, name: str, start: str, most: int) -> list[str]:
        """Returns the values of a config value as text. `@label` is the run's own value `label`."""


class _Cursor(NamedTuple):
    """The unfinished word, the text before it, and the tokens of that text."""

    before: str
    word: str
    tokens: tuple[str, ...]

    def get(self, back: int) -> str:
        """Returns the token `back` places before the word, "" if there is none."""
        return self.tokens[-back] if len(self.tokens) >= back else ""


def complete_filter(text: str, suggestions: FilterNames) -> CompletedFilters:
    """Returns the filters that `text` may become, each with one more word."""
    cursor = _find_place(text)
    if cursor is None:
        return []
    if glued := _GLUED.fullmatch(cursor.word):
        name, operator, start = glued.groups()
        values = _suggest_values(suggestions, remove_backticks(name), start)
        return _offer(cursor._replace(before=f"{cursor.before}{name}{operator}"), values)
    name = _find_compared_name(cursor)
    if name is not None:
        return _offer(cursor, _suggest_values(suggestions, name, cursor.word))
    last = cursor.get(1).casefold()
    if last == "is" or (last == "not" and cursor.get(2).casefold() == "is"):
        return _offer(cursor, ["null", "nan", "set", *(["not"] if last == "is" else [])])
    if last in _ORDERINGS:
        field = RUN_FIELDS.get(cursor.get(2))
        if field and field.type == "time":
            return _offer(cursor, TIMES)
        return _complete_name(cursor, suggestions, is_compared=True)
    if _ends_comparison(cursor):
        return _offer(cursor, ("and", "or"))
    operators = _offer(cursor, OPERATORS, is_open=True) if _ends_value(cursor, suggestions) else []
    if operators and not cursor.word:
        return operators
    return [*_complete_words(cursor), *operators, *_complete_name(cursor, suggestions, is_compared=False)]


def _find_place(text: str) -> _Cursor | None:
    """Returns the unfinished word; None inside a quoted value, which can be any text."""
    unquoted = re.sub(r"`[^`]*`?", "", text)
    if re.sub(r"'[^']*'", "", unquoted).count('"') % 2 or re.sub(r'"[^"]*"', "", unquoted).count("'") % 2:
        return None
    matched = (_UNFINISHED_BACKTICKS if text.count("`") % 2 else _UNFINISHED).search(text)
    start = matched.start() if matched else len(text)
    return _Cursor(text[:start], text[start:], tuple(_TOKENS.findall(text[:start])))


def _find_compared_name(cursor: _Cursor) -> str | None:
    """Returns the name on the left of a comparison whose value is the unfinished word: after `=`, or in a list."""
    tokens = cursor.tokens
    if cursor.get(1).casefold() in _COMPARISONS:
        back = 3 if cursor.get(2).casefold() == "not" else 2
        return remove_backticks(cursor.get(back)) if cursor.get(back) != ")" else ""
    opened = max((i for i, token in enumerate(tokens) if token == "["), default=-1)
    if opened < 2 or "]" in tokens[opened:]:
        return None
    start = opened - (2 if tokens[opened - 2].casefold() == "not" else 1)
    return remove_backticks(tokens[start - 1]) if start else None


def _ends_comparison(cursor: _Cursor) -> bool:
    """Returns whether the tokens end with a complete comparison: `and` or `or` must follow."""
    last, before = cursor.get(1).casefold(), cursor.get(2).casefold()
    is_state = last in ("null", "nan", "set") and before in ("is", "not")
    return last == "]" or is_state or (before in (*_COMPARISONS, *_ORDERINGS) and last not in ("", "("))


def _ends_value(cursor: _Cursor, suggestions: FilterNames) -> bool:
    """Returns whether an operator can follow: after a known name, or after the closing parenthesis of a function."""
    token = cursor.get(1)
    if token == ")":
        opened = _find_opened(cursor.tokens)
        return opened > 0 and cursor.tokens[opened - 1] in FUNCTIONS
    name = remove_backticks(token)
    kind, _, rest = name.partition(".")
    name = rest if rest and kind in KINDS else name
    known = (*RUN_FIELDS, *suggestions.config_names(name, 1), *suggestions.measured_names(name, 1))
    return bool(name) and name in known and name not in STATUSES


def _find_opened(tokens: tuple[str, ...]) -> int:
    """Returns the position of the parenthesis that the last token closes, -1 if there is none."""
    depth = 0
    for i in range(len(tokens) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[i], 0)
        if not depth:
            return i
    return -1


def _complete_words(cursor: _Cursor) -> CompletedFilters:
    """Returns the words that are conditions, such as statuses, and keywords; none inside a function."""
    if _find_function(cursor):
        return []
    words = [*((s, "status") for s in STATUSES), ("marked", "runs with a mark")]
    if cursor.tokens and cursor.get(1).casefold() not in ("and", "or", "not", "("):
        words += [("and", ""), ("or", "")]
    words += [("not", "")] if cursor.word else []
    return [CompletedFilter(cursor.before + word, about) for word, about in words if word.startswith(cursor.word)]


def _find_function(cursor: _Cursor) -> str:
    """Returns the function if the unfinished word is its first argument, else ""."""
    return cursor.get(2) if cursor.get(1) == "(" and cursor.get(2) in FUNCTIONS else ""


def _complete_name(cursor: _Cursor, suggestions: FilterNames, is_compared: bool) -> CompletedFilters:
    """Returns names: config values with a sign as `lr=`, metrics without, since `loss=` is rarely useful."""
    prefix, kind, start = _split_name(cursor.word)
    metrics = suggestions.measured_names(start, MAX_VALUES) if kind not in ("run", "config") else []
    config = suggestions.config_names(start, MAX_VALUES) if kind in ("", "config") else []
    function = _find_function(cursor)
    if function:
        end = ")" if FUNCTIONS[function] == (1, 1) else ""
        names = metrics if function in METRIC_FUNCTIONS else [*config, *metrics]
        return [CompletedFilter(cursor.before + quote_name(prefix + name) + end, "", is_open=True) for name in names]
    fields = _list_fields(start) if kind in ("", "run") and not is_compared else []
    end = "" if is_compared else "="
    quoted = dict.fromkeys(
        quote_name(prefix + name) + (end if RUN_FIELDS[name].type in ("text", "flag") else "") for name in fields
    )
    quoted |= dict.fromkeys(quote_name(prefix + name) + end for name in config)
    quoted |= dict.fromkeys(quote_name(prefix + name) for name in metrics if name not in config)
    functions = [f"{name}(" for name in FUNCTIONS if cursor.word and name.startswith(cursor.word)]
    return [CompletedFilter(cursor.before + text, "", is_open=True) for text in (*quoted, *functions)]


def _split_name(word: str) -> tuple[str, str, str]:
    """Returns `config.`, "config" and "l" for `config.l`; the first two are empty without a kind."""
    kind, dot, rest = word.partition(".")
    if not dot or kind not in KINDS:
        return "", "", word.removeprefix("`")
    return f"{kind}.", KINDS[kind], rest.removeprefix("`")


def _list_fields(start: str) -> list[str]:
    offered = [name for name in OFFERED_FIELDS if name.startswith(start)]
    return offered or [name for name in RUN_FIELDS if start and name.startswith(start)]


def _suggest_values(suggestions: FilterNames, name: str, start: str) -> list[str]:
    """Returns the values of a name in all runs that start with `start`."""
    own = name.removeprefix("run.")
    field = RUN_FIELDS.get(own)
    if field is not None and field.type == "time":
        return [time for time in TIMES if time.startswith(start)]
    kind, _, rest = name.partition(".")
    stored = rest if kind in KINDS and rest else name
    if field is not None and field.key in ("label", *TEXT_FIELDS):
        stored = f"@{field.key}"
    return {
        "status": lambda: [str(s) for s in STATUSES if s.startswith(start)],
        "op": lambda: suggestions.operations(start, MAX_VALUES),
        "tag": lambda: suggestions.tags(start, MAX_VALUES),
        "archive": lambda: suggestions.archives(start, MAX_VALUES),
    }.get(field.key if field else "", lambda: suggestions.config_values(stored, start, MAX_VALUES))()


def _offer(cursor: _Cursor, words: "list[str] | tuple[str, ...]", is_open: bool = False) -> CompletedFilters:
    """Returns the words that complete the unfinished word, with quotes around blanks and signs."""
    return [
        CompletedFilter(cursor.before + _quote_value(word), "", is_open=is_open)
        for word in words
        if word.startswith(cursor.word) or cursor.before.endswith("=")
    ]


def _quote_value(text: str) -> str:
    if text in OPERATORS or re.fullmatch(r"""[^\s"'`()\[\],]+""", text):
        return text
    return '"' + text.replace('"', '\\"') + '"'
