"""The styles of the screen for terminals with 256 colours, with 16, and without colours. Knows names of styles.

Better is blue and worse is orange, which colour-blind people can tell apart. A sign, bold or reverse video repeats the
meaning of each colour. The 256 colours are of medium brightness: a terminal rarely says whether its background is dark
or light, and text in these colours has a contrast of at least 3.3 to 1 on both.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from rich.style import Style

from gage.cli.compare_screen.spans import CURVE_STYLES

ColorMode = Literal["256", "16", "none"]


_PLAIN: Mapping[str, str] = {
    "": "",
    "dim": "dim",
    "bold": "bold",
    "title": "bold",
    "heading": "bold",
    "current": "underline",
    "cursor": "reverse",
    "selected": "bold",
    "baseline": "bold",
    "best": "bold underline",
    "error": "bold",
    "better": "bold",
    "worse": "",
    "live": "bold",
    **dict.fromkeys(("scale1", "scale2", "scale3", "scale4", "scale5"), ""),
    **dict.fromkeys(CURVE_STYLES, ""),
    "added": "bold",
    "removed": "dim",
}
_SIXTEEN: Mapping[str, str] = {
    **_PLAIN,
    "better": "bold blue",
    "worse": "yellow",
    "error": "bold red",
    "live": "bold cyan",
    "selected": "bold magenta",
    "scale1": "bold blue",
    "scale5": "yellow",
    **dict(zip(CURVE_STYLES, ("blue", "yellow", "green", "magenta", "cyan", "red"), strict=True)),
    "added": "green",
    "removed": "red",
}
_RICH: Mapping[str, str] = {
    **_SIXTEEN,
    "better": "color(32) bold",
    "worse": "color(166)",
    "error": "bold color(161)",
    "live": "bold color(29)",
    "selected": "bold color(133)",
    "scale1": "color(32) bold",
    "scale2": "color(67)",
    "scale4": "color(130)",
    "scale5": "color(166)",
    **dict(
        zip(
            CURVE_STYLES,
            ("color(32)", "color(166)", "color(29)", "color(133)", "color(136)", "color(161)"),
            strict=True,
        )
    ),
    "added": "color(29)",
    "removed": "color(161)",
}
_MODES: Mapping[ColorMode, Mapping[str, str]] = {"256": _RICH, "16": _SIXTEEN, "none": _PLAIN}


MAX_STYLES = 10_000
"""Styles that are kept: those of several pictures."""


def detect_color_mode(environ: Mapping[str, str] = os.environ) -> ColorMode:
    """Returns the number of colours of the terminal, by its name and the user's NO_COLOR."""
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR") or term in ("", "dumb") or term.endswith("-mono") or term.startswith("vt"):
        return "none"
    if "256" in term or environ.get("COLORTERM") or term.startswith(("xterm-kitty", "alacritty", "foot", "wezterm")):
        return "256"
    return "16"


@lru_cache(MAX_STYLES)
def build_style(names: str, mode: ColorMode) -> Style:
    """Returns the style of names separated by blanks; `fg#ff8000` and `bg#000000` are colours of a picture."""
    return Style.combine([Style.parse(_describe_style(name, mode)) for name in names.split(" ")])


def _describe_style(name: str, mode: ColorMode) -> str:
    place, sign, color = name.partition("#")
    if sign:
        return f"{'on ' if place == 'bg' else ''}#{color}" if mode == "256" else ""
    return _MODES[mode].get(name, "")
