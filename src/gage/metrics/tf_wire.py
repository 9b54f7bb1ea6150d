"""What is in one record of a TF event file: the protobuf message `Event`, read by hand.

Field numbers are those of TensorFlow's `event.proto`, `summary.proto` and `tensor.proto`. Knows nothing of files.
"""

import struct
from typing import NamedTuple

_WHOLE_EVENT = {4: "graph", 6: "log", 8: "run-metadata", 9: "meta-graph"}
_KIND_OF_FIELD = {3: "histogram", 4: "image", 5: "histogram", 6: "audio"}
_KIND_OF_PLUGIN = {
    "images": "image",
    "audio": "audio",
    "text": "text",
    "histograms": "histogram",
    "hparams": "hparams",
    "mesh": "mesh",
    "pr_curves": "pr-curve",
    "graphs": "graph",
    "graph_keras_model": "graph",
}
_TENSOR_NUMBERS = {5: "f", 6: "d", 7: "i", 10: "i", 11: "i", 16: "i", 17: "i"}
_CONTENT = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 10: "?", 17: "H", 19: "e", 22: "I", 23: "Q"}
_BFLOAT16 = 14


class MalformedEvent(ValueError):
    """These bytes are not such a message."""


class ScalarValue(NamedTuple):
    """A number: `code` and `at` say how and where it lies in the record ("" when it does not lie there as it is)."""

    tag: str
    value: float
    code: str
    at: int


class OtherValue(NamedTuple):
    """Something that is not a number: what kind, and where its message lies in the record."""

    tag: str
    kind: str
    at: int
    length: int


class TfEvent(NamedTuple):
    """One record. `time_at` is where the time lies (-1: nowhere), `step_at` and `step_end` where the step does."""

    time: float
    step: int
    scalars: list[ScalarValue]
    others: list[OtherValue]
    time_at: int
    step_at: int
    step_end: int


def parse_event(data: bytes, plugins: dict[str, str], whole: int = 0) -> TfEvent:
    """Read one record. `plugins` keeps what a tag's first value said of its kind, for the later ones.

    `whole` is the record's true length when `data` is only its beginning. Raises `Broken`.
    """
    try:
        return _event(data, plugins, whole or len(data))
    except (IndexError, struct.error, OverflowError) as error:
        raise MalformedEvent("ends in the middle") from error


def _event(data: bytes, plugins: dict[str, str], whole: int) -> TfEvent:
    time, step, time_at, step_at, step_end = 0.0, 0, -1, 0, 0
    scalars: list[ScalarValue] = []
    others: list[OtherValue] = []
    for number, kind, at, end in fields(data, 0, whole):
        if number == 1 and kind == 1:
            time_at = at
            (time,) = struct.unpack_from("<d", data, at)
        elif number == 2 and kind == 0:
            step_at, step_end = at, end
            step = signed(varint(data, at)[0])
        elif number == 5 and kind == 2:
            for inner, inner_kind, begin, stop in fields(data, at, end):
                if inner == 1 and inner_kind == 2:
                    _value(data, begin, stop, plugins, scalars, others)
        elif number in _WHOLE_EVENT and kind == 2:
            others.append(OtherValue("", _WHOLE_EVENT[number], at, end - at))
    return TfEvent(time, step, scalars, others, time_at, step_at, step_end)


def _value(
    data: bytes, at: int, end: int, plugins: dict[str, str], scalars: list[ScalarValue], others: list[OtherValue]
) -> None:
    tag, plugin, field, begin, stop = "", "", 0, 0, 0
    for number, kind, inner, inner_end in fields(data, at, end):
        if number == 1 and kind == 2:
            tag = data[inner:inner_end].decode("utf-8", "replace")
        elif number == 9 and kind == 2:
            plugin = _plugin(data, inner, inner_end)
        elif (number == 2 and kind == 5) or (number in (3, 4, 5, 6, 8) and kind == 2):
            field, begin, stop = number, inner, inner_end
    if plugin:
        plugins[tag] = plugin
    plugin = plugin or plugins.get(tag, "")
    if field == 2:
        scalars.append(ScalarValue(tag, struct.unpack_from("<f", data, begin)[0], "f", begin))
        return
    found = _number(data, begin, stop) if field == 8 and plugin in ("", "scalars") and stop <= len(data) else None
    if found:
        scalars.append(ScalarValue(tag, *found))
    elif field or plugin:
        others.append(OtherValue(tag, _kind(field, plugin), at, end - at))


def _kind(field: int, plugin: str) -> str:
    return _KIND_OF_PLUGIN.get(plugin) or _KIND_OF_FIELD.get(field) or "tensor"


def _plugin(data: bytes, at: int, end: int) -> str:
    for number, kind, inner, inner_end in fields(data, at, end):
        if number == 1 and kind == 2:
            for deep, deep_kind, begin, stop in fields(data, inner, inner_end):
                if deep == 1 and deep_kind == 2:
                    return data[begin:stop].decode("utf-8", "replace")
    return ""


def _number(data: bytes, at: int, end: int) -> tuple[float, str, int] | None:
    """The one number of a tensor without dimensions: its value, how it lies there ("" if not as it is), and where."""
    dtype, found = 0, None
    for number, kind, inner, stop in fields(data, at, end):
        if number == 1 and kind == 0:
            dtype = varint(data, inner)[0]
        elif number == 2 and kind == 2 and stop > inner:
            return None
        elif number == 4 and kind == 2:
            found = found or _content(data, inner, stop, dtype)
        elif number in _TENSOR_NUMBERS and found is None:
            found = _listed(data, inner, stop, _TENSOR_NUMBERS[number], kind)
        elif number == 13 and kind in (0, 2):
            half = varint(data, inner)[0] & 0xFFFF
            found = found or (_half(half.to_bytes(2, "little"), dtype), "", 0)
    if found is None and dtype in _CONTENT:
        return 0.0, "", 0
    return found


def _content(data: bytes, at: int, end: int, dtype: int) -> tuple[float, str, int] | None:
    if dtype == _BFLOAT16 and end - at == 2:
        return _half(data[at:end], dtype), "", 0
    code = _CONTENT.get(dtype)
    if code is None or struct.calcsize("<" + code) != end - at:
        return None
    value = float(struct.unpack_from("<" + code, data, at)[0])
    return value, code if code in "fd" else "", at


def _half(two: bytes, dtype: int) -> float:
    if dtype == _BFLOAT16:
        return float(struct.unpack("<f", b"\0\0" + two)[0])
    return float(struct.unpack("<e", two)[0])


def _listed(data: bytes, at: int, end: int, code: str, kind: int) -> tuple[float, str, int] | None:
    """The first number of a list of a tensor, packed or not."""
    if code == "i":
        return (float(signed(varint(data, at)[0])), "", 0) if end > at else None
    if end - at != (4 if code == "f" else 8):
        return None
    return struct.unpack_from("<" + code, data, at)[0], code, at


def fields(data: bytes, at: int, end: int) -> list[tuple[int, int, int, int]]:
    """The fields of a message between two places: number, wire type, where the content begins and ends.

    The content of the last one may go on past the end of `data`. Raises `Broken` and IndexError.
    """
    result = []
    while at < end and at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 2:
            length, at = varint(data, at)
            stop = at + length
        elif kind == 0:
            stop = varint(data, at)[1]
        elif kind in (1, 5):
            stop = at + (8 if kind == 1 else 4)
        else:
            raise MalformedEvent(f"has a field of the unknown type {kind}")
        if stop > end:
            raise MalformedEvent("has a field that is longer than its message")
        result.append((key >> 3, kind, at, stop))
        at = stop
    return result


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and where it ends. Raises `Broken` and IndexError."""
    byte = data[at]
    if byte < 128:
        return byte, at + 1
    value, shift = byte & 127, 7
    while byte >= 128:
        at += 1
        byte = data[at]
        value |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise MalformedEvent("has a number of more than ten bytes")
    return value & 0xFFFFFFFFFFFFFFFF, at + 1


def signed(value: int) -> int:
    """A varint of 64 bits as the signed number that it is."""
    return value - (1 << 64) if value >> 63 else value
