"""How the text and the items of a report look in a terminal."""

from gage.board.svg_plot import LinePlot, PlotLine
from gage.cli.render.report_pages import print_report
from gage.report.items import CodeItem, FactsItem, PlotItem, Report, ReportBlock, ReportText, TextItem

MARKDOWN = """\
# Title

Some **bold** text with ``code ` x``, a [link](https://example.org), https://example.org
and a \\` backtick.&#27;[31m

- one
  - nested

    again
- two

3. three
4. four

> A quote

---

```python
x = 1
```

| a | b |
|---|--:|
| `1` | &#x202e;2 |
"""


def show(capsys, *parts):
    print_report(Report("name", "Title", parts, {}, (), 0))
    return capsys.readouterr().out


def test_shows_markdown_like_help_pages(capsys):
    out = show(capsys, ReportText(MARKDOWN))
    assert out.startswith("Title\n\nSome bold text with code ` x, a link")
    assert (
        "link (https://example.org)" in out
        and "a ` backtick.\ufffd[31m" in out.replace("\n", " ")
        and "\x1b" not in out
    )
    lines = [line.rstrip() for line in out.replace("\u00a0", " ").split("\n")]
    for line in (
        "  - one",
        "    - nested",
        "    - again",
        "  - two",
        "  3. three",
        "  4. four",
        "A quote",
        "    x = 1",
    ):
        assert line in lines
    assert "a  b" in lines and "1  \\u202e2" in lines and "─" * 20 in lines


def test_shows_facts_code_and_plots(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    empty = LinePlot("loss", "step", (PlotLine("a", [0], [float("nan")]),))
    items = (
        TextItem("one"),
        TextItem("two", "note"),
        FactsItem((("Noise", "word " * 30),)),
        CodeItem("train.py", (("+", "new\tline"), ("@", "12"), ("", "same"))),
        PlotItem(empty),
    )
    out = show(capsys, ReportBlock("k", "best", "", items, "A caption"))
    assert "one\ntwo\n\nNoise  word" in out and out.count("word") == 30
    assert "train.py\n  + new    line\n  @ 12\n    same\n" in out
    assert "loss\nNo finite values\n" in out and "A caption\n" in out
