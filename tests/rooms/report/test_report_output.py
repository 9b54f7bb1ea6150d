"""What a report is rendered to, and its data as JSON and back."""

import json
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.svg_plot import LinePlot, PlotLine
from gage.report.html_output import render_html_report
from gage.report.items import (
    CodeItem,
    FactsItem,
    ImageItem,
    InlineText,
    NumberItem,
    PlotItem,
    Report,
    ReportBlock,
    ReportText,
    RunMention,
    TableItem,
    TextItem,
)
from gage.report.markdown_output import render_markdown_report
from gage.report.report_json import encode_report, parse_frozen_data
from gage.report.source import ErrorItem
from gage.report.table_text import build_table_item
from gage.types.table import Column, Table

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
TABLE = Table(
    (Column("name", "Name"), Column("loss", "loss", "right"), Column("d", "Δ", "right", "delta")),
    (("a", 0.123456, {"value": 0.5, "better": True}), ("b", math.nan, None), ("c", None, None)),
)


def make_items(text="text"):
    plot = LinePlot(text, "step", (PlotLine(text, [0, 1, 2], [1.0, math.nan, 3.0], raw=[1.0, 2.0, 3.0]),), "number")
    return (
        TextItem(text),
        TextItem(text, "note"),
        TextItem(text, "title"),
        FactsItem(((text, text),)),
        TableItem(Table((Column("a", text),), ((text,),))),
        build_table_item(TABLE, ".2f", lambda column: column.key == "loss"),
        PlotItem(plot),
        ImageItem(text, "image/png", PNG),
        CodeItem(text, (("+", text), ("-", text), ("@", text), ("", text))),
        NumberItem(text, text),
    )


def make_report(text="text", items=None, **fields):
    block = ReportBlock(f"table\n{text}", "table", "one", items or make_items(text), text, ("id1",))
    parts = (ReportText("Some *text*"), block, ReportBlock("value", "value", "", (NumberItem("1", text),)))
    values = {"count": InlineText(text, ("id1",))}
    report = Report("name", text, parts, values, (RunMention("id1", text),), 1_700_000_000_000_000)
    return report._replace(**fields)


def test_the_data_is_read_back_as_it_was():
    report = make_report()
    kept = parse_frozen_data(encode_report(report))
    assert kept.made == report.made and kept.names == {"id1": "text"} and kept.values == dict(report.values)
    block = kept.blocks["table\ntext"]
    assert repr(block.items[5].table) == repr(TABLE) and block.items[5].texts[0][1] == "0.12"
    assert [repr(item) for item in block.items if not isinstance(item, PlotItem)] == [
        repr(item) for item in report.blocks[0].items if not isinstance(item, PlotItem)
    ]
    line = block.items[6].plot.lines[0]
    assert line.xs == [0, 1, 2] and math.isnan(line.ys[1]) and line.low == []
    assert encode_report(make_report()) == encode_report(report)


def test_a_block_with_an_error_is_not_used_again():
    data = encode_report(make_report(items=(ErrorItem("wrong", "", 3),)))
    assert list(parse_frozen_data(data).blocks) == ["value"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"blocks": [{"key": "a", "items": [{"type": "what"}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "table", "columns": [{"content": "x"}]}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "table", "columns": [], "rows": [[1]]}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "plot", "x_kind": "x"}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "plot", "x_kind": "time", "lines": [{"xs": [1], "ys": []}]}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "plot", "x_kind": "time", "lines": [{"xs": ["a"], "ys": [1]}]}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "image", "data": "?"}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "image", "data": "PHN2Zz4="}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "facts", "facts": [["a"]]}]}]},
        {"blocks": [{"key": "a", "items": [{"type": "code", "lines": [["*", "a"]]}]}]},
    ],
)
def test_refuses_data_that_is_damaged(change):
    data = json.loads(encode_report(make_report())) | change
    with pytest.raises(ValueError):
        parse_frozen_data(json.dumps(data).encode())


JSON_PARTS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "items", "type", "rows", "lines"]), children, max_size=3)
    ),
)


@given(
    st.binary(max_size=50)
    | JSON_PARTS.map(lambda part: json.dumps({"format": 1, "blocks": part, "runs": part}).encode())
)
def test_data_of_any_shape_is_read_or_refused(data):
    try:
        parse_frozen_data(data)
    except ValueError:
        pass


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\"'>![x](javascript:y)|`*_#\n# z"


def test_names_of_runs_cannot_become_markup():
    report = make_report(HOSTILE, problems=(ErrorItem(HOSTILE, HOSTILE, 3, 2, 4, HOSTILE),))
    page = render_html_report(report)
    assert "<script>alert" not in page and "\x1b" not in page and "\u202e" not in page
    assert page.count("<script>") == 1  # that of sortable tables
    assert "javascript:y" not in re.sub(r">[^<]*<|\"[^\"]*\"", "", page)
    text, files = render_markdown_report(report)
    outside = re.sub(r"(?ms)^(`{3,}).*?^\1$", "", text)
    assert "<script>" not in outside and "\x1b" not in text and "\u202e" not in text
    assert "](javascript" not in outside.replace("\\]", "")
    for name, data in files.items():
        assert re.fullmatch(r"report_files/[a-z0-9-]+\.(svg|png)", name)
        if name.endswith(".svg"):
            ElementTree.fromstring(data)


@given(st.text(max_size=40))
def test_renders_any_text(text):
    report = make_report(text, problems=(ErrorItem(text, text, 3, 2, 4, text),))
    assert "<script>alert" not in render_html_report(report)
    assert render_markdown_report(report).text


def test_a_page_loads_nothing_and_has_its_pictures():
    page = render_html_report(make_report())
    assert "data:image/png;base64," in page and page.count("<svg") == 2
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    assert "Content-Security-Policy" in page and '<figure id="one"' in page
    assert "Made from 1 run" in page and '<div class="numbers">' in page


def test_markdown_has_pictures_beside_it_under_different_names():
    report = make_report(items=(*make_items(), *make_items()))
    text, files = render_markdown_report(report, "x_files")
    assert sorted(files) == [
        "x_files/one-text-2.png",
        "x_files/one-text-2.svg",
        "x_files/one-text.png",
        "x_files/one-text.svg",
    ]
    assert all(f"]({name})" in text for name in files)
    assert text.startswith("# text\n\nSome *text*\n\ntext\n\n*text*\n\n**text**\n\n- **text**: text\n\n| text |")
    assert "| a    | 0.12 | +0.5 ▲ better |" in text and "```diff\n+ text\n- text\n@@ text\n  text\n```" in text


def test_a_title_in_the_text_is_not_repeated():
    parts = (ReportText("# My title\n\nText"),)
    report = make_report("My title", parts=parts)
    assert render_html_report(report).count("My title</h1>") == 1
    assert render_markdown_report(report).text == "# My title\n\nText\n"


def test_errors_have_a_caret():
    error = ErrorItem("Unknown key", "Did you mean 'x'?", 3, 3, 2, "a bc d")
    text = render_markdown_report(make_report(items=(error,))).text
    assert "Error: Unknown key (line 3)\n  a bc d\n    ^^\nDid you mean 'x'?" in text
