"""Generates the trials of a batch: rows of files times a grid, with random values for each.

A random value depends only on seed, trial number and name, so it is the same on every machine.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

from gage.assignments.parse import AssignedValue
from gage.batch.search_space import Distribution, SearchSpace
from gage.types.errors import UsageError

Values = Mapping[str, AssignedValue]


class Trial(NamedTuple):
    """The values of one trial, and the file and line that they come from ("" = from no file)."""

    values: Values
    where: str = ""


MAX_TRIALS = 100_000
"""Most trials of a batch without `--max-runs`."""
DEFAULT_RANDOM_TRIALS = 20
"""Trials of a batch with only random values, without `--max-runs`."""


def generate_trials(space: SearchSpace, rows: Sequence[Trial], seed: int, max_runs: int | None) -> list[Trial]:
    """Returns all trials of a search space: rows vary slowest, then the axes in order, the last one fastest.

    `rows` are those of its files (empty = no files). With random values there are `max_runs` trials, which repeat the
    grid if need be. Raises UsageError for more than MAX_TRIALS trials without `max_runs`.
    """
    size = max(len(rows), 1) * math.prod(len(values) for values in space.axes.values())
    count = (max_runs or max(size, DEFAULT_RANDOM_TRIALS)) if space.distributions else min(size, max_runs or size)
    if count > MAX_TRIALS and max_runs is None:
        raise UsageError(
            f"The batch has {count:,} runs",
            f"Use --max-runs N to allow this, or use fewer values (at most {MAX_TRIALS:,})",
        )
    grid = _iterate_grid(space, rows)
    if not space.distributions:
        return list(islice(grid, count))
    points = list(islice(grid, min(size, count)))
    trials = []
    for i in range(count):
        values, where = points[i % len(points)]
        drawn = {name: sample(each, seed, i, name) for name, each in space.distributions.items()}
        trials.append(Trial({**values, **drawn}, where))
    return trials


def _iterate_grid(space: SearchSpace, rows: Sequence[Trial]) -> Iterator[Trial]:
    names = list(space.axes)
    for row in rows or (Trial({}),):
        for values in product(*space.axes.values()):
            yield Trial({**row.values, **space.fixed, **dict(zip(names, values, strict=True))}, row.where)


def sample(distribution: Distribution, seed: int, number: int, name: str) -> AssignedValue:
    """Returns the random value of `name` in trial `number` (from 0 on)."""
    source = random.Random(f"{seed}/{number}/{name}")
    match distribution.kind:
        case "choice":
            return distribution.choices[source.randrange(len(distribution.choices))]
        case "int":
            whole = source.randint(int(distribution.low), int(distribution.high))
            return AssignedValue(whole, str(whole))
        case "uniform":
            value = source.uniform(distribution.low, distribution.high)
        case "loguniform":
            value = 10 ** source.uniform(math.log10(distribution.low), math.log10(distribution.high))
    value = min(max(float(f"{value:.6g}"), distribution.low), distribution.high)
    return AssignedValue(value, repr(value))


def multiply_files(files: Sequence[Sequence[Trial]]) -> list[Trial]:
    """Combines every row of each file with every row of the others. Raises UsageError for too many rows."""
    count = math.prod(len(rows) for rows in files)
    if count > MAX_TRIALS * 10:
        raise UsageError(f"The files define {count:,} runs in total", "Use --zip to pair their rows")
    return [_merge_rows(rows) for rows in product(*files)] if files else []


def zip_files(files: Sequence[Sequence[Trial]], names: Sequence[str]) -> list[Trial]:
    """Combines the first rows of all files, then the second ones and so on. Raises UsageError if lengths differ."""
    for name, rows in zip(names[1:], files[1:], strict=True):
        if len(rows) != len(files[0]):
            raise UsageError(
                f"{names[0]} has {len(files[0]):,} rows and {name} {len(rows):,}",
                "With --zip, all files must have the same number of rows",
            )
    return [_merge_rows(rows) for rows in zip(*files, strict=True)]


def _merge_rows(rows: Sequence[Trial]) -> Trial:
    values = {name: value for row in rows for name, value in row.values.items()}
    return Trial(values, ", ".join(row.where for row in rows))
