"""Measures completion: what a shell runs when TAB is pressed, in a store of many runs.

    python benchmarks/completion.py [ROUNDS] [RUNS]

The store is that of `listing.py`, created once. Its index is filled first, as by any `gage list`.
"""

import sys
import tempfile
from pathlib import Path

from listing import FOLDER, load_store
from timing import GAGE, compare, report, run_once

LIMIT = 8.0
SCRIPT = '"""Train a net."""\n\nimport json\n\nlr = 0.1\nepochs = 10\nname = "net"\nfast = False\n'
GAGEFILE = '[train]\ndescription = "Train a net"\nexec = "python train.py"\nconfig = ["train.py"]\n'
LINES = {
    "gage li": ["li"],
    "gage run --": ["run", "--"],
    "gage run tr": ["run", "tr"],
    "gage run train.py l": ["run", "train.py", "l"],
    "gage run train l": ["run", "train", "l"],
    "gage show ": ["show", ""],
    "gage show d": ["show", "d"],
    "gage show 01": ["show", "01"],
    "gage cat 1 ": ["cat", "1", ""],
    "gage stop ": ["stop", ""],
    "gage list --where lr=": ["list", "--where", "lr="],
    "gage tag 1 ": ["tag", "1", ""],
    "gage help f": ["help", "f"],
}


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    store = load_store(count)
    env = {"GAGE_CACHE": str(FOLDER / "cache"), "GAGE_RUNS": str(store.root)}
    run_once([GAGE, "list"], env)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "train.py").write_text(SCRIPT)
        Path(folder, "gage.toml").write_text(GAGEFILE)
        programs = {line: ["env", "_GAGE_COMPLETE=zsh", GAGE, *words] for line, words in LINES.items()}
        limits = dict.fromkeys(programs, LIMIT)
        return int(not report(f"TAB, {count:,} runs", compare(programs, limits, rounds, env, cwd=folder)))


if __name__ == "__main__":
    sys.exit(main())
