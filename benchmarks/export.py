"""Measures tables of all values: 10,000 runs with 20 config values and 20 metrics each, as CSV.

    python benchmarks/export.py [ROUNDS]

Times are processor time, since other work on the machine changes it little. The floor is a script that reads the same
runs with SQLite, json and csv alone. The peer is MLflow: `search_runs` reads 1,000 runs with as many values from its
SQLite backend, and pandas writes the data frame as CSV; its time is measured with and without imports, Gage's with its
start. The benchmark creates both stores once, in the directory for temporary files (MLflow's takes some minutes), and
installs MLflow in a virtual environment in the cache directory.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from find import NUMBERS, SHARED_RUNS, load_store
from listing import FOLDER
from stores import locate_index
from timing import GAGE, install_peer, run_once

MAX_RATIO = 0.6 / 0.39
MLFLOW_RUNS = 1_000
MLFLOW = ("mlflow-skinny==2.22.1", "pandas<3", "sqlalchemy<2.1", "alembic")
MIN_MLFLOW_RATIO = 20.0
PEERS = ("MLflow, without imports", "MLflow, the whole process")

FLOOR_SCRIPT = """
import csv, json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT json FROM record ORDER BY n DESC").fetchall()
runs = [json.loads(text) for (text,) in rows]
writer = csv.writer(sys.stdout)
for run in runs:
    writer.writerow([run[0], run[1], *run[9].values(), *(metric[0] for metric in run[-3].values())])
"""
MLFLOW_SCRIPT = """
import random, sys, time, mlflow
from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient
uri, task, runs, numbers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
mlflow.set_tracking_uri(uri)
if task == "create":
    client, draw = MlflowClient(), random.Random(1)
    experiment = client.create_experiment("export")
    for _ in range(runs):
        run = client.create_run(experiment).info.run_id
        values = [Param(f"config{i}", str(draw.choice((0.1, 1, "adam", True)))) for i in range(numbers)]
        client.log_batch(run, [Metric(f"metric{i}", draw.random(), 0, 0) for i in range(numbers)], values)
        client.set_terminated(run)
else:
    mlflow.search_experiments()
    start = time.process_time()
    table = mlflow.search_runs(experiment_names=["export"], max_results=runs)
    table.to_csv("/dev/null", index=False)
    assert table.shape[0] == runs and table.shape[1] >= 2 * numbers
    print(time.process_time() - start, time.process_time())
"""


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    env = {"GAGE_CACHE": str(FOLDER / "find-cache")}
    os.environ |= env
    store, python = load_store(SHARED_RUNS), install_peer("mlflow-2.22.1", MLFLOW) / "bin" / "python"
    database = create_mlflow_runs(python)
    gage = [GAGE, "--runs", str(store.root)]
    programs = {
        "SQLite, json and csv": [sys.executable, "-c", FLOOR_SCRIPT, str(locate_index(store))],
        "gage list --csv": [*gage, "list", "--csv"],
        "gage compare --csv": [*gage, "compare", "--csv"],
        "gage compare --csv --group": [*gage, "compare", "--csv", "--group"],
        "gage compare, pivot": [*gage, "compare", "--rows", "config1", "--cols", "config2", "--values", "metric1"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in (*programs, *PEERS)}
    for _ in range(rounds):
        for name, argv in programs.items():
            seconds[name].append(run_once(argv, env, processor_time=True))
        for name, time in zip(PEERS, search_mlflow_runs(python, database), strict=True):
            seconds[name].append(time)
    return report({name: statistics.median(times) for name, times in seconds.items()})


def report(medians: dict[str, float]) -> int:
    """Prints the medians and ratios; returns 1 when a limit is exceeded."""
    floor, gage = medians["SQLite, json and csv"], medians["gage list --csv"]
    for name, time in medians.items():
        runs = MLFLOW_RUNS if name in PEERS else SHARED_RUNS
        print(f"{name:<28}{time:6.2f} s  {time / runs * 1e6:8.1f} µs a run  {time / floor:6.2f} × the floor")
    print(f"gage list --csv over SQLite, json and csv alone: {gage / floor:.2f} ×   (at most {MAX_RATIO:.2f})")
    ratios = [medians[name] / MLFLOW_RUNS / (gage / SHARED_RUNS) for name in PEERS]
    limit = f"the whole process at least {MIN_MLFLOW_RATIO:g}"
    print(f"MLflow's search_runs over gage list --csv, per run: {ratios[0]:.1f} and {ratios[1]:.1f} ×   ({limit})")
    return int(gage / floor > MAX_RATIO or ratios[1] < MIN_MLFLOW_RATIO)


def create_mlflow_runs(python: Path) -> Path:
    """Returns MLflow's database; creates it the first time."""
    database = FOLDER / f"mlflow-{MLFLOW_RUNS}.db"
    if not database.exists():
        unfinished = database.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        run_mlflow(python, unfinished, "create")
        unfinished.rename(database)
    return database


def search_mlflow_runs(python: Path, database: Path) -> list[float]:
    """Returns the seconds that searching runs and writing the table take, and the seconds of the whole process."""
    return list(map(float, run_mlflow(python, database, "search").split()[-2:]))


def run_mlflow(python: Path, database: Path, task: str) -> str:
    """Returns the output of the script."""
    arguments = [f"sqlite:///{database}", task, str(MLFLOW_RUNS), str(NUMBERS)]
    return subprocess.run(
        [python, "-c", MLFLOW_SCRIPT, *arguments], cwd=FOLDER, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
