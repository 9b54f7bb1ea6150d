"""Gage: experiment tracking for machine learning that asks nothing of the user's code."""

TYPE_CHECKING = False  # as type checkers know it; the module `typing` is felt on every start

if TYPE_CHECKING:
    from gage.api import log as log
    from gage.api import summary as summary

__version__ = "0.3.0"


def __getattr__(name: str) -> object:
    """`gage.log` and `gage.summary`, loaded when a program uses them: Gage itself does not."""
    if name in ("log", "summary"):
        from gage import api

        return getattr(api, name)
    raise AttributeError(f"module 'gage' has no attribute {name!r}")
