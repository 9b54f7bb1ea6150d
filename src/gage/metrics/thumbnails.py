"""Thumbnails of images, for listings: created once and cached.

Images may come from a stranger: their size is checked before they are decoded, and a damaged image has no thumbnail.
"""

import hashlib
import io
import os
import warnings
from pathlib import Path

from gage.lib.files import write_atomic

THUMBNAIL_PIXELS = 256
"""Pixels of the longer side."""
MAX_IMAGE_PIXELS = 100_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


def make_thumbnail(data: bytes, cache_dir: Path) -> Path | None:
    """Returns the thumbnail of an image, a WebP file named by the image's digest; None if it cannot be created.

    Raises ImportError when Pillow is not installed.
    """
    from PIL import Image

    path = cache_dir / f"thumbnail-{hashlib.sha256(data).hexdigest()[:32]}.webp"
    if path.is_file() and not path.is_symlink():
        return path
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MAX_IMAGE_PIXELS:
                    return None
                image.draft("RGB", (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
                small = image.convert("RGBA" if "A" in image.getbands() else "RGB")
                small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
                out = io.BytesIO()
                small.save(out, "WEBP", quality=80)
    except Exception:  # a damaged image makes Pillow raise errors of many types
        return None
    try:
        cache_dir.mkdir(exist_ok=True)
        if cache_dir.is_symlink():
            return None
        write_atomic(os.fspath(path), out.getvalue())
    except OSError:
        return None
    return path
