"""SQLite and Python agree on which runs meet a filter, and neither evaluates it as code.

`make soak` tries thousands of filters and runs, `make test` a few. SEED repeats what a soak has printed.
"""

import math
import os
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from gage.index import database, rows
from gage.index.condition_sql import ConditionBuilder
from gage.index.snapshot import RunSnapshot
from gage.index.sync import _write_snapshots
from gage.select.evaluate import RunRow, is_met
from gage.select.grammar import parse_condition
from gage.types.errors import UsageError
from gage.types.filter import Condition
from gage.types.run import Attribute, Comment, Metric, OpRef, Run, UserAttrs
from gage.types.values import JSONValue

IS_SOAK = bool(os.environ.get("SOAK"))
EXAMPLES = 3000 if IS_SOAK else 25
SEED = int(os.environ.get("SEED") or ("1" if os.environ.get("CI") else random.randrange(10**9)))

NAMES = ("lr", "loss", "acc", "config.lr", "status", "tag", "eval/top 1", "or", "recall@5")
TEXTS = ("", "a", "adam", "Adam", "0.5", "nan", "null", "true", "completed", "[1,2]", "2h", "é", "%", "a b")
NUMBERS = (0, 1, 2, -1, 0.5, 1e300, math.inf, -math.inf, math.nan, 2**70)

values: st.SearchStrategy[JSONValue] = st.one_of(
    st.sampled_from(TEXTS), st.sampled_from(NUMBERS), st.booleans(), st.none(), st.lists(st.sampled_from((1, "a", 0.5)))
)
metrics = st.builds(
    Metric,
    last=st.sampled_from((0.5, 1.0, 2.0, math.nan, math.inf)),
    first=st.sampled_from((0.5, 3.0)),
    min=st.none() | st.sampled_from((0.5, 1.0)),
    max=st.none() | st.sampled_from((1.0, 2.0)),
    mean=st.none() | st.just(1.5),
    points=st.integers(0, 3),
)
attrs = st.builds(
    UserAttrs,
    label=st.sampled_from(TEXTS),
    tags=st.lists(st.sampled_from(("a", "old", "paper")), unique=True, max_size=2).map(
        lambda tags: tuple(sorted(tags))
    ),
    marked=st.booleans(),
    comments=st.lists(st.sampled_from(TEXTS), max_size=2).map(
        lambda texts: tuple(Comment(str(i), "ann", 1, text) for i, text in enumerate(texts))
    ),
    deleted_by=st.sampled_from(("", "ann")),
    other=st.dictionaries(st.sampled_from(NAMES), values, max_size=2),
)
runs = st.builds(
    Run,
    id=st.just("id"),
    name=st.sampled_from(("zoru-bemak", "a")),
    op=st.builds(
        OpRef, st.sampled_from(("train", "train.py", "eval+")), st.sampled_from(("", "ns")), st.sampled_from(("", "2"))
    ),
    status=st.sampled_from(("completed", "error", "running")),
    created=st.just(1_700_000_000_000_000),
    started=st.none() | st.sampled_from((1_700_000_000_000_000, 1_750_000_000_000_000)),
    stopped=st.none() | st.just(1_750_000_000_500_000),
    exit=st.none() | st.sampled_from((0, 1)),
    staged=st.none() | st.just(1_700_000_000_000_000),
    reason=st.sampled_from(("", "exit code 1", "a")),
    host=st.sampled_from(("", "a", "gpu1")),
    user=st.sampled_from(TEXTS),
    commit=st.sampled_from(("", "1", "3f2a91")),
    relation=st.sampled_from(("", "trial")),
    config=st.dictionaries(st.sampled_from(NAMES), values, max_size=3),
    user_attrs=attrs,
    metrics=st.dictionaries(st.sampled_from(NAMES), metrics, max_size=3),
    attributes=st.dictionaries(st.sampled_from(NAMES), st.builds(Attribute, values, st.just("run")), max_size=2),
    evaluated=st.just({}),  # tests/rooms/index/test_evaluations.py
)

OWN_NAMES = (
    *("run.status", "op", "label", "marked", "exit", "version", "started", "duration"),
    *("reason", "host", "run.user", "commit", "branch", "staged", "comment", "relation", "deleted_by", "source_digest"),
)
QUALIFIED_NAMES = ("config.lr", "metric.loss", "attr.acc", "missing", "loss@1")
WRITTEN_NAMES = (name if name.isidentifier() and name != "or" else f"`{name}`" for name in NAMES)
names = st.sampled_from((*WRITTEN_NAMES, *OWN_NAMES, *QUALIFIED_NAMES))
constants = st.sampled_from(("0.5", "1", '"a"', "adam", "2h", '"nan"', "inf", "true", "''", "'[1,2]'", "2024"))
times = st.sampled_from(("2023-11", "2025-06-15", "now", '"3 days ago"', '"last year"'))
statistics = st.builds("{}({})".format, st.sampled_from(("min", "max", "first", "mean", "count", "len")), names)
operands = names | statistics | st.builds("{} {} {}".format, names, st.sampled_from(("+", "-", "*", "/", "**")), names)
conditions = st.one_of(
    st.sampled_from(("train", "error", "comp", "#old", "marked", "'a'")),
    st.builds("{} {} {}".format, operands, st.sampled_from(("=", "!=", "<", "<=", ">", ">=")), constants),
    st.builds("{} {} {}".format, names, st.sampled_from(("<", ">=")), operands),
    st.builds(
        "{} {} {}".format,
        names,
        st.sampled_from(("~", "!~", "contains", "not contains")),
        st.sampled_from(("a*", "a", "'*'", "1")),
    ),
    st.builds("{} {} [{}, {}]".format, names, st.sampled_from(("in", "not in")), constants, constants),
    st.builds("{}{}{}".format, names, st.sampled_from(("=", "!=")), constants),
    st.builds("0 < {} <= {}".format, names, constants),
    st.builds("{} {} {}".format, st.sampled_from(("started", "stopped")), st.sampled_from(("<", ">=", "=")), times),
    st.builds("{} is {}".format, operands, st.sampled_from(("null", "nan", "set", "not null", "not nan"))),
)
filters = st.recursive(
    conditions.map("({})".format),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(("and", "or")), inner), inner.map("(not {})".format)
    ),
    max_leaves=4,
)


@contextmanager
def open_index(listed: list[Run]) -> Iterator[sqlite3.Connection]:
    """Yields a database in memory with the runs."""
    with closing(database.connect(str(Path("/nowhere/at/all")))) as db:
        _write_snapshots(
            db,
            [
                RunSnapshot(
                    str(i),
                    1,
                    0,
                    0,
                    None,
                    rows.build_columns(run),
                    "{}",
                    tuple(rows.iter_attributes(run)),
                    tuple(rows.iter_metrics(run)),
                )
                for i, run in enumerate(listed)
            ],
        )
        yield db


def parse_or_skip(text: str) -> Condition | None:
    """Returns the condition, None for one that makes no sense, such as a time compared with a text."""
    try:
        return parse_condition(text)
    except UsageError:
        return None


@pytest.mark.parametrize(("start", "end"), [("not ", ""), ("lr != 1 or not (", ")"), ("lr = 1 and (", ")"), ("(", ")")])
def test_deep_filters_do_not_reach_the_limits_of_sqlite(start: str, end: str) -> None:
    run = Run(id="0", name="a", op=OpRef("train"), status="completed", config={"lr": 1}, created=1)
    with open_index([run]) as db:
        for depth in (7, 8, 15, 16, 49):
            condition = parse_condition(start * depth + "lr = 1" + end * depth)
            fits = ConditionBuilder(db).build(condition)
            sql = f"SELECT count(*) FROM run WHERE {fits.sql}"
            assert db.execute(sql, fits.parameters).fetchone()[0] == is_met(condition, RunRow(run))


def test_an_empty_text_of_config_is_a_value() -> None:
    run = Run(id="0", name="a", op=OpRef("train"), status="completed", config={"lr": ""}, created=1)
    with open_index([run]) as db:
        for text in ("lr >= lr", "lr = config.lr", "not lr < lr", "label is null", "not label >= label"):
            assert list_matches(db, parse_condition(text)) == {0}, text


def list_matches(db: sqlite3.Connection, condition: Condition) -> set[int]:
    """Returns the numbers of the runs that meet a condition according to SQLite."""
    fits = ConditionBuilder(db).build(condition)
    return {int(id) for (id,) in db.execute(f"SELECT id FROM run WHERE {fits.sql}", fits.parameters)}


def report(title: str, counts: Counter[str]) -> None:
    """Prints what a soak has tried."""
    if IS_SOAK:
        print(f"{title}: seed {SEED}, {', '.join(f'{n:,} {what}' for what, n in counts.items())}")


@pytest.mark.timeout(1800)
def test_sql_and_python_agree() -> None:
    counts: Counter[str] = Counter()

    @seed(SEED)
    @settings(deadline=None, max_examples=EXAMPLES, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(runs, max_size=6), st.lists(filters, min_size=1, max_size=6))
    def check(listed: list[Run], texts: list[str]) -> None:
        with open_index(listed) as db:
            for text in texts:
                condition = parse_or_skip(text)
                counts["filters" if condition else "refused filters"] += 1
                if condition is None:
                    continue
                rows = [RunRow(run, now=1_800_000_000_000_000) for run in listed]
                by_python = {i for i, row in enumerate(rows) if is_met(condition, row)}
                assert list_matches(db, condition) == by_python, text
                counts["runs compared"] += len(listed)
                counts["runs that match"] += len(by_python)

    check()
    report("Filters in SQLite and in Python", counts)
    assert counts["runs that match"]


PAYLOADS = (
    *("__import__('os').system('touch owned')", "eval('1')", "exec('1')", "lambda: 1", "{0.__class__}", "%s", "$(id)"),
    *("'; DROP TABLE run; --", "1) OR 1=1 --", "load_extension('x')", "readfile('/etc/passwd')", "ATTACH 'x' AS y"),
    *("\x00", "\x1b[31m", "\ud800", "\u202e", "`;`", "\\", "'", '"', "(", "[", "]", ")", "a" * 5000, "(" * 1000),
)
EXECUTED = ("exec", "compile", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "import", "sqlite3.enable")
FORBIDDEN_SQL = frozenset((sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DELETE))


@pytest.mark.timeout(1800)
def test_filters_are_never_evaluated_as_code() -> None:
    counts: Counter[str] = Counter()
    watched: list[str] = []
    is_watching = False

    def audit(event: str, _: object) -> None:
        if is_watching and event.startswith(EXECUTED):
            watched.append(event)

    def authorize(action: int, *_: object) -> int:
        if action in FORBIDDEN_SQL:
            watched.append(f"SQL action {action}")
        return sqlite3.SQLITE_OK

    sys.addaudithook(audit)  # stays until the process ends, and does nothing then
    run = Run(id="0", name="a", op=OpRef("train"), status="completed", config={"lr": "1"}, created=1)

    @seed(SEED)
    @settings(deadline=None, max_examples=EXAMPLES, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.sampled_from(PAYLOADS) | filters | st.text(max_size=5), min_size=1, max_size=4).map(" ".join))
    def check(text: str) -> None:
        nonlocal is_watching
        with open_index([run]) as db:
            db.set_authorizer(authorize)
            changes = db.total_changes
            is_watching = True
            try:
                condition = parse_or_skip(text)
                matches = None if condition is None else list_matches(db, condition)
                assert condition is None or matches == ({0} if is_met(condition, RunRow(run)) else set())
            finally:
                is_watching = False
            assert db.total_changes == changes, text
        counts["filters" if condition else "refused filters"] += 1
        assert not watched, text

    for text in ('lr = "[1, 2]" and started > "3 days ago" and lr ~ a', "loss <", "MIN(x) < 1"):
        condition = parse_or_skip(text)  # imports what filters need
        assert condition is None or not is_met(condition, RunRow(run))
    check()
    report("Filters with code in them", counts)
    assert counts["filters"] and counts["refused filters"]
