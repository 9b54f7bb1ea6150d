"""`gage media`."""

from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count, format_size
from gage.cli import run_selection
from gage.cli.command import json_option, make_command
from gage.cli.render import terminal
from gage.index import load_series
from gage.types.errors import UsageError
from gage.types.table import Column

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


@make_command("media", "gage media", "gage media 1 --kind image", "gage media 1 --thumbnails --json")
@run_selection.select_run
@click.option(
    "-k", "--kind", metavar="KIND", multiple=True, help="Only image, audio, video, table, html or text (repeatable)."
)
@click.option("-t", "--thumbnails", is_flag=True, help="Create thumbnails of images in the run's cache directory.")
@json_option
def command(selection: run_selection.RunSelection, kind: tuple[str, ...], thumbnails: bool, as_json: bool) -> None:
    """List the images, audio, tables and other media of a run (default: the latest)."""
    from gage.metrics.media import SUFFIXES_BY_KIND

    for each in kind:
        if each not in SUFFIXES_BY_KIND:
            raise UsageError(f"Unknown media kind {each!r}", f"Kinds: {', '.join(SUFFIXES_BY_KIND)}")
    store, run = selection.store, selection.find_one()
    run_selection.warn_incomplete([run])
    media = [m for m in load_series.list_media(store, run) if not kind or m.kind in kind]
    small = _make_thumbnails(store, run, media) if thumbnails else {}
    if as_json:
        terminal.print_json([_as_json(m, small) for m in media])
    elif not media:
        terminal.print_stderr(f"{run.name} wrote no images, audio, tables or other media")
    else:
        rows = [(m.kind, m.name, m.step, format_size(m.size), m.path) for m in media]
        terminal.print_table(COLUMNS, rows)


def _make_thumbnails(store: "RunStore", run: "Run", files: "list[MediaFile]") -> "dict[MediaFile, Path]":
    """Returns the thumbnail of each image that can have one."""
    from gage.metrics.media import read_content
    from gage.metrics.thumbnails import make_thumbnail

    paths = store.get_paths(run.id)
    thumbnails: dict[MediaFile, Path] = {}
    for media in files:
        data = read_content(paths.run_dir, media) if media.kind == "image" else None
        try:
            path = make_thumbnail(data, paths.cache_dir) if data else None
        except ImportError:
            raise UsageError("Thumbnails require the package Pillow", "Try: pip install 'gage-ml[images]'") from None
        if path:
            thumbnails[media] = path
    terminal.print_stderr(f"{format_count(len(thumbnails), 'thumbnail')} in {paths.cache_dir}")
    return thumbnails


def _as_json(media: "MediaFile", small: "dict[MediaFile, Path]") -> "JSONValue":
    entry: dict[str, JSONValue] = media._asdict()
    if media.offset < 0:
        del entry["offset"], entry["length"]
    if media in small:
        entry["thumbnail"] = str(small[media])
    return entry
