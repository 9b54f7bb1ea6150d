"""The words, names, values and symbols of the filter language, and errors that point at one."""

import re
from typing import NamedTuple, NoReturn

from gage.select.fields import FUNCTIONS, KINDS
from gage.types.errors import UsageError

HINT = "Try: --where 'status=completed and loss < 0.5'"
SYMBOLS = re.compile(r"==|=~|=|!=|!~|<>|<=|>=|<|>|~")
KEYWORDS = ("and", "or", "not", "in", "not-in", "contains", "is")

QUOTED = r"""(?:'(?>(?:\\'|[^'])*)'|"(?>(?:\\"|[^"])*)")"""  # 'a b' or "it's"; a backslash escapes the quote
NAME_END = r"(?!!=|!~|=|<|>|~)"  # what ends a name
NAME = re.compile(rf"""(?:{QUOTED}|`[^`]*`|{NAME_END}[^\s'"`()])*""")
LISTED_NAME = re.compile(rf"""(?:{QUOTED}|`[^`]*`|{NAME_END}[^\s'"`()\[\],])*""")
VALUE = re.compile(rf"""(?:{QUOTED}|[^\s'"])*""")
GROUPED_VALUE = re.compile(rf"""(?:{QUOTED}|\([^\s'"()]*\)|[^\s'"()])*""")
NOT_OPERATOR = re.compile(r"not\s+(in|contains)(?=[\s\[])", re.IGNORECASE)
WORD = re.compile(r"[^\s\[\](),]+")
JUNCTION = re.compile(r"\s*(and|or)(?=\s|$)", re.IGNORECASE)
FUNCTION_START = re.compile(rf"(?:{'|'.join(FUNCTIONS)})\(")
QUOTED_NAME = re.compile(rf"((?:(?:{'|'.join(KINDS)})\.)?)`([^`]*)`")
PLAIN_NAME = re.compile(r"[\w.@/%+-]+")  # needs no backticks
QUOTES = ("'", '"', "`")
QUOTED_PARTS = re.compile(rf"{QUOTED}|`[^`]*`")


class Token(NamedTuple):
    """A name or word as it was read, without its quotes."""

    text: str
    raw: str
    at: int

    @property
    def is_quoted(self) -> bool:
        """It is text."""
        return self.raw[:1] in ("'", '"')

    @property
    def is_reference(self) -> bool:
        """It can only be a name: it has backticks."""
        return "`" in self.raw


def remove_quotes(raw: str) -> str:
    """Returns a text without its quotes and backticks."""

    def strip(quoted: re.Match[str]) -> str:
        quote = quoted[0][0]
        return quoted[0][1:-1].replace("\\" + quote, quote)

    return QUOTED_PARTS.sub(strip, raw)


class FilterError(UsageError):
    """A mistake in a text of the filter language: `problem` describes it, `at` is its position."""

    def __init__(self, text: str, at: int, problem: str, hint: str) -> None:
        super().__init__(f"{problem}\n{mark_position(text, at)}", hint)
        self.problem, self.at = problem, at


def remove_backticks(name: str) -> str:
    """Returns a name without its backticks: `config.a b` of config.`a b`."""
    quoted = QUOTED_NAME.fullmatch(name)
    return f"{quoted[1]}{quoted[2]}" if quoted else name


def quote_name(name: str) -> str:
    """Returns a name, which may have a kind (`config.lr`), as a filter writes it: with backticks if it has blanks or
    signs, with quotes if it has backticks.
    """
    if PLAIN_NAME.fullmatch(name):
        return name
    kind, dot, rest = name.partition(".")
    if not (dot and rest and kind in KINDS):
        kind, dot, rest = "", "", name
    return f"{kind}{dot}`{rest}`" if "`" not in rest else kind + dot + "'" + rest.replace("'", "\\'") + "'"


def raise_error(text: str, at: int, problem: str, hint: str = HINT) -> NoReturn:
    """Raises FilterError with the text and a caret under the character at `at`."""
    raise FilterError(text, at, problem, hint)


def mark_position(text: str, at: int) -> str:
    """Returns the text and, in a second line, a caret under the character at `at`; of a long text the part around."""
    from gage.lib.text_width import measure_width

    start = max(at - 60, 0) if len(text) > 120 else 0
    shown = "".join(c if c.isprintable() else " " for c in text[start : start + 120])
    return f"  {shown}\n  {' ' * measure_width(shown[: at - start])}^"
