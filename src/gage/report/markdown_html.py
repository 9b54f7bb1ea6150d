"""Renders safe Markdown as HTML, without raw HTML and images. Links lead to http, https and the page itself."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gage.board.html.elements import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MAX_NESTING = 20
_LINK = re.compile(r"https?://|#", re.IGNORECASE)


def render_markdown_html(text: str) -> Markup:
    """Returns Markdown as HTML."""
    parser = build_parser()
    tokens = parser.parse(text)
    for link in (child for token in tokens for child in token.children or () if child.type == "link_open"):
        link.attrSet("rel", "noopener noreferrer")
    for cell in (token for token in tokens if token.type in ("th_open", "td_open")):
        # The Content-Security-Policy of the page forbids the attribute `style`.
        if str(cell.attrs.pop("style", "")).endswith("right"):
            cell.attrSet("class", "right")
    page = str(parser.renderer.render(tokens, parser.options, {}))
    # Text has `<` escaped, so `<table>` is always a table of the Markdown.
    return Markup(
        page.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    )


@lru_cache(maxsize=1)
def build_parser() -> "MarkdownIt":
    """Returns the parser: CommonMark with tables and strikethrough."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = is_safe_link  # type: ignore[method-assign]  # as its documentation says
    return parser


def is_safe_link(url: str) -> bool:
    """Returns whether a link leads to a web page, or to an anchor of the page itself."""
    return _LINK.match(url.strip()) is not None
