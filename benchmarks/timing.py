"""Times programs side by side, so that only ratios count: each round runs every program once, in turn; what is told
is the median of the rounds, and how many times that of `python -c pass` in the same rounds it is.
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
    """The median of one program: in ms, and as a multiple of the floor. `most` is what must hold (None: no limit)."""

    name: str
    ms: float
    ratio: float
    most: float | None = None

    def __str__(self) -> str:
        verdict = (
            "" if self.most is None else f"  at most {self.most:g} ×{'' if self.ratio <= self.most else '  MISSED'}"
        )
        return f"{self.name:<44}{self.ms:9.1f} ms {self.ratio:7.2f} ×{verdict}"


def compare(
    programs: Mapping[str, Sequence[str]],
    most: Mapping[str, float] | None = None,
    rounds: int = 15,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
) -> list[Timing]:
    """Run each program of `programs` (name → argument list) `rounds` times after one time that does not count."""
    everything = {FLOOR: PYTHON, **programs}
    seen: dict[str, list[float]] = {name: [] for name in everything}
    for round in range(rounds + 1):
        for name, argv in everything.items():
            took = run_once(argv, env, cwd)
            if round:
                seen[name].append(took)
    middle = {name: statistics.median(times) for name, times in seen.items()}
    limits = most or {}
    return [Timing(name, middle[name] * 1000, middle[name] / middle[FLOOR], limits.get(name)) for name in everything]


def run_once(
    argv: Sequence[str],
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    processor_time: bool = False,
) -> float:
    """Returns the seconds that one run of `argv` takes, or its processor time. Raises if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(argv, env=_environment(env or {}), cwd=cwd, capture_output=True, check=False)
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)} failed with {done.returncode}:\n{done.stderr.decode()}")
    if processor_time:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    """As for a user who has installed Gage: modules are compiled (a development tree's often are not)."""
    compiled = {"PYTHONPYCACHEPREFIX": f"{tempfile.gettempdir()}/gage-benchmark-pyc-{os.getuid()}"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | compiled | dict(env)


def report(title: str, timings: Sequence[Timing]) -> bool:
    """Print the timings. Whether all limits hold."""
    print(f"\n{title}")
    for timing in timings:
        print(f"  {timing}")
    return all(t.most is None or t.ratio <= t.most for t in timings)
