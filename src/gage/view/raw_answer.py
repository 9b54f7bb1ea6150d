"""Answers that are not JSON: bytes with a media type, and files."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO, NamedTuple


class RawAnswer(NamedTuple):
    """An answer as bytes, with headers beside those of every answer."""

    data: bytes
    media_type: str
    headers: Mapping[str, str] = MappingProxyType({})


class RawFile(NamedTuple):
    """An answer as an open regular file, of which a request may want a part. The application closes it."""

    file: BinaryIO
    media_type: str
    headers: Mapping[str, str] = MappingProxyType({})
