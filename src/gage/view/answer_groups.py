"""Which runs belong together: those that differ in their seed only, and those that go on from another run."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.board.formatting import format_value
from gage.compare.groups import group_by_seed, is_seed_name, normalize_config
from gage.types.errors import UsageError
from gage.types.run import Run
from gage.view.answer_curves import MAX_RUNS
from gage.view.stores import ViewedStores

MAX_CHAIN = 50
"""Runs of a chain, at most."""
MAX_NAMED_VALUES = 3
"""Config values in the name of a group, at most."""


class GroupsQuery(NamedTuple):
    """IDs of runs."""

    runs: tuple[str, ...]


class SeedRuns(NamedTuple):
    """Runs that differ in their seed only, the newest of each seed. `name` has the config values in which the group
    differs from the others, or the operation if there are none.
    """

    name: str
    runs: tuple[str, ...]


class RunChain(NamedTuple):
    """A run with those that it restarts or resumes, the oldest first. The last one is a run of the query."""

    runs: tuple[str, ...]


class RelatedRuns(NamedTuple):
    """Each run of the query is in at most one group; runs without relatives are in no chain."""

    groups: tuple[SeedRuns, ...]
    chains: tuple[RunChain, ...]


def find_groups(stores: ViewedStores, query: GroupsQuery) -> RelatedRuns:
    """Runs that belong together: groups of seeds, and chains of restarted runs."""
    if len(query.runs) > MAX_RUNS:
        raise UsageError(f"A query has at most {MAX_RUNS:,} runs", "Ask for fewer")
    runs = [run for _, run in stores.find_runs(query.runs)]
    return RelatedRuns(_group_seeds(runs), _find_chains(stores, runs))


def _group_seeds(runs: Sequence[Run]) -> tuple[SeedRuns, ...]:
    configs = [normalize_config(run) for run in runs]
    groups = group_by_seed(runs, configs)
    firsts = [configs[group.members[0]] for group in groups]
    names = dict.fromkeys(name for config in firsts for name in config if not is_seed_name(name))
    differing = [name for name in names if len({config.get(name) for config in firsts}) > 1][:MAX_NAMED_VALUES]
    return tuple(
        SeedRuns(_name_group(runs[group.members[0]], differing), tuple(runs[at].id for at in group.indexes))
        for group in groups
    )


def _name_group(run: Run, names: Sequence[str]) -> str:
    words = [f"{name}={format_value(run.config[name])}" for name in names if name in run.config]
    return " ".join(words) or str(run.op)


def _find_chains(stores: ViewedStores, runs: Sequence[Run]) -> tuple[RunChain, ...]:
    known: dict[str, Run | None] = {run.id: run for run in runs}
    missing = _list_missing_parents(known)
    for _ in range(MAX_CHAIN):
        if not missing:
            break
        known |= dict.fromkeys(missing) | {run.id: run for _, run in stores.find_runs(missing)}
        missing = _list_missing_parents(known)
    chains = (_follow_parents(run, known) for run in runs)
    return tuple(RunChain(chain) for chain in chains if len(chain) > 1)


def _list_missing_parents(known: Mapping[str, Run | None]) -> list[str]:
    parents = (run.parent for run in known.values() if run and run.relation in ("restart", "resume"))
    return [parent for parent in dict.fromkeys(parents) if parent and parent not in known]


def _follow_parents(run: Run, known: Mapping[str, Run | None]) -> tuple[str, ...]:
    chain = [run.id]
    while run.relation in ("restart", "resume") and len(chain) < MAX_CHAIN:
        parent = known.get(run.parent)
        if parent is None or parent.id in chain:
            break
        chain.append(parent.id)
        run = parent
    return tuple(reversed(chain))
