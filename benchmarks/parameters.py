"""Measures which parameters of the programs in `tests/samples/programs` Gage finds, and the cost of introspection.

    python benchmarks/parameters.py [ROUNDS]

"gage run": the parameters that `gage run` finds, by introspection if possible; "source": those that Gage finds in the
source alone, for the kinds of programs where it can. A name that is not a parameter counts as a mistake, like a missing
one; types, defaults, choices and help are compared for names that are found.
"""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from program_samples import (
    DIRECTORY,
    FACETS,
    READ_KINDS,
    ExpectedParameter,
    Sample,
    find_as_gage_run,
    find_in_source,
    list_mistakes,
    load_samples,
    set_cache_directory,
)
from timing import GAGE, compare, run_once

MIN_SHARE = 0.95
"""Of each facet, for `gage run`."""
MAX_COLD_RATIO = 3.0
"""`--help-op` without cache, as a multiple of the program's own `--help`."""
MAX_CACHED_RATIO = 6.0
"""`--help-op` with cache, as a multiple of `python -c pass`."""
PROGRAMS = ("argparse_groups.py", "click_train.py", "hydra_structured.py")


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    samples = load_samples()
    with tempfile.TemporaryDirectory() as folder:
        set_cache_directory(Path(folder))
        by_run = {s.name: list_mistakes(s.parameters, find_as_gage_run(s)) for s in samples}
    by_source = {s.name: list_mistakes(s.parameters, find_in_source(s)) for s in samples if s.kind in READ_KINDS}
    passed = print_shares(samples, by_run, by_source)
    return int(not (measure_help(rounds) and passed))


Mistakes = dict[str, dict[str, list[str]]]
"""Sample → facet → differences."""


def print_shares(samples: Sequence[Sample], by_run: Mistakes, by_source: Mistakes) -> bool:
    """Prints the shares by kind and facet; returns whether those of `gage run` reach the limit."""
    count = sum(len(s.parameters) for s in samples)
    print(f"{len(samples)} programs, {count} parameters; right in %, gage run / source\n")
    print(f"{'':<18}{'':>4}  " + "".join(f"{facet:>14}" for facet in FACETS))
    for kind in sorted({s.kind for s in samples}):
        print(_format_row(kind, [s for s in samples if s.kind == kind], by_run, by_source))
    print(_format_row("all", samples, by_run, by_source))
    for name, differences in by_run.items():
        for facet, messages in differences.items():
            for message in messages:
                print(f"  {name}, {facet}: {message}")
    return all(_compute_share(samples, by_run, facet) >= MIN_SHARE for facet in FACETS)


def _format_row(label: str, samples: Sequence[Sample], by_run: Mistakes, by_source: Mistakes) -> str:
    readable = [s for s in samples if s.name in by_source]
    shares = ((_compute_share(samples, by_run, f), _compute_share(readable, by_source, f)) for f in FACETS)
    cells = (f"{run * 100:>8.1f}/{source * 100:<5.1f}" for run, source in shares)
    return f"{label:<18}{len(samples):>4}  " + "".join(cells)


def _compute_share(samples: Iterable[Sample], mistakes: Mistakes, facet: str) -> float:
    """Returns the share of the parameters with a facet for which it is right; each mistake is deducted."""
    expected = sum(_has(parameter, facet) for s in samples for parameter in s.parameters)
    wrong = sum(len(mistakes[s.name][facet]) for s in samples)
    return 1.0 if not expected and not wrong else max(0.0, 1 - wrong / max(expected, wrong))


HAS: dict[str, Callable[[ExpectedParameter], bool]] = {
    "choices": lambda parameter: bool(parameter.choices),
    "help": lambda parameter: bool(parameter.help),
    "required": lambda parameter: parameter.required,
}
"""Facets that not every parameter has."""


def _has(parameter: ExpectedParameter, facet: str) -> bool:
    return HAS[facet](parameter) if facet in HAS else True


def measure_help(rounds: int) -> bool:
    """Times `--help-op` of programs without and with cache; returns whether all are within the limits."""
    passed = True
    with tempfile.TemporaryDirectory() as name:
        for program in PROGRAMS:
            folder = Path(name) / program
            folder.mkdir()
            shutil.copy(DIRECTORY / program, folder / "train.py")
            passed &= _measure_help_of(program, folder, rounds)
    return passed


def _measure_help_of(program: str, folder: Path, rounds: int) -> bool:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "GAGE_CACHE": str(folder / "cache"), "GAGE_RUNS": str(folder / "runs")}
    help_op = [GAGE, "run", "train.py", "--help-op"]
    own_help = [sys.executable, "train.py", "--help"]
    cold_seconds: list[float] = []
    own_seconds: list[float] = []
    for round in range(rounds + 1):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        times = run_once(help_op, env, folder), run_once(own_help, env, folder)
        if round:
            cold_seconds.append(times[0])
            own_seconds.append(times[1])
    run_once(help_op, env, folder)
    _, cached = compare({"cached": help_op}, {"cached": MAX_CACHED_RATIO}, rounds, env, folder)
    cold = statistics.median(cold_seconds)
    ratio = cold / statistics.median(own_seconds)
    passed = ratio <= MAX_COLD_RATIO and cached.ratio <= MAX_CACHED_RATIO
    print(
        f"{program:<24}--help-op {cold * 1000:6.0f} ms: {ratio:.2f} × its own --help (at most {MAX_COLD_RATIO:g}); "
        f"cached {cached.ms:.0f} ms: {cached.ratio:.2f} × python -c pass (at most {MAX_CACHED_RATIO:g})"
        f"{'' if passed else '  MISSED'}"
    )
    return passed


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    sys.exit(main())
