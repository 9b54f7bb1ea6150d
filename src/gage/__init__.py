"""Gage: experiment tracking for machine learning. No changes to your code."""

TYPE_CHECKING = False  # for type checkers; importing `typing` would slow down every start

if TYPE_CHECKING:
    from gage.api import log as log
    from gage.api import summary as summary

__version__ = "0.3.0"


def __getattr__(name: str) -> object:
    """Returns `gage.log` or `gage.summary`, loaded on first use, as Gage itself does not need them."""
    if name in ("log", "summary"):
        from gage import api

        return getattr(api, name)
    raise AttributeError(f"module 'gage' has no attribute {name!r}")
