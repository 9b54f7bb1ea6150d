"""A million points in TF event files, read by Gage, TensorBoard's data server, its Python reader and tbparse.

    python benchmarks/tfevents.py [ROUNDS]

The files are as PyTorch's SummaryWriter makes them: a record a number. All read the same files, in turn, each in a
process of its own, so that whatever else the machine does meets them alike. Peers are installed into
`build/tfevents-peers`; without a way to install them Gage is timed alone.
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
ENOUGH = 20


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    peers = _peers()
    table = {name: _times(_data(name), peers, rounds) for name in SETS}
    print(_table(table))
    missed = [line for name, times in table.items() for line in _missed(name, times)]
    print("\n".join(missed))
    sys.exit(bool(missed))


def _times(folder: Path, peers: Path | None, rounds: int) -> dict[str, float]:
    """Seconds by way of reading: the median of the rounds; slow peers go once."""
    with tempfile.TemporaryDirectory() as cache:
        keeping = _read(Path(sys.executable), "gage", folder, cache)
        ways = {GAGE: (sys.executable, "gage"), COLUMNS: (sys.executable, "gage", cache)}
        if peers:
            ways |= {RUST: (str(peers), "rust"), RUST_ALL: (str(peers), "rust-all")}
        seen: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, (python, kind, *more) in ways.items():
                seen[way].append(_read(Path(python), kind, folder, *more))
    times = {way: statistics.median(each) for way, each in seen.items()}
    times["Gage, keeping columns"] = keeping
    if peers:
        times |= {way: _read(peers, kind, folder) for way, kind in SLOW.items()}
    return times


def _read(python: Path, kind: str, folder: Path, *more: str) -> float:
    argv = [str(python), str(HERE / "tfevents_reading.py"), kind, str(folder), *more]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind} failed:\n{done.stderr}")
    seconds, points = done.stdout.split()
    if int(points) not in (0, 1_000_000):
        raise SystemExit(f"{kind} read {points} points of 1,000,000")
    return float(seconds)


def _missed(name: str, times: dict[str, float]) -> list[str]:
    missed = []
    if times[GAGE] > times.get(RUST_ALL, times[GAGE]):
        missed.append(f"{name}: slower than the data server with all points")
    if times[GAGE] > times.get(RUST, times[GAGE]):
        missed.append(f"{name}: slower than the data server")
    if times[GAGE] < ENOUGH * times[COLUMNS]:
        missed.append(f"{name}: columns are {times[GAGE] / times[COLUMNS]:.0f} × faster, not {ENOUGH} ×")
    return missed


def _table(table: dict[str, dict[str, float]]) -> str:
    lines = [f"| runs × series × points | {' | '.join(table)} |", "|---" * (len(table) + 1) + "|"]
    for way in next(iter(table.values())):
        cells = [f"{times[way] * 1000:,.1f} ms ({times[way] / times[GAGE]:.3g} ×)" for times in table.values()]
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _peers() -> Path | None:
    """The Python of an environment that has the peers; None when they cannot be installed."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ready").exists():
        shutil.rmtree(PEERS, ignore_errors=True)
        venv.create(PEERS, with_pip=True)
        done = subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], capture_output=True, check=False)
        if done.returncode:
            print(f"Peers are left out: {', '.join(PACKAGES)} cannot be installed")
            return None
        (PEERS / "ready").touch()
    return python


def _data(name: str) -> Path:
    """The folder with the files of a set, made the first time."""
    runs, tags, steps = SETS[name]
    folder = Path(tempfile.gettempdir(), "gage-benchmark-tfevents", f"{runs}-{tags}-{steps}")
    if not folder.exists():
        print(f"Writing {name} points to {folder}", file=sys.stderr)
        aside = Path(tempfile.mkdtemp(prefix="gage-benchmark-"))
        for run in range(runs):
            _write(aside / f"run-{run:04}", TAGS[:tags], steps, run)
        folder.parent.mkdir(exist_ok=True)
        os.replace(aside, folder)
    return folder


def _write(folder: Path, tags: list[str], steps: int, seed: int) -> None:
    chance, time = random.Random(seed), 1.7e9 + seed
    folder.mkdir()
    writer = EventWriter(folder / f"events.out.tfevents.{int(time)}.host.1.0")
    for step in range(steps):
        for tag in tags:
            time += chance.random() / 100
            writer.add(step, time, {tag: chance.random()})
    writer.close()


main()
