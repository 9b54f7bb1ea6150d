"""How each shell passes the words before the cursor, and expects completions. Knows quoting, not what is completed.

Every script in `scripts/` hands over the words before the cursor, and gets a line for each value. A line that starts
with a control character is an instruction, since no value contains one. The scripts never evaluate a line.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from click.shell_completion import CompletionItem, split_arg_string

from gage.cli.completion.context import CompletionItems

COMPLETE_FILES, COMPLETE_DIRECTORIES, NO_SPACE = "\x01files", "\x01folders", "\x01open"
"""Instructions: let the shell complete files or directories; put no blank after the value."""

_WORD = r"""(?s)(?:\\.|\\$|'[^']*(?:'|$)|"(?:\\.|[^"\\])*(?:"|\\?$)|[^\s\\'"])+"""
"""A word of a line, with its quotes; the last one may lack its closing quote."""


class Shell:
    """A shell that behaves as fish: it passes the unfinished word last, as typed, and quotes values itself. Subclasses
    override what other shells do differently.
    """

    script = "gage.fish"

    @property
    def source(self) -> str:
        """The completion script."""
        return (Path(__file__).parent / "scripts" / self.script).read_text("utf-8")

    def split(self, words: Sequence[str]) -> tuple[list[str], str]:
        """Returns the words before the cursor, and the unfinished one."""
        return list(words[:-1]), next(iter(split_arg_string(words[-1])), "") if words else ""

    def format(self, items: CompletionItems) -> list[str]:
        """Returns a line for each completion."""
        instructions = {"file": COMPLETE_FILES, "dir": COMPLETE_DIRECTORIES}
        return [instructions.get(item.type) or self.format_value(item) for item in items]

    def format_value(self, item: CompletionItem[str]) -> str:
        """Returns `value<tab>description`."""
        value = self.quote(item.value)
        return f"{value}\t{item.help}" if item.help else value

    def quote(self, value: str) -> str:
        """Returns the value as the shell needs it."""
        return value


class Nushell(Shell):
    """Nushell inserts values as given, so they are quoted here."""

    script = "gage.nu"

    def quote(self, value: str) -> str:
        """Returns the value in quotes where it needs them."""
        if re.fullmatch(r"[\w./:=+,@%-]+", value):
            return value
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Zsh(Shell):
    """Zsh passes words without quotes and quotes values itself; a colon separates a value from its description."""

    script = "gage.zsh"

    def split(self, words: Sequence[str]) -> tuple[list[str], str]:
        """Returns the words before the cursor, and the unfinished one."""
        return list(words[:-1]), words[-1] if words else ""

    def format_value(self, item: CompletionItem[str]) -> str:
        """Returns `+value:description`, or `=value:description` if the word continues."""
        value = item.value.replace("\\", "\\\\").replace(":", "\\:")
        about = (item.help or "").replace("\\", "\\\\")
        return f"{'=' if item.is_open else '+'}{value}" + (f":{about}" if about else "")


class Bash(Shell):
    """Bash splits words at `=` and `:` and needs quoted values. It has no descriptions, so they are appended to the
    values when bash lists them.
    """

    script = "gage.bash"

    LISTING_TYPES = ("63", "33")
    """Values of COMP_TYPE for which bash only lists the completions."""

    def split(self, words: Sequence[str]) -> tuple[list[str], str]:
        """Returns the words of the line; a `$` or backtick in them is plain text."""
        line, _, self.kind, self.width, self.breaks = (*words, "", "", "", "", "")[:5]
        self.raw = _find_last_word(line)
        return split_arg_string(line.removesuffix(self.raw))[1:], next(iter(split_arg_string(self.raw)), "")

    def format(self, items: CompletionItems) -> list[str]:
        """Returns the completions, each from the place where bash starts the word."""
        lines = super().format([item for item in items if item.type != "plain"])
        values = [(self._quote_rest(item.value), item) for item in items if item.type == "plain"]
        shown = [(text, item) for text, item in values if text is not None]
        if len(shown) > 1 and self.kind in self.LISTING_TYPES:
            return [*lines, *self._format_list(shown)]
        if len(shown) == 1 and shown[0][1].is_open:
            lines.append(NO_SPACE)
        return [*lines, *(text for text, _ in shown)]

    def _quote_rest(self, value: str) -> str | None:
        """Returns the replacement for the part of the word that bash completes; None if it cannot be quoted."""
        quote = self.raw[:1] if self.raw[:1] in ("'", '"') else ""
        if quote:
            unsafe = "'" if quote == "'" else '"\\$`!'
            return None if set(value) & set(unsafe) else value
        at = max((i + 1 for i, c in enumerate(self.raw) if c in self.breaks and c in "=:@"), default=0)
        text = _escape_for_bash(value)
        before = _escape_for_bash(next(iter(split_arg_string(self.raw[:at])), "")) if at else ""
        return text[len(before) :] if text.startswith(before) else None

    def _format_list(self, shown: Sequence[tuple[str, CompletionItem[str]]]) -> list[str]:
        from gage.cli.render import terminal

        widest = max(len(text) for text, _ in shown)
        width = int(self.width) if self.width.isdigit() else 80
        lines = []
        for text, item in shown:
            room = width - widest - 5
            about = terminal.truncate(item.help or "", room) if room > 10 else ""
            lines.append(f"{text:<{widest}}  ({about})" if about else text)
        return lines


def _find_last_word(line: str) -> str:
    """Returns the last word of a line as typed, with its quotes."""
    *_, last = ("", *re.finditer(_WORD, line))
    return last[0] if last and last.end() == len(line) else ""


def _escape_for_bash(text: str) -> str:
    """Returns `text` escaped as one word of bash."""
    return re.sub(r"([^\w@%+=:,./~-]|^~)", r"\\\1", text)


SHELLS: dict[str, type[Shell]] = {"bash": Bash, "zsh": Zsh, "fish": Shell, "nushell": Nushell}
