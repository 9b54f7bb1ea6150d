"""Sends a file, or the part of it that a request wants (RFC 9110, section 14)."""

import os
import re
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from gage.view.raw_answer import RawFile

PIECE_BYTES = 1 << 18

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


def send_file(content: RawFile, wanted: str, if_range: str) -> Response:
    """Returns the response with a file. `wanted` and `if_range` are the headers `Range` and `If-Range`, "" if none.

    Several ranges, and those that are not valid, are answered with the whole file.
    """
    status = os.fstat(content.file.fileno())
    tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    headers = {**content.headers, "accept-ranges": "bytes", "etag": tag}
    match = _RANGE.fullmatch(wanted) if if_range in ("", tag) else None
    if match is None or match[0] == "bytes=-":
        return _stream(content, 0, status.st_size, 200, headers)
    first, end = _resolve_range(match[1], match[2], status.st_size)
    if first >= end:
        content.file.close()
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{status.st_size}"})
    headers["content-range"] = f"bytes {first}-{end - 1}/{status.st_size}"
    return _stream(content, first, end, 206, headers)


def _resolve_range(first: str, last: str, size: int) -> tuple[int, int]:
    """Returns the first byte of a range and the one after its last."""
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _stream(content: RawFile, first: int, end: int, status: int, headers: dict[str, str]) -> Response:
    headers["content-length"] = str(end - first)
    return StreamingResponse(_read(content, first, end), status, headers, content.media_type)


async def _read(content: RawFile, first: int, end: int) -> AsyncIterator[bytes]:
    """Yields the bytes of a file. If it has become shorter, the rest is zeros: its length has been sent."""
    with content.file as file:
        descriptor = file.fileno()
        while first < end:
            count = min(end - first, PIECE_BYTES)
            piece = await run_in_threadpool(os.pread, descriptor, count, first)
            yield piece or bytes(count)
            first += len(piece) or count
