"""Answers with the files of a run: the entries of a directory, a file or a part of it, Markdown as HTML."""

import os
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from gage.lib.files import walk_dirs
from gage.lib.natural_sort import build_padded_key
from gage.store.copied_files import read_files
from gage.store.layout import RunPaths
from gage.store.meta import MetaReader
from gage.store.run_files import open_run_file, resolve_run_path
from gage.types.errors import GageError, NotFound, UsageError
from gage.view.file_headers import DOWNLOAD_TYPE, TEXT_TYPE, build_headers, pick_media_type
from gage.view.raw_answer import RawAnswer, RawFile
from gage.view.stores import ViewedStores

MAX_ENTRIES = 1_000
MAX_FOUND = 500
MAX_MARKDOWN_BYTES = 2 << 20

EntryType = Literal["file", "directory", "link", "other"]


class DirectoryQuery(NamedTuple):
    """Entries of a directory of a run ("" = the run directory), or with `search` all files whose path contains it."""

    id: str
    directory: str = ""
    first: int = 0
    limit: int = 500
    search: str = ""


class DirectoryEntry(NamedTuple):
    """An entry of a directory. `kind`: s source, d dependency, r runtime, g generated, "" unknown. `size` is in bytes,
    `modified` in µs since the epoch; -1 if unknown.
    """

    path: str
    type: EntryType
    kind: str
    size: int
    modified: int


class Directory(NamedTuple):
    """A page of a directory, subdirectories first. `total` counts all its entries."""

    first: int
    total: int
    entries: tuple[DirectoryEntry, ...]


class FileQuery(NamedTuple):
    """A file of a run. `show`: as what a browser gets it: a picture, sound or video (`media`), text, an HTML page
    without scripts (`html`), or something to save (`download`).
    """

    id: str
    path: str
    show: Literal["media", "text", "html", "download"] = "download"


class MarkdownQuery(NamedTuple):
    """A Markdown file of a run."""

    id: str
    path: str


def list_directory(stores: ViewedStores, query: DirectoryQuery) -> Directory:
    """A page of the entries of a directory of a run."""
    store, run = stores.find_run(query.id)
    if query.first < 0:
        raise UsageError("The number of the first entry must not be negative", "The first entry is 0")
    paths = store.get_paths(run.id)
    kinds = _read_kinds(paths)
    if query.search:
        found = list(_search(paths.run_dir, query.search.casefold()))
    else:
        found = _list_entries(paths.run_dir, query.directory.strip("/"))
    page = found[query.first : query.first + min(max(query.limit, 1), MAX_ENTRIES)]
    entries = (_describe_entry(paths.run_dir, path, type_, kinds) for path, type_ in page)
    return Directory(query.first, len(found), tuple(entries))


def send_run_file(stores: ViewedStores, query: FileQuery) -> RawFile:
    """A file of a run, or a part of it."""
    store, run = stores.find_run(query.id)
    file = open_run_file(store.get_paths(run.id).run_dir, query.path)
    media_type = {"media": pick_media_type(query.path), "text": TEXT_TYPE, "html": "text/html; charset=utf-8"}
    shown = media_type.get(query.show, "")
    return RawFile(file, shown or DOWNLOAD_TYPE, build_headers(_get_name(query.path), bool(shown)))


def render_markdown(stores: ViewedStores, query: MarkdownQuery) -> RawAnswer:
    """A Markdown file of a run as HTML without scripts, images and raw HTML."""
    from gage.report.markdown_html import render_markdown_html

    store, run = stores.find_run(query.id)
    with open_run_file(store.get_paths(run.id).run_dir, query.path) as file:
        text = file.read(MAX_MARKDOWN_BYTES).decode("utf-8", "replace")
    page = f"<!doctype html><meta charset=utf-8><style>{_MARKDOWN_STYLE}</style>{render_markdown_html(text)}"
    return RawAnswer(page.encode(), "text/html; charset=utf-8", build_headers(_get_name(query.path), is_shown=True))


def _get_name(path: str) -> str:
    return path.rpartition("/")[2] or "file"


def _list_entries(run_dir: Path, directory: str) -> list[tuple[str, EntryType]]:
    folder = resolve_run_path(run_dir, directory or ".")
    if not folder.is_dir():
        raise UsageError(f"{directory!r} is not a directory", "Give the path of a directory")
    try:
        entries = _scan(folder, os.stat(folder).st_mtime_ns)
    except OSError as error:
        raise NotFound(f"{directory or 'The run directory'!r} cannot be read: {error.strerror}") from None
    return [(f"{directory}/{name}" if directory else name, type_) for name, type_ in entries]


@lru_cache(maxsize=8)
def _scan(folder: Path, _modified: int) -> Sequence[tuple[str, EntryType]]:
    """Returns the entries of a directory, subdirectories first, in natural order. Raises OSError."""
    with os.scandir(folder) as scanned:
        entries = [(entry.name, _classify(entry)) for entry in scanned]
    return sorted(entries, key=lambda entry: (entry[1] != "directory", build_padded_key(entry[0]), entry[0]))


def _classify(entry: os.DirEntry[str]) -> EntryType:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "directory"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _search(run_dir: Path, text: str) -> Iterator[tuple[str, EntryType]]:
    """Yields files whose path contains a text, `MAX_FOUND` at most."""
    count = 0
    for directory, subdirectories, names in walk_dirs(run_dir):
        subdirectories.sort()
        relative = os.path.relpath(directory, run_dir)
        for name in sorted(names):
            path = name if relative == "." else f"{relative}/{name}"
            if text in path.casefold():
                yield path, "file"
                count += 1
            if count >= MAX_FOUND:
                return


def _describe_entry(run_dir: Path, path: str, type_: EntryType, kinds: Mapping[str, str]) -> DirectoryEntry:
    shown = path.encode("utf-8", "replace").decode()
    try:
        status = os.lstat(run_dir / path)
    except (OSError, ValueError):
        return DirectoryEntry(shown, type_, kinds.get(path, ""), -1, -1)
    if type_ == "file" and not stat.S_ISREG(status.st_mode):
        type_ = "link" if stat.S_ISLNK(status.st_mode) else "other"
    size = status.st_size if type_ == "file" else -1
    return DirectoryEntry(shown, type_, kinds.get(path, ""), size, status.st_mtime_ns // 1000)


_kinds_lock = threading.Lock()


def _read_kinds(paths: RunPaths) -> Mapping[str, str]:
    """Returns the kind of each file that the manifest lists; of a run that goes on, of those that were staged."""
    try:
        status = os.stat(paths.meta_zip if paths.meta_zip.exists() else paths.meta_dir / "manifest")
        with _kinds_lock:
            return _load_kinds(paths.root, paths.id, status.st_mtime_ns)
    except (GageError, OSError):
        return {}


@lru_cache(maxsize=4)
def _load_kinds(root: Path, id: str, _modified: int) -> Mapping[str, str]:
    paths = RunPaths(root, id)
    with MetaReader.open(paths) as meta:
        return {entry.path: entry.kind for entry in read_files(meta, paths.run_dir)}


_MARKDOWN_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:46em;margin:12px 16px}"
    "code,pre{font:12px/1.5 ui-monospace,Menlo,Consolas,monospace}pre{overflow:auto;padding:8px 12px;"
    "background:#8881}code{background:#8881}pre code{background:none}table{border-collapse:collapse}"
    "th,td{border:1px solid #8884;padding:2px 8px}.right{text-align:right}h1{font-size:20px}h2{font-size:16px}"
)
