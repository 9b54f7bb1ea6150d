"""What `gage list` costs with 1,000, 10,000 and 100,000 runs: filling the index, asking it, and after changes.

    python benchmarks/listing.py [ROUNDS] [RUNS ...]

The stores are made once, in the folder for temporary files (100,000 runs: half a minute, 1 GB), and kept there.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from stores import make_run, make_store
from timing import GAGE, PYTHON, Timing, compare, report, run_once

from gage.store.store import RunStore

FOLDER = Path(tempfile.gettempdir()) / "gage-benchmark-stores"
MOST_FILL_SECONDS = 2.0
MOST_DIFFERENCE = 1.5
RATIOS = {1_000: 6.0, 10_000: 6.0, 100_000: 8.0}


def main() -> int:
    """Measure and print; 1 when a limit is not kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    counts = [int(word) for word in sys.argv[2:]] or [1_000, 10_000, 100_000]
    stores = {count: store_of(count) for count in counts}
    env = {"GAGE_CACHE": str(FOLDER / "cache")}
    shutil.rmtree(FOLDER / "cache", ignore_errors=True)
    kept = [fill(stores, env), lists(stores, rounds, env), filters(stores, rounds, env), changed(stores, rounds, env)]
    return int(not all(kept))


def store_of(count: int) -> RunStore:
    """A store of `count` finished runs."""
    folder = FOLDER / f"{count}"
    if not folder.exists():
        aside = FOLDER / f"{count}.unfinished"
        shutil.rmtree(aside, ignore_errors=True)
        make_store(aside, count)
        for id in RunStore(aside).list_ids():
            (aside / id).mkdir()
        aside.rename(folder)
        time.sleep(5)  # younger folders are looked at again
    return RunStore(folder)


def fill(stores: dict[int, RunStore], env: dict[str, str]) -> bool:
    """The first listing of each store."""
    print("\nFilling the index (the first `gage list`)")
    kept = True
    for count, store in stores.items():
        times = []
        for _ in range(3 if count <= 10_000 else 1):
            shutil.rmtree(env["GAGE_CACHE"], ignore_errors=True)
            times.append(run_once([GAGE, "--runs", str(store.root), "list"], env))
        took = statistics.median(times)
        most = MOST_FILL_SECONDS if count == 10_000 else None
        kept = kept and (most is None or took <= most)
        print(f"  {count:>9,} runs {took:9.2f} s{f'  at most {most:g} s' if most else ''}")
    return kept


def lists(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """The 20 latest runs, when nothing has changed."""
    programs = {name_of(count): [GAGE, "--runs", str(store.root), "list"] for count, store in stores.items()}
    timings = compare(programs, {name_of(count): RATIOS.get(count, 8.0) for count in stores}, rounds, env)
    kept = report("The 20 latest runs", timings)
    difference = timings[-1].ms / timings[1].ms
    print(f"  most runs / fewest runs: {difference:.2f} (at most {MOST_DIFFERENCE})")
    return kept and difference <= MOST_DIFFERENCE


def name_of(count: int) -> str:
    """What the listing of a store is called."""
    return f"gage list, {count:,} runs"


def filters(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """Filters, and everything as JSON, in the biggest store but for JSON."""
    count, store = max(stores.items())
    gage = [GAGE, "--runs", str(store.root), "list"]
    programs = {
        "a config value (1 in 100 fits)": [*gage, "-w", "lr=0.05"],
        "two conditions (1 in 20 fits)": [*gage, "-w", "epochs=3 status=completed"],
        "a label (looks at each folder of attributes)": [*gage, "-w", "label='trial 995'"],
        "a word that nothing fits (the same)": [*gage, "-w", "nothing"],
        "run 500": [*gage, "500"],
    }
    limits = {name: 10.0 for name in programs if name.startswith(("a config", "two", "run"))}
    kept = report(f"Filters, {count:,} runs", compare(programs, limits, rounds, env))
    if 10_000 in stores:
        whole = {"all as JSON": [GAGE, "--runs", str(stores[10_000].root), "list", "--all", "--json"]}
        report("10,000 runs", compare(whole, None, 5, env))
    return kept


def changed(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """One change before each listing of the biggest store."""
    count, store = max(stores.items())
    fresh: list[str] = []
    hook = Path(store.root, ".changed-by-a-tool")

    def add() -> None:
        fresh.append(make_run(store, run_dir=False))

    def annotate() -> None:
        store.annotate([fresh[0]], {"label": str(time.time())})

    def purge() -> None:
        store.purge(fresh.pop(), "sam")

    def touch() -> None:
        hook.write_text("")
        hook.unlink()

    cases: dict[str, Callable[[], None]] = {
        "nothing": lambda: None,
        "a run added by a tool": add,
        "a run labelled by Gage": annotate,
        "a run purged by Gage": purge,
        "an entry touched by a tool": touch,
    }
    argv = [GAGE, "--runs", str(store.root), "list"]
    floor, seen = [], {name: [] for name in cases}
    for _ in range(min(rounds, 7)):
        floor.append(run_once(PYTHON, env))
        for name, change in cases.items():
            settle(store.root)
            run_once(argv, env)
            change()
            seen[name].append(run_once(argv, env))
    for id in fresh:
        store.purge(id, "sam")
    settle(store.root)
    least = statistics.median(floor)
    medians = {name: statistics.median(times) for name, times in seen.items()}
    return report(f"After one change, {count:,} runs", [Timing(n, m * 1000, m / least) for n, m in medians.items()])


def settle(folder: Path) -> None:
    """As if the last change were some time ago."""
    os.utime(folder, (time.time() - 60, time.time() - 60))
    time.sleep(1.1)


if __name__ == "__main__":
    sys.exit(main())
