"""Measures the overhead of `gage run`: a script that prints one line, compared with Gage 0.1.2.

Overhead is the median of a command's time less the median of the bare script's time. Both Gages run the same operation
of the same Gage file; the commands take turns, so that other load on the machine affects all alike.

    python benchmarks/run.py [ROUNDS]
"""

import os
import sys
import tempfile
from pathlib import Path

from timing import GAGE, Timing, compare, install_peer

PREDECESSOR = ("gage==0.1.2", "typer==0.12.3", "click==8.1.7")
LIMIT = 0.2


def main() -> int:
    """Measures and prints; returns 1 when the limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    old = str(install_peer("gage-0.1.2", PREDECESSOR) / "bin" / "gage")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "hello.py").write_text('lr = 0.1\nprint("hello", lr)\n')
        Path(folder, "gage.toml").write_text('[hello]\nexec = "python hello.py"\nconfig = "hello.py"\n')
        programs = {
            "python hello.py": [sys.executable, "hello.py"],
            "gage run hello": [GAGE, "run", "hello", "-y"],
            "gage run hello.py lr=0.2": [GAGE, "run", "hello.py", "lr=0.2", "-y"],
            "gage run hello (0.1.2)": [old, "run", "hello", "-y"],
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        timings = compare(programs, rounds=rounds, env={"HOME": folder, "PATH": path}, cwd=folder)
    return report({timing.name: timing for timing in timings})


def report(timings: dict[str, Timing]) -> int:
    """Prints the medians and the ratio of the overheads; returns 1 when the ratio exceeds the limit."""
    bare = timings["python hello.py"].ms
    for timing in timings.values():
        print(f"{timing}   overhead {max(0.0, timing.ms - bare):6.1f} ms")
    ratio = (timings["gage run hello"].ms - bare) / (timings["gage run hello (0.1.2)"].ms - bare)
    print(f"Overhead of Gage / that of Gage 0.1.2: {ratio:.2f}   (at most {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
