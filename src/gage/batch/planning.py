"""A batch's words → a plan for each of its runs. All are planned, and refused if need be, before the first begins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gage.batch import search_space, trial_files
from gage.batch.trials import Trial, Values, generate_trials, multiply_files, zip_files
from gage.project import input_discovery
from gage.project.operation import Operation, find_operation
from gage.project.plan import build_plan, find_dependencies, reject_unsupported_dependencies, select_operation_source
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, apply_assignments, find_parameters, refine_parameters
from gage.types.errors import ConfigError, UsageError
from gage.types.plan import Dependency, RunPlan


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How many of the runs, and which: `most` (None = all), `seed` of what is drawn, files row by row (`zip`)."""

    max_runs: int | None = None
    seed: int = 0
    zip: bool = False


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """A batch that is planned: the operation's name, the values of each trial, and each trial's plan. `is_random` says
    that values depend on the seed.
    """

    operation: str
    trials: tuple[Values, ...]
    plans: tuple[RunPlan, ...]
    notes: tuple[str, ...] = ()
    is_random: bool = False


def plan_batch(request: RunRequest, options: BatchOptions) -> BatchPlan | None:
    """The batch that a request means; None when it is a single run. Raises as `plan_run`, for any of its runs."""
    operation = find_operation(request)
    found = find_parameters(operation)
    kinds = refine_parameters(operation, found, _parse_as_single(request.assignments))
    said = search_space.parse_search_space(request.assignments, lambda name: _find_value_type(kinds, name))
    if said.is_single:
        return None
    most = None if options.zip and len(said.files) > 1 else options.max_runs
    tables = [trial_files.read_trials(name, request.cwd, most) for name in said.files]
    _refuse_duplicates(said, tables, options.zip)
    rows = zip_files(tables, said.files) if options.zip else multiply_files(tables)
    batch = plan_trials(
        request, operation, found, generate_trials(said, rows, options.seed, options.max_runs), said.notes
    )
    return replace(batch, is_random=bool(said.distributions))


def _parse_as_single(words: Sequence[str]) -> Values:
    """The words as one run would have them."""
    from gage.assignments import parse

    return parse.parse_assignments(word for word in words if not search_space.is_batch_file(word))


def _refuse_duplicates(said: search_space.SearchSpace, tables: Sequence[Sequence[Trial]], is_zip: bool) -> None:
    """What would be said in vain is a mistake."""
    if is_zip and len(tables) < 2:
        raise UsageError("--zip is for several batch files", "Try: gage run train.py @a.csv @b.csv --zip")
    seen: dict[str, str] = dict.fromkeys((*said.axes, *said.distributions), "the command line")
    for file, rows in zip(said.files, tables, strict=True):
        names = {name for row in rows for name in row.values}
        everywhere = {name for name in names & said.fixed.keys() if all(name in row.values for row in rows)}
        if twice := sorted((names & seen.keys()) | everywhere):
            other = seen.get(twice[0], "the command line")
            raise UsageError(f"{twice[0]} is set by {file} and by {other}", "Leave it out in one of them")
        seen |= dict.fromkeys(names, file)


def plan_trials(
    request: RunRequest, operation: Operation, found: RunConfig, wanted: Sequence[Trial], notes: Sequence[str] = ()
) -> BatchPlan:
    """The plans of trials whose values are known. What does not depend on values is planned once."""
    reject_unsupported_dependencies(operation.op)
    selected = select_operation_source(operation, request)
    folders = (operation.project.dir / operation.cwd, operation.project.dir)
    found_inputs: dict[tuple[object, ...], tuple[list[Dependency], list[str]]] = {}
    plans: list[RunPlan] = []
    for number, trial in enumerate(wanted, 1):
        try:
            config = apply_assignments(operation, found, trial.values)
            key = _dependency_key(config, folders)
            if key not in found_inputs:
                found_inputs[key] = find_dependencies(operation, request, selected, [o.config for o in config.specs])
            plans.append(build_plan(operation, request, config, selected, *found_inputs[key]))
        except ConfigError as e:
            where = f" ({trial.where})" if trial.where else ""
            raise ConfigError(f"Run {number:,} of {len(wanted):,}{where}: {e.message}", e.hint) from None
    told = dict.fromkeys(note for plan in plans for note in plan.notices)
    return BatchPlan(
        operation.op.name,
        tuple(trial.values for trial in wanted),
        tuple(replace(p, notices=()) for p in plans),
        (*notes, *told),
    )


def _dependency_key(config: RunConfig, folders: Sequence[Path]) -> tuple[object, ...]:
    """All of a config that decides what the program reads: values that name files, and which texts are as usual."""
    texts = [s for o in config.specs if isinstance((s := o.config).value, str) or isinstance(s.default, str)]
    return tuple(
        s.value if isinstance(s.value, str) and input_discovery.names_file(s.value, folders) else s.value == s.default
        for s in texts
    )


def _find_value_type(found: RunConfig, name: str) -> tuple[search_space.ValueType, bool]:
    """The type of a setting, by any of its names; "" for one that is not known."""
    for o in found.specs:
        if name in (o.config.name, o.parameter, *o.aliases):
            return o.value_type, bool(o.config.choices)
    return "", False
