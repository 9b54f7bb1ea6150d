"""Measures the page of `gage view` beside TensorBoard's, on the same event files, in Chromium.

    python benchmarks/view.py [ROUNDS] [RUNS]

From the start of the server until all curves of the first screen are drawn, without and with the columns that Gage
keeps beside finished runs; and the memory of the server's processes then. TensorBoard is installed into a virtual
environment of its own; without it, only Gage is timed. Exits with 1 if a limit is exceeded.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from playwright.sync_api import Browser, sync_playwright
from timing import GAGE, install_peer

from gage.metrics.tf_writer import EventWriter

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from stores import make_run

TAGS = "loss accuracy val/loss val/accuracy lr grad_norm train/top5 epoch time/data time/step".split()
POINTS = 1000
MAX_RATIO = 0.5
"""Gage's limit, over the time and the memory of TensorBoard."""
GAGE_DRAWN = """() => {
  const panels = [...document.querySelectorAll('.panel')];
  const seen = panels.filter((each) => each.getBoundingClientRect().top < innerHeight);
  return seen.length > 2 && seen.every((each) => /every point|thinned/.test(each.querySelector('footer')?.textContent));
}"""
TENSORBOARD_DRAWN = """() => {
  const cards = [...document.querySelectorAll('scalar-card')];
  const seen = cards.filter((each) => each.getBoundingClientRect().top < innerHeight);
  const isDrawn = (each) => !each.querySelector('mat-spinner') && each.querySelector('line-chart canvas');
  return seen.length > 1 && seen.every(isDrawn);
}"""


class Opened(NamedTuple):
    """A page: seconds from the start of its server until its curves are drawn, and MB of the server's processes."""

    seconds: float
    megabytes: float


def main() -> int:
    """Measures and prints; returns 1 if a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    results: dict[str, list[Opened]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = _create_store(Path(folder) / "runs", runs)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        peer = _find_tensorboard()
        for _ in range(rounds):
            for cached in store.glob("*.cache"):
                shutil.rmtree(cached)
            cache = tempfile.mkdtemp(dir=folder)
            for title in ("Gage, cold", "Gage, warm"):
                results.setdefault(title, []).append(_open_gage(browser, store, cache))
            if peer:
                results.setdefault("TensorBoard", []).append(_open_tensorboard(browser, peer, store))
        browser.close()
    return _report({title: _take_median(each) for title, each in results.items()}, runs)


def _create_store(root: Path, runs: int) -> Path:
    """Creates runs whose event files have a point for each tag and step."""
    with tempfile.TemporaryDirectory() as folder:
        for i in range(runs):
            path = Path(folder) / f"events.out.tfevents.{i}"
            writer = EventWriter(path)
            for step in range(POINTS):
                values = {tag: 1 / (1 + step * (i + 1) * 0.001) + n for n, tag in enumerate(TAGS)}
                writer.add(step, 1.8e9 + step, values)
            writer.close()
            make_run(root, config={"lr": i}, files={path.name: path.read_bytes()}, members=_summarize(i))
    return root


def _summarize(i: int) -> dict[str, str]:
    """Returns the summary of metrics that Gage writes when a run ends."""
    values = {key: {"step": POINTS - 1, "value": 1.0 + i} for key in ("last", "first", "min", "max")}
    return {"summaries/metrics.json": json.dumps({tag: {"count": POINTS, **values} for tag in TAGS})}


@contextmanager
def _start(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | environment
    )
    try:
        yield process
    finally:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            each.terminate()
        process.wait()


def _open_gage(browser: Browser, store: Path, cache: str) -> Opened:
    begin = time.perf_counter()
    command = [GAGE, "--runs", str(store), "view", "--no-open", "--port", "0"]
    with _start(command, {"XDG_CACHE_HOME": cache}) as server:
        return _draw(
            browser, server, lambda: str(server.stdout and server.stdout.readline()).strip(), GAGE_DRAWN, begin
        )


def _open_tensorboard(browser: Browser, python: Path, store: Path) -> Opened:
    begin = time.perf_counter()
    command = [str(python), "-m", "tensorboard.main", "--logdir", str(store), "--port", "0", "--bind_all"]
    with _start(command, {}) as server:

        def read_address() -> str:
            for line in server.stdout or ():
                if "http://" in line:
                    port = line[line.index("http://") :].split()[0].rstrip("/").rpartition(":")[2]
                    return f"http://localhost:{port}/?darkMode=false#timeseries"
            raise SystemExit("TensorBoard does not start")

        return _draw(browser, server, read_address, TENSORBOARD_DRAWN, begin)


def _draw(
    browser: Browser, server: subprocess.Popen[str], read_address: Callable[[], str], is_drawn: str, begin: float
) -> Opened:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(read_address())
    page.wait_for_function(is_drawn, polling=20, timeout=120_000)
    seconds = time.perf_counter() - begin
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    megabytes = sum(each.memory_info().rss for each in processes) / 1e6
    page.close()
    return Opened(seconds, megabytes)


def _take_median(opened: list[Opened]) -> Opened:
    return Opened(*(statistics.median(column) for column in zip(*opened, strict=True)))


def _find_tensorboard() -> Path | None:
    try:
        return install_peer("tensorboard", ["tensorboard", "setuptools<81"]) / "bin" / "python"
    except subprocess.CalledProcessError:
        print("TensorBoard cannot be installed here: only Gage is timed")
        return None


def _report(results: dict[str, Opened], runs: int) -> int:
    print(f"{runs} runs × {len(TAGS)} metrics × {POINTS:,} points; first screen of 1440 × 900")
    peer = results.get("TensorBoard")
    missed = []
    for title, opened in results.items():
        ratios = ""
        if peer and opened is not peer:
            time_ratio, memory_ratio = opened.seconds / peer.seconds, opened.megabytes / peer.megabytes
            ratios = f"  {time_ratio:.2f} of its time, {memory_ratio:.2f} of its memory"
            if max(time_ratio, memory_ratio) > MAX_RATIO:
                missed.append(title)
        print(f"{title:<12}{opened.seconds:7.2f} s {opened.megabytes:7.0f} MB{ratios}")
    for title in missed:
        print(f"{title}: more than half of TensorBoard's time or memory")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
