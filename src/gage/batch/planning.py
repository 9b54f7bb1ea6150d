"""Plans all trials of a batch before the first one starts, so that a mistake in any of them stops the batch."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gage.assignments.parse import parse_assignments
from gage.batch import search_space, trial_files
from gage.batch.trials import Trial, Values, generate_trials, multiply_files, zip_files
from gage.project.dependency_discovery import has_file
from gage.project.operation import Operation, find_operation
from gage.project.plan import build_plan, find_dependencies, reject_unsupported_dependencies, select_operation_source
from gage.project.program_args import SetTwice
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, apply_assignments, find_parameters, refine_parameters
from gage.types.errors import ConfigError, UsageError
from gage.types.plan import Dependency, RunPlan


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A planned batch: the operation's name, and the values and plan of each trial.

    `seed` is that of random values.
    """

    operation: str
    trials: tuple[Values, ...]
    plans: tuple[RunPlan, ...]
    notes: tuple[str, ...] = ()
    seed: int = 0


def plan_batch(
    request: RunRequest, max_runs: int | None = None, seed: int | None = None, zip: bool = False
) -> BatchPlan | None:
    """Plans the batch that a request means; None for a single run. Raises as `plan_run` does, for any trial.

    `max_runs` is the most trials (None = all), `seed` that of random values (None = a random one). With `zip`, files
    are combined row by row.
    """
    operation = find_operation(request)
    parameters = find_parameters(operation)
    single_words = [word for word in request.assignments if not search_space.is_batch_file(word)]
    refined = refine_parameters(operation, parameters, parse_assignments(single_words))
    space = search_space.parse_search_space(request.assignments, lambda name: _find_value_type(refined, name))
    if space.is_single:
        return None
    if seed is not None and not space.distributions:
        _reject_seed(seed, [spec.config.name for spec in parameters.specs])
    max_rows = None if zip and len(space.files) > 1 else max_runs
    tables = [trial_files.read_trials(name, request.cwd, max_rows) for name in space.files]
    _reject_duplicates(space, tables, zip)
    rows, overridden = _drop_overridden(zip_files(tables, space.files) if zip else multiply_files(tables), space)
    notes, drawn_seed = [*space.notes, *overridden], random.randrange(1 << 31) if seed is None else seed
    if space.distributions and seed is None:
        notes.append(f"To use the same random values again: --seed {drawn_seed}")
    trials = generate_trials(space, rows, drawn_seed, max_runs)
    return replace(plan_trials(request, operation, parameters, trials, notes), seed=drawn_seed)


def _reject_seed(seed: int, names: Sequence[str]) -> None:
    hint = f"To set the program's: seed={seed}" if "seed" in names else "Remove --seed, or see 'gage help batches'"
    raise UsageError("--seed is that of random values, and this batch has none", hint)


def _reject_duplicates(space: search_space.SearchSpace, tables: Sequence[Sequence[Trial]], is_zip: bool) -> None:
    """Raises UsageError for values that two files set, and for --zip without files."""
    if is_zip and len(tables) < 2:
        raise UsageError("--zip requires several batch files", "Try: gage run train.py @a.csv @b.csv --zip")
    seen: dict[str, str] = {}
    for file, rows in zip(space.files, tables, strict=True):
        names = {name for row in rows for name in row.values} - space.names
        if twice := sorted(names & seen.keys()):
            raise UsageError(f"{twice[0]} is set by {file} and by {seen[twice[0]]}", "Remove it from one of them")
        seen |= dict.fromkeys(names, file)


def _drop_overridden(rows: Sequence[Trial], space: search_space.SearchSpace) -> tuple[list[Trial], list[str]]:
    """Returns the rows of files without the values that the command line sets, and notes on these values.

    Rows that are equal without these values become one.
    """
    overridden = sorted({name for row in rows for name in row.values.keys() & space.names})
    if not overridden:
        return list(rows), []
    left = [row._replace(values={n: v for n, v in row.values.items() if n not in space.names}) for row in rows]
    unique = list({repr(sorted(row.values.items())): row for row in reversed(left)}.values())[::-1]
    note = f"The command line overrides {', '.join(overridden)} of {', '.join(space.files)}"
    return unique, [
        note if len(unique) == len(rows) else f"{note}; equal rows then run once: {len(unique):,} of {len(rows):,}"
    ]


def plan_trials(
    request: RunRequest, operation: Operation, parameters: RunConfig, trials: Sequence[Trial], notes: Sequence[str] = ()
) -> BatchPlan:
    """Plans trials whose values are known. What does not depend on values is planned once."""
    reject_unsupported_dependencies(operation.op)
    selected = select_operation_source(operation, request)
    folders = (operation.start_dir, operation.project.dir)
    dependencies: dict[tuple[object, ...], tuple[list[Dependency], list[str]]] = {}
    plans: list[RunPlan] = []
    for number, trial in enumerate(trials, 1):
        try:
            config = apply_assignments(operation, parameters, trial.values)
            key = _dependency_key(config, folders)
            if key not in dependencies:
                dependencies[key] = find_dependencies(operation, request, selected, config.values)
            plans.append(build_plan(operation, request, config, selected, *dependencies[key]))
        except ConfigError as e:
            where = f" ({trial.where})" if trial.where else ""
            raise ConfigError(f"Run {number:,} of {len(trials):,}{where}: {e.message}", e.hint) from None
        except SetTwice as e:
            if not trial.where or e.name not in trial.values:
                raise
            file = trial.where.rpartition(":")[0]
            hint = (
                f"To use one value for all rows, put it before --: gage run {operation.op.name} @{file} {e.name}=VALUE"
            )
            raise UsageError(f"{e.name} is set by {trial.where} and by the arguments after --", hint) from None
    notices = dict.fromkeys(note for plan in plans for note in plan.notices)
    return BatchPlan(
        operation.op.name,
        tuple(trial.values for trial in trials),
        tuple(p._replace(notices=()) for p in plans),
        (*notes, *notices),
    )


def _dependency_key(config: RunConfig, folders: Sequence[Path]) -> tuple[object, ...]:
    """Returns the part of a config on which dependencies depend: names of files, and which values are defaults."""
    return tuple(
        v.value if isinstance(v.value, str) and has_file(v.value, folders) else v.value == v.default
        for v in config.values
        if isinstance(v.value, str) or isinstance(v.default, str)
    )


def _find_value_type(config: RunConfig, name: str) -> tuple[search_space.ValueType, bool]:
    """Returns the type of a parameter, by any of its names, and whether it has choices; "" if unknown."""
    for spec in config.specs:
        if spec.has_name(name) or (spec.parameter and spec.parameter.name == name):
            return spec.value_type, bool(spec.config.choices)
    return "", False
