"""Where things lie that can be deleted at any time and come again."""

import os
import sys


def find_cache_dir() -> str | None:
    """Gage's folder for what can be deleted at any time: `GAGE_CACHE`, else where the platform has it.

    None where there is no such place. The folder need not exist.
    """
    if own := os.environ.get("GAGE_CACHE"):
        return os.path.abspath(own)
    if (xdg := os.environ.get("XDG_CACHE_HOME", "")) and os.path.isabs(xdg):
        return f"{xdg}/gage"
    if sys.platform == "win32":
        return f"{os.environ['LOCALAPPDATA']}/gage/cache" if "LOCALAPPDATA" in os.environ else None
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    return f"{home}/Library/Caches/gage" if sys.platform == "darwin" else f"{home}/.cache/gage"
