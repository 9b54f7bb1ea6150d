"""Resolves references to runs to rows. Knows IDs, names and positions; not conditions."""

import re
import sqlite3
from collections.abc import Iterable

from gage.index.where_sql import SqlCondition
from gage.types.errors import Ambiguous, NotFound
from gage.types.filter import RunRef
from gage.types.run import STATUSES
from gage.types.values import clean_text

_LATEST = frozenset(("last", "latest", "newest", "head", "^", "@", "@1", "$"))
"""Words of other tools for the latest run."""
_FILTER = re.compile(r"[\w.$-]+\s*(?:[=!<>]=?|=?~)\s*\S.*")  # lr=0.1

MAX_CANDIDATES = 5
"""The most candidates that an error names."""

ORDER = "ORDER BY created DESC, id DESC"


def resolve_refs(db: sqlite3.Connection, refs: Iterable[RunRef], listing: SqlCondition) -> set[int]:
    """Returns the row numbers of the runs that `refs` name in the listing.

    Raises NotFound if one names no run there, Ambiguous if an ID or a name is the beginning of several.
    """
    total = db.execute(f"SELECT count(*) FROM run WHERE {listing.sql}", listing.parameters).fetchone()[0]
    numbers: set[int] = set()
    for ref in refs:
        if ref.span:
            numbers.update(_resolve_slice(db, ref, listing, total))
        elif ref.position and ref.position <= total:
            numbers.update(_select_rows(db, listing, 1, ref.position - 1))
        else:
            numbers.add(_resolve_name(db, ref, listing, total))
    return numbers


def _resolve_slice(db: sqlite3.Connection, ref: RunRef, listing: SqlCondition, total: int) -> list[int]:
    first, last = (None if end is None else end if end > 0 else max(total + 1 + end, 1) for end in ref.span or ())
    start = (first or 1) - 1
    if start >= total and (first or last):
        raise NotFound(f"There is no run {first or 1}: {_describe_total(total)}", "Try: gage list")
    return _select_rows(db, listing, -1 if last is None else max(last - start, 0), start)


def _select_rows(db: sqlite3.Connection, listing: SqlCondition, limit: int, offset: int) -> list[int]:
    sql = f"SELECT n FROM run WHERE {listing.sql} {ORDER} LIMIT ? OFFSET ?"
    return [n for (n,) in db.execute(sql, (*listing.parameters, limit, offset))]


def _resolve_name(db: sqlite3.Connection, ref: RunRef, listing: SqlCondition, total: int) -> int:
    """Returns the row of the run with that ID or name, else of the only one whose ID or name starts with the text."""
    if ref.text == "0":
        raise NotFound("There is no run 0", "Positions start at 1, the latest run")
    text = ref.text.lower()
    matches = _find_starting_with(db, text, listing)
    whole = [n for n, id, name in matches if text in (id, name)]
    if len(whole) == 1 or len(matches) == 1:
        return (whole or [matches[0][0]])[0]
    if matches:
        from gage.lib.suggest import join_some

        shown = join_some([name for _, _, name in matches], MAX_CANDIDATES)
        raise Ambiguous(f"{ref.text!r} matches {len(matches)} runs", f"Name one of them: {shown}")
    raise NotFound(*_describe_unknown(db, ref, total))


def _find_starting_with(db: sqlite3.Connection, text: str, listing: SqlCondition) -> list[tuple[int, str, str]]:
    """Returns row, ID and name of the runs whose ID or name starts with the text."""
    text = "".join(c for c in text if c.isprintable())
    after = text + "\U0010ffff"
    sql = f"SELECT n, id, name FROM run WHERE {listing.sql} AND (id >= ? AND id < ? OR name >= ? AND name < ?) {ORDER}"
    return db.execute(sql, (*listing.parameters, text, after, text, after)).fetchall()


def _describe_unknown(db: sqlite3.Connection, ref: RunRef, total: int) -> tuple[str, str]:
    """Returns message and hint for a reference that matches no run in the listing."""
    if ref.position:
        return f"There is no run {ref.text}: {_describe_total(total)}", "Try: gage list"
    elsewhere = _find_starting_with(db, ref.text.lower(), SqlCondition("place IN ('deleted', 'archive')"))
    if elsewhere:
        n, id, _ = elsewhere[0]
        place = db.execute("SELECT place FROM run WHERE n = ?", (n,)).fetchone()[0]
        if place == "deleted":
            return f"Run {ref.text!r} is deleted", f"Try: gage restore {id}"
        return f"Run {ref.text!r} is in an archive", f"To move it back: gage archive --restore {id}"
    labelled = "SELECT 1 FROM attr WHERE k = '@label' AND v = ? LIMIT 1"
    if db.execute(labelled, (clean_text(ref.text),)).fetchone():
        return f"There is no run {ref.text!r}, but a label", f"Try: --where 'label={ref.text}'"
    return f"There is no run {ref.text!r}", _suggest_ref(ref.text)


def _suggest_ref(text: str) -> str:
    """Returns the hint for an unknown run: it may be a word of other tools for the latest run, or a filter."""
    import shlex

    if text.casefold() in _LATEST:
        return "Try: 1, the latest run"
    is_filter = _FILTER.fullmatch(text) or text.casefold() in STATUSES
    return f"Try: gage list {shlex.join(('--where', text))}" if is_filter else "Try: gage list"


def _describe_total(total: int) -> str:
    return {0: "there are none", 1: "there is one"}.get(total, f"there are {total}")
