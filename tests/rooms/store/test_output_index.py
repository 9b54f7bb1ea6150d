"""Pages of a long output are read anywhere, from a directory that grows and from a zip, without all before them."""

import os
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.lib import zipread
from gage.store import output_index
from gage.store.meta import DirMetaReader, ZipMetaReader
from gage.store.output_index import OutputIndex
from gage.store.output_log import MAX_LINE_BYTES, STDERR, STDOUT, OutputWriter

T = 1_795_424_880_000_000


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(output_index, "CHUNK_BYTES", 64)
    monkeypatch.setattr(output_index, "BOOKMARK_BYTES", 256)
    monkeypatch.setattr(output_index, "TIMED_RECORDS", 4)
    monkeypatch.setattr(output_index, "SEARCHED_BYTES", 128)
    monkeypatch.setattr(zipread, "BOOKMARK_BYTES", 128)


def open_writer(folder):
    (folder / "output").mkdir(exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    return OutputWriter(*(os.open(folder / "output" / name, flags) for name in ("run", "run.index")))


def write_lines(folder, lines):
    writer = open_writer(folder)
    for number, line in enumerate(lines):
        writer.write(STDERR if number % 3 == 2 else STDOUT, line + b"\n", T + number * 1_000_000)
    writer.finish(T)


def zip_directory(folder):
    path = folder / "meta.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("output/run", "output/run.index"):
            archive.write(folder / name, name)
    return ZipMetaReader(path)


def read_all(index, meta, first, count, max_bytes=1000):
    return [(line.stream, line.when, line.data) for line in index.read_lines(meta, first, count, max_bytes)]


@given(st.lists(st.binary(max_size=90).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b"")), max_size=60))
@settings(max_examples=40)
@pytest.mark.parametrize("sealed", [False, True])
def test_reads_any_page(tmp_path_factory, sealed, lines):
    folder = tmp_path_factory.mktemp("meta")
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in ((output_index, "CHUNK_BYTES", 64), (output_index, "BOOKMARK_BYTES", 256)):
            patch.setattr(module, name, value)
        patch.setattr(output_index, "TIMED_RECORDS", 4)
        patch.setattr(zipread, "BOOKMARK_BYTES", 128)
        write_lines(folder, lines)
        expected = [(STDERR if n % 3 == 2 else STDOUT, T + n * 1_000_000, line) for n, line in enumerate(lines)]
        index = OutputIndex("run")
        with zip_directory(folder) if sealed else DirMetaReader(folder) as meta:
            index.update(meta)
            assert index.line_count == len(lines)
            for first in (0, len(lines) // 2, max(len(lines) - 3, 0), len(lines)):
                assert read_all(index, meta, first, 7) == expected[first : first + 7]
            for number in range(0, len(lines), 5):
                assert index.find_time(meta, T + number * 1_000_000) == number


def test_follows_growth(tmp_path, small_chunks):
    index, writer, expected = OutputIndex("run"), open_writer(tmp_path), []
    with DirMetaReader(tmp_path) as meta:
        for number in range(50):
            line = b"line %d" % number * (number % 5)
            writer.write(STDOUT, line + b"\n", T)
            expected.append(line)
            index.update(meta)
            assert [line.data for line in index.read_lines(meta, 0, 100, 1000)] == expected


def test_starts_again_when_the_output_is_replaced(tmp_path):
    write_lines(tmp_path, [b"a"] * 100)
    index = OutputIndex("run")
    with DirMetaReader(tmp_path) as meta:
        index.update(meta)
        for name in ("run", "run.index"):
            os.truncate(tmp_path / "output" / name, 0)
        write_lines(tmp_path, [b"new"])
        index.update(meta)
        assert [line.data for line in index.read_lines(meta, 0, 10, 100)] == [b"new"]


def test_cuts_a_line_of_several_pieces_and_keeps_the_marks_of_later_lines(tmp_path):
    write_lines(tmp_path, [b"x" * (3 * MAX_LINE_BYTES + 5), b"two", b"three", b"four"])
    index = OutputIndex("run")
    with DirMetaReader(tmp_path) as meta:
        index.update(meta)
        assert index.line_count == 4
        lines = list(index.read_lines(meta, 0, 4, 10))
        assert [line.data for line in lines] == [b"x" * 10, b"two", b"three", b"four"]
        assert [line.is_cut for line in lines] == [True, False, False, False]
        assert [line.stream for line in lines] == [STDOUT, STDOUT, STDERR, STDOUT]
        assert index.find_time(meta, T + 2_000_000) == 2


def test_shows_text_without_records(tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "run").write_bytes(b"one\ntwo")
    index = OutputIndex("run")
    with DirMetaReader(tmp_path) as meta:
        index.update(meta)
        assert read_all(index, meta, 0, 10) == [(STDOUT, 0, b"one"), (STDOUT, 0, b"two")]
        assert index.find_time(meta, T) == 0


def search_all(index, meta, words, ignores_case=True):
    found, first = [], 0
    while first < index.line_count:
        lines, first = index.search(meta, words, first, ignores_case)
        found += lines
    return found


def test_searches_in_pieces(tmp_path, small_chunks):
    lines = [b"loss 0.%d" % n if n % 7 else b"An Error in %d" % n for n in range(60)]
    write_lines(tmp_path, [*lines, b"y" * 500 + b"error"])
    index = OutputIndex("run")
    with DirMetaReader(tmp_path) as meta:
        index.update(meta)
        assert search_all(index, meta, [b"error"]) == list(range(0, 60, 7))
        assert search_all(index, meta, [b"error", b"error in"])[:2] == [0, 7]
        assert search_all(index, meta, [b"error"], ignores_case=False) == []
        assert search_all(index, meta, [b"nothing"]) == []
