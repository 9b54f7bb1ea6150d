"""A sequence of runs that reads each run from the index when it is needed. Any number of runs takes little memory.

Knows the table of records; not filters. If the index fails meanwhile, the runs are read from the store.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import overload

from gage.index import database, rows
from gage.index.where_sql import Page, build_numbers_condition
from gage.store.store import RunStore
from gage.types.run import Run
from gage.types.values import clean_text

SAMPLED_RUNS = 100
"""The number of runs from the start whose names are read from their records; for the others, the index is queried."""
_HAVING_KEY = "SELECT n FROM attr JOIN record USING (n) WHERE k = ? AND instr(json, ?)"
_RECORDS = "SELECT record.json FROM json_each(?) AS page CROSS JOIN record ON record.n = page.value"


class StoredRuns(Sequence[Run]):
    """Runs in the order of `page`. `evaluated` has the metrics of evaluations by row number.

    Each iteration reads all runs again. `db` must stay open, in a transaction if other processes write the index.
    """

    def __init__(
        self, db: sqlite3.Connection, store: RunStore, page: Page, evaluated: Mapping[int, Mapping[str, float]]
    ) -> None:
        self._db: sqlite3.Connection | None = db
        self._store = store
        self._numbers = [n for n, _, _ in page]
        self._ids = [id for _, _, id in page]
        self._evaluated = evaluated

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | Sequence[Run]:
        if isinstance(index, slice):
            return list(self._iter_runs(range(len(self))[index]))
        return next(self._iter_runs([range(len(self))[index]]))

    def __iter__(self) -> Iterator[Run]:
        return self._iter_runs(range(len(self)))

    def list_operations(self) -> set[str]:
        """Returns the names of the operations of the runs."""
        if self._db is None:
            return {run.op.name for run in self}
        chosen = build_numbers_condition(self._numbers)
        return {op for (op,) in self._db.execute(f"SELECT DISTINCT op FROM run WHERE {chosen.sql}", chosen.parameters)}

    def find_batches(self) -> list[int]:
        """Returns the indexes of the batches' own runs."""
        indexes = list(range(len(self)))
        if self._db is not None:
            chosen = build_numbers_condition(self._numbers)
            sql = f"SELECT n FROM run WHERE op LIKE '%+' AND {chosen.sql}"
            named = {n for (n,) in self._db.execute(sql, chosen.parameters)}
            indexes = [index for index in indexes if self._numbers[index] in named]
        return [index for index, run in zip(indexes, self._iter_runs(indexes), strict=True) if run.trials]

    def sample_names(self, left_out: Collection[int] = ()) -> list[Run]:
        """Returns the first runs, and those of the others that are the first ones with a name of a config value or
        metric: the sample has all names in the order in which all runs have them. Runs at the indexes `left_out` do not
        count.
        """
        excluded = frozenset(left_out)
        chosen = [index for index in range(len(self)) if index not in excluded]
        sample = list(self._iter_runs(chosen[:SAMPLED_RUNS]))
        if self._db is None:
            return [*sample, *self._iter_runs(chosen[SAMPLED_RUNS:])]
        known = {clean_text(name) for run in sample for name in (*run.config, *run.metrics)}
        further = self._find_first_with_names(self._db, chosen[SAMPLED_RUNS:], known)
        return [*sample, *self._iter_runs(sorted(further))]

    def _find_first_with_names(self, db: sqlite3.Connection, indexes: Sequence[int], known: set[str]) -> set[int]:
        """Returns which of the runs at `indexes` are the first ones with a name that is not in `known`. A name that may
        be that of an attribute counts in each run whose record has it as a key.
        """
        at = {self._numbers[index]: index for index in indexes}
        found: set[int] = set()
        for table in ("attr", "metric") if at else ():
            names = {k for (k,) in db.execute(f"SELECT DISTINCT k FROM {table}")}
            for name in names - known:
                if table == "attr" and name.startswith(("@", rows.ATTRIBUTE_PREFIX)):
                    having = db.execute(_HAVING_KEY, (name, f"{json.dumps(name)}:"))
                    found.update(at[n] for (n,) in having if n in at)
                elif several := [
                    at[n] for (n,) in db.execute(f"SELECT n FROM {table} WHERE k = ?", (name,)) if n in at
                ]:
                    found.add(min(several))
        return found

    def _iter_runs(self, indexes: Sequence[int]) -> Iterator[Run]:
        """Yields the runs at these indexes."""
        done = 0
        try:
            for (text,) in self._select_records(indexes):
                yield self._add_evaluated(rows.decode_run(text), indexes[done])
                done += 1
        except sqlite3.Error as error:
            if self._db is not None:
                database.replace_connection(self._db, error, str(self._store.root)).close()
                self._db = None
        for index in indexes[done:]:
            yield self._add_evaluated(self._store.read(self._ids[index]), index)

    def _select_records(self, indexes: Sequence[int]) -> Iterator[tuple[str]]:
        if self._db is None:
            return iter(())
        return self._db.execute(_RECORDS, (json.dumps([self._numbers[index] for index in indexes]),))

    def _add_evaluated(self, run: Run, index: int) -> Run:
        evaluated = self._evaluated.get(self._numbers[index])
        return run._replace(evaluated=evaluated) if evaluated else run
