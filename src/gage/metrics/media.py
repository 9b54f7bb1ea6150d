"""Lists the media of a run: images, audio, video, tables, pages and texts, with kind, name and step.

Takes them from the names of files and from event files. Opens a file only to return its content.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gage.lib.files import READ_DIR_FLAGS, open_inside
from gage.metrics.protobuf import parse_fields
from gage.metrics.run_directory import EVENT_FILE_MARK, walk_files
from gage.metrics.series_types import EventItem

SUFFIXES_BY_KIND = {
    "image": "png jpg jpeg gif webp bmp svg tif tiff",
    "audio": "wav mp3 flac ogg oga m4a aac",
    "video": "mp4 webm mov avi mkv m4v",
    "table": "csv tsv parquet arrow feather xlsx",
    "html": "html htm",
    "text": "txt md rst",
}
MAX_MEDIA = 100_000
"""Media files that are listed of one run."""
MAX_CONTENT_BYTES = 64 << 20

_KINDS = {f".{suffix}": kind for kind, suffixes in SUFFIXES_BY_KIND.items() for suffix in suffixes.split()}
# cat_12_abcdef0123456789, as W&B names files
_WANDB = re.compile(r"(?P<name>.+)_(?P<step>\d+)_[0-9a-f]{8,40}")
_WANDB_DIGITS = 8
# cat+step+3+timestamp+1700000000000+0a1b-2c, as MLflow names files
_MLFLOW = re.compile(r"(?P<name>.+)\+step\+(?P<step>\d+)\+timestamp\+\d+\+[0-9a-f-]+")
# cat_step_100 · epoch3 · 000100 · sample-12
_STEP = re.compile(
    r"(?P<name>.*?)(?:^|[-_ .=/]|(?<=[A-Za-z])(?=\d))(?:(?:global[-_ ]?)?(?:step|epoch|iter(?:ation)?|ep|it)[-_ =]?)?"
    r"(?P<step>\d{1,18})"
)
_IMAGE_FIELD, _AUDIO_FIELD, _TENSOR_FIELD = 4, 6, 8
"""Fields of a `Summary.Value`."""


class MediaFile(NamedTuple):
    """One medium at one step. `name` is the same for all its steps; `step` is None where it is unknown.

    `path` is relative to the run directory. In an event file the medium (a `Summary.Value`) is the `length` bytes from
    `offset` on; `offset` is -1 for other files.
    """

    kind: str
    name: str
    step: int | None
    path: str
    size: int
    time: float
    offset: int = -1
    length: int = 0


def list_media_files(run_dir: Path | str, is_foreign: Callable[[str], bool]) -> Iterator[MediaFile]:
    """Yields the media files of a run, by path.

    `is_foreign` tells of a path in the run whether its file was not written by the run.
    """
    files = sorted(walk_files(run_dir, lambda path: bool(_find_kind(path))), key=lambda file: file[0])
    for path, status in files[:MAX_MEDIA]:
        if not is_foreign(path):
            yield MediaFile(_find_kind(path), *split_name(path), path, status.st_size, status.st_mtime)


def list_media_items(items: list[EventItem]) -> Iterator[MediaFile]:
    """Yields the media in event files."""
    for kind, name, step, time, file, offset, length in items:
        if kind in SUFFIXES_BY_KIND:
            yield MediaFile(kind, name, step, file, length, time, offset, length)


def split_name(path: str) -> tuple[str, int | None]:
    """Returns the name and the step of a media file: `samples/cat_step_100.png` is `samples/cat` at 100."""
    directory, _, file_name = path.rpartition("/")
    stem = file_name[: file_name.rfind(".")] or file_name
    patterns = [_STEP]
    if len(stem) - stem.rfind("_") > _WANDB_DIGITS:
        patterns.insert(0, _WANDB)
    if "+step+" in stem:
        patterns.insert(0, _MLFLOW)
    for pattern in patterns:
        if match := pattern.fullmatch(stem):
            parts = (directory, match["name"].rstrip("-_ .="))
            return "/".join(part for part in parts if part) or stem, int(match["step"])
    return f"{directory}/{stem}" if directory else stem, None


def read_content(run_dir: Path | str, media: MediaFile) -> bytes | None:
    """Returns a medium as the bytes of a file of its kind; None if it cannot be read or is too large."""
    data = read_message(run_dir, media)
    try:
        return data if media.offset < 0 or data is None else _extract_content(data, media.kind)
    except ValueError:
        return None


def read_message(run_dir: Path | str, media: MediaFile) -> bytes | None:
    """Returns the bytes of a media file, or the message of an event file that a medium is in. Follows no link."""
    size = media.length if media.offset >= 0 else media.size
    if size > MAX_CONTENT_BYTES:
        return None
    try:
        root = os.open(run_dir, READ_DIR_FLAGS)
        try:
            fd = open_inside(root, media.path)
        finally:
            os.close(root)
        try:
            return os.pread(fd, size, max(media.offset, 0))
        finally:
            os.close(fd)
    except (OSError, ValueError):
        return None


def _extract_content(value: bytes, kind: str) -> bytes | None:
    """Returns the encoded image or audio in a `Summary.Value`.

    It is field 4 of an image or audio, or a string of a tensor, where an image has its width and height before.
    """
    for number, field in parse_fields(value):
        if isinstance(field, bytes) and number in (_IMAGE_FIELD, _AUDIO_FIELD, _TENSOR_FIELD):
            is_tensor = number == _TENSOR_FIELD
            texts = [v for n, v in parse_fields(field) if n == (8 if is_tensor else 4) and isinstance(v, bytes)]
            return next(iter(texts[2:] if is_tensor and kind == "image" else texts), None)
    return None


def _find_kind(path: str) -> str:
    """Returns the kind of a media file by its name, "" for other files."""
    name = path.rpartition("/")[2]
    return "" if EVENT_FILE_MARK in name else _KINDS.get(os.path.splitext(name)[1].lower(), "")
