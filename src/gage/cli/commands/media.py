"""`gage media`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gage.cli import load_series, run_selection
from gage.cli.command import gage_command, json_option
from gage.cli.render import terminal
from gage.types.errors import UsageError
from gage.types.table import Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from gage.metrics.media import MediaFile
    from gage.store.store import RunStore
    from gage.types.run import Run
    from gage.types.values import JSONValue

COLUMNS = (
    Column("kind", "Kind"),
    Column("name", "Name"),
    Column("step", "Step", "right"),
    Column("size", "Size", "right"),
    Column("path", "File"),
)


@gage_command("media", "gage media", "gage media 1 --kind image", "gage media 1 --thumbnails --json")
@click.argument("run", metavar="[RUN]", required=False)
@run_selection.where_option
@click.option(
    "-k", "--kind", metavar="KIND", multiple=True, help="Only image, audio, video, table, html or text (repeatable)."
)
@click.option("-t", "--thumbnails", is_flag=True, help="Create thumbnails of images in the run's cache directory.")
@json_option
def command(run: str | None, where: tuple[str, ...], kind: tuple[str, ...], thumbnails: bool, as_json: bool) -> None:
    """List the images, audio, tables and other media of a run (default: the latest)."""
    from gage.metrics.media import SUFFIXES_BY_KIND

    for each in kind:
        if each not in SUFFIXES_BY_KIND:
            raise UsageError(f"Unknown media kind {each!r}", f"Kinds: {', '.join(SUFFIXES_BY_KIND)}")
    store = run_selection.open_store()
    found = run_selection.find_run(store, run, where)
    media = [m for m in _media(store, found) if not kind or m.kind in kind]
    small = _thumbnails(store, found, media) if thumbnails else {}
    if as_json:
        terminal.print_json([_as_json(m, small) for m in media])
    elif not media:
        terminal.print_stderr(f"{found.name} wrote no images, audio, tables or other media")
    else:
        rows = tuple((m.kind, m.name, m.step, terminal.format_size(m.size), m.path) for m in media)
        terminal.print_table(Table(COLUMNS, rows, tuple(found.id for _ in media), len(media)))


def _media(store: "RunStore", run: "Run") -> "Iterator[MediaFile]":
    from gage.metrics import media

    yield from media.list_media_files(store.get_paths(run.id).run_dir, load_series.InputFileFilter(store, run))
    yield from media.list_media_items(load_series.load_series(store, run).items())


def _thumbnails(store: "RunStore", run: "Run", found: "list[MediaFile]") -> "dict[MediaFile, Path]":
    """Returns the thumbnail of each image that can have one."""
    from gage.metrics.media import read_content
    from gage.metrics.thumbnails import make_thumbnail

    paths = store.get_paths(run.id)
    made: dict[MediaFile, Path] = {}
    for media in found:
        data = read_content(paths.run_dir, media) if media.kind == "image" else None
        try:
            path = make_thumbnail(data, paths.cache_dir) if data else None
        except ImportError:
            raise UsageError("Thumbnails require the package Pillow", "Try: pip install 'gage-ml[images]'") from None
        if path:
            made[media] = path
    terminal.print_stderr(f"{terminal.format_count(len(made), 'thumbnail')} in {paths.cache_dir}")
    return made


def _as_json(media: "MediaFile", small: "dict[MediaFile, Path]") -> "JSONValue":
    entry: dict[str, JSONValue] = {
        "kind": media.kind,
        "name": media.name,
        "step": media.step,
        "path": media.path,
        "size": media.size,
        "time": media.time,
    }
    if media.offset >= 0:
        entry |= {"offset": media.offset, "length": media.length}
    if media in small:
        entry["thumbnail"] = str(small[media])
    return entry
