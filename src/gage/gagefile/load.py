"""Text of a Gage file → `GageFile`. An invalid part disables only the operation that it is in."""

import sys

from gage.types.opdef import GageFile, Problem

NAMES = ("gage.toml", "gage.json", "gage.yaml", "gage.yml")
"""What a Gage file is called, in the order in which they are looked for."""

MAX_BYTES = 4_000_000


def load(path: str, platform: str = sys.platform) -> GageFile:
    """Read the Gage file at `path`. Never raises for what is in it: see `problems`.

    Raises OSError when the file cannot be read.
    """
    with open(path, "rb") as f:
        data = f.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return GageFile(path, {}, problems=(Problem(path, 1, 1, "The file is over 4 MB: this is no Gage file"),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        return GageFile(path, {}, problems=(Problem(path, line, 1, "The file is not UTF-8 text", "Save it as UTF-8"),))
    return loads(text.replace("\r\n", "\n"), path, platform)


def loads(text: str, path: str, platform: str = sys.platform) -> GageFile:
    """The same for the `text` of the file that is called `path` (its ending says the format)."""
    from gage.gagefile.faultless import load_faultless

    file = load_faultless(text, path, platform)
    if file is not None:
        return file
    from gage.gagefile.placed import load_placed

    return load_placed(text, path, platform)
