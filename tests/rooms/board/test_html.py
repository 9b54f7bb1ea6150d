"""Pages: all is escaped, nothing is loaded, and tables know what they are sorted by."""

import math
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from gage.board.html.elements import (
    escape_html,
    render_notes,
    render_paragraphs,
    render_section,
    render_table,
)
from gage.board.html.page import render_page
from gage.types.table import Column, Table

HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m\u202e"
COLUMNS = (Column("name", "Name"), Column("acc", "Acc", "right"))


class Parsed(HTMLParser):
    """The elements of a page, its texts and attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def read_cells(markup):
    return re.findall(r"<td.*?</td>", markup)


def test_cells_say_what_they_are_sorted_by():
    shown = Table(COLUMNS, (("a", "93.4%"), ("b", "NaN"), ("c", ""), ("d", "inf"), (None, "2026-01-31")))
    values = Table(COLUMNS, (("a", 0.934), ("b", math.nan), ("c", None), ("d", math.inf), (None, "2026-01-31T10")))
    assert read_cells(render_table(shown, values)) == [
        "<td>a</td>",
        '<td class="right number" data-n="0.934">93.4%</td>',
        "<td>b</td>",
        '<td class="right number" data-v="">NaN</td>',
        "<td>c</td>",
        '<td class="right number none" data-v="">–</td>',
        "<td>d</td>",
        '<td class="right number" data-n="Infinity">inf</td>',
        '<td class="none" data-v="">–</td>',
        '<td class="right number" data-v="2026-01-31T10">2026-01-31</td>',
    ]


def test_shows_values_of_other_types():
    table = Table((Column("a", "A"), Column("b", "B")), ((True, [1, "x"]),))
    assert read_cells(render_table(table)) == ["<td>true</td>", "<td>[1,&quot;x&quot;]</td>"]


def test_marks_the_status_of_runs():
    table = Table((Column("status", "Status"),), (("completed",), ("<b>",)))
    assert read_cells(render_table(table)) == [
        '<td class="status" data-status="completed">completed</td>',
        "<td>&lt;b&gt;</td>",
    ]


def test_tables_have_a_caption_and_headings():
    markup = render_table(Table(COLUMNS, ()), caption="2 runs")
    assert "<caption>2 runs</caption>" in markup
    assert '<th scope="col" class="right"><button type="button">Acc</button></th>' in markup


def test_paragraphs_notes_and_sections():
    assert render_paragraphs("a\nb\n  \nc<") == "<p>a b</p><p>c&lt;</p>"
    assert render_notes(["a&b"]) == '<ul class="notes"><li>a&amp;b</li></ul>'
    assert render_notes([]) == ""
    assert render_section(escape_html("x"), title="T") == "<section><h2>T</h2>x</section>"
    assert render_section(escape_html("x")) == "<section>x</section>"


@given(st.text())
def test_no_text_leaves_its_place(text):
    hostile = text + HOSTILE
    table = Table((Column("a", hostile),), ((hostile,),))
    values = Table(table.columns, ((hostile + "x",),))
    parts = [render_table(table, values, hostile), render_notes([hostile]), render_section(title=hostile)]
    plain = Table((Column("a", "T"),), (("x",),))
    usual = [render_table(plain, Table(plain.columns, (("y",),)), "c"), render_notes(["n"]), render_section(title="s")]
    page, expected = (
        Parsed(render_page(t, p, d, f)) for t, p, d, f in ((hostile, parts, "", hostile), ("t", usual, "", "f"))
    )
    assert page.tags == expected.tags
    long = ("class", "long")  # only the hostile text is long
    assert [a for a, _ in page.attributes if (a, _) != long] == [a for a, _ in expected.attributes]
    assert "\x1b" not in "".join(page.texts) and "\u202e" not in "".join(page.texts)


def test_a_page_loads_nothing_and_allows_only_its_own_script():
    page = render_page("T", [render_table(Table(COLUMNS, ()))], "D", "F")
    parsed = Parsed(page)
    policy = next(value for _, value in parsed.attributes if value and "src" in value)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for name, text in (("script-src", script), ("style-src", style)):
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not {name for name, _ in parsed.attributes} & {"src", "href", "style", "onclick", "onload"}
    assert not re.findall(r"url\(|@import|https?:", page)
    assert "<p>D</p>" in page and "<footer>F</footer>" in page


def test_pages_are_utf_8_and_fit_phones():
    page = render_page("é", [])
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert '<meta charset="utf-8">' in page and "width=device-width" in page and "<title>é</title>" in page
