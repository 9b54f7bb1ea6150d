"""Bytes with a media type, for answers that are not JSON."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class RawAnswer(NamedTuple):
    """An answer as bytes, with headers beside those of every answer."""

    data: bytes
    media_type: str
    headers: Mapping[str, str] = MappingProxyType({})
