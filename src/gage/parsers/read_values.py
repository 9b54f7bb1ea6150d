"""Arguments as the values that a program's parser makes of them: the inverse of `value_syntax`. Knows no options.

Raises ValueError for an argument whose value is not certain.
"""

import re
from collections.abc import Sequence

from gage.lib.yaml_scalars import parse_scalar
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.value_syntax import as_items
from gage.types.values import JSONValue

_INT = re.compile(r"[-+]?\d+")
_HYDRA_INT = re.compile(r"[-+]?(0|[1-9](_?[0-9])*)")
_BOOL_WORDS = {
    **dict.fromkeys(("true", "1", "yes", "y", "t", "on"), True),
    **dict.fromkeys(("false", "0", "no", "n", "f", "off"), False),
}
_YAML_1_1 = re.compile(
    r"(?i)y|n|yes|no|on|off|[-+]?\d+(:\d+)+(\.\d*)?|0o?\d+|[\d_,]*[_,][\d_,]*|[-+]?(nan|inf|infinity)"
)
"""Texts that YAML 1.1 reads as something else than YAML 1.2 does."""
_YAML_PARSERS = ("jsonargparse", "LightningCLI", "omegaconf")
_CLICK = ("click", "typer")


def read_value(spec: ParserSpec, p: Parameter, arg: str) -> JSONValue:
    """Returns the value of one argument of a parameter."""
    if spec.parser == "hydra":
        return _HydraReader(arg).read()
    if spec.parser == "fire":
        return _read_literal(arg)
    if p.type == "bool" and p.action != "override":
        return read_bool(spec, p, arg)
    if spec.parser in _YAML_PARSERS:
        return _read_yaml(p, arg, spec.parser == "omegaconf")
    if p.nargs in (",", " "):
        if '"' in arg:
            raise ValueError(arg)
        items = arg.split(",") if p.nargs == "," else arg.split()
        return [_read_plain(p, item.strip()) for item in items] if arg else []
    if p.nargs == "[]":
        return _read_inline(arg)
    return _read_plain(p, arg)


def is_plain_text(spec: ParserSpec, p: Parameter) -> bool:
    """Returns whether an argument is the text of a single value: no literal, no list, no word for true or false."""
    return spec.parser not in ("hydra", "fire", *_YAML_PARSERS) and p.nargs in ("", "?") and p.type != "bool"


def read_bool(spec: ParserSpec, p: Parameter, arg: str) -> bool:
    """Returns the truth value of an argument."""
    if spec.parser in (*_CLICK, "absl") and arg.lower() in _BOOL_WORDS:
        return _BOOL_WORDS[arg.lower()]
    if p.action == "switch" and p.nargs == "?":
        p = p._replace(bool_words=("yes", "no") if arg.lower() in ("yes", "no") else ("true", "false"))
    if arg in p.bool_words:
        return arg == p.bool_words[0]
    if not p.bool_words[1]:
        return bool(arg)  # argparse's `type=bool`: any text is true
    if p.converted_words:
        if arg not in p.converted_words:
            raise ValueError(arg)
        return p.converted_words[arg]
    if arg.lower() in map(str.lower, p.bool_words):
        return arg.lower() == p.bool_words[0].lower()
    raise ValueError(arg)


def _read_plain(p: Parameter, arg: str) -> JSONValue:
    match p.type:
        case "int" if not _INT.fullmatch(arg):
            raise ValueError(arg)
        case "int":
            return int(arg)
        case "float":
            return float(arg)
        case "str":
            return arg
    is_text = not p.has_converter and all(v is None or isinstance(v, str) for v in as_items(p.default))
    value = arg if is_text else parse_scalar(arg)
    return value if value is not None and str(value) == arg else arg


def _read_inline(arg: str) -> JSONValue:
    from gage.assignments.yaml_inline import parse_inline_value

    value = parse_inline_value(arg)
    if value is None:
        raise ValueError(arg)
    return value


def _read_yaml(p: Parameter, arg: str, is_quoted: bool) -> JSONValue:
    """Returns a value of YAML 1.1. Text by itself is plain in jsonargparse, and YAML (`is_quoted`) in OmegaConf."""
    if "${" in arg:
        raise ValueError(arg)
    if p.type == "str" and not is_quoted and p.nargs != "[]":
        if arg == "null" and (p.required or p.default is not None):
            raise ValueError(arg)
        if arg != "null":
            return arg
    if not p.type and not is_quoted and p.nargs != "[]" and not isinstance(p.default, (list, dict)):
        if not isinstance(parse_scalar(arg), str) or arg[:1] in ("[", "{") or _YAML_1_1.fullmatch(arg):
            raise ValueError(arg)  # which type of a union takes it is not known
        return arg
    if arg[:1] in ("[", "{"):
        return _read_inline(arg)
    if is_quoted and arg[:1] in ("'", '"'):
        items = _read_inline(f"[{arg}]")
        if isinstance(items, list) and len(items) == 1:
            return items[0]  # type: ignore[no-any-return]
    if p.nargs == "[]" or _YAML_1_1.fullmatch(arg) or (is_quoted and re.search(r"[:#&*!|>%@`]", arg)):
        raise ValueError(arg)
    value = parse_scalar(arg)
    if p.type == "int" and not is_quoted and isinstance(value, str):
        raise ValueError(arg)
    return float(arg) if p.type == "float" and isinstance(value, str) else value


def _read_literal(arg: str) -> JSONValue:
    """Returns the literal of Python that an argument is, else its text."""
    import ast

    if arg[:1].isspace():
        return arg  # Fire does not strip it
    try:
        value = ast.literal_eval(arg)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        if arg[:1] in ("[", "{", "("):
            raise ValueError(arg) from None  # Fire takes the names in it for text
        return arg
    return _to_json(value)


def _to_json(value: object) -> JSONValue:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple():
            return [_to_json(item) for item in value]
        case dict():
            return {str(key): _to_json(item) for key, item in value.items()}
    raise ValueError(value)


class _HydraReader:
    """Reads a value in Hydra's grammar: `0.1`, `text`, `'quoted'`, `[1,a]`, `{a:1}`. No sweep, no function."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> JSONValue:
        """Returns the whole text as a value."""
        if "${" in self.text:
            raise ValueError(self.text)
        value = self._read_element("") if self.text else ""
        if self.at != len(self.text):
            raise ValueError(self.text)
        return value

    def _read_element(self, ends: str) -> JSONValue:
        self._skip_blanks()
        first = self.text[self.at : self.at + 1]
        if first == "[":
            return [item for _, item in self._read_items("]", False)]
        if first == "{":
            return dict(self._read_items("}", True))
        if first in ("'", '"') and first:
            return self._read_quoted(first)
        return _read_hydra_scalar(self._read_unquoted(ends))

    def _read_items(self, end: str, has_keys: bool) -> list[tuple[str, JSONValue]]:
        items: list[tuple[str, JSONValue]] = []
        self.at += 1
        self._skip_blanks()
        while self.text[self.at : self.at + 1] != end:
            key = ""
            if has_keys:
                key = str(self._read_element(":"))
                self._expect(":")
            items.append((key, self._read_element("," + end)))
            self._skip_blanks()
            if self.text[self.at : self.at + 1] != end:
                self._expect(",")
                self._skip_blanks()
        self.at += 1
        return items

    def _read_quoted(self, quote: str) -> str:
        match = re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", re.S).match(self.text, self.at)
        if match is None or re.search(r"\\(?!')", match[1]):
            raise ValueError(self.text)  # what a backslash means depends on what follows
        self.at = match.end()
        return match[1].replace("\\'", "'")

    def _read_unquoted(self, ends: str) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            if self.text[self.at] in ",()[]{}'\"\\":
                raise ValueError(self.text)
            self.at += 1
        return self.text[start : self.at].strip()

    def _skip_blanks(self) -> None:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1

    def _expect(self, mark: str) -> None:
        if self.text[self.at : self.at + 1] != mark:
            raise ValueError(self.text)
        self.at += 1


def _read_hydra_scalar(text: str) -> JSONValue:
    words: dict[str, JSONValue] = {"null": None, "true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    if _HYDRA_INT.fullmatch(text):
        return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    if text.lstrip("+-")[:1] == "0" and text.lstrip("+-")[1:2].isdigit():
        raise ValueError(text)  # 007 is text
    return value


def list_texts(value: JSONValue) -> Sequence[JSONValue]:
    """Returns the items that a repeated option adds to: those of its default."""
    return [] if value is None else as_items(value)
