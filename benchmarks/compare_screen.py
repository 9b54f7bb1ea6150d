"""Measures the full screen of `gage compare` in tmux: 10,000 runs with 20 config values and 20 metrics each.

    python benchmarks/compare_screen.py [ROUNDS]

A time runs from the start of the process, or from the key, until tmux shows the expected text; asking tmux takes some
milliseconds of it. The store is that of `find.py`.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from find import SHARED_RUNS, load_store
from listing import FOLDER
from timing import GAGE, run_once

SIZE = (120, 40)
MAX_KEY_SECONDS = 0.1
LIMITS = {"first screen": 0.5, "memory": 300, "all runs": None}
"""Limits in seconds and megabytes; None: no limit. Keys have `MAX_KEY_SECONDS`."""
PASS_SECONDS = 0.011
"""Time of `python -c pass` on a machine where the limits hold; on a slower machine the limits grow in proportion."""
TIMEOUT_SECONDS = 60
SOCKET = f"gage-benchmark-{os.getpid()}"


class Terminal:
    """A separate tmux server with one program."""

    def __init__(self, command: str) -> None:
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(SIZE[0]), "-y", str(SIZE[1]), command)

    def _tmux(self, *words: str) -> str:
        return subprocess.run(["tmux", "-L", SOCKET, *words], capture_output=True, text=True, check=True).stdout

    def capture(self) -> list[str]:
        """Returns the lines of the screen."""
        return self._tmux("capture-pane", "-p").splitlines()

    def press(self, *keys: str) -> None:
        """Sends keys."""
        self._tmux("send-keys", *keys)

    def wait(self, fits: Callable[[list[str]], bool]) -> None:
        """Waits until the screen fits. Raises TimeoutError."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not fits(self.capture()):
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join(self.capture()))
            time.sleep(0.001)

    def get_megabytes(self) -> float:
        """Returns the peak memory of the program."""
        pid = int(self._tmux("list-panes", "-F", "#{pane_pid}"))
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        status = Path(f"/proc/{children[0] if children else pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000

    def close(self) -> None:
        """Ends the server and its program."""
        self._tmux("kill-server")


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    if shutil.which("tmux") is None:
        print("tmux is not installed")
        return 1
    os.environ["GAGE_CACHE"] = str(FOLDER / "find-cache")
    store = load_store(SHARED_RUNS)
    measured: dict[str, list[float]] = {}
    passes = []
    for _ in range(rounds):
        passes += [run_once([sys.executable, "-I", "-c", "pass"]) for _ in range(5)]
        for name, value in measure_screen(f"exec {GAGE} --runs {store.root} compare").items():
            measured.setdefault(name, []).append(value)
    ok, scale = True, max(statistics.median(passes) / PASS_SECONDS, 1)
    print(f"\n{SHARED_RUNS:,} runs, {SIZE[0]} × {SIZE[1]}, medians of {rounds}")
    print(f"python -c pass {statistics.median(passes) * 1000:.0f} ms")
    for name, values in measured.items():
        median = statistics.median(values)
        limit = LIMITS.get(name, MAX_KEY_SECONDS)
        limit = None if limit is None else limit if name == "memory" else limit * scale
        shown = f"{median:.0f} MB" if name == "memory" else f"{median * 1000:.0f} ms"
        print(f"{name:24} {shown:>10}   {'' if limit is None else 'limit exceeded' if median > limit else 'ok'}")
        ok = ok and (limit is None or median <= limit)
    return int(not ok)


def measure_screen(command: str) -> dict[str, float]:
    """Returns the seconds and megabytes of one session by name."""
    start = time.perf_counter()
    terminal = Terminal(command)
    try:
        terminal.wait(lambda lines: any("metric0" in line for line in lines[:3]))
        measured = {"first screen": time.perf_counter() - start}
        terminal.wait(lambda lines: "reading" not in lines[0])
        measured["all runs"] = time.perf_counter() - start
        terminal.press("Right")  # to the column `metric0`, for sorting
        time.sleep(1.5)
        for name, keys, fits in KEYS:
            begin = time.perf_counter()
            terminal.press(*keys)
            terminal.wait(fits)
            measured[name] = time.perf_counter() - begin
            time.sleep(0.3)
        measured["memory"] = terminal.get_megabytes()
    finally:
        terminal.close()
    return measured


def has_cursor(number: int) -> Callable[[list[str]], bool]:
    """Returns a check whether the cursor is on the run with that position."""
    return lambda lines: any(line.startswith("▸") and line[1:].split()[0] == str(number) for line in lines)


KEYS: tuple[tuple[str, tuple[str, ...], Callable[[list[str]], bool]], ...] = (
    ("down", ("Down",), has_cursor(2)),
    ("page down", ("NPage",), lambda lines: not has_cursor(2)(lines)),
    ("G", ("G",), has_cursor(SHARED_RUNS)),
    ("g", ("g",), has_cursor(1)),
    ("sort", ("]",), lambda lines: "metric0 ↓" in lines[1]),
    ("sort again", ("[",), lambda lines: "metric0 ↑" in lines[1]),
    ("filter: open", ("/",), lambda lines: lines[-1].startswith("filter:")),
    ("filter: type", ("metric1 < 0.1 and config1 = 0.5",), lambda lines: "0.5" in lines[-1]),
    ("filter: run", ("Enter",), lambda lines: "/ metric1" in lines[0]),
    ("filter: off", ("Escape",), lambda lines: "/ metric1" not in lines[0]),
    ("baseline", ("b",), lambda lines: any("◆" in line for line in lines)),
    ("differing", ("=",), lambda lines: "same" not in lines[0]),
    ("group by seeds", ("x",), lambda lines: "groups" in lines[0]),
    ("details", ("Enter",), lambda lines: "[curves]" in "".join(lines[:3])),
)


if __name__ == "__main__":
    sys.exit(main())
