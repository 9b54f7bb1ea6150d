"""What a batch costs: N trivial runs, two at a time, beside the same commands run by `xargs -P 2`.

The floor is each command and one Python start more for each, two at a time: what any runner written in Python that
starts a process for each run has to pay. Gage must stay under 1.5 times that.

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
    """Measure and print; 1 when the limit is not kept."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "trivial.py").write_text(SCRIPT)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"XDG_CACHE_HOME": f"{folder}/cache", "PATH": f"{Path(GAGE).parent}{os.pathsep}{env['PATH']}"}
        command = f"{sys.executable} trivial.py; {sys.executable} -c pass"
        floor = ["sh", "-c", f"seq {runs} | xargs -P 2 -I @ sh -c '{command}'"]
        batch = [GAGE, "run", "trivial.py", f"n=[1:{runs}]", "--jobs", "2", "--yes", "--quiet"]
        times = {"xargs": timed(floor, folder, env), "gage": timed(batch, folder, env)}
        times["xargs again"] = timed(floor, folder, env)
    base = (times["xargs"] + times["xargs again"]) / 2
    ratio = times["gage"] / base
    for name, seconds in times.items():
        print(f"{name:<14}{seconds:8.2f} s {1000 * seconds / runs:7.2f} ms a run")
    print(f"Gage / (xargs and a Python start each): {ratio:.2f}   (at most {LIMIT})")
    return 0 if ratio <= LIMIT else 1


def timed(argv: list[str], folder: str, env: dict[str, str]) -> float:
    """Seconds that it takes. Raises when it fails."""
    began = time.perf_counter()
    subprocess.run(argv, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
