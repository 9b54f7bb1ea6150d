"""What a run made to be looked at or listened to: images, audio, video, tables, pages, texts; of which kind and step.

Goes by names of files and by what event files say of themselves; nothing is opened but to hand it out.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gage.lib.files import READ_FLAGS
from gage.metrics.curve_files import EVENT_FILE_MARK, MAX_DEPTH, SKIPPED_DIRECTORIES
from gage.metrics.protobuf import fields
from gage.metrics.series_types import EventItem

SUFFIXES_BY_KIND = {
    "image": "png jpg jpeg gif webp bmp svg tif tiff",
    "audio": "wav mp3 flac ogg oga m4a aac",
    "video": "mp4 webm mov avi mkv m4v",
    "table": "csv tsv parquet arrow feather xlsx",
    "html": "html htm",
    "text": "txt md rst",
}
"""Kind → suffixes of its files."""
MAX_MEDIA = 100_000
"""Things that are listed of one run."""
MAX_CONTENT_BYTES = 64 << 20
"""Bytes that are handed out."""

_KINDS = {suffix: kind for kind, suffixes in SUFFIXES_BY_KIND.items() for suffix in suffixes.split()}
_WANDB = re.compile(r"(?P<name>.+)_(?P<step>\d+)_[0-9a-f]{8,40}")
_MLFLOW = re.compile(r"(?P<name>.+)\+step\+(?P<step>\d+)\+timestamp\+\d+\+[0-9a-f-]+")
_STEP = re.compile(
    r"(?P<name>.*?)(?:^|[-_ .=/]|(?<=[A-Za-z])(?=\d))(?:(?:global[-_ ]?)?(?:step|epoch|iter(?:ation)?|ep|it)[-_ =]?)?"
    r"(?P<step>\d{1,18})"
)


class MediaFile(NamedTuple):
    """One thing: `name` is the same for all steps of it, `step` None where nothing tells. `path` is relative to the run
    directory; inside of an event file it lies from `offset` on and is `length` bytes long (a `Summary.Value`).
    """

    kind: str
    name: str
    step: int | None
    path: str
    size: int
    time: float
    offset: int = -1
    length: int = 0


def list_media_files(run_dir: Path | str, skip: Callable[[str], bool]) -> Iterator[MediaFile]:
    """The media files of a run, by path. `skip` tells of a relative path whether it is not the run's own."""
    for count, (path, size, when) in enumerate(sorted(_walk(os.fspath(run_dir), "", 0))):
        if count == MAX_MEDIA:
            return
        if not skip(path):
            name, step = split_name(path)
            yield MediaFile(_KINDS[_suffix(path)], name, step, path, size, when)


def list_media_items(items: list[EventItem]) -> Iterator[MediaFile]:
    """The same of what event files hold."""
    for item in items:
        if item.kind in SUFFIXES_BY_KIND:
            yield MediaFile(
                item.kind, item.name, item.step, item.file, item.length, item.time, item.offset, item.length
            )


def split_name(path: str) -> tuple[str, int | None]:
    """The name and the step of a media file: `samples/cat_step_100.png` is `samples/cat` at 100."""
    folder, _, name = path.rpartition("/")
    stem = name[: name.rfind(".")] or name
    for pattern in (_MLFLOW, _WANDB, _STEP):
        found = pattern.fullmatch(stem)
        if found:
            base = found["name"].rstrip("-_ .=")
            whole = "/".join(part for part in (folder, base) if part)
            return whole or stem, int(found["step"])
    return f"{folder}/{stem}" if folder else stem, None


def read_content(run_dir: Path | str, media: MediaFile) -> bytes | None:
    """The bytes of one thing, as a file of its kind has them; None when they cannot be had. At most `LARGEST`."""
    size = media.length if media.offset >= 0 else media.size
    if size > MAX_CONTENT_BYTES:
        return None
    try:
        fd = os.open(os.path.join(run_dir, media.path), READ_FLAGS)
        try:
            data = os.pread(fd, size, max(media.offset, 0))
        finally:
            os.close(fd)
        return data if media.offset < 0 else _in_value(data, media.kind)
    except (OSError, ValueError):
        return None


def _in_value(data: bytes, kind: str) -> bytes | None:
    """What a `Summary.Value` holds: the encoded bytes of an image (4) or audio (6), or the strings of a tensor (8), of
    which an image's first two are its width and height.
    """
    for number, value in fields(data):
        if not isinstance(value, bytes):
            continue
        if number in (4, 6):
            return next((v for n, v in fields(value) if n == 4 and isinstance(v, bytes)), None)
        if number == 8:
            texts = [v for n, v in fields(value) if n == 8 and isinstance(v, bytes)]
            return next(iter(texts[2:] if kind == "image" else texts), None)
    return None


def _walk(path: str, below: str, depth: int) -> Iterator[tuple[str, int, float]]:
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if depth < MAX_DEPTH and name not in SKIPPED_DIRECTORIES:
                        yield from _walk(entry.path, f"{below}{name}/", depth + 1)
                elif _suffix(name) in _KINDS and EVENT_FILE_MARK not in name and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield below + name, status.st_size, status.st_mtime
    except OSError:
        return


def _suffix(name: str) -> str:
    return name[name.rfind(".") + 1 :].lower() if "." in name else ""
