"""Zip archives: other tools read those that Gage writes, and hostile ones are rejected."""

import os
import stat
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.lib import zipwrite
from gage.lib.files import is_safe_name
from gage.lib.zipread import BadZip, ZipReader
from gage.lib.zipwrite import ZipWriter

LETTERS = st.characters(codec="utf-8", exclude_characters="/\\:", min_codepoint=33)
NAMES = st.text(LETTERS, min_size=1, max_size=30).filter(is_safe_name)

ENDS_EARLY = bytes.fromhex("cbcf4bcd1f45802100")
"""Deflated data with its end two bytes before its end."""


def write_zip(path, members):
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        writer = ZipWriter(fd)
        for name, data in members.items():
            writer.add(name, data)
        writer.finish()
    finally:
        os.close(fd)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=8), st.integers(1, 5000))
def test_reads_written_archives(tmp_path_factory, members, piece):
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    write_zip(path, members)
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == members
    with ZipReader(path) as reader:
        assert reader.list_names() == list(members)
        for name, data in members.items():
            assert reader.read(name) == data == b"".join(reader.iter_chunks(name, piece))
            assert reader.read_head(name, 10) == data[:10]
            assert reader.get_size(name) == len(data)
        assert list(reader.iter_chunks("nothing")) == []
        assert reader.read("nothing") is reader.read_head("nothing", 1) is reader.get_size("nothing") is None


def test_reads_archives_of_other_tools(tmp_path):
    path = tmp_path / "a.zip"
    big = os.urandom(1000) * 300
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder") if hasattr(archive, "mkdir") else archive.writestr("folder/", "")
        archive.writestr("folder/ü", big)
        archive.writestr("small", b"s", zipfile.ZIP_STORED)
        with archive.open("huge", "w", force_zip64=True) as member:
            member.write(b"64")
        archive.comment = b"made elsewhere"
    with ZipReader(path) as reader:
        assert reader.list_names() == ["folder/ü", "small", "huge"]
        assert reader.read("folder/ü") == big
        assert reader.read("huge") == b"64"


def test_streams_a_large_member(tmp_path):
    source = tmp_path / "s"
    source.write_bytes(os.urandom(100_000) * 30)
    with open(source, "rb") as file, open(tmp_path / "a.zip", "wb+", buffering=0) as target:
        writer = ZipWriter(target.fileno())
        writer.add("first", b"1")
        writer.add_file("big", file.fileno())
        writer.add("last", b"2")
        writer.finish()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("big") == source.read_bytes()
    with ZipReader(tmp_path / "a.zip") as reader:
        assert [reader.read(n) for n in ("first", "last")] == [b"1", b"2"]
        assert b"".join(reader.iter_chunks("big")) == source.read_bytes()
        with pytest.raises(BadZip, match="over 1 MB"):
            reader.read("big", 1 << 20)


def test_supports_zip64(tmp_path, monkeypatch):
    monkeypatch.setattr(zipwrite, "_MAX_32_BIT", 100)
    (tmp_path / "s").write_bytes(big := os.urandom(3000))
    with open(tmp_path / "s", "rb") as file, open(tmp_path / "a.zip", "wb+", buffering=0) as target:
        writer = ZipWriter(target.fileno())
        writer.add("first", b"1")
        writer.add_file("big", file.fileno())
        writer.add("last", b"2")
        writer.finish()
    with ZipReader(tmp_path / "a.zip") as reader:
        assert {name: reader.read(name) for name in reader.list_names()} == {"first": b"1", "big": big, "last": b"2"}
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"first": b"1", "big": big, "last": b"2"}


def test_rejects_a_damaged_end_of_zip64(tmp_path, monkeypatch):
    monkeypatch.setattr(zipwrite, "_MAX_32_BIT", 100)
    path = tmp_path / "a.zip"
    write_zip(path, {"a": os.urandom(1000)})
    path.write_bytes(path.read_bytes().replace(b"PK\x06\x06", b"PK\x06\x09"))
    with pytest.raises(BadZip, match="The end of the archive is damaged"):
        ZipReader(path)


def test_rejects_a_large_member_without_its_size(tmp_path):
    path = tmp_path / "a.zip"
    info = zipfile.ZipInfo("a")
    info.extra = struct.pack("<2H4s", 2, 4, b"else")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, b"x")
    raw = bytearray(path.read_bytes())
    struct.pack_into("<L", raw, raw.rindex(b"PK\x01\x02") + 24, 0xFFFFFFFF)
    path.write_bytes(raw)
    with pytest.raises(BadZip, match="The size of a member is missing"):
        ZipReader(path)


def test_reads_in_pieces_and_detects_truncation_while_open(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    write_zip(path, {"a": (big := os.urandom(1 << 20))})
    pread = os.pread
    with ZipReader(path) as reader:
        monkeypatch.setattr(os, "pread", lambda fd, count, offset: pread(fd, min(count, 100_000), offset))
        assert reader.read("a") == big
        os.truncate(path, 500_000)
        with pytest.raises(BadZip, match="truncated"):
            reader.read("a")


HOSTILE = [
    "../up", "a/../../up", "..", "a/..", ".", "./a", "/etc/passwd", "//host/share", "a//b", "C:\\x", "c:x", "C:/x",
    "\\\\host\\share", "a\\b", "a\nb", "a\rb", "\x1b[2J", "a\x7f", "x" * 3 + "\x01",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_rejects_hostile_names(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good", b"x")
        archive.writestr(name, b"x")
    with pytest.raises(BadZip, match="Unsafe name"):
        ZipReader(tmp_path / "a.zip")
    assert not is_safe_name(name)


def test_rejects_a_name_with_nul(tmp_path):
    write_zip(tmp_path / "a.zip", {"good-name": b"x"})
    raw = (tmp_path / "a.zip").read_bytes().replace(b"good-name", b"good\0name")
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(BadZip, match="Unsafe name"):
        ZipReader(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_rejects_duplicate_names(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(BadZip, match="same name"):
        ZipReader(tmp_path / "a.zip")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_rejects_links_and_devices(tmp_path, kind):
    info = zipfile.ZipInfo("a")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BadZip, match="not a regular file"):
        ZipReader(tmp_path / "a.zip")


def test_rejects_an_archive_that_is_a_link_or_directory(tmp_path):
    write_zip(tmp_path / "a.zip", {"a": b"x"})
    (tmp_path / "l.zip").symlink_to("a.zip")
    with pytest.raises(OSError):
        ZipReader(tmp_path / "l.zip")
    with pytest.raises((BadZip, OSError)):
        ZipReader(tmp_path)
    os.mkfifo(tmp_path / "p.zip")
    with pytest.raises((BadZip, OSError)):
        ZipReader(tmp_path / "p.zip")


def test_rejects_a_zip_bomb(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(80 << 20))
    with ZipReader(tmp_path / "a.zip") as reader:
        with pytest.raises(BadZip, match="over 64 MB"):
            reader.read("bomb")
        assert reader.read_head("bomb", 5) == bytes(5)


def test_rejects_a_wrong_size(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(1 << 20))
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    offset = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<L", raw, offset + 24, 10)
    (tmp_path / "a.zip").write_bytes(raw)
    with ZipReader(tmp_path / "a.zip") as reader:
        with pytest.raises(BadZip, match="damaged"):
            reader.read("bomb")
        with pytest.raises(BadZip, match="larger"):
            list(reader.iter_chunks("bomb"))
    struct.pack_into("<L", raw, offset + 24, 0x7FFFFFFF)
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(BadZip, match="size"):
        ZipReader(tmp_path / "a.zip")


def test_rejects_too_many_members(tmp_path):
    write_zip(tmp_path / "a.zip", {"a": b"x"})
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<2H", raw, len(raw) - 14, 60_000, 60_000)
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(BadZip):
        ZipReader(tmp_path / "a.zip")


def test_rejects_a_member_too_many(tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path, {"a" * 100: b"x", "b" * 100: b"x"})
    raw = bytearray(path.read_bytes())
    struct.pack_into("<2H", raw, len(raw) - 14, 3, 3)
    path.write_bytes(raw)
    with pytest.raises(BadZip, match="list of members is truncated"):
        ZipReader(path)


def test_rejects_damaged_data(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"one" * 100)
    raw = bytearray(path.read_bytes())
    raw[31] = 0xFF  # the kind of the first block
    path.write_bytes(raw)
    with ZipReader(path) as reader:
        for read in (reader.read, lambda name: list(reader.iter_chunks(name))):
            with pytest.raises(BadZip, match="a is damaged"):
                read("a")


def test_detects_truncation(tmp_path):
    write_zip(tmp_path / "a.zip", {"config.json": b"{}", "opref": b"2 a b"})
    raw = (tmp_path / "a.zip").read_bytes()
    for size in range(len(raw)):
        (tmp_path / "a.zip").write_bytes(raw[:size])
        with pytest.raises(BadZip):
            ZipReader(tmp_path / "a.zip")


def test_rejects_truncated_data(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", b"one" * 100)
    raw = path.read_bytes()
    packer = zlib.compressobj(-1, zlib.DEFLATED, -15)
    packed = packer.compress(b"one" * 100) + packer.flush()
    assert packed in raw
    path.write_bytes(raw.replace(packed, ENDS_EARLY.ljust(len(packed), b"\0")))
    with ZipReader(path) as reader, pytest.raises(BadZip):
        b"".join(reader.iter_chunks("a", 100))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_reads_a_damaged_archive_correctly_or_rejects_it(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    members = {"a": b"one" * 100, "b/c": b"two", "d": bytes(range(256)) * 3}
    write_zip(path, members)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    try:
        with ZipReader(path) as reader:
            for name in reader.list_names():
                content = reader.read(name, 1 << 20)
                assert name not in members or content is not None
                b"".join(reader.iter_chunks(name, 100))
    except BadZip:
        pass


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_rejects_random_bytes(tmp_path_factory, noise):
    path = tmp_path_factory.getbasetemp() / "noise.zip"
    path.write_bytes(noise)
    try:
        with ZipReader(path) as reader:
            assert reader.list_names() == []
    except BadZip:
        pass


def test_rejects_members_that_overlap(tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path, {"one": b"x" * 1000, "two": b"x" * 1000})
    with ZipReader(path) as reader:
        reader.check_layout()
        first = reader._entries["one"]
        reader._entries["two"] = first
        with pytest.raises(BadZip, match="overlap"):
            reader.check_layout()


def test_rejects_members_that_unpack_to_far_more_than_the_archive(tmp_path):
    path = tmp_path / "a.zip"
    write_zip(path, {"one": b"x" * 1000})
    with ZipReader(path) as reader:
        method, crc, packed, _, offset = reader._entries["one"]
        reader._entries["one"] = (method, crc, packed, 3 << 30, offset)
        with pytest.raises(BadZip, match="3 GB in an archive of 0 MB"):
            reader.check_layout()
