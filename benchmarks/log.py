"""Measures what logging a number costs a program: `gage.log`, tensorboardX, trackio, MLflow and W&B offline.

    python benchmarks/log.py [ROUNDS]

All run the same loop (one number per step, and ten), in turn, each in its own process. Reports µs per number in the
loop, and until all is on disk. Peers are installed into `build/logging-peers`; one that cannot be installed or fails is
skipped with a message.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
PEERS = HERE.parent / "build" / "logging-peers"
PACKAGES = {"tensorboardX": "tensorboardX", "trackio": "trackio", "mlflow": "mlflow-skinny", "wandb": "wandb"}
GAGE = "gage"
SHAPES = {"1 a step": 1, "10 a step": 10}
NUMBERS = {GAGE: 200_000, "tensorboardX": 20_000, "trackio": 2000, "mlflow": 1000, "wandb": 5000}
LIMIT = 10.0
"""µs per number."""


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    libraries = {GAGE: Path(sys.executable)} | dict.fromkeys(PACKAGES, PEERS / "bin" / "python")
    for name, package in PACKAGES.items():
        if not _install(name, package):
            print(f"{name} is skipped: {package} cannot be installed")
            del libraries[name]
    results: dict[str, dict[str, list[tuple[float, float]]]] = {
        library: {shape: [] for shape in SHAPES} for library in libraries
    }
    for _ in range(rounds):
        for library, python in list(libraries.items()):
            for shape, width in SHAPES.items():
                times = _measure(python, library, width)
                if times is None:
                    libraries.pop(library, None)
                    results.pop(library, None)
                    break
                results[library][shape].append(times)
    medians = {library: {s: _median(times) for s, times in shapes.items()} for library, shapes in results.items()}
    print(_format_table(medians))
    missed = _list_missed_limits(medians)
    print("\n".join(missed))
    sys.exit(bool(missed))


def _measure(python: Path, library: str, width: int) -> tuple[float, float] | None:
    """Returns µs per number in the loop, and until all is on disk; None if the library fails."""
    numbers = NUMBERS[library]
    with tempfile.TemporaryDirectory() as folder:
        run_dir = Path(folder, "run")
        run_dir.mkdir()
        env = os.environ | {"RUN_DIR": str(run_dir), "RUN_ID": "run", "HOME": folder, "WANDB_MODE": "offline"}
        env["MLFLOW_ALLOW_FILE_STORE"] = "true"
        argv = [str(python), str(HERE / "log_numbers.py"), library, str(numbers // width), str(width)]
        completed = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder, env=env, timeout=300)
    if completed.returncode:
        print(f"{library} is skipped: {completed.stderr.strip().splitlines()[-1:]}")
        return None
    loop, total = map(float, completed.stdout.split()[-2:])
    return loop * 1e6 / numbers, total * 1e6 / numbers


def _median(times: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(loop for loop, _ in times), statistics.median(total for _, total in times)


def _list_missed_limits(medians: dict[str, dict[str, tuple[float, float]]]) -> list[str]:
    ours = medians[GAGE]
    missed = [f"gage.log takes {ours[s][0]:.1f} µs, {s}: over {LIMIT:g}" for s in SHAPES if ours[s][0] > LIMIT]
    for library, shapes in medians.items():
        missed += [f"slower than {library}, {s}" for s in SHAPES if library != GAGE and ours[s][0] > shapes[s][0]]
    return missed


def _format_table(medians: dict[str, dict[str, tuple[float, float]]]) -> str:
    head = " | ".join(f"{shape}, in the loop | … until on disk" for shape in SHAPES)
    lines = [f"| µs per number | {head} |", "|---" * (1 + 2 * len(SHAPES)) + "|"]
    for library, shapes in medians.items():
        cells = [f"{loop:,.1f} | {total:,.1f}" for loop, total in shapes.values()]
        lines.append(f"| {library} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _install(name: str, package: str) -> bool:
    python, ready = PEERS / "bin" / "python", PEERS / f"ready-{name}"
    if ready.exists():
        return True
    if not python.exists():
        shutil.rmtree(PEERS, ignore_errors=True)
        venv.create(PEERS, with_pip=True)
    completed = subprocess.run([python, "-m", "pip", "install", "-q", package], capture_output=True, check=False)
    if completed.returncode:
        return False
    ready.touch()
    return True


main()
