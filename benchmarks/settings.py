"""How much is found of the settings of the programs in `tests/samples/programs`, and what asking for them costs.

    python benchmarks/settings.py [ROUNDS]

"product" is what `gage run` finds (the program is asked, else read), "read" what its source alone tells, for the kinds
of programs that can be read. A name that is found and is none counts as a mistake as one that is missing does; types,
defaults, choices and help count for names that are found.
"""

import os
import shutil
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

LEAST = 0.95
"""Of every facet, in the product."""
MOST_COLD = 3.0
"""`--help-op` of a program that was never asked, as a multiple of the program's own `--help`."""
MOST_KEPT = 6.0
"""The same once it was asked, as a multiple of `python -c pass`."""
PROGRAMS = ("argparse_groups.py", "click_train.py", "hydra_structured.py")


def main() -> int:
    """Measure and print; 1 when a limit is not kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        set_cache_directory(Path(folder))
        product = {s.name: list_mistakes(s.parameters, find_as_gage_run(s)) for s in load_samples()}
    read = {s.name: list_mistakes(s.parameters, find_in_source(s)) for s in load_samples() if s.kind in READ_KINDS}
    kept = table(product, read)
    return int(not (kept and costs(rounds)))


Misses = dict[str, dict[str, list[str]]]


def table(product: Misses, read: Misses) -> bool:
    """Print shares by kind and facet; False when the product misses the limit."""
    every = load_samples()
    print(f"{len(every)} programs, {sum(len(s.parameters) for s in every)} settings; right in %, product / read\n")
    print(f"{'':<18}{'':>4}  " + "".join(f"{facet:>14}" for facet in FACETS))
    for kind in sorted({s.kind for s in every}):
        print(_row(kind, [s for s in every if s.kind == kind], product, read))
    print(_row("all", every, product, read))
    for name, wrong in product.items():
        for facet, messages in wrong.items():
            for message in messages:
                print(f"  {name}, {facet}: {message}")
    return all(_share(every, product, facet) >= LEAST for facet in FACETS)


def _row(label: str, chosen: Sequence[Sample], product: Misses, read: Misses) -> str:
    readable = [s for s in chosen if s.name in read]
    shares = ((_share(chosen, product, facet), _share(readable, read, facet)) for facet in FACETS)
    return f"{label:<18}{len(chosen):>4}  " + "".join(f"{one * 100:>8.1f}/{two * 100:<5.1f}" for one, two in shares)


def _share(chosen: Iterable[Sample], misses: Misses, facet: str) -> float:
    """Of the settings that have such a thing; a wrong one that should not be there counts against it, too."""
    wanted = sum(_has(parameter, facet) for s in chosen for parameter in s.parameters)
    wrong = sum(len(misses[s.name][facet]) for s in chosen)
    return 1.0 if not wanted and not wrong else max(0.0, 1 - wrong / max(wanted, wrong))


HAS: dict[str, Callable[[ExpectedParameter], bool]] = {
    "choices": lambda parameter: bool(parameter.choices),
    "help": lambda parameter: bool(parameter.help),
    "required": lambda parameter: parameter.required,
}


def _has(parameter: ExpectedParameter, facet: str) -> bool:
    return HAS[facet](parameter) if facet in HAS else True


def costs(rounds: int) -> bool:
    """Print what `--help-op` takes, never asked and asked; False when a limit is not kept."""
    good = True
    with tempfile.TemporaryDirectory() as name:
        for program in PROGRAMS:
            folder = Path(name) / program
            folder.mkdir()
            shutil.copy(DIRECTORY / program, folder / "train.py")
            good &= _cost(program, folder, rounds)
    return good


def _cost(program: str, folder: Path, rounds: int) -> bool:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "GAGE_CACHE": str(folder / "cache"), "GAGE_RUNS": str(folder / "runs")}
    asked = [GAGE, "run", "train.py", "--help-op"]
    own = [sys.executable, "train.py", "--help"]
    cold: list[float] = []
    helped: list[float] = []
    for at in range(rounds + 1):
        shutil.rmtree(folder / "cache", ignore_errors=True)
        took = run_once(asked, env, folder), run_once(own, env, folder)
        if at:
            cold.append(took[0])
            helped.append(took[1])
    run_once(asked, env, folder)
    _, kept = compare({"kept": asked}, {"kept": MOST_KEPT}, rounds, env, folder)
    ratio = sorted(cold)[rounds // 2] / sorted(helped)[rounds // 2]
    verdict = "" if ratio <= MOST_COLD and kept.ratio <= MOST_KEPT else "  MISSED"
    print(
        f"{program:<24}--help-op {sorted(cold)[rounds // 2] * 1000:6.0f} ms: {ratio:.2f} × its own --help (at most "
        f"{MOST_COLD:g}); kept {kept.ms:.0f} ms: {kept.ratio:.2f} × python -c pass (at most {MOST_KEPT:g}){verdict}"
    )
    return not verdict


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "120")
    sys.exit(main())
