"""Measures a batch: N trivial runs, two at a time, compared with the same commands run by `xargs -P 2`.

The floor is each command plus one Python start, two at a time: the least that a runner written in Python with a
process for each run takes. Gage must stay under 1.5 times that.

    python benchmarks/batch.py [RUNS]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import GAGE

LIMIT = 1.5
SCRIPT = "n = 0\nprint(n)\n"


def main() -> int:
    """Measures and prints; returns 1 when the limit is exceeded."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "trivial.py").write_text(SCRIPT)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"XDG_CACHE_HOME": f"{folder}/cache", "PATH": f"{Path(GAGE).parent}{os.pathsep}{env['PATH']}"}
        command = f"{sys.executable} trivial.py; {sys.executable} -c pass"
        floor = ["sh", "-c", f"seq {runs} | xargs -P 2 -I @ sh -c '{command}'"]
        batch = [GAGE, "run", "trivial.py", f"n=[1:{runs}]", "--jobs", "2", "--yes", "--quiet"]
        times = {"xargs": time_command(floor, folder, env), "gage": time_command(batch, folder, env)}
        times["xargs again"] = time_command(floor, folder, env)
    base = (times["xargs"] + times["xargs again"]) / 2
    ratio = times["gage"] / base
    for name, seconds in times.items():
        print(f"{name:<14}{seconds:8.2f} s {1000 * seconds / runs:7.2f} ms a run")
    print(f"Gage / (xargs and a Python start each): {ratio:.2f}   (at most {LIMIT})")
    return 0 if ratio <= LIMIT else 1


def time_command(argv: list[str], folder: str, env: dict[str, str]) -> float:
    """Returns the seconds that a command takes. Raises CalledProcessError if it fails."""
    start = time.perf_counter()
    subprocess.run(argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
