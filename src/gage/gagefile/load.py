"""Text of a Gage file → `GageFile`. An invalid part disables only the operation that it is in."""

import os
import sys

from gage.types.opdef import Diagnostic, GageFile, Span

GAGEFILE_NAMES = ("gage.toml", "gage.json", "gage.yaml", "gage.yml")
"""What a Gage file is called, in the order in which they are looked for."""

MAX_GAGEFILE_BYTES = 4_000_000


def load_gagefile(path: str, platform: str = sys.platform) -> GageFile:
    """Read the Gage file at `path`. Never raises for what is in it: see `problems`.

    Raises OSError when the file cannot be read.
    """
    if not os.path.isfile(path) and os.path.lexists(path):
        what = "a folder" if os.path.isdir(path) else "a link that leads nowhere" if os.path.islink(path) else "no file"
        return GageFile(path, {}, diagnostics=(Diagnostic(Span(1, 1), f"This is {what}", "Rename or remove it"),))
    with open(path, "rb") as f:
        data = f.read(MAX_GAGEFILE_BYTES + 1)
    file = _read(path, data, platform)
    others = _others(path)
    return file._replace(diagnostics=(others, *file.diagnostics)) if others else file


def _others(path: str) -> Diagnostic | None:
    """That there is another Gage file beside this, which is not read."""
    folder, name = os.path.split(path)
    if name not in GAGEFILE_NAMES:
        return None
    there = [other for other in GAGEFILE_NAMES if other == name or os.path.lexists(os.path.join(folder, other))]
    if len(there) < 2:
        return None
    told = f"There are {len(there)} Gage files here, and only {there[0]} is read"
    return Diagnostic(Span(1, 1), told, f"Keep one of {', '.join(there)}")


def _read(path: str, data: bytes, platform: str) -> GageFile:
    if len(data) > MAX_GAGEFILE_BYTES:
        return GageFile(path, {}, diagnostics=(Diagnostic(Span(1, 1), "The file is over 4 MB: this is no Gage file"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        return GageFile(path, {}, diagnostics=(_not_utf8(data, e.start),))
    if b"\0" in data[:4]:
        return GageFile(path, {}, diagnostics=(_not_utf8(data, 0),))
    return parse_gagefile(text.replace("\r\n", "\n").replace("\r", "\n"), path, platform)


def _not_utf8(data: bytes, at: int) -> Diagnostic:
    if b"\0" in data[:4]:
        return Diagnostic(Span(1, 1), "The file is UTF-16 or UTF-32, not UTF-8 text", "Save it as UTF-8")
    before = data[:at].decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Diagnostic(Span(line, column), f"The file is not UTF-8 text: byte 0x{data[at]:02X}", "Save it as UTF-8")


def parse_gagefile(text: str, path: str, platform: str = sys.platform) -> GageFile:
    """The same for the `text` of the file that is called `path` (its ending says the format)."""
    from gage.gagefile.fast_load import load_faultless

    file = load_faultless(text, path, platform)
    if file is not None:
        return file
    from gage.gagefile.load_with_spans import load_placed

    return load_placed(text, path, platform)
