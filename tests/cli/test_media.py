"""`gage media`."""

import sys

import pytest

from gage.cli.commands.media import _make_thumbnails
from gage.index.load_series import list_media
from gage.store.store import RunStore
from gage.types.errors import UsageError

MAKE = """\
import struct, zlib
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
for step in 1, 2:
    rows = b"".join(b"\\0" + bytes([step * 50, 0, 0]) * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    open(f"sample_{step}.png", "wb").write(png)
open("table.csv", "w").write("a,b\\n1,2\\n")
"""


@pytest.fixture
def pictures(gage, project):
    (project / "make.py").write_text(MAKE)
    (project / "notes.md").write_text("source code, and not made by the run\n")
    gage("run", "make.py", "--yes")


def test_lists_media_of_a_run(gage, pictures):
    report = gage("media", "--json").json
    assert [(m["kind"], m["name"], m["step"]) for m in report] == [
        ("image", "sample", 1),
        ("image", "sample", 2),
        ("table", "table", None),
    ]
    assert gage("media", "1").out.splitlines()[1].split()[:3] == ["image", "sample", "1"]
    assert len(gage("media", "--kind", "table").out.splitlines()) == 2


def test_stores_thumbnails_in_the_cache_of_the_run(gage, project, pictures):
    report = gage("media", "--thumbnails", "--kind", "image", "--json").json
    assert all(m["thumbnail"].endswith(".webp") and ".cache/" in m["thumbnail"] for m in report)
    assert gage("check", "--run", "1").code == 0


def test_rejects_an_unknown_kind_and_reports_no_media(gage, project):
    (project / "quiet.py").write_text("pass\n")
    gage("run", "quiet.py", "--yes")
    assert "wrote no images, audio, tables or other media" in gage("media").err
    assert "Kinds: image" in gage("media", "--kind", "pictures", code=None).err


def test_thumbnails_require_pillow(gage, project, pictures, monkeypatch):
    store = RunStore(project / ".gage" / "runs")
    run = store.read(next(iter(store.list_ids())))
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(UsageError, match="Thumbnails require the package Pillow"):
        _make_thumbnails(store, run, list(list_media(store, run)))
