"""What is in one record of a TF event file: the protobuf message `Event`, parsed by hand.

Field numbers are those of TensorFlow's `event.proto`, `summary.proto` and `tensor.proto`. Knows nothing of files.
"""

import struct
from typing import NamedTuple

from gage.metrics.protobuf import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    MalformedMessage,
    decode_varint,
    locate_fields,
    to_signed,
)

_KIND_BY_EVENT_FIELD = {4: "graph", 6: "log", 8: "run-metadata", 9: "meta-graph"}
_KIND_BY_VALUE_FIELD = {3: "histogram", 4: "image", 5: "histogram", 6: "audio"}
_KIND_BY_PLUGIN = {
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
_SIMPLE_VALUE, _TENSOR = 2, 8
_CODE_BY_TENSOR_FIELD = {5: "f", 6: "d", 7: "i", 10: "i", 11: "i", 16: "i", 17: "i"}
"""Fields of a tensor with a list of numbers; "i" for whole numbers as varints."""
_CODE_BY_DTYPE = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 10: "?", 17: "H", 19: "e", 22: "I", 23: "Q"}
_BFLOAT16 = 14

_Number = tuple[float, str, int]
"""A number, its code and its position, as in ScalarValue."""


class ScalarValue(NamedTuple):
    """A number. `code` is its struct format and `at` its position if it lies in the record as four or eight bytes of a
    float; else `code` is "".
    """

    tag: str
    value: float
    code: str
    at: int


class OtherValue(NamedTuple):
    """Something that is not a number: its kind, and where its message lies in the record."""

    tag: str
    kind: str
    at: int
    length: int


class TfEvent(NamedTuple):
    """One record. `time_at` is the position of the time (-1: none); the step lies from `step_at` to `step_end`."""

    time: float
    step: int
    scalars: list[ScalarValue]
    others: list[OtherValue]
    time_at: int
    step_at: int
    step_end: int


def parse_event(data: bytes, plugins: dict[str, str]) -> TfEvent:
    """Parses one record. `plugins` remembers which plugin the first value of a tag named, for its later values.

    Raises MalformedMessage.
    """
    try:
        return _parse_event(data, plugins)
    except (IndexError, struct.error, OverflowError) as error:
        raise MalformedMessage("ends in the middle") from error


def _parse_event(data: bytes, plugins: dict[str, str]) -> TfEvent:
    time, step, time_at, step_at, step_end = 0.0, 0, -1, 0, 0
    scalars: list[ScalarValue] = []
    others: list[OtherValue] = []
    for number, kind, at, end in locate_fields(data, 0, len(data)):
        if number == 1 and kind == FIXED64:
            time_at = at
            (time,) = struct.unpack_from("<d", data, at)
        elif number == 2 and kind == VARINT:
            step_at, step_end = at, end
            step = to_signed(decode_varint(data, at)[0])
        elif number == 5 and kind == BYTES:
            for inner, inner_kind, begin, stop in locate_fields(data, at, end):
                if inner == 1 and inner_kind == BYTES:
                    _parse_value(data, begin, stop, plugins, scalars, others)
        elif number in _KIND_BY_EVENT_FIELD and kind == BYTES:
            others.append(OtherValue("", _KIND_BY_EVENT_FIELD[number], at, end - at))
    return TfEvent(time, step, scalars, others, time_at, step_at, step_end)


def _parse_value(
    data: bytes, at: int, end: int, plugins: dict[str, str], scalars: list[ScalarValue], others: list[OtherValue]
) -> None:
    """Parses a `Summary.Value`."""
    tag, plugin, field, begin, stop = "", "", 0, 0, 0
    for number, kind, inner, inner_end in locate_fields(data, at, end):
        if number == 1 and kind == BYTES:
            tag = data[inner:inner_end].decode("utf-8", "replace")
        elif number == 9 and kind == BYTES:
            plugin = _parse_plugin(data, inner, inner_end)
        elif (number == _SIMPLE_VALUE and kind == FIXED32) or (number in (3, 4, 5, 6, _TENSOR) and kind == BYTES):
            field, begin, stop = number, inner, inner_end
    if plugin:
        plugins[tag] = plugin
    plugin = plugin or plugins.get(tag, "")
    number_found: _Number | None = None
    if field == _SIMPLE_VALUE:
        number_found = struct.unpack_from("<f", data, begin)[0], "f", begin
    elif field == _TENSOR and plugin in ("", "scalars"):
        number_found = _parse_tensor(data, begin, stop)
    if number_found:
        scalars.append(ScalarValue(tag, *number_found))
    elif field or plugin:
        kind_name = _KIND_BY_PLUGIN.get(plugin) or _KIND_BY_VALUE_FIELD.get(field) or "tensor"
        others.append(OtherValue(tag, kind_name, at, end - at))


def _parse_plugin(data: bytes, at: int, end: int) -> str:
    """Returns the plugin's name in a `SummaryMetadata`."""
    for number, kind, inner, inner_end in locate_fields(data, at, end):
        if number == 1 and kind == BYTES:
            for deep, deep_kind, begin, stop in locate_fields(data, inner, inner_end):
                if deep == 1 and deep_kind == BYTES:
                    return data[begin:stop].decode("utf-8", "replace")
    return ""


def _parse_tensor(data: bytes, at: int, end: int) -> _Number | None:
    """Returns the one number of a tensor without dimensions; None for any other tensor."""
    dtype = 0
    result: _Number | None = None
    for number, kind, inner, stop in locate_fields(data, at, end):
        if number == 1 and kind == VARINT:
            dtype = decode_varint(data, inner)[0]
        elif number == 2 and kind == BYTES and stop > inner:
            return None
        elif number == 4 and kind == BYTES:
            result = result or _parse_content(data, inner, stop, dtype)
        elif number in _CODE_BY_TENSOR_FIELD and result is None:
            result = _parse_list(data, inner, stop, _CODE_BY_TENSOR_FIELD[number])
        elif number == 13 and kind in (VARINT, BYTES):
            half = decode_varint(data, inner)[0] & 0xFFFF
            result = result or (_parse_half(half.to_bytes(2, "little"), dtype), "", 0)
    if result is None and dtype in _CODE_BY_DTYPE:
        return 0.0, "", 0
    return result


def _parse_content(data: bytes, at: int, end: int, dtype: int) -> _Number | None:
    """Returns the number in `tensor_content`: the bytes as they are in memory."""
    if dtype == _BFLOAT16 and end - at == 2:
        return _parse_half(data[at:end], dtype), "", 0
    code = _CODE_BY_DTYPE.get(dtype)
    if code is None or struct.calcsize("<" + code) != end - at:
        return None
    value = float(struct.unpack_from("<" + code, data, at)[0])
    return value, code if code in "fd" else "", at


def _parse_half(two: bytes, dtype: int) -> float:
    if dtype == _BFLOAT16:
        return float(struct.unpack("<f", b"\0\0" + two)[0])
    return float(struct.unpack("<e", two)[0])


def _parse_list(data: bytes, at: int, end: int, code: str) -> _Number | None:
    """Returns the first number of a list, packed or not."""
    if code == "i":
        return (float(to_signed(decode_varint(data, at)[0])), "", 0) if end > at else None
    if end - at != (4 if code == "f" else 8):
        return None
    return struct.unpack_from("<" + code, data, at)[0], code, at
