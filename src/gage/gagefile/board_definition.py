"""Defines the settings of a board: for the checks, the JSON Schema and the reference. Includes those of Gage 0.1."""

from gage.gagefile import board_checks
from gage.gagefile.board_checks import OLD_KINDS
from gage.gagefile.schema_types import Choice, Field, ListOf, MapOf, Number, OneOf, Record, Text
from gage.types.board import AGGREGATES, NAMED_FORMATS

NAME = Text("the name of a value", board_checks.check_name)
NAMES = OneOf((NAME, ListOf(NAME, 1)))
FILTER = Text("a filter", board_checks.check_filter)
SORT_KEY = Text("a name to sort by", board_checks.check_sort_key)

_OLD_EXAMPLES = {"attribute": '"model"', "metric": '"loss"', "config": '"lr"', "run-attr": '"started"'}
_OLD_NAMES = tuple(
    Field(kind, Text("a name"), f"The {kind} of this name, as in Gage 0.1.", example, alias=True)
    for kind, example in _OLD_EXAMPLES.items()
)
OLD_VALUE = Record("a value", _OLD_NAMES, needs_one=OLD_KINDS)
"""How Gage 0.1 names a value: `{"metric": "loss"}`."""

COLUMN = Record(
    "a column",
    (
        Field("name", NAME, "Value or score to show.", '"loss"'),
        Field("label", Text(), "Heading. Default: the name.", '"Loss"'),
        Field(
            "format",
            Text("a format", board_checks.check_format),
            f"Number format such as `.3f`, `,d`, `.1%`, or {', '.join(f'`{name}`' for name in NAMED_FORMATS)}.",
            '".3f"',
        ),
        Field("aggregate", Choice(AGGREGATES), "Function that combines the values of a group.", '"mean"'),
        *_OLD_NAMES,
        Field("field", NAME, "Name of a value, as in Gage 0.1.", alias=True),
    ),
    needs_one=("name", *OLD_KINDS, "field"),
    synonyms=dict.fromkeys("title heading header caption text".split(), "label")
    | dict.fromkeys("key value expression column".split(), "name")
    | dict.fromkeys("fmt digits precision".split(), "format")
    | dict.fromkeys("agg reduce reducer function statistic".split(), "aggregate"),
    open_with=(*OLD_KINDS, "field"),
)

GROUP = Record(
    "group",
    (
        Field("by", NAMES, "Names of the values that the runs of a group have in common.", '"config.lr"'),
        Field("min", NAME, "Show the run of each group with the lowest value of this name.", '"loss"'),
        Field("max", NAME, "Show the run of each group with the highest value of this name.", '"acc"'),
    ),
    needs_one=("by",),
)

BOARD = Record(
    "a board",
    (
        Field("title", Text(empty=True), "Title.", '"Models"'),
        Field("description", Text(empty=True), "Description, one or more lines.", '"All models of May"'),
        Field(
            "where",
            OneOf((FILTER, ListOf(FILTER, 1))),
            "Filter, or list of filters that each run must meet.",
            '"op=train and status=completed"',
        ),
        Field(
            "columns",
            ListOf(OneOf((NAME, COLUMN))),
            "Columns: names of values, or tables. Default: all values.",
            '["name", "lr", "min(loss)"]',
        ),
        Field("group", GROUP, "Show one row for each group of runs.", '{ by = "model" }'),
        Field(
            "scores",
            MapOf(Text("an expression", board_checks.check_expression), board_checks.check_score_name),
            "Values to compute for each run, by name.",
            '{ score = "0.7 * acc + 0.3 * f1" }',
        ),
        Field(
            "sort",
            OneOf((SORT_KEY, ListOf(SORT_KEY, 1))),
            "Names, scores or labels to sort by, with `-` for the highest first. Default: newest first.",
            '["-acc", "lr"]',
        ),
        Field("limit", Number(positive=True), "Maximum number of rows.", "20"),
        Field("$schema", Text(), "Path of the schema, for editors.", '"board.schema.json"'),
        Field("id", Text(empty=True), "ID on the web, as in Gage 0.1.", alias=True),
        Field("name", Text(empty=True), "Name on the web, as in Gage 0.1.", alias=True),
        Field(
            "run-select",
            Record(
                "run-select",
                (
                    Field("operation", Text(empty=True), "Operation of the runs.", '"train"', alias=True),
                    Field(
                        "status", Text("a status", board_checks.check_status, True), "Status of the runs.", alias=True
                    ),
                ),
                may_be_empty=True,
            ),
            "Runs to show, as in Gage 0.1.",
            alias=True,
        ),
        Field(
            "group-select",
            Record(
                "group-select",
                (
                    Field("group-by", OLD_VALUE, "Value of the groups.", '{ config = "lr" }', required=True),
                    Field("min", OLD_VALUE, "Show the run with the lowest value.", '{ metric = "loss" }'),
                    Field("max", OLD_VALUE, "Show the run with the highest value.", '{ metric = "acc" }'),
                ),
                needs_one=("min", "max"),
            ),
            "One run of each group, as in Gage 0.1.",
            alias=True,
        ),
    ),
    synonyms=dict.fromkeys("filter filters select query runs".split(), "where")
    | dict.fromkeys("order order-by sort-by sorting".split(), "sort")
    | dict.fromkeys("top rows max max-rows head".split(), "limit")
    | dict.fromkeys("fields metrics values cols".split(), "columns")
    | dict.fromkeys("group-by groups by pivot".split(), "group")
    | dict.fromkeys("score expressions computed formulas".split(), "scores")
    | dict.fromkeys("desc help notes".split(), "description"),
    check=board_checks.check_board,
    may_be_empty=True,
)
