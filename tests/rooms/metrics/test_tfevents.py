"""Event files, also truncated, damaged or unusual ones: valid records are read, others are noted."""

import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.lib.crc32c import compute_crc32c
from gage.metrics import tfevents
from gage.metrics.protobuf import MalformedMessage, encode_varint
from gage.metrics.series import read_run_series
from gage.metrics.tf_templates import mask_crc
from gage.metrics.tf_wire import parse_event
from gage.metrics.tf_writer import wrap_record
from gage.metrics.tfevents import EventFile, TemplateCache

NAME = "events.out.tfevents.1"


def field(number, kind, content):
    return encode_varint(number << 3 | kind) + (encode_varint(len(content)) + content if kind == 2 else content)


def encode_event(time, step, summary):
    stepped = field(2, 0, encode_varint(step & 0xFFFFFFFFFFFFFFFF)) if step else b""
    return field(1, 1, struct.pack("<d", time)) + stepped + field(5, 2, summary)


def value(tag, *content):
    return field(1, 2, field(1, 2, tag.encode()) + b"".join(content))


def single(number):
    return field(2, 5, struct.pack("<f", number))


def plugin(name):
    return field(9, 2, field(1, 2, field(1, 2, name.encode())))


def tensor(*content):
    return field(8, 2, b"".join(content))


def scalar(time, step, tag, number):
    return wrap_record(encode_event(time, step, value(tag, single(number))))


def read(tmp_path, data, name=NAME):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(data)
    return read_run_series(tmp_path, None, final=True)


def read_reference(data):
    """Returns the points of an event file, read record by record as the format prescribes."""
    series, offset = {}, 0
    while offset + 12 <= len(data):
        head, length = data[offset : offset + 8], int.from_bytes(data[offset : offset + 8], "little")
        if mask_crc(compute_crc32c(head)) != int.from_bytes(data[offset + 8 : offset + 12], "little"):
            break
        message, sum = data[offset + 12 : offset + 12 + length], data[offset + 12 + length : offset + 16 + length]
        if len(sum) < 4:
            break
        offset += length + 16
        if mask_crc(compute_crc32c(message)) != int.from_bytes(sum, "little"):
            continue
        try:
            event = parse_event(message, {})
        except MalformedMessage:
            continue
        for scalar_value in event.scalars:
            series.setdefault(scalar_value.tag, []).append(
                (event.step, event.time, struct.pack("<d", scalar_value.value))
            )
    return series


def list_points(run):
    return {
        name: [(step, time, struct.pack("<d", number)) for step, time, number in zip(*run.series(name), strict=True)]
        for name in run.names()
    }


LOGGED = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["loss", "acc", "val/loss", "lr", "ä"]), min_size=1, max_size=4),
        st.integers(1, 40),
        st.sampled_from([0, 1, 100, 127, 128, 16380, 2**35, 2**62, -3]),
        st.sampled_from([1, 7, 130]),
        st.booleans(),
    ),
    max_size=4,
)


def write_log(stretches):
    data, time = wrap_record(field(1, 1, struct.pack("<d", 1.0)) + field(3, 2, b"brain.Event:2")), 1.7e9
    for tags, rows, begin, by, together in stretches:
        for row in range(rows):
            time += 0.37 * (row % 5)
            step = begin + row * by
            numbers = [
                struct.unpack("<f", struct.pack("<I", compute_crc32c(f"{tag}{row}".encode())))[0] for tag in tags
            ]
            if together:
                values = [value(tag, single(number)) for tag, number in zip(tags, numbers, strict=True)]
                data += wrap_record(encode_event(time, step, b"".join(values)))
            else:
                data += b"".join(scalar(time, step, tag, number) for tag, number in zip(tags, numbers, strict=True))
    return data


@settings(deadline=None, max_examples=60)
@given(LOGGED, st.integers(20, 3000))
def test_reads_groups_like_single_records(tmp_path_factory, stretches, piece):
    data = write_log(stretches)
    before, tfevents.READ_BYTES = tfevents.READ_BYTES, piece
    try:
        run = read(tmp_path_factory.mktemp("run"), data)
    finally:
        tfevents.READ_BYTES = before
    assert list_points(run) == read_reference(data)
    assert run.notes == []


@settings(deadline=None, max_examples=60)
@given(LOGGED, st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=3))
def test_skips_damaged_records(tmp_path_factory, stretches, damages):
    data = bytearray(write_log(stretches))
    for place, flip in damages:
        data[place % len(data)] ^= flip
    run = read(tmp_path_factory.mktemp("run"), data)
    assert list_points(run) == read_reference(data)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=200))
def test_accepts_any_message(tmp_path_factory, message):
    run = read(tmp_path_factory.mktemp("run"), wrap_record(message) + scalar(1.0, 1, "after", 2.0))
    assert "after" in run.names()


def test_detects_each_flipped_byte_in_a_group(tmp_path):
    data = b"".join(scalar(1.7e9 + step, step, "loss", step / 3) for step in range(1, 40))
    size = len(data) // 39
    for place in range(size * 20, size * 21):
        damaged = bytearray(data)
        damaged[place] ^= 4
        run = read(tmp_path, damaged)
        assert len(run.notes) == 1
        in_head = place - size * 20 < 12
        assert list(run.series("loss").steps) == [s for s in range(1, 21 if in_head else 40) if s != 21]


@pytest.mark.parametrize("cut", [1, 5, 12, 20, 40])
def test_reads_an_unfinished_file(tmp_path, cut):
    run = read(tmp_path, (scalar(1.0, 1, "loss", 1.0) + scalar(2.0, 2, "loss", 0.5))[:-cut])
    assert list(run.series("loss").steps) == [1]
    assert run.notes == []


def test_reads_an_empty_file(tmp_path):
    run = read(tmp_path, b"")
    assert (run.names(), run.items(), run.notes) == ([], [], [])


def test_stops_at_zeros_after_a_crash(tmp_path):
    run = read(tmp_path, scalar(1.0, 1, "loss", 1.0) + bytes(4096))
    assert run.names() == ["loss"]
    assert "broken at byte" in run.notes[0]


def test_limits_notes_about_invalid_messages(tmp_path):
    run = read(tmp_path, b"".join(wrap_record(b"\x0f" * 9) for _ in range(100)) + scalar(1.0, 1, "loss", 1.0))
    assert list(run.series("loss").values) == [1.0]
    assert len(run.notes) == 6


def test_keeps_steps_that_go_back(tmp_path):
    run = read(tmp_path, b"".join(scalar(float(n), step, "x", n) for n, step in enumerate([1, 2, 3, 4, 2, 3, 4, 5])))
    assert list(run.series("x").steps) == [1, 2, 3, 4, 2, 3, 4, 5]


def test_joins_a_series_of_two_files(tmp_path):
    read(tmp_path, scalar(2.0, 2, "x", 2.0), "events.out.tfevents.2000000000.b")
    run = read(tmp_path, scalar(1.0, 1, "x", 1.0), "events.out.tfevents.1000000000.a")
    assert list(run.series("x").steps) == [1, 2]


def test_series_names_start_with_the_directory(tmp_path):
    read(tmp_path, scalar(2.0, 2, "x", 2.0), f"eval/{NAME}")
    read(tmp_path, scalar(2.0, 2, "x", 2.0), f"logs/train/{NAME}")
    assert read_run_series(tmp_path, None, final=True).names() == ["eval/x", "train/x"]


def test_joins_series_of_directory_and_tag(tmp_path):
    read(tmp_path, scalar(1.0, 1, "train/x", 1.0))
    run = read(tmp_path, scalar(2.0, 2, "x", 2.0), f"train/{NAME}")
    assert list(run.series("train/x").values) == [1.0, 2.0]


def test_does_not_follow_links(tmp_path):
    outside = tmp_path / "outside"
    read(outside, scalar(2.0, 2, "x", 2.0))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / NAME).symlink_to(outside / NAME)
    (tmp_path / "run" / "logs").symlink_to(outside)
    os.mkfifo(tmp_path / "run" / "pipe.tfevents")
    assert read_run_series(tmp_path / "run", None, final=True).names() == []


def test_reads_many_series(tmp_path):
    data = b"".join(scalar(float(n), 1 + n, f"s{tag}", tag) for n in range(6) for tag in range(400))
    run = read(tmp_path, data)
    assert len(run.names()) == 400
    assert list(run.series("s399").values) == [399.0] * 6


def test_limits_the_number_of_series(tmp_path, monkeypatch):
    monkeypatch.setattr(tfevents, "MAX_SERIES", 50)
    run = read(tmp_path, b"".join(scalar(1.0, 1, f"s{n % 90}", 1.0) for n in range(180)))
    assert len(run.names()) == 50
    assert len(run.series("s0").values) == 2
    assert len(run.notes) == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([field(1, 0, b"\x01"), field(2, 2, b""), field(4, 2, struct.pack("<f", 0.5))], 0.5),
        ([field(1, 0, b"\x01"), field(2, 2, b""), field(5, 2, struct.pack("<f", 0.5))], 0.5),
        ([field(1, 0, b"\x01"), field(5, 5, struct.pack("<f", 0.5))], 0.5),
        ([field(1, 0, b"\x02"), field(6, 2, struct.pack("<d", 0.1))], 0.1),
        ([field(1, 0, b"\x02"), field(4, 2, struct.pack("<d", 0.1))], 0.1),
        ([field(1, 0, b"\x03"), field(7, 2, encode_varint(7))], 7.0),
        ([field(1, 0, b"\x09"), field(10, 2, encode_varint(2**64 - 7))], -7.0),
        ([field(1, 0, b"\x09"), field(4, 2, struct.pack("<q", -7))], -7.0),
        ([field(1, 0, b"\x13"), field(13, 2, encode_varint(0x3800))], 0.5),
        ([field(1, 0, b"\x13"), field(4, 2, b"\x00\x38")], 0.5),
        ([field(1, 0, b"\x0e"), field(13, 2, encode_varint(0x3F00))], 0.5),
        ([field(1, 0, b"\x0e"), field(4, 2, b"\x00\x3f")], 0.5),
        ([field(1, 0, b"\x0a"), field(11, 2, b"\x01")], 1.0),
        ([field(1, 0, b"\x01"), field(2, 2, b"")], 0.0),
    ],
)
def test_reads_scalar_tensors(tmp_path, content, expected):
    data = [value("x", tensor(*content), plugin("scalars")), *[value("x", tensor(*content))] * 9]
    run = read(tmp_path, b"".join(wrap_record(encode_event(1.0, n, one)) for n, one in enumerate(data)))
    assert list(run.series("x").values) == [expected] * 10
    assert run.notes == []


def test_lists_other_items_with_their_position(tmp_path):
    vector = tensor(field(1, 0, b"\x01"), field(2, 2, field(2, 2, field(1, 0, b"\x03"))), field(4, 2, bytes(12)))
    messages = [
        encode_event(1.0, 1, value("img", field(4, 2, b"\x08\x01\x22\x03PNG"))),
        encode_event(2.0, 2, value("img2", tensor(field(1, 0, b"\x07")), plugin("images"))),
        encode_event(3.0, 3, value("img2", tensor(field(1, 0, b"\x07")))),
        encode_event(4.0, 4, value("h", field(5, 2, field(1, 1, bytes(8))))),
        encode_event(5.0, 5, value("sound", field(6, 2, b"\x22\x01x"))),
        encode_event(6.0, 6, value("note", tensor(field(1, 0, b"\x07")), plugin("text"))),
        encode_event(7.0, 7, value("vector", vector)),
        encode_event(8.0, 8, value("_hparams_/session_start_info", plugin("hparams"))),
        encode_event(9.0, 9, value("points", vector, plugin("mesh"))),
        field(1, 1, struct.pack("<d", 10.0)) + field(4, 2, b"graph"),
        field(7, 2, b"\x08\x01"),
    ]
    run = read(tmp_path, b"".join(map(wrap_record, messages)))
    assert [(item.kind, item.name, item.step) for item in run.items()] == [
        ("image", "img", 1),
        ("image", "img2", 2),
        ("image", "img2", 3),
        ("histogram", "h", 4),
        ("audio", "sound", 5),
        ("text", "note", 6),
        ("tensor", "vector", 7),
        ("hparams", "_hparams_/session_start_info", 8),
        ("mesh", "points", 9),
        ("graph", "", 0),
    ]
    assert (run.names(), run.notes) == ([], [])
    image = run.items()[0]
    with open(tmp_path / image.file, "rb") as file:
        file.seek(image.offset)
        assert file.read(image.length).endswith(b"PNG")


def test_leaves_out_a_huge_record(tmp_path, monkeypatch):
    monkeypatch.setattr(tfevents, "MAX_RECORD_BYTES", 1 << 20)
    image = wrap_record(encode_event(1.0, 1, value("big", field(4, 2, field(4, 2, bytes(2 << 20))))))
    run = read(tmp_path, scalar(1.0, 1, "x", 1.0) + image + scalar(2.0, 2, "x", 2.0))
    assert (run.items(), list(run.series("x").steps)) == ([], [1, 2])
    place = len(scalar(1.0, 1, "x", 1.0))
    assert run.notes == [f"{NAME}: The record at byte {place} is left out: it is over 1 MB"]


def test_uses_templates_of_earlier_files(tmp_path):
    shapes = TemplateCache()
    for n in range(3):
        data = b"".join(scalar(1.7e9 + s, s, tag, s + n) for s in range(1, 50) for tag in ("a", "bb"))
        (tmp_path / f"{n}.tfevents").write_bytes(data)
        series = EventFile(str(tmp_path / f"{n}.tfevents"), f"{n}.tfevents", shapes).read_new().series
        assert list(series["bb"].values) == [s + n for s in range(1, 50)]
