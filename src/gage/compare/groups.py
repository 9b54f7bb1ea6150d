"""Groups runs that differ in their seed only. Knows config and source code of runs; no metrics."""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from gage.types.run import Run
from gage.types.values import Comparable, normalize_value

SEED_WORDS = frozenset(("seed", "seeds", "rng", "randomseed", "randomstate", "replicate", "repetition"))
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

ConfigValues = Mapping[str, Comparable]
"""Config in the normal form in which filters compare values."""
Shapes = dict[tuple[str, ...], int]
"""Names of the config values of a run → a number. Keys of groups contain the number, which takes less memory."""


class SeedGroup(NamedTuple):
    """Runs that differ in their seed only, as indexes into a sequence. `seeds` has the newest run of each seed, or all
    runs if the config has no seed; `members` has all runs.
    """

    seeds: tuple[tuple[Hashable, int], ...]
    members: tuple[int, ...]

    @property
    def indexes(self) -> tuple[int, ...]:
        """The runs with different seeds."""
        return tuple(index for _, index in self.seeds)


def split_name(name: str) -> list[str]:
    """Returns the words of a name in lower case: `valLoss` and `val/loss` are val and loss."""
    return [part.lower() for part in _PARTS.findall(name)]


def is_seed_name(name: str) -> bool:
    """Returns whether a config value is a seed, by its name: `seed`, `data.seed`, `random_state`."""
    words = split_name(name)
    return bool(SEED_WORDS & {*words, "".join(words[-2:])})


def normalize_config(run: Run) -> dict[str, Comparable]:
    """Returns the config in normal form."""
    return {name: normalize_value(value) for name, value in run.config.items()}


def group_by_seed(runs: Sequence[Run], configs: Sequence[ConfigValues]) -> list[SeedGroup]:
    """Returns the groups of runs with the same operation, source code and config except for seeds. Evaluations of
    different runs are in different groups. Groups are in the order of their first runs. `configs` has the configs in
    normal form.
    """
    seed_names = {name for name in {name for config in configs for name in config} if is_seed_name(name)}
    groups: dict[Hashable, list[int]] = {}
    shapes: Shapes = {}
    for index, (run, config) in enumerate(zip(runs, configs, strict=True)):
        groups.setdefault((_identify_config(run, config, seed_names, shapes), run.source_digest), []).append(index)
    return [_build_group(indexes, runs, configs, seed_names) for indexes in groups.values()]


def list_source_variants(runs: Sequence[Run]) -> list[Run]:
    """Returns the runs that differ from another one in seed and source code only. `runs` has one run of each group."""
    variants: dict[Hashable, list[Run]] = {}
    shapes: Shapes = {}
    for run in runs:
        config = normalize_config(run)
        key = _identify_config(run, config, set(filter(is_seed_name, config)), shapes)
        variants.setdefault(key, []).append(run)
    return [run for several in variants.values() if len({run.source_digest for run in several}) > 1 for run in several]


def _identify_config(run: Run, config: ConfigValues, seed_names: set[str], shapes: Shapes) -> Hashable:
    """Returns a key that is equal for runs with the same operation, evaluated run and config except for seeds."""
    names = tuple(sorted(name for name in config if name not in seed_names))
    shape = shapes.setdefault(names, len(shapes))
    return run.op, shape, tuple(config[name] for name in names), run.parent if run.relation == "evaluation" else ""


def _build_group(
    indexes: Sequence[int], runs: Sequence[Run], configs: Sequence[ConfigValues], seed_names: set[str]
) -> SeedGroup:
    seeds: dict[Hashable, int] = {}
    for index in indexes:
        seed = tuple(sorted((name, configs[index][name]) for name in seed_names if name in configs[index]))
        other = seeds.setdefault(seed or index, index)
        if runs[index].created > runs[other].created:
            seeds[seed or index] = index
    return SeedGroup(tuple(seeds.items()), tuple(indexes))
