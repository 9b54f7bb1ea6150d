"""Tables as CSV, Markdown, LaTeX, JSON and Parquet: nothing leaves its cell, no number loses a digit."""

import csv
import io
import math
import re
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.formatting import format_spread
from gage.board.parquet_file import write_parquet
from gage.board.table_formats import (
    convert_to_records,
    convert_to_text,
    flatten_table,
    format_latex,
    format_markdown,
    write_csv,
)
from gage.types.errors import UsageError
from gage.types.table import Column, Table

SUMMARY = {"mean": 0.93371, "std": 0.00612, "n": 5}
SPREAD = Table(
    (Column("acc", "Acc", "right", "summary"), Column("delta(acc)", "Δ", "right", "delta")),
    ((SUMMARY, {"value": -0.016, "better": False}), (None, {"value": 0.5, "better": None}), (None, None)),
)
TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\\|&%$#_{}~^`*[]<>\"'\n\r\t=+-@"))


def make_table(*values: object, align: str = "left") -> Table:
    return Table((Column("x", "x", align),), tuple((value,) for value in values))


def format_csv(table: Table, delimiter: str = ",") -> str:
    file = io.StringIO()
    write_csv(table, file, delimiter)
    return file.getvalue()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (2**70, "1180591620717411303424"),
        (None, '""'),
        (True, "true"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ([1, "a"], '"[1,""a""]"'),
        ("a,b", '"a,b"'),
        ("two\nlines\x1b[2J", "two\\nlines\\x1b[2J"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1e-5", "-1e-5"),
        ("-x", "'-x"),
        (-1.5, "-1.5"),
    ],
)
def test_csv_is_exact_and_has_no_formulas(value: object, text: str) -> None:
    assert format_csv(make_table("a", value)) == f"x\na\n{text}\n"


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=3), st.sampled_from(",\t"))
def test_csv_keeps_texts_in_their_cells(rows: list[tuple[str, str]], delimiter: str) -> None:
    table = Table((Column("a", "a"), Column("b", "b")), tuple(rows))
    parsed = list(csv.reader(io.StringIO(format_csv(table, delimiter)), delimiter=delimiter))
    assert len(parsed) == len(rows) + 1 and all(len(row) == 2 for row in parsed)
    for row, written in zip(rows, parsed[1:], strict=True):
        for text, cell in zip(row, written, strict=True):
            assert cell in (text, f"'{text}") or not text.isprintable()
            assert cell.isprintable() or any(c in cell for c in "\u200c\u200d")


def test_summaries_and_differences_become_plain_columns() -> None:
    assert format_csv(SPREAD) == "acc,std(acc),n(acc),delta(acc)\n0.93371,0.00612,5,-0.016\n,,,0.5\n,,,\n"
    assert [column.title for column in flatten_table(SPREAD).columns] == ["Acc", "std(Acc)", "n(Acc)", "Δ"]
    assert convert_to_text(SPREAD).rows == (("0.9337 ± 0.0061 (5)", "-0.016 ▼ worse"), ("", "+0.5 ▲"), ("", ""))
    assert convert_to_records(SPREAD)[0]["acc"] == SUMMARY


def test_damaged_summaries_are_empty() -> None:
    table = Table(SPREAD.columns, (({"std": 1}, {}), (3, [])))
    assert convert_to_text(table).rows == (("", ""), ("", ""))


def test_says_better_and_no_change() -> None:
    columns = (Column("d", "d", "right", "delta"),)
    table = Table(columns, (({"value": -2, "better": True},), ({"value": 0, "better": None},)))
    assert convert_to_text(table).rows == (("-2 ▼ better",), ("0",))


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        (0.93371, 0.00612, "0.9337 ± 0.0061"),
        (12345.678, 12.3, "12346 ± 12"),
        (5, 123, "5 ± 1.2e+02"),
        (1e-9, 2e-10, "1e-09 ± 2e-10"),
        (0.5, 0.0, "0.5 ± 0"),
        (0.123456, None, "0.1235"),
        (math.inf, math.nan, "inf ± nan"),
    ],
)
def test_spread_has_as_many_decimals_as_matter(mean: float, std: float | None, text: str) -> None:
    assert format_spread(mean, std) == text


def test_markdown_is_aligned_and_escaped() -> None:
    columns = (Column("a", "a|b"), Column("val_loss", "val_loss", "right"))
    table = Table(columns, (("<b>*x*\n", 0.123456), ("$_a_`\\&[y](z)", None), ("ok", -1e-5)))
    lines = format_markdown(table).splitlines()
    assert len(set(map(len, lines))) == 1
    assert [[cell.strip() for cell in re.split(r"(?<!\\)[|]", line)[1:-1]] for line in lines] == [
        ["a\\|b", "val_loss"],
        ["-" * 24, "-------:"],
        ["&lt;b&gt;\\*x\\*\\\\n", "0.1235"],
        ["\\$\\_a\\_\\`\\\\&amp;\\[y\\](z)", ""],
        ["ok", "-1e-05"],
    ]


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_markdown_keeps_texts_in_their_cells(texts: list[str]) -> None:
    table = Table(tuple(Column(text, text) for text in texts), (tuple(texts),))
    lines = format_markdown(table).split("\n")
    assert len(lines) == 4 and not lines[3]
    for line in lines[:3]:
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == len(texts) + 1
        assert "<" not in line and ">" not in line


def test_latex_is_a_tabular_of_booktabs() -> None:
    table = Table((Column("a", "a_b"), Column("n", "n", "right")), (("50 % & more", -1.5), ("x--y", 2e-5)))
    assert format_latex(table) == (
        "% \\usepackage{booktabs}\n\\begin{tabular}{lr}\n\\toprule\n"
        "a\\_b          &                  n \\\\\n\\midrule\n"
        "50 \\% \\& more &             $-$1.5 \\\\\n"
        "x-{}-y        & $2 \\times 10^{-5}$ \\\\\n"
        "\\bottomrule\n\\end{tabular}\n"
    )


@given(TEXTS)
def test_latex_escapes_every_special_character(text: str) -> None:
    line = format_latex(make_table("x", text)).split("\n")[6]
    assert line.endswith("\\\\")
    rest = re.sub(
        r"\\times 10\^\{-?\d+\}|\\(?:[{}$&#_%]|[a-z]+(?:\{\d*\})?)|\{[\[\]*]\}|-\{\}|\$-\$|\$\\[a-zA-Z]+\$",
        "",
        line[:-2],
    )
    assert not re.search(r"[\\{}&#%~^\[\]*_]", rest)


def test_parquet_keeps_types(tmp_path: Path) -> None:
    columns = {
        "int": [1, 2, None],
        "float": [0.1, math.nan, 3],
        "bool": [True, None, False],
        "text": ["=1", None, "\x1b"],
        "json": [[1], {"a": 1}, None],
        "mixed": ["adam", 1, None],
        "flag": [True, 1, None],
        "large": [2**70, 1, None],
        "inexact": [2**53 + 1, 0.5, None],
        "none": [None, None, None],
    }
    table = Table(tuple(Column(key, key.title()) for key in columns), tuple(zip(*columns.values(), strict=True)))
    path = tmp_path / "table.parquet"
    assert write_parquet(table, str(path)) == ("mixed", "flag", "large", "inexact")
    read = pyarrow.parquet.read_table(path)
    types = {name: str(read.schema.field(name).type) for name in columns}
    assert list(types.values()) == ["int64", "double", "bool", *["string"] * 6, "null"]
    assert read["text"].to_pylist() == ["=1", None, "\x1b"]
    assert read["mixed"].to_pylist() == ["adam", "1", None] and read["large"].to_pylist()[0] == str(2**70)
    assert math.isnan(read["float"].to_pylist()[1]) and read["json"].to_pylist() == ["[1]", '{"a":1}', None]


def test_parquet_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="Cannot write"):
        write_parquet(make_table(1), str(tmp_path / "missing" / "x.parquet"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="requires the package pyarrow"):
        write_parquet(make_table(1), str(tmp_path / "x.parquet"))
