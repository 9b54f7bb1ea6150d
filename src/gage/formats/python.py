"""Python files: their bytes in the encoding that they say they have."""

import re
from collections.abc import Mapping

from gage.formats import python_values
from gage.formats.config_source import FileValue
from gage.formats.spans import BOM
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`. The settings are the module's own constants."""
    return python_values.read(decode(data))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    encoding = detect_encoding(data)
    changed = python_values.apply(decode(data), values)
    try:
        return changed.encode(encoding)
    except UnicodeEncodeError:
        raise ConfigError(f"The values have characters that a file in {encoding} cannot have") from None


def decode(data: bytes) -> str:
    """The text of a Python file, by its coding line. Raises ConfigError when it has none."""
    encoding = detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        name = "UTF-8" if encoding == "utf-8" else encoding
        line = data.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"The file is not {name} text (line {line})", "Save it as UTF-8") from None


def detect_encoding(data: bytes) -> str:
    """The encoding that a Python file says it has (PEP 263). Raises ConfigError for one that is not known."""
    lines = data.split(b"\n", 2)[:2]
    found = _CODING.match(lines[0]) if lines else None
    if not found and len(lines) > 1 and re.match(rb"[ \t\f]*(?:#|\r?\Z)", lines[0]):
        found = _CODING.match(lines[1])
    if not found or data.startswith(BOM.encode()):
        return "utf-8"
    import codecs

    name = found.group(1).decode()
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError:
        raise ConfigError(f"The file's encoding {name!r} is not known") from None
