"""Measures `gage list` with 0 to 100,000 runs: filling the index, querying it, and after changes.

    python benchmarks/listing.py [ROUNDS] [RUNS ...]

The stores are created once, in the directory for temporary files (100,000 runs: half a minute, 1 GB), and kept there.
The floor of a listing is a script that imports click, sqlite3 and json and runs one query; it is compared by processor
time, which other work on the machine changes little.
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

from stores import locate_index, make_run, make_store
from timing import GAGE, PYTHON, Timing, compare, report, run_once

from gage.store.store import RunStore

FOLDER = Path(tempfile.gettempdir()) / "gage-benchmark-stores"
MAX_FILL_SECONDS = 1.5
MAX_SIZE_RATIO = 1.5
MAX_FLOOR_RATIO = 1.2
MAX_LABEL_RATIO = 1.5
RATIOS = {1_000: 6.0, 10_000: 6.0, 100_000: 8.0}


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    counts = [int(word) for word in sys.argv[2:]] or [1_000, 10_000, 100_000]
    stores = {count: load_store(count) for count in counts}
    env = {"GAGE_CACHE": str(FOLDER / "cache")}
    shutil.rmtree(FOLDER / "cache", ignore_errors=True)
    passed = [
        fill_indexes(stores, env),
        list_latest(stores, rounds, env),
        compare_with_floor(stores, rounds, env),
        filter_runs(stores, rounds, env),
        list_after_changes(stores, rounds, env),
    ]
    return int(not all(passed))


def load_store(count: int) -> RunStore:
    """Returns a store of `count` finished runs; creates it the first time."""
    folder = FOLDER / f"{count}"
    if not folder.exists():
        temporary = FOLDER / f"{count}.unfinished"
        shutil.rmtree(temporary, ignore_errors=True)
        make_store(temporary, count)
        for id in RunStore(temporary).list_ids():
            (temporary / id).mkdir()
        temporary.rename(folder)
        time.sleep(5)  # the index checks younger directories again
    return RunStore(folder)


def fill_indexes(stores: dict[int, RunStore], env: dict[str, str]) -> bool:
    """Times the first listing of each store."""
    print("\nFilling the index (the first `gage list`)")
    passed = True
    for count, store in stores.items():
        times = []
        for _ in range(3 if count <= 10_000 else 1):
            shutil.rmtree(env["GAGE_CACHE"], ignore_errors=True)
            times.append(run_once([GAGE, "--runs", str(store.root), "list"], env))
        median_seconds = statistics.median(times)
        limit = MAX_FILL_SECONDS if count == 10_000 else None
        passed = passed and (limit is None or median_seconds <= limit)
        print(f"  {count:>9,} runs {median_seconds:9.2f} s{f'  at most {limit:g} s' if limit else ''}")
    return passed


def list_latest(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """Times listings of the latest 20 runs when nothing has changed."""
    programs = {label_count(count): [GAGE, "--runs", str(store.root), "list"] for count, store in stores.items()}
    timings = compare(programs, {label_count(count): RATIOS.get(count, 8.0) for count in stores}, rounds, env)
    passed = report("The 20 latest runs", timings)
    difference = timings[-1].ms / timings[1].ms
    print(f"  most runs / fewest runs: {difference:.2f} (at most {MAX_SIZE_RATIO})")
    return passed and difference <= MAX_SIZE_RATIO


FLOOR_SCRIPT = """
import click, json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT json FROM record ORDER BY n DESC LIMIT 20").fetchall()
[json.loads(text) for (text,) in rows]
"""


def compare_with_floor(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """Compares the processor time of listings and filters with a script that does the least that a listing needs."""
    count, store = max(stores.items())
    os.environ["GAGE_CACHE"] = env["GAGE_CACHE"]
    gage = [GAGE, "--runs", str(store.root), "list"]
    empty = FOLDER / "none"
    empty.mkdir(exist_ok=True)
    programs = {
        "floor": [sys.executable, "-c", FLOOR_SCRIPT, str(locate_index(store))],
        "an empty store": [GAGE, "--runs", str(empty), "list"],
        f"{count:,} runs": gage,
        "a config value": [*gage, "-w", "lr=0.05"],
        "a label": [*gage, "-w", "label='trial 995'"],
        "an unknown word": [*gage, "-w", "nothing"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for round in range(rounds + 1):
        for name, argv in programs.items():
            elapsed = run_once(argv, env, processor_time=True)
            if round:
                seconds[name].append(elapsed)
    ms = {name: statistics.median(times) * 1000 for name, times in seconds.items()}
    print("\nProcessor time, beside a script that imports click, sqlite3 and json and runs one query")
    for name, median_ms in ms.items():
        print(f"  {name:<30}{median_ms:9.1f} ms {median_ms / ms['floor']:7.2f} × floor")
    by_config = max(ms["a label"], ms["an unknown word"]) / ms["a config value"]
    print(f"  a label or a word / a config value: {by_config:.2f} {format_limit(by_config, MAX_LABEL_RATIO)}")
    by_floor = max(ms["an empty store"], ms[f"{count:,} runs"]) / ms["floor"]
    print(f"  listing / floor: {by_floor:.2f} {format_limit(by_floor, MAX_FLOOR_RATIO)}")
    return by_config <= MAX_LABEL_RATIO and by_floor <= MAX_FLOOR_RATIO


def format_limit(ratio: float, limit: float) -> str:
    """Returns the limit, and whether it is missed."""
    return f"(at most {limit}{': MISSED' if ratio > limit else ''})"


def label_count(count: int) -> str:
    """Returns the name of the listing of a store."""
    return f"gage list, {count:,} runs"


def filter_runs(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """Times filters in the largest store, and 10,000 runs as JSON."""
    count, store = max(stores.items())
    gage = [GAGE, "--runs", str(store.root), "list"]
    programs = {
        "a config value (1 in 100 matches)": [*gage, "-w", "lr=0.05"],
        "two conditions (1 in 20 matches)": [*gage, "-w", "epochs=3 status=completed"],
        "a label (reads each directory of attributes)": [*gage, "-w", "label='trial 995'"],
        "a word without a match (the same)": [*gage, "-w", "nothing"],
        "run 500": [*gage, "500"],
    }
    limits = {name: 10.0 for name in programs if name.startswith(("a config", "two", "run"))}
    passed = report(f"Filters, {count:,} runs", compare(programs, limits, rounds, env))
    if 10_000 in stores:
        json_program = {"all as JSON": [GAGE, "--runs", str(stores[10_000].root), "list", "--all", "--json"]}
        report("10,000 runs", compare(json_program, None, 5, env))
    return passed


def list_after_changes(stores: dict[int, RunStore], rounds: int, env: dict[str, str]) -> bool:
    """Times listings of the largest store after one change each."""
    count, store = max(stores.items())
    added: list[str] = []
    hook = Path(store.root, ".changed-by-a-tool")

    def add() -> None:
        added.append(make_run(store, run_dir=False))

    def annotate() -> None:
        store.annotate([added[0]], {"label": str(time.time())})

    def purge() -> None:
        store.purge(added.pop(), "sam")

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
    floors, seconds = [], {name: [] for name in cases}
    for _ in range(min(rounds, 7)):
        floors.append(run_once(PYTHON, env))
        for name, change in cases.items():
            age_directory(store.root)
            run_once(argv, env)
            change()
            seconds[name].append(run_once(argv, env))
    for id in added:
        store.purge(id, "sam")
    age_directory(store.root)
    floor_seconds = statistics.median(floors)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    return report(
        f"After one change, {count:,} runs", [Timing(n, m * 1000, m / floor_seconds) for n, m in medians.items()]
    )


def age_directory(folder: Path) -> None:
    """Makes the last change look like one of a minute ago."""
    os.utime(folder, (time.time() - 60, time.time() - 60))
    time.sleep(1.1)


if __name__ == "__main__":
    sys.exit(main())
