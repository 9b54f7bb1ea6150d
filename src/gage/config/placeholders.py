"""`{name}` in commands. Knows how a shell quotes; refuses to know where values come from."""

import re
import shlex
from collections.abc import Callable, Mapping

from gage.types.errors import ConfigError
from gage.types.opdef import Exec
from gage.types.values import JSONValue

_NAME = re.compile(r"\{\{([A-Za-z_][\w.-]*)\}\}|(?<!\$)\{([A-Za-z_][\w.-]*)\}")


def fill(command: Exec, values: Mapping[str, JSONValue]) -> Exec:
    """The command with each `{name}` replaced by its value; `{{name}}` stays as `{name}`.

    In a shell line a value is quoted so that it is one word and nothing but text, also between the user's own
    quotes; in an argument list it is put in as it is. A script (`#!`) is left alone: it has FLAG_NAME. Braces that
    name no value are left alone too. Raises ConfigError when such a name is nearly that of a value.
    """
    if command.is_script:
        return command
    if command.args:
        return Exec(args=tuple(_replaced(a, values, lambda text, _: text) for a in command.args))
    quotes = _quotes(command.shell)
    return Exec(shell=_replaced(command.shell, values, lambda text, at: _quoted(text, quotes[at])))


def names(command: Exec) -> list[str]:
    """The names in braces in a command."""
    texts = command.args or (command.shell,)
    return [m.group(2) for text in texts for m in _NAME.finditer(text) if m.group(2)]


def _replaced(text: str, values: Mapping[str, JSONValue], quoted: Callable[[str, int], str]) -> str:
    def one(found: re.Match[str]) -> str:
        if found.group(1):
            return "{" + found.group(1) + "}"
        name = found.group(2)
        if name in values:
            return quoted(word(values[name]), found.start())
        _refuse_misspelled(name, values)
        return found.group()

    return _NAME.sub(one, text)


def _refuse_misspelled(name: str, values: Mapping[str, JSONValue]) -> None:
    from gage.lib.suggest import nearest

    near = nearest(name, values)
    if near:
        raise ConfigError(f"The command names {{{name}}}, which is no config value", f"Did you mean {{{near}}}?")


def word(value: JSONValue) -> str:
    """A value as text in a command or in the environment."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)


def _quoted(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([\\"$`])', r"\\\1", text)
    return shlex.quote(text)


def _quotes(line: str) -> list[str]:
    """For each character of a shell line: the quote that it stands in ("" = none)."""
    found: list[str] = []
    quote, escaped = "", False
    for char in line:
        found.append(quote)
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
    return found
