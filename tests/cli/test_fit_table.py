"""Tables in a narrow terminal: which columns are left out, and that no number is cut."""

import pytest

from gage.cli.render.fit_table import fit_table, truncate_description, truncate_text
from gage.types.table import Column

KEYS = ("index", "name", "op", "started", "status", "description")
COLUMNS = [Column(key, key.title(), "right" if key == "index" else "left") for key in KEYS]
ROWS = [
    ("1", "tupot-roxuz", "train.py", "31s", "completed", "lr=0.1 seed=2  loss=0.0143  a label"),
    ("2", "bisaj-batis", "train.py", "3h", "error", "lr=0.2 seed=2  loss=-1.5e-05"),
]


@pytest.mark.parametrize(
    ("width", "keys"),
    [
        (100, KEYS),
        (85, KEYS),
        (73, ("index", "name", "started", "status", "description")),
        (55, ("index", "name", "status", "description")),
        (40, ("index", "name", "status", "description")),
        (20, ("index", "name")),
    ],
)
def test_leaves_out_columns(width: int, keys: tuple[str, ...]) -> None:
    table = fit_table(COLUMNS, ROWS, width)
    assert tuple(column.key for column in table.columns) == keys
    assert sum(table.widths) + 2 * (len(keys) - 1) <= width
    assert ("All rows: Op train.py" in table.note) == ("op" not in keys and width > 20)


def test_shortens_statuses_to_four_letters() -> None:
    table = fit_table(COLUMNS, ROWS, 55)
    assert [row[2] for row in table.rows] == ["comp", "erro"]


@pytest.mark.parametrize("width", range(11, 60))
def test_never_cuts_a_number(width: int) -> None:
    columns = [Column("name", "Name"), Column("a", "a", "right"), Column("b", "b", "right"), Column("note", "Note")]
    rows = [("tupot-roxuz", "-0.014312", "1234567", "some words"), ("bisaj-batis", "", "", "")]
    table = fit_table(columns, rows, width)
    for text, column, room in zip(table.rows[0], table.columns, table.widths, strict=True):
        assert column.key == "note" or len(text) <= room


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("lr=0.1  loss=0.0143", 19, "lr=0.1  loss=0.0143"),
        ("lr=0.1  loss=0.0143", 16, "lr=0.1…"),
        ("lr=0.1  loss=0.0143 #tag", 20, "lr=0.1  loss=0.0143…"),
        ("lr=0.1  a long label", 15, "lr=0.1  a long…"),
        ("-0.0143", 5, "…"),
        ("text=abcdefgh", 9, "text=abc…"),
    ],
)
def test_cuts_texts_before_numbers(text: str, width: int, cut: str) -> None:
    assert truncate_text(text, width) == cut


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("lr=0.1  the first of all  ValueError: bad seed", 40, "lr=0.1  the first of a…  ValueError: ba…"),
        ("lr=0.1  the first of all  ValueError: bad seed", 27, "lr=0.1  the fir…  ValueErr…"),
        ("lr=0.1 model=transformer  loss=0.1  ValueError: bad seed", 34, "lr=0.1 model=…  loss=0.1  ValueEr…"),
        ("lr=0.1  loss=0.0143  (trial)", 20, "lr=0.1  loss=0.0143"),
        ("lr=0.1  slow  (restart)", 12, "lr=0.1  slow"),
        ("lr=[0.1,0.2]  (batch of 2)", 26, "lr=[0.1,0.2]  (batch of 2)"),
        ("lr=0.1 seed=1", 8, "lr=0.1…"),
    ],
)
def test_keeps_a_part_of_each_text_in_a_description(text: str, width: int, cut: str) -> None:
    assert truncate_description(text, width) == cut


def test_leaves_out_the_start_where_label_and_reason_would_not_be_readable() -> None:
    rows = [
        ROWS[0],
        ("2", "bisaj-batis", "main.py", "3h", "error", "lr=0.2 seed=2  the slow one  ValueError: bad seed"),
    ]
    assert [c.key for c in fit_table(COLUMNS, rows, 80).columns] == ["index", "name", "op", "status", "description"]


@pytest.mark.parametrize("width", range(20, 50))
def test_never_cuts_a_difference_or_a_spread(width: int) -> None:
    columns = [
        Column("name", "Name"),
        Column("acc", "acc", "right", "summary"),
        Column("delta(acc)", "Δ acc", "left", "delta"),
    ]
    rows = [("tupot-roxuz", "0.3013 ± 0.0039", "+0.004774 ▲ worse"), ("bisaj-batis", "0.5", "baseline")]
    table = fit_table(columns, rows, width)
    needed = [11, 15, 17]
    assert table.widths == needed[: len(table.widths)]
    assert len(table.widths) == 1 + (width >= 28) + (width >= 47)
