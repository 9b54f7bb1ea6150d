"""Measures reading a million points from TF event files: Gage, TensorBoard's data server and Python reader, tbparse.

    python benchmarks/tfevents.py [ROUNDS]

The files are like those of PyTorch's SummaryWriter, one record per number. All readers read the same files, in turn,
each in its own process, so that other load on the machine affects all alike. Peers are installed into
`build/tfevents-peers`; if they cannot be installed, only Gage is timed.
"""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from gage.metrics.tf_writer import EventWriter

HERE = Path(__file__).parent
PEERS = HERE.parent / "build" / "tfevents-peers"
PACKAGES = ("tensorboard", "tensorboard-data-server", "tbparse")
SETS = {"1 × 1,000,000": (1, 1, 1_000_000), "100 × 10 × 1,000": (100, 10, 1000), "1,000 × 10 × 100": (1000, 10, 100)}
TAGS = "loss accuracy val/loss val/accuracy lr grad_norm train/top5 epoch time/data time/step".split()
GAGE, COLUMNS, RUST, RUST_ALL = "Gage", "Gage, from columns", "data server", "data server, all points handed over"
SLOW = {"tensorboard, EventAccumulator": "accumulator", "tbparse": "tbparse"}
MIN_COLUMNS_SPEEDUP = 20


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    peers = _install_peers()
    table = {name: _time_readers(_load_data(name), peers, rounds) for name in SETS}
    print(_format_table(table))
    missed = [line for name, times in table.items() for line in _list_missed_limits(name, times)]
    print("\n".join(missed))
    sys.exit(bool(missed))


def _time_readers(folder: Path, peers: Path | None, rounds: int) -> dict[str, float]:
    """Returns seconds by reader: the median of the rounds; slow peers run once."""
    with tempfile.TemporaryDirectory() as cache:
        first = _read(Path(sys.executable), "gage", folder, cache)
        readers = {GAGE: (sys.executable, "gage"), COLUMNS: (sys.executable, "gage", cache)}
        if peers:
            readers |= {RUST: (str(peers), "rust"), RUST_ALL: (str(peers), "rust-all")}
        seconds: dict[str, list[float]] = {reader: [] for reader in readers}
        for _ in range(rounds):
            for reader, (python, kind, *more) in readers.items():
                seconds[reader].append(_read(Path(python), kind, folder, *more))
    times = {reader: statistics.median(each) for reader, each in seconds.items()}
    times["Gage, writing columns"] = first
    if peers:
        times |= {reader: _read(peers, kind, folder) for reader, kind in SLOW.items()}
    return times


def _read(python: Path, kind: str, folder: Path, *more: str) -> float:
    argv = [str(python), str(HERE / "tfevents_reading.py"), kind, str(folder), *more]
    completed = subprocess.run(argv, capture_output=True, text=True, check=False)
    if completed.returncode:
        raise SystemExit(f"{kind} failed:\n{completed.stderr}")
    seconds, points = completed.stdout.split()
    if int(points) not in (0, 1_000_000):
        raise SystemExit(f"{kind} read {points} points of 1,000,000")
    return float(seconds)


def _list_missed_limits(name: str, times: dict[str, float]) -> list[str]:
    missed = []
    if times[GAGE] > times.get(RUST_ALL, times[GAGE]):
        missed.append(f"{name}: slower than the data server with all points")
    if times[GAGE] > times.get(RUST, times[GAGE]):
        missed.append(f"{name}: slower than the data server")
    if times[GAGE] < MIN_COLUMNS_SPEEDUP * times[COLUMNS]:
        missed.append(f"{name}: columns are {times[GAGE] / times[COLUMNS]:.0f} × faster, not {MIN_COLUMNS_SPEEDUP} ×")
    return missed


def _format_table(table: dict[str, dict[str, float]]) -> str:
    lines = [f"| runs × series × points | {' | '.join(table)} |", "|---" * (len(table) + 1) + "|"]
    for reader in next(iter(table.values())):
        cells = [f"{times[reader] * 1000:,.1f} ms ({times[reader] / times[GAGE]:.3g} ×)" for times in table.values()]
        lines.append(f"| {reader} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _install_peers() -> Path | None:
    """Returns the Python of an environment with the peers; None if they cannot be installed."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ready").exists():
        shutil.rmtree(PEERS, ignore_errors=True)
        venv.create(PEERS, with_pip=True)
        completed = subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], capture_output=True, check=False)
        if completed.returncode:
            print(f"Peers are skipped: {', '.join(PACKAGES)} cannot be installed")
            return None
        (PEERS / "ready").touch()
    return python


def _load_data(name: str) -> Path:
    """Returns the directory with the files of a set; creates it the first time."""
    runs, tags, steps = SETS[name]
    folder = Path(tempfile.gettempdir(), "gage-benchmark-tfevents", f"{runs}-{tags}-{steps}")
    if not folder.exists():
        print(f"Writing {name} points to {folder}", file=sys.stderr)
        temporary = Path(tempfile.mkdtemp(prefix="gage-benchmark-"))
        for run in range(runs):
            _write(temporary / f"run-{run:04}", TAGS[:tags], steps, run)
        folder.parent.mkdir(exist_ok=True)
        os.replace(temporary, folder)
    return folder


def _write(folder: Path, tags: list[str], steps: int, seed: int) -> None:
    generator, time = random.Random(seed), 1.7e9 + seed
    folder.mkdir()
    writer = EventWriter(folder / f"events.out.tfevents.{int(time)}.host.1.0")
    for step in range(steps):
        for tag in tags:
            time += generator.random() / 100
            writer.add(step, time, {tag: generator.random()})
    writer.close()


main()
