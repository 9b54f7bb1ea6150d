"""Output of programs is stored compactly, unchanged, and in constant memory."""

import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gage.store.meta import DirMetaReader
from gage.store.output_log import MAX_LINE_BYTES, STDERR, STDOUT, OutputWriter, list_phases, read_lines, read_partial

T = 1_795_424_880_000_000


class Capture:
    def __init__(self, folder):
        self.folder = folder
        (folder / "output").mkdir(exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
        self.fds = [os.open(folder / "output" / name, flags) for name in ("run", "run.index")]
        self.partials = []
        self.writer = OutputWriter(*self.fds, self.partials.append)

    def write(self, *chunks):
        for number, (stream, data) in enumerate(chunks):
            self.writer.write(stream, data, T + number * 1000)
        return self

    def lines(self):
        self.writer.finish(T + 10**6)
        for fd in self.fds:
            os.close(fd)
        with DirMetaReader(self.folder) as meta:
            return list(read_lines(meta, "run"))

    def text(self):
        return [(line.stream, line.data) for line in self.lines()]

    def raw(self):
        return (self.folder / "output" / "run").read_bytes()


@pytest.fixture
def capture(tmp_path):
    return Capture(tmp_path)


def test_stores_stream_and_time_of_each_line(capture):
    capture.write((STDOUT, b"one\ntw"), (STDERR, b"oops\n"), (STDOUT, b"o\n"))
    lines = capture.lines()
    assert [(x.stream, x.data, x.when - T) for x in lines] == [
        (STDOUT, b"one", 0),
        (STDERR, b"oops", 1000),
        (STDOUT, b"two", 2000),
    ]
    assert capture.raw() == b"one\noops\ntwo\n"


def test_stores_lines_without_line_feed(capture):
    lines = capture.write((STDOUT, b"a\nout"), (STDERR, b"err")).lines()
    assert [(x.stream, x.data, x.has_line_feed) for x in lines] == [
        (STDOUT, b"a", True),
        (STDOUT, b"out", False),
        (STDERR, b"err", False),
    ]


def test_stores_nothing_without_output(capture):
    assert capture.lines() == []
    assert capture.raw() == b""


def test_preserves_bytes_that_are_not_utf8(capture):
    noise = bytes(b for b in range(256) if b not in b"\r\n")
    assert capture.write((STDOUT, noise + b"\n"), (STDERR, noise)).text() == [(STDOUT, noise), (STDERR, noise)]


@pytest.mark.parametrize(
    ("output", "stored"),
    [
        (b"10%\r20%\r100%\n", [b"100%"]),
        (b"10%\r20%\r", [b"20%"]),
        (b"windows\r\nlines\r\n", [b"windows", b"lines"]),
        (b"\r\r\n", [b""]),
        (b"\r50%\rdone\nnext\n", [b"done", b"next"]),
        (b"a\r\r\rb\r\r\n", [b"b"]),
    ],
)
def test_stores_the_last_version_of_a_rewritten_line(tmp_path, output, stored):
    assert [data for _, data in Capture(tmp_path).write((STDOUT, output)).text()] == stored
    by_byte = [(STDOUT, bytes([b])) for b in output]
    assert [data for _, data in Capture(tmp_path).write(*by_byte).text()] == stored


def test_endless_progress_needs_no_space(capture):
    for number in range(20_000):
        capture.writer.write(STDERR, b"\r%6d of 20000 |#####     |" % number, T + number)
    capture.writer.write(STDERR, b"\n", T)
    assert capture.text() == [(STDERR, b" 19999 of 20000 |#####     |")]


def test_splits_a_line_over_the_limit(capture):
    long = os.urandom(3 * MAX_LINE_BYTES + 17).replace(b"\n", b"x").replace(b"\r", b"y")
    pieces = capture.write(
        (STDOUT, long[:100_000]), (STDERR, b"between\n"), (STDOUT, long[100_000:] + b"\nend\n")
    ).lines()
    assert b"".join(x.data for x in pieces if x.stream == STDOUT) == long + b"end"
    assert [x.has_line_feed for x in pieces if x.stream == STDOUT] == [False, False, False, True, True]
    assert all(len(x.data) == MAX_LINE_BYTES for x in pieces if not x.has_line_feed)
    assert [x.data for x in pieces if x.stream == STDERR] == [b"between"]


@pytest.mark.parametrize("size", [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 2 * MAX_LINE_BYTES])
def test_preserves_lines_around_the_limit(tmp_path, size):
    pieces = Capture(tmp_path).write((STDOUT, b"x" * size + b"\n"), (STDOUT, b"y" * size)).lines()
    lines, line = [], b""
    for piece in pieces:
        line += piece.data
        if piece.has_line_feed:
            lines.append(line)
            line = b""
    assert lines + ([line] if line else []) == [b"x" * size, b"y" * size]


def test_memory_is_limited_for_any_output(capture):
    import tracemalloc

    chunk = (b"x" * 199 + b"\n") * 327
    tracemalloc.start()
    for _ in range(200):
        capture.writer.write(STDOUT, chunk, T)
        capture.writer.write(STDERR, b"no line end ever" * 100, T)
    writing_peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    count = 0
    with DirMetaReader(capture.folder) as meta:
        for _ in read_lines(meta, "run"):
            count += 1
    reading_peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert writing_peak < 3 << 20
    assert reading_peak < 6 << 20
    assert count > 65_000


pieces = st.lists(
    st.tuples(st.sampled_from((STDOUT, STDERR)), st.binary(max_size=40) | st.sampled_from((b"\n", b"\r", b"\r\n")))
)


@settings(max_examples=200, deadline=None)
@given(pieces)
@example([(STDOUT, b"a\r"), (STDOUT, b"\n"), (STDOUT, b"\r"), (STDERR, b"b")])
def test_lines_do_not_depend_on_the_size_of_reads(tmp_path_factory, chunks):
    lines = Capture(tmp_path_factory.mktemp("c")).write(*chunks).text()
    for stream in (STDOUT, STDERR):
        output = b"".join(data for s, data in chunks if s == stream)
        expected = [resolve_rewrites(line) for line in output.split(b"\n")]
        if not expected[-1]:
            expected.pop()
        assert [data for s, data in lines if s == stream] == expected


def resolve_rewrites(line):
    parts = [part for part in line.split(b"\r") if part]
    return parts[-1] if parts else b""


def test_unfinished_lines_are_readable_while_running(tmp_path, capture):
    capture.writer.write(STDOUT, b"done\nEpoch 1: ", T)
    capture.writer.write(STDERR, b"\r10%\r20%", T + 100)
    assert capture.partials[-1] == b"Epoch 1: \n\n5\n"
    capture.writer.tick(T + 999_999)
    assert len(capture.partials) == 1
    capture.writer.tick(T + 1_000_001)
    capture.writer.tick(T + 3_000_001)
    assert capture.partials[1:] == [b"Epoch 1: \n20%\n5\n"]
    (tmp_path / "output" / "run.partial").write_bytes(capture.partials[-1])
    with DirMetaReader(tmp_path) as meta:
        assert read_partial(meta, "run") == (b"Epoch 1: ", b"20%")
        assert read_partial(meta, "other") == (b"", b"")
        assert list_phases(meta) == ["run"]


def test_an_unfinished_line_that_has_ended_since_is_not_read(tmp_path, capture):
    capture.writer.write(STDOUT, b"step: 1\nst", T)
    (tmp_path / "output" / "run.partial").write_bytes(capture.partials[-1])
    with DirMetaReader(tmp_path) as meta:
        assert read_partial(meta, "run") == (b"st", b"")
        capture.writer.write(STDOUT, b"ep: 2\n", T + 1)
        assert read_partial(meta, "run") == (b"", b"")


def test_an_unfinished_line_is_saved_again_after_other_output(tmp_path, capture):
    capture.writer.write(STDERR, b"20%", T)
    capture.writer.write(STDOUT, b"epoch 1\n", T + 1)
    capture.writer.tick(T + 1_000_001)
    (tmp_path / "output" / "run.partial").write_bytes(capture.partials[-1])
    with DirMetaReader(tmp_path) as meta:
        assert read_partial(meta, "run") == (b"", b"20%")


def test_truncated_index_loses_no_line(tmp_path, capture):
    capture.write((STDOUT, b"a\nb\n"), (STDERR, b"c\n")).lines()
    index = tmp_path / "output" / "run.index"
    index.write_bytes(index.read_bytes()[:13])
    with DirMetaReader(tmp_path) as meta:
        assert [x.data for x in read_lines(meta, "run")] == [b"a", b"b", b"c"]
    index.unlink()
    with DirMetaReader(tmp_path) as meta:
        assert [x.data for x in read_lines(meta, "run")] == [b"a", b"b", b"c"]
    (tmp_path / "output" / "run").unlink()
    with DirMetaReader(tmp_path) as meta:
        assert list(read_lines(meta, "run")) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=100))
def test_reads_any_bytes_to_the_end(tmp_path_factory, text, index):
    folder = tmp_path_factory.mktemp("n")
    (folder / "output").mkdir()
    (folder / "output" / "run").write_bytes(text)
    (folder / "output" / "run.index").write_bytes(index)
    with DirMetaReader(folder) as meta:
        lines = list(read_lines(meta, "run"))
    assert b"".join(x.data for x in lines).replace(b"\n", b"") == text.replace(b"\n", b"")


def test_reports_a_full_disk(tmp_path):
    with open("/dev/full", "wb", buffering=0) as full:
        writer = OutputWriter(full.fileno(), full.fileno())
        with pytest.raises(OSError, match="No space"):
            writer.write(STDOUT, b"x\n", T)
