"""Finds the directory for files that can be deleted at any time and are made again when needed."""

import os
import sys


def find_cache_dir() -> str | None:
    """Returns Gage's cache directory: `GAGE_CACHE`, else the platform's place for caches.

    None if neither the variables nor a home directory name one. The directory need not exist.
    """
    if own := os.environ.get("GAGE_CACHE"):
        return os.path.abspath(own)
    if (xdg := os.environ.get("XDG_CACHE_HOME", "")) and os.path.isabs(xdg):
        return f"{xdg}/gage"
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    return f"{home}/Library/Caches/gage" if sys.platform == "darwin" else f"{home}/.cache/gage"
