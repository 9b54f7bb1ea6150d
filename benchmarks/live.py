"""Measures the cost of following runs in progress: 20 runs that log 100 numbers a second each.

    python benchmarks/live.py [RUNS] [SECONDS]

The runs are processes of `gage run`; half of their programs log with `gage.log`, half write TF event files. Measures
the processor time of all Gage processes, without their programs, once all have started, in % of one core; and the age
of the oldest value that a summary lacks. Then the same for one run with 10,000 series that grow once a second, and the
cost of sampling a run's use of the machine every ten seconds.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from gage.store.store import RunStore

SOURCE = Path(__file__).parent.parent / "src"
LIMIT, SAMPLING_LIMIT = 10.0, 0.5
"""% of one core."""
LAG_LIMIT = 2.0
"""Seconds."""
MANY = 10_000
"""Series of the run with many series."""
MANY_LIMIT = 25.0
STARTUP_SECONDS = 4.0
"""Until the runs have started."""
SAMPLE_INTERVAL_SECONDS = 10.0
API = """
import os, time, gage
until = time.monotonic() + float(os.environ["LASTING"])
step = 0
while time.monotonic() < until:
    for _ in range(10):
        gage.log(loss=1.0 / (step + 1), step=step)
        step += 1
    time.sleep(0.1)
"""
EVENTS = """
import os, time
from gage.metrics.tf_writer import EventWriter
until = time.monotonic() + float(os.environ["LASTING"])
step = 0
writer = EventWriter("events.out.tfevents.1.host.1.0")
while time.monotonic() < until:
    for _ in range(10):
        writer.add(step, time.time(), {"loss": 1.0 / (step + 1)})
        step += 1
    writer.flush()
    time.sleep(0.1)
"""
MANY_EVENTS = """
import os, time
from gage.metrics.tf_writer import EventWriter
until = time.monotonic() + float(os.environ["LASTING"])
step = 0
writer = EventWriter("events.out.tfevents.1.host.1.0")
while time.monotonic() < until:
    began = time.monotonic()
    for i in range(MANY):
        writer.add(step, time.time(), {f"layer/{i}/norm": i / (step + 1)})
    writer.add(step, time.time(), {"loss": 1.0})
    writer.flush()
    step += 1
    time.sleep(max(1.0 - (time.monotonic() - began), 0))
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 15.0
    with tempfile.TemporaryDirectory() as folder:
        percent, lag = _follow(Path(folder), (API, EVENTS), runs, seconds, 0.1)
    with tempfile.TemporaryDirectory() as folder:
        many, many_lag = _follow(Path(folder), (MANY_EVENTS.replace("MANY", str(MANY)),), 1, seconds, 1.0)
        sampling = _measure_sampling(folder)
    print(f"following {runs} runs: {percent:.1f} % of a core (limit {LIMIT:g})")
    print(f"largest lag of a summary: {lag:.2f} s (limit {LAG_LIMIT:g})")
    print(f"following a run of {MANY:,} series: {many:.1f} % of a core (limit {MANY_LIMIT:g})")
    print(f"largest lag of its summary: {many_lag:.2f} s (limit {LAG_LIMIT:g})")
    print(f"a sample every {SAMPLE_INTERVAL_SECONDS:g} s: {sampling:.2f} % of a core (limit {SAMPLING_LIMIT:g})")
    behind = max(lag, many_lag) > LAG_LIMIT
    sys.exit(percent > LIMIT or behind or many > MANY_LIMIT or sampling > SAMPLING_LIMIT)


def _follow(folder: Path, programs: tuple[str, ...], runs: int, seconds: float, interval: float) -> tuple[float, float]:
    """Returns % of a core and the summaries' lag in seconds, for programs that log every `every` seconds."""
    for i, program in enumerate(programs):
        (folder / f"program{i}.py").write_text(program)
    lasting = f"{2 * STARTUP_SECONDS + seconds + runs / 4:.0f}"
    env = os.environ | {"PYTHONPATH": str(SOURCE), "LASTING": lasting}
    processes = []
    for i in range(runs):
        script, store = f"program{i % len(programs)}.py", str(folder / "store")
        argv = [sys.executable, "-m", "gage", "--runs", store, "run", script, "--yes", "--quiet"]
        processes.append(psutil.Popen(argv, cwd=folder, env=env, stdout=subprocess.DEVNULL))
    time.sleep(STARTUP_SECONDS + runs / 4)
    before, start = _sum_cpu_seconds(processes), time.monotonic()
    lag = 0.0
    for _ in range(10):
        time.sleep(seconds / 10)
        lag = max(lag, *_measure_lags(RunStore(folder / "store"), interval))
    used, passed = _sum_cpu_seconds(processes) - before, time.monotonic() - start
    failed = [each for each in processes if each.wait()]
    if failed:
        raise SystemExit(f"{len(failed)} runs failed")
    return 100 * used / passed, lag


def _measure_lags(store: RunStore, interval: float) -> Iterator[float]:
    """Yields, for each run, the age in seconds of the oldest value that its summary lacks."""
    for id in store.list_ids():
        now, metrics = time.time(), store.read(id).metrics
        yield now - metrics["loss"].time - interval


def _sum_cpu_seconds(processes: list[psutil.Popen]) -> float:
    """Returns the seconds of processor time of processes, without their child processes."""
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)


def _measure_sampling(folder: str) -> float:
    """Returns the cost of sampling a run with ten processes, in % of a core."""
    from gage.metrics.system_metrics import SystemSampler

    children = [subprocess.Popen(["sleep", "60"]) for _ in range(10)]
    sampler = SystemSampler(os.getpid(), folder, time.time())
    seconds = []
    for _ in range(20):
        start = time.process_time()
        sampler.sample()
        seconds.append(time.process_time() - start)
    for each in children:
        each.kill()
        each.wait()
    return 100 * statistics.median(seconds) / SAMPLE_INTERVAL_SECONDS


main()
