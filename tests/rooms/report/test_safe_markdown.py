"""Markdown of reports: HTML, images and foreign links stay text; values are filled in, but not in code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.report.markdown_html import is_safe_link, render_markdown_html
from gage.report.safe_markdown import escape_markdown, fill_markdown, split_code


def fill(text, value="0.5"):
    return fill_markdown(text, lambda expression, line: f"{value}:{expression}:{line}")


def render(text):
    return render_markdown_html(fill_markdown(text, lambda expression, line: expression))


def test_fills_in_values_with_their_lines():
    assert fill("a\nb {gage: best(loss)} c") == "a\nb 0.5:best(loss):1 c"
    assert fill("{gage:count}{gage: latest(`a}b`)}") == r"0.5:count:00.5:latest(\`a}b\`):0"
    assert fill("{gage: never closed\n}") == "{gage: never closed\n}"


def test_leaves_code_as_it_is():
    text = "`{gage: x}` ``a ` {gage: x}``\n\n```\n{gage: x} <b>\n```\n~~~py\n{gage: x}\n~~~\n"
    assert fill(text) == text
    assert fill("```\n{gage: x}") == "```\n{gage: x}"
    assert "x" in fill("\\`{gage: x}`") and "0" in fill("\\`{gage: x}`")
    assert "0" in fill("`a\n\n{gage: x}`")


def test_values_cannot_become_markup():
    text = fill_markdown("{gage: x}", lambda expression, line: "<script>*a*[b](javascript:c) `d` \x1b[0m |\n# e")
    assert "<script>" not in render_markdown_html(text) and "\x1b" not in text and "\n" not in text
    assert "<em>" not in render_markdown_html(text) and "<a" not in render_markdown_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=x>c</b>",
        "<!-- a --><?php ?>",
        "[a](javascript:alert(1))",
        "[a](  JaVaScRiPt:alert(1))",
        "[a](<javascript:alert(1)>)",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](//example.org)",
        "[a](\nfile:///etc/passwd)",
        "[a]\n\n[a]: javascript:alert(1)",
        "[a]\n\n> [a]: javascript:alert(1)",
        "![a](https://example.org/a.png)",
        "![a](plot.png)",
        "![a][b]\n\n[b]: https://example.org/a.png",
        "<javascript:alert(1)>",
        "[`a`](javascript:alert(1))",
    ],
)
def test_html_images_and_other_links_are_text(text):
    page = render(text)
    assert not re.search(r"<(?!/?(p|code|br|blockquote|a href=\"https://example.org/a.png\" rel=[^>]*|a)\b)", page), (
        page
    )
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page) and "<img" not in page
    safe = fill_markdown(text, lambda expression, line: "")
    assert not re.search(r"(?<!\\)<[a-zA-Z!?/]", safe)
    assert not re.search(r"(?<!\\)\]\(\s*<?(?!https?://|#)", safe) and not re.search(r"!\[", safe)


def test_links_to_web_pages_and_places_of_the_page_work():
    assert 'href="https://example.org/a?b=c"' in render("[a](https://example.org/a?b=c)")
    assert 'rel="noopener noreferrer"' in render("<http://example.org>")
    assert 'href="#loss"' in render("[a](#loss)")
    assert 'href="https://example.org"' in render("[a]\n\n[a]: https://example.org")
    assert is_safe_link("HTTPS://x") and not is_safe_link("vbscript:x") and not is_safe_link("/a")


def test_tables_lists_and_emphasis_work():
    page = render("# A\n\n- **b**\n- ~~c~~\n\n| a | b |\n|---:|---|\n| 1 | {gage: x} |\n")
    assert '<td class="right">1</td>' in page and "style=" not in page
    assert "<h1>A</h1>" in page and "<strong>b</strong>" in page and "<s>c</s>" in page and "<td>x</td>" in page


@given(st.text(max_size=300))
def test_pieces_are_the_whole_text(text):
    assert "".join(piece for piece, _ in split_code(text)) == text


@given(st.text("<>![]()`#:\\&;ab/ \n", max_size=80))
def test_no_text_becomes_an_element_of_its_own(text):
    page = render(text)
    assert not re.search(r"<(script|img|iframe|svg|style|object|a href=\"(?!https?://|#))", page, re.IGNORECASE)


@given(st.text(max_size=60))
def test_escaped_text_is_shown_as_it_is(text):
    import html

    shown = re.sub(r"<[^>]*>", "", render_markdown_html(escape_markdown("x" + text.strip() + "x")))
    from gage.types.values import escape

    assert html.unescape(shown).strip() == " ".join(escape("x" + text.strip() + "x").split(" ")).strip()
