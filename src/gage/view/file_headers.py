"""Which type a file of a run is sent with, and the headers with which it can do no harm.

Files of runs may come from a stranger. A browser runs no script of them and gives them no rights of the page: each
answer is sandboxed, has a type of the list below, and is never sniffed.
"""

from collections.abc import Mapping
from urllib.parse import quote

IMAGE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "svg": "image/svg+xml",
}
SHOWN_TYPES = {
    **IMAGE_TYPES,
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
}
"""Types by suffix that a browser may show."""
TEXT_TYPE = "text/plain; charset=utf-8"
DOWNLOAD_TYPE = "application/octet-stream"
FILE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self' data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""The policy of every answer with the content of a run: no scripts, no requests, an origin of its own."""


def pick_media_type(path: str) -> str:
    """Returns the type of a file that a browser may show by itself, "" for other files."""
    return SHOWN_TYPES.get(path.rpartition("/")[2].rpartition(".")[2].lower(), "")


def build_headers(name: str, is_shown: bool) -> Mapping[str, str]:
    """Returns the headers of an answer with content of a run. Unless `is_shown`, a browser only offers to save it."""
    disposition = "inline" if is_shown else "attachment"
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)[:200]
    encoded = quote(name.encode("utf-8", "replace")[:200], safe="")
    return {
        "content-disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
        "content-security-policy": FILE_POLICY,
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
    }
