"""Renders a whole page: one file that loads nothing, runs only the script of this module, and cannot send anything."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from gage.board.html.elements import Markup, escape_html, render_paragraphs


def render_page(title: str, parts: Iterable[Markup], description: str = "", footer: str = "", style: str = "") -> str:
    """Returns a page with these parts, such as tables. Empty lines separate the paragraphs of `description`. `style` is
    added to the style of all pages.

    The Content Security Policy of the page allows its own style, its own script and images in `data:`, nothing else.
    """
    style, script = _read_asset("page.css") + style, _read_asset("sort_tables.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    name = escape_html(title)
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{name}</title>\n<style>{style}</style>\n</head>\n<body>",
            f"<header><h1>{name}</h1>{render_paragraphs(description)}</header>\n<main>",
            *parts,
            f"</main>{f'<footer>{escape_html(footer)}</footer>' if footer else ''}",
            f"<script>{script}</script>\n</body>\n</html>\n",
        )
    )


def _read_asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(text: str) -> str:
    """Returns the hash source of a Content Security Policy for the text of an element."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
