"""Measures start-up: `--version`, `--help` and a listing of an empty store.

python benchmarks/startup.py [ROUNDS]
"""

import sys
import tempfile

from timing import GAGE, compare, report

LIMITS = {"gage --version": 5.0, "gage --help": 5.0, "gage list, empty store": 6.0}


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        programs = {
            "gage --version": [GAGE, "--version"],
            "gage --help": [GAGE, "--help"],
            "gage list, empty store": [GAGE, "list"],
            "python -c 'import click, sqlite3, json'": [sys.executable, "-c", "import click, sqlite3, json"],
        }
        env = {"GAGE_CACHE": f"{folder}/cache", "HOME": folder}
        return int(not report("Starting", compare(programs, LIMITS, rounds, env, cwd=folder)))


if __name__ == "__main__":
    sys.exit(main())
