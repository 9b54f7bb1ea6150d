"""How long a key press takes: what a shell asks for when TAB is pressed, with many runs.

    python benchmarks/completion.py [ROUNDS] [RUNS]

The store is that of `listing.py`, made once. Its index is filled first, as by any `gage list`.
"""

import sys
import tempfile
from pathlib import Path

from listing import FOLDER, store_of
from timing import GAGE, compare, report, run_once

MOST = 8.0
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
    """Measure and print; 1 when a limit is not kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    store = store_of(count)
    env = {"GAGE_CACHE": str(FOLDER / "cache"), "GAGE_RUNS": str(store.root)}
    run_once([GAGE, "list"], env)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "train.py").write_text(SCRIPT)
        Path(folder, "gage.toml").write_text(GAGEFILE)
        programs = {line: ["env", "_GAGE_COMPLETE=zsh", GAGE, *words] for line, words in LINES.items()}
        limits = dict.fromkeys(programs, MOST)
        return int(not report(f"TAB, {count:,} runs", compare(programs, limits, rounds, env, cwd=folder)))


if __name__ == "__main__":
    sys.exit(main())
