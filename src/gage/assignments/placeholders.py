"""Replaces `{name}` placeholders in commands by values, quoted for the shell. Does not know where values come from."""

import re
import shlex
from collections.abc import Callable, Collection, Mapping

from gage.types.errors import ConfigError
from gage.types.opdef import Exec
from gage.types.values import JSONValue

_PLACEHOLDER = re.compile(r"\{\{([^\W\d][\w.-]*)\}\}|(?<!\$)\{([^\W\d][\w.-]*)\}")
_SAFE_TEXT = re.compile(r"[\w@%+=:,./-]+\Z", re.ASCII)
_UNSAFE_QUOTING = {"`": "between ` and `", "$'": "in $'...'", "${": "in ${...}", "((": "in $((...))"}


def fill_placeholders(command: Exec, values: Mapping[str, JSONValue]) -> Exec:
    """Returns the command with each `{name}` replaced by its value; `{{name}}` becomes `{name}`.

    In a shell line a value is quoted so that it stays one word of text, also inside the user's own quotes; in an
    argument list it is inserted unquoted. A script (`#!`) is not changed: it has the variables FLAG_NAME. Braces
    without a value of that name stay. Raises ConfigError if such a name is almost that of a value.
    """
    if command.is_script:
        return command
    if command.args:
        return Exec(args=tuple(_replace(a, values, lambda _, text, __: text) for a in command.args))
    if "{" not in command.shell:
        return command
    from gage.formats.shell_quoting import find_quoting

    frames = find_quoting(command.shell, {m.start(): m.end() for m in _PLACEHOLDER.finditer(command.shell)})
    return Exec(shell=_replace(command.shell, values, lambda name, text, at: _quote(name, text, frames.get(at))))


def find_placeholders(command: Exec) -> list[str]:
    """Returns the names of the placeholders in a command."""
    texts = command.args or (command.shell,)
    return [m.group(2) for text in texts for m in _PLACEHOLDER.finditer(text) if m.group(2)]


def fill_text(text: str, values: Mapping[str, JSONValue]) -> str:
    """Returns a text, such as a label, with each `{name}` of a value replaced; `{{name}}` becomes `{name}`."""

    def replace_one(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return "{" + literal + "}"
        return format_value(values[name]) if name in values else match.group()

    return _PLACEHOLDER.sub(replace_one, text)


def list_unknown(command: Exec, names: Collection[str]) -> list[str]:
    """Returns the placeholders of a command or text for which there is no value."""
    return [] if command.is_script else [n for n in dict.fromkeys(find_placeholders(command)) if n not in names]


def suggest_placeholder(name: str, names: Collection[str]) -> str:
    """Returns a hint on what to write instead of an unknown placeholder."""
    from gage.lib.suggest import find_closest

    near = find_closest(name, names)
    return f"{f'Did you mean {{{near}}}? ' if near else ''}For literal braces, write {{{{{name}}}}}"


def _replace(text: str, values: Mapping[str, JSONValue], quote: Callable[[str, str, int], str]) -> str:
    def replace_one(match: re.Match[str]) -> str:
        if match.group(1):
            return "{" + match.group(1) + "}"
        name = match.group(2)
        if name in values:
            return quote(name, format_value(values[name]), match.start())
        _reject_misspelled(name, values)
        return match.group()

    return _PLACEHOLDER.sub(replace_one, text)


def _reject_misspelled(name: str, values: Mapping[str, JSONValue]) -> None:
    from gage.lib.suggest import find_closest

    near = find_closest(name, values)
    if near:
        raise ConfigError(
            f"The command has an unknown placeholder {{{name}}}",
            suggest_placeholder(name, values),
        )


def format_value(value: JSONValue) -> str:
    """Returns a value as text for a command or an environment variable."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value)


def _quote(name: str, text: str, frames: tuple[str, ...] | None) -> str:
    """Returns the value, quoted for its place in the shell line. Raises ConfigError where that is not safe."""
    if frames is None:
        return "{" + name + "}"  # after a backslash: the user's own brace
    frame = frames[-1]
    if frame.startswith("<<"):
        return _quote_in_heredoc(name, text, frame)
    if _SAFE_TEXT.match(text):
        return text
    unsafe = next((f for f in frames if f in _UNSAFE_QUOTING), None)
    if unsafe:
        raise ConfigError(
            f"{{{name}}} is {_UNSAFE_QUOTING[unsafe]}, where its value {text!r} cannot be quoted safely",
            f'Write "$FLAG_{name.upper()}" outside of it, or $(...) for `...`',
        )
    if frame == "'":
        return text.replace("'", "'\\''")
    if frame == '"':
        return re.sub(r'([\\"$`])', r"\\\1", text)
    return " ".join(text.split()) if frame == "#" else shlex.quote(text)


def _quote_in_heredoc(name: str, text: str, frame: str) -> str:
    """Returns the value for a here-document. Raises ConfigError if it contains the document's end word."""
    end = frame[2:].removeprefix("'")
    if end in text:
        raise ConfigError(
            f"The value of {name} contains {end}, which would end the here-document around {{{name}}}",
            "Use another end word for the here-document",
        )
    return text if frame.startswith("<<'") else re.sub(r"([\\$`])", r"\\\1", text)
