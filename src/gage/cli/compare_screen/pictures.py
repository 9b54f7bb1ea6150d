"""Draws images of a run as half blocks, two pixels in a character. Images may come from a stranger: Gage checks their
size before it decodes them, and does not draw a damaged image.
"""

import io
import warnings

from gage.cli.compare_screen.spans import Line
from gage.metrics.media import MediaFile, read_content
from gage.metrics.thumbnails import MAX_IMAGE_PIXELS
from gage.store.store import RunStore
from gage.types.run import Run

MAX_PICTURES = 2
MAX_COLUMNS = 48
MAX_ROWS = 16
UPPER_HALF = "▀"
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")

Picture = tuple[str, tuple[Line, ...]]
"""The name of an image, with its step, and its lines."""


def read_pictures(store: RunStore, run: Run) -> tuple[Picture, ...]:
    """Returns the latest images of a run; none if Pillow is not installed."""
    try:
        import PIL  # noqa: F401
    except ImportError:
        return ()
    images = sorted(_list_images(store, run), key=lambda media: (media.step or 0, media.time), reverse=True)
    run_dir = store.get_paths(run.id).run_dir
    pictures = []
    for media in images[: 2 * MAX_PICTURES]:
        data = read_content(run_dir, media)
        lines = draw_picture(data) if data else ()
        if lines:
            step = "" if media.step is None else f" at step {media.step}"
            pictures.append((f"{media.name}{step}", lines))
    return tuple(pictures[:MAX_PICTURES])


def _list_images(store: RunStore, run: Run) -> list[MediaFile]:
    from gage.index.load_series import list_media

    return [media for media in list_media(store, run) if media.kind == "image"]


def draw_picture(data: bytes) -> tuple[Line, ...]:
    """Returns an image as lines of half blocks; no lines if it is damaged or too large. Rich replaces colours that the
    terminal does not have by similar ones.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MAX_IMAGE_PIXELS:
                    return ()
                image.draft("RGB", (MAX_COLUMNS, MAX_ROWS * 2))
                small = image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return ()
    small.thumbnail((MAX_COLUMNS, MAX_ROWS * 2))
    pixels = small.tobytes()
    colors = [pixels[at : at + 3].hex() for at in range(0, len(pixels), 3)]
    rows = [colors[start : start + small.width] for start in range(0, len(colors), small.width)]
    if len(rows) % 2:
        rows.append(rows[-1])
    return tuple(
        [(UPPER_HALF, f"fg#{top} bg#{low}") for top, low in zip(upper, lower, strict=True)]
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
