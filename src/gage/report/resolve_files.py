"""Resolves blocks that show images or output of a run. Reads no file outside the run directory."""

from collections import deque
from collections.abc import Iterator
from itertools import chain

from gage.index.load_series import build_input_filter, select_names
from gage.lib.secrets import mask_text
from gage.lib.suggest import suggest_closest
from gage.metrics.media import MediaFile, list_media_files, list_media_items, read_content
from gage.report.items import CodeItem, ImageItem, Item, TextItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.store.meta import MetaReader
from gage.store.output_log import list_phases, read_lines, strip_colors
from gage.types.errors import NotFound, StoreError
from gage.types.run import Run

LAST_LINES = 20
MAX_LINE_LENGTH = 500
MAX_OUTPUT_BYTES = 256 << 20
"""Size of the largest output that is read to find its last lines."""
MAX_IMAGES = 12
MAX_IMAGE_BYTES = 8 << 20
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
}
"""First bytes of the image files that browsers show → media type."""


def resolve_output(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the last lines of a run's output. Raises GageError."""
    run = query.find_run(settings.run, settings.where)
    count = settings.lines or LAST_LINES
    try:
        with MetaReader.open(query.store.get_paths(run.id)) as meta:
            phases = list_phases(meta)
            if sum(meta.get_size(f"output/{phase}") or 0 for phase in phases) > MAX_OUTPUT_BYTES:
                too_large = f"The output of {run.name} has over {MAX_OUTPUT_BYTES >> 20} MB"
                raise StoreError(too_large, "Try: gage cat --output")
            lines = deque((line.data for phase in phases for line in read_lines(meta, phase)), count + 1)
    except OSError as e:
        raise StoreError(f"The output of {run.name} cannot be read: {e.strerror}") from None
    if not lines:
        return (TextItem(f"{run.name} wrote no output", "note"),)
    texts = [mask_text(strip_colors(line[: 4 * MAX_LINE_LENGTH]))[:MAX_LINE_LENGTH] for line in lines]
    more = [("@", "…")] if len(texts) > count else []
    return (CodeItem(f"Output of {run.name}", (*more, *(("", text) for text in texts[-count:]))),)


def resolve_images(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the images of a run that a path, a glob or the name of an image selects, each at its last step.

    Raises GageError.
    """
    run = query.find_run(settings.run, settings.where)
    images = [media for media in _list_media(run, query) if media.kind == "image"]
    names = list(select_names([media.path for media in images], [settings.path]))
    chosen = [media for media in images if media.path in names and media.offset < 0]
    chosen = chosen or list(_select_by_name(images, settings.path))
    if not chosen:
        known = list(dict.fromkeys(name for media in images for name in (media.path, media.name)))
        hint = suggest_closest(settings.path, known, f"Try: gage media {run.name}")
        raise NotFound(f"{run.name} has no image {settings.path!r}", hint)
    limit = settings.limit or MAX_IMAGES
    items: list[Item] = [_read_image(run, media, query) for media in chosen[:limit]]
    if len(chosen) > limit:
        items.append(TextItem(f"{len(chosen) - limit:,} more images are not shown", "note"))
    return tuple(items)


def _list_media(run: Run, query: RunQuery) -> Iterator[MediaFile]:
    run_dir = query.store.get_paths(run.id).run_dir
    is_foreign = build_input_filter(query.store, run)
    return chain(list_media_files(run_dir, is_foreign), list_media_items(query.load_series(run).items()))


def _select_by_name(images: list[MediaFile], pattern: str) -> Iterator[MediaFile]:
    """Yields the last step of each image whose name matches."""
    for name in select_names(list(dict.fromkeys(media.name for media in images)), [pattern]):
        yield max((media for media in images if media.name == name), key=lambda media: (media.step or 0, media.time))


def _read_image(run: Run, media: MediaFile, query: RunQuery) -> ImageItem:
    if (media.length or media.size) > MAX_IMAGE_BYTES:
        raise StoreError(f"The image {media.path!r} of {run.name} has over {MAX_IMAGE_BYTES >> 20} MB")
    data = read_content(query.store.get_paths(run.id).run_dir, media)
    if data is None:
        raise StoreError(f"The image {media.path!r} of {run.name} cannot be read")
    media_type = detect_media_type(data)
    if media_type is None:
        raise StoreError(f"The image {media.path!r} of {run.name} is not PNG, JPEG, GIF, WebP or BMP")
    step = "" if media.step is None else f" at step {media.step:,}"
    return ImageItem(f"{media.name}{step}", media_type, data)


def detect_media_type(data: bytes) -> str | None:
    """Returns the media type of an image by its first bytes; None for one that browsers do not show."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in SIGNATURES.items() if data.startswith(start)), None)
