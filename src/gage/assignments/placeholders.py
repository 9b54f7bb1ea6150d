"""`{name}` in commands. Knows how a shell quotes; refuses to know where values come from."""

import re
import shlex
from collections.abc import Callable, Mapping

from gage.types.errors import ConfigError
from gage.types.opdef import Exec
from gage.types.values import JSONValue

_NAME = re.compile(r"\{\{([^\W\d][\w.-]*)\}\}|(?<!\$)\{([^\W\d][\w.-]*)\}")
_PLAIN = re.compile(r"[\w@%+=:,./-]+\Z", re.ASCII)
_PLACES = {"`": "between ` and `", "$'": "in $'...'", "${": "in ${...}", "((": "in $((...))"}


def fill_placeholders(command: Exec, values: Mapping[str, JSONValue]) -> Exec:
    """The command with each `{name}` replaced by its value; `{{name}}` stays as `{name}`.

    In a shell line a value is quoted so that it is one word and nothing but text, also between the user's own
    quotes; in an argument list it is put in as it is. A script (`#!`) is left alone: it has FLAG_NAME. Braces that
    name no value are left alone too. Raises ConfigError when such a name is nearly that of a value.
    """
    if command.is_script:
        return command
    if command.args:
        return Exec(args=tuple(_replaced(a, values, lambda _, text, __: text) for a in command.args))
    from gage.formats.shell_quoting import find_quoting

    frames = find_quoting(command.shell, {m.start(): m.end() for m in _NAME.finditer(command.shell)})
    return Exec(shell=_replaced(command.shell, values, lambda name, text, at: _quoted(name, text, frames.get(at))))


def find_placeholders(command: Exec) -> list[str]:
    """The names in braces in a command."""
    texts = command.args or (command.shell,)
    return [m.group(2) for text in texts for m in _NAME.finditer(text) if m.group(2)]


def _replaced(text: str, values: Mapping[str, JSONValue], quoted: Callable[[str, str, int], str]) -> str:
    def one(found: re.Match[str]) -> str:
        if found.group(1):
            return "{" + found.group(1) + "}"
        name = found.group(2)
        if name in values:
            return quoted(name, value_to_text(values[name]), found.start())
        _refuse_misspelled(name, values)
        return found.group()

    return _NAME.sub(one, text)


def _refuse_misspelled(name: str, values: Mapping[str, JSONValue]) -> None:
    from gage.lib.suggest import find_closest

    near = find_closest(name, values)
    if near:
        raise ConfigError(
            f"The command names {{{name}}}, which is no config value",
            f"Did you mean {{{near}}}? Braces that are none of Gage's are written {{{{{name}}}}}",
        )


def value_to_text(value: JSONValue) -> str:
    """A value as text in a command or in the environment."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)


def _quoted(name: str, text: str, frames: tuple[str, ...] | None) -> str:
    """The value so that it stays text where it stands. Raises ConfigError where nothing makes sure of that."""
    if frames is None:
        return "{" + name + "}"  # after a backslash: the user's own brace
    frame = frames[-1]
    if frame.startswith("<<"):
        return _in_document(name, text, frame)
    if _PLAIN.match(text):
        return text
    doubtful = next((f for f in frames if f in _PLACES), None)
    if doubtful:
        raise ConfigError(
            f"{{{name}}} stands {_PLACES[doubtful]}, where its value {text!r} cannot be quoted safely",
            f'Write "$FLAG_{name.upper()}" outside of it, or $(...) for `...`',
        )
    if frame == "'":
        return text.replace("'", "'\\''")
    if frame == '"':
        return re.sub(r'([\\"$`])', r"\\\1", text)
    return " ".join(text.split()) if frame == "#" else shlex.quote(text)


def _in_document(name: str, text: str, frame: str) -> str:
    """A value in a here-document: its end must not come from the value."""
    end = frame[2:].removeprefix("'")
    if end in text:
        raise ConfigError(
            f"The value of {name} contains {end}, which ends the text that {{{name}}} stands in",
            "End that text of the command with another word",
        )
    return text if frame.startswith("<<'") else re.sub(r"([\\$`])", r"\\\1", text)
