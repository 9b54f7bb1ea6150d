"""Decodes the bytes of a Gage file or board: UTF-8 text with unified line ends."""

from gage.gagefile.parsed_text import DocumentKind
from gage.types.opdef import Diagnostic, Span

MAX_GAGEFILE_BYTES = 4_000_000
_START = Span(1, 1)


def decode_text(data: bytes, kind: DocumentKind) -> str | Diagnostic:
    """Returns the text, or what is wrong with the bytes."""
    if len(data) > MAX_GAGEFILE_BYTES:
        return Diagnostic(_START, f"The file is over 4 MB: this is not a {kind.name}")
    if b"\0" in data[:4]:
        return Diagnostic(_START, "The file is UTF-16 or UTF-32, not UTF-8 text", "Save it as UTF-8")
    try:
        return _unify_line_ends(data.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as e:
        before = _unify_line_ends(data[: e.start].decode("utf-8", "replace").removeprefix("\ufeff"))
        span = Span(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return Diagnostic(span, f"The file is not UTF-8 text: byte 0x{data[e.start]:02X}", "Save it as UTF-8")


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
