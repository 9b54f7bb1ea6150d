"""The trials of a batch, one after the other: rows of files times a grid, with what is drawn for each.

What is drawn depends on the seed, the trial's number and the name alone, so it is the same on every machine.
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
    """The values of a run of a batch, and where in a file they are ("" = they are in none)."""

    values: Values
    where: str = ""


MAX_TRIALS = 100_000
"""Runs of a batch, unless `--max-runs` says so."""
DEFAULT_RANDOM_TRIALS = 20
"""Runs of a batch that only draws, unless `--max-runs` says otherwise."""


def generate_trials(space: SearchSpace, rows: Sequence[Trial], seed: int, max_runs: int | None) -> list[Trial]:
    """All trials of a space, in order: rows slowest, then the axes as they were written, the last one quickest.

    `rows` are those of its files (empty = no files). With something to draw there are `most` trials, each a draw, going
    round through the grid. Raises UsageError for more trials than anybody means.
    """
    size = max(len(rows), 1) * math.prod(len(values) for values in space.axes.values())
    count = (max_runs or max(size, DEFAULT_RANDOM_TRIALS)) if space.distributions else min(size, max_runs or size)
    if count > MAX_TRIALS and max_runs is None:
        raise UsageError(
            f"These are {count:,} runs", f"Use --max-runs N if you mean it, or fewer values (at most {MAX_TRIALS:,})"
        )
    grid = _iterate_grid(space, rows)
    if not space.distributions:
        return list(islice(grid, count))
    points = list(islice(grid, min(size, count)))
    around = ((points[i % len(points)], _sample_all(space.distributions, seed, i)) for i in range(count))
    return [Trial({**point.values, **draws}, point.where) for point, draws in around]


def _iterate_grid(space: SearchSpace, rows: Sequence[Trial]) -> Iterator[Trial]:
    names = list(space.axes)
    for row in rows or (Trial({}),):
        for values in product(*space.axes.values()):
            yield Trial({**space.fixed, **row.values, **dict(zip(names, values, strict=True))}, row.where)


def _sample_all(drawn: Mapping[str, Distribution], seed: int, number: int) -> dict[str, AssignedValue]:
    return {name: sample(each, seed, number, name) for name, each in drawn.items()}


def sample(what: Distribution, seed: int, number: int, name: str) -> AssignedValue:
    """The value that the trial `number` (from 0 on) of a batch with this seed has for `name`."""
    source = random.Random(f"{seed}/{number}/{name}")
    match what.kind:
        case "choice":
            return what.choices[source.randrange(len(what.choices))]
        case "int":
            whole = source.randint(int(what.low), int(what.high))
            return AssignedValue(whole, str(whole))
        case "uniform":
            value = source.uniform(what.low, what.high)
        case "loguniform":
            value = 10 ** source.uniform(math.log10(what.low), math.log10(what.high))
    value = min(max(float(f"{value:.6g}"), what.low), what.high)
    return AssignedValue(value, repr(value))


def multiply_files(files: Sequence[Sequence[Trial]]) -> list[Trial]:
    """Every row of each file with every row of the others. Raises UsageError when that is more than anybody means."""
    count = math.prod(len(rows) for rows in files)
    if count > MAX_TRIALS * 10:
        raise UsageError(f"The files make {count:,} runs together", "Use --zip to take them row by row")
    return [_merge_rows(rows) for rows in product(*files)] if files else []


def zip_files(files: Sequence[Sequence[Trial]], names: Sequence[str]) -> list[Trial]:
    """The first rows of all files together, then the second ones … Raises UsageError when they differ in length."""
    for name, rows in zip(names[1:], files[1:], strict=True):
        if len(rows) != len(files[0]):
            raise UsageError(
                f"{names[0]} has {len(files[0]):,} rows and {name} {len(rows):,}", "With --zip they need as many rows"
            )
    return [_merge_rows(rows) for rows in zip(*files, strict=True)]


def _merge_rows(rows: Sequence[Trial]) -> Trial:
    values = {name: value for row in rows for name, value in row.values.items()}
    return Trial(values, ", ".join(row.where for row in rows))
