"""Times programs side by side: each round runs every program once, in turn.

Reports the median of the rounds, and its ratio to that of `python -c pass` in the same rounds: only ratios carry over
to another machine.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FLOOR = "python -c pass"
PYTHON = [sys.executable, "-c", "pass"]
GAGE = str(Path(sys.executable).with_name("gage"))


@dataclass(frozen=True)
class Timing:
    """The median of one program: in ms, and as a multiple of the floor. `limit`: the largest ratio allowed."""

    name: str
    ms: float
    ratio: float
    limit: float | None = None

    def __str__(self) -> str:
        verdict = (
            "" if self.limit is None else f"  at most {self.limit:g} ×{'' if self.ratio <= self.limit else '  MISSED'}"
        )
        return f"{self.name:<44}{self.ms:9.1f} ms {self.ratio:7.2f} ×{verdict}"


def compare(
    programs: Mapping[str, Sequence[str]],
    limits: Mapping[str, float] | None = None,
    rounds: int = 15,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
) -> list[Timing]:
    """Runs each program of `programs` (name → argument list) `rounds` times after one warm-up, and returns its timing.

    `limits` are the largest ratios allowed, by name.
    """
    everything = {FLOOR: PYTHON, **programs}
    seconds: dict[str, list[float]] = {name: [] for name in everything}
    for round in range(rounds + 1):
        for name, argv in everything.items():
            elapsed = run_once(argv, env, cwd)
            if round:
                seconds[name].append(elapsed)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    limits = limits or {}
    return [Timing(name, medians[name] * 1000, medians[name] / medians[FLOOR], limits.get(name)) for name in everything]


def install_peer(name: str, packages: Sequence[str]) -> Path:
    """Returns the directory of a virtual environment with the packages of a peer; creates it the first time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    venv = cache / "gage" / "benchmarks" / name
    if not (venv / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin" / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
        (venv / "ready").touch()
    return venv


def run_once(
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    processor_time: bool = False,
) -> float:
    """Returns the seconds that one run of `argv` takes, or its processor time. Raises if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.run(argv, env=_build_environment(env or {}), cwd=cwd, capture_output=True, check=False)
    elapsed = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(argv)} failed with {process.returncode}:\n{process.stderr.decode()}")
    if processor_time:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return elapsed


def _build_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of a user who has installed Gage: its modules are compiled."""
    compiled = {"PYTHONPYCACHEPREFIX": f"{tempfile.gettempdir()}/gage-benchmark-pyc-{os.getuid()}"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | compiled | dict(env)


def report(title: str, timings: Sequence[Timing]) -> bool:
    """Prints the timings and returns whether all are within their limits."""
    print(f"\n{title}")
    for timing in timings:
        print(f"  {timing}")
    return all(t.limit is None or t.ratio <= t.limit for t in timings)
