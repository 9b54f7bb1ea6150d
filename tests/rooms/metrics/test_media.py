"""Media of runs: listed, named, read, and their thumbnails."""

import io
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gage.metrics import media
from gage.metrics.protobuf import encode_varint
from gage.metrics.series import read_run_series
from gage.metrics.tf_writer import wrap_record
from gage.metrics.thumbnails import THUMBNAIL_PIXELS, make_thumbnail


def make_png(width: int = 600, height: int = 300, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), 100).save(buffer, "PNG")
    return buffer.getvalue()


def list_media(folder: Path) -> list[tuple[str, str, int | None]]:
    return [(m.kind, m.name, m.step) for m in media.list_media_files(folder, lambda path: False)]


@pytest.mark.parametrize(
    ("path", "name", "step"),
    [
        ("plot.png", "plot", None),
        ("samples/cat_step_100.png", "samples/cat", 100),
        ("epoch3.jpg", "epoch3", 3),
        ("images/000100.png", "images", 100),
        ("wandb/x/files/media/images/cat_12_abcdef0123456789.png", "wandb/x/files/media/images/cat", 12),
        ("a/b+step+3+timestamp+1700000000000+0a1b-2c.png", "a/b", 3),
        ("fold-2_roc.png", "fold-2_roc", None),
        ("a/.png", "a/.png", None),
    ],
)
def test_splits_names_and_steps(path: str, name: str, step: int | None) -> None:
    assert media.split_name(path) == (name, step)


@given(st.text(min_size=1, max_size=40))
def test_accepts_any_name(text: str) -> None:
    name, step = media.split_name(f"{text}.png")
    assert name
    assert step is None or step >= 0


def test_lists_media_files_by_kind(tmp_path: Path) -> None:
    for name in ("a.png", "b/c_1.wav", "b/c_2.wav", "t.csv", "page.html", "notes.md", "model.pt", ".git/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    os.symlink("/etc/hostname", tmp_path / "link.txt")
    assert list_media(tmp_path) == [
        ("image", "a", None),
        ("audio", "b/c", 1),
        ("audio", "b/c", 2),
        ("text", "notes", None),
        ("html", "page", None),
        ("table", "t", None),
    ]
    assert list(media.list_media_files(tmp_path, lambda path: True)) == []


def _encode_field(number: int, data: bytes) -> bytes:
    return encode_varint(number << 3 | 2) + encode_varint(len(data)) + data


def test_reads_an_image_in_an_event_file(tmp_path: Path) -> None:
    picture = make_png()
    image = b"\x08" + encode_varint(300) + b"\x10" + encode_varint(600) + b"\x18\x03" + _encode_field(4, picture)
    value = _encode_field(1, b"cat") + _encode_field(4, image)
    event = b"\x09" + struct.pack("<d", 5.0) + b"\x10\x07" + _encode_field(5, _encode_field(1, value))
    (tmp_path / "events.out.tfevents.1.x").write_bytes(
        wrap_record(b"\x09" + bytes(8) + _encode_field(3, b"brain.Event:2")) + wrap_record(event)
    )
    [item] = media.list_media_items(read_run_series(tmp_path, None, final=True).items())
    assert (item.kind, item.name, item.step, item.time) == ("image", "cat", 7, 5.0)
    assert media.read_content(tmp_path, item) == picture


def test_creates_a_thumbnail_once(tmp_path: Path) -> None:
    cache = tmp_path / "x.cache"
    for mode in ("RGB", "RGBA", "L", "P", "1"):
        path = make_thumbnail(make_png(mode=mode), cache)
        assert path
        with Image.open(path) as small:
            assert (small.format, small.size) == ("WEBP", (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS // 2))
    before = path.stat().st_mtime_ns
    assert make_thumbnail(make_png(mode="1"), cache) == path
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "data", [b"", b"no picture", make_png()[:50], make_png()[:-30], b"<svg onload='x'/>", b"\x00" * 1000]
)
def test_invalid_images_have_no_thumbnail(tmp_path: Path, data: bytes) -> None:
    assert make_thumbnail(data, tmp_path / "cache") is None


def test_does_not_open_a_huge_image(tmp_path: Path) -> None:
    bomb = bytearray(make_png(10, 10))
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)
    assert make_thumbnail(bytes(bomb), tmp_path / "cache") is None


def test_does_not_write_through_a_linked_cache(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    os.symlink(tmp_path / "else", tmp_path / "cache")
    assert make_thumbnail(make_png(), tmp_path / "cache") is None
    assert list((tmp_path / "else").iterdir()) == []
