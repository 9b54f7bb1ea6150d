"""The words, names, values and symbols of the filter language, and errors that point at one."""

import re
from typing import NamedTuple, NoReturn

from gage.select.fields import FUNCTIONS
from gage.types.errors import UsageError

HINT = "Try: --where 'status=completed and loss < 0.5'"
SYMBOLS = re.compile(r"==|=~|=|!=|!~|<>|<=|>=|<|>|~")
KEYWORDS = ("and", "or", "not", "in", "not-in", "contains", "is")
FOREIGN = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}

QUOTED = r"""(?:'(?>(?:\\'|[^'])*)'|"(?>(?:\\"|[^"])*)")"""  # 'a b' or "it's"; a backslash escapes the quote
NAME_END = r"(?!!=|!~|=|<|>|~)"  # what ends a name
NAME = re.compile(rf"""(?:{QUOTED}|`[^`]*`|{NAME_END}[^\s'"`()])*""")
LISTED_NAME = re.compile(rf"""(?:{QUOTED}|`[^`]*`|{NAME_END}[^\s'"`()\[\],])*""")
VALUE = re.compile(rf"""(?:{QUOTED}|[^\s'"])*""")
GROUPED_VALUE = re.compile(rf"""(?:{QUOTED}|\([^\s'"()]*\)|[^\s'"()])*""")
NOT_OPERATOR = re.compile(r"not\s+(in|contains)(?=[\s\[])")
WORD = re.compile(r"[^\s\[\](),]+")
JUNCTION = re.compile(r"\s*(and|or)(?=\s|$)")
FUNCTION_START = re.compile(rf"(?:{'|'.join(FUNCTIONS)})\(")
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
    """A mistake in a text of the filter language: `problem` says which, `at` where."""

    def __init__(self, text: str, at: int, problem: str, hint: str) -> None:
        super().__init__(f"{problem}\n{mark_position(text, at)}", hint)
        self.problem, self.at = problem, at


def raise_error(text: str, at: int, problem: str, hint: str = HINT) -> NoReturn:
    """Raises FilterError with the text and a caret under the character at `at`."""
    raise FilterError(text, at, problem, hint)


def mark_position(text: str, at: int) -> str:
    """Returns the text and, in a second line, a caret under the character at `at`; of a long text the part around."""
    start = max(at - 60, 0) if len(text) > 120 else 0
    shown = "".join(c if c.isprintable() else " " for c in text[start : start + 120])
    return f"  {shown}\n  {' ' * (at - start)}^"
