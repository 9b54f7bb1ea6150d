"""Python files: decodes and encodes them by their coding line. `python_values` finds the values."""

import re
from collections.abc import Mapping

from gage.formats import python_values
from gage.formats.config_source import FileValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`. The values are the module's constants."""
    return python_values.read(decode(data))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    encoding = detect_encoding(data)
    changed = python_values.apply(decode(data), values)
    try:
        return changed.encode(encoding)
    except UnicodeEncodeError:
        raise ConfigError(f"The values have characters that the file's encoding {encoding} does not have") from None


def decode(data: bytes) -> str:
    """Returns the text of a Python file, decoded by its coding line. Raises ConfigError if it cannot be decoded."""
    encoding = detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        name = "UTF-8" if encoding == "utf-8" else encoding
        line = data.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"The file is not {name} text (line {line})", "Save it as UTF-8") from None


def detect_encoding(data: bytes) -> str:
    """Returns the encoding in a Python file's coding line (PEP 263), else UTF-8. Raises ConfigError if unknown."""
    if not any(b"coding" in line for line in data.split(b"\n", 2)[:2]):
        return "utf-8"
    from io import BytesIO
    from tokenize import detect_encoding as detect

    try:
        name, _ = detect(BytesIO(data).readline)
        "".encode(name)  # LookupError for one that is not of text, such as hex
    except (SyntaxError, LookupError) as e:
        unknown = re.search(r"unknown encoding: (\S+)|'(\S+)' is not a text encoding", str(e))
        if unknown:
            name = unknown[1] or unknown[2]
            raise ConfigError(f"Unknown encoding {name!r} in the first lines of the file") from None
        return "utf-8"  # what cannot be decoded is reported with its line
    return name.removesuffix("-sig")
