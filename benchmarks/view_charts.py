"""Measures the charts of `gage view` in headless Chromium: against uPlot and against bare Canvas 2D in the same page.

    python benchmarks/view_charts.py [ROUNDS]

A time ends when the pixels of the canvas can be read, so it includes what the browser draws later. The charts are those
of the page: `web/bench/charts.ts` draws the same data in each way. All panels must be drawn in `MAX_PANELS_MS`, unless
bare Canvas 2D itself takes longer on this machine.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

WEB = Path(__file__).parents[1] / "web"
MAX_RATIO = 1.5
MAX_PANELS_MS = 2000
MAX_HOVER_MS = 16
MAX_FRAME_MS = 34
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CONFIG = """export default {{ root: {web!r}, logLevel: "error", build: {{ outDir: {folder!r}, emptyOutDir: false,
  lib: {{ entry: {web!r} + "/bench/charts.ts", formats: ["iife"], name: "charts", fileName: () => "charts.js" }} }} }};
"""

Measure = Callable[[str], object]


def main(rounds: int) -> int:
    """Prints the figures. Returns 1 if one is over its limit."""
    if CHROMIUM is None:
        print("NOT TESTED: Chromium is not installed")
        return 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = build_script(folder)
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        failures = [text for text in measure_all(browser, script, rounds) if "MISSED" in text]
        browser.close()
    return 1 if failures else 0


def measure_all(browser: Browser, script: Path, rounds: int) -> list[str]:
    """Prints and returns all figures."""

    def measure(call: str):
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
        page.add_script_tag(path=str(script))
        result = page.evaluate(f"bench.{call}")
        page.close()
        return result

    name = "20 lines × 10,000 points"
    lines = [compare(name, rounds, measure, "drawOurs(20, 10000, 1)", "uPlot", "drawUplot(20, 10000)", 0)]
    name, bare = "1,000 lines × 1,000 points, 12 panels", "drawBare(1000, 1000, 12)"
    few = max(rounds // 3, 1)
    lines.append(compare(name, few, measure, "drawOurs(1000, 1000, 12)", "bare Canvas 2D", bare, MAX_PANELS_MS))
    moves = sorted(measure("hover(1000, 1000, 60)"))
    lines.append(report("hover over 1,000 lines, 95 % of moves", moves[len(moves) * 95 // 100], MAX_HOVER_MS))
    frames = measure("pan(1000, 1000, 12, 40)")
    lines.append(report("frame while 12 panels are panned, median", statistics.median(frames), MAX_FRAME_MS))
    return lines


def build_script(folder: str) -> Path:
    """Builds the script of the benchmark. Returns its path."""
    config = Path(folder) / "vite.config.mjs"
    config.write_text(CONFIG.format(web=str(WEB), folder=folder))
    environment = os.environ | {"PATH": f"{Path(sys.prefix) / 'node'}:{os.environ['PATH']}"}
    command = ["npx", "vite", "build", "--config", str(config)]
    subprocess.run(command, cwd=WEB, env=environment, check=True, stdout=subprocess.DEVNULL)
    return Path(folder) / "charts.js"


def compare(name: str, rounds: int, measure: Measure, ours: str, other: str, theirs: str, enough: float) -> str:
    """Prints the medians of both and their ratio, after one round to warm up. `enough`: that many ms are enough, unless
    the other takes longer.
    """
    pairs = [(measure(ours), measure(theirs)) for _ in range(rounds + 1)][1:]
    mine, floor = (statistics.median(times) for times in zip(*pairs, strict=True))
    limit = max(MAX_RATIO * floor, enough) if enough < floor else enough
    text = f"{name:<44}{mine:9.1f} ms {mine / floor:6.2f} × {other} ({floor:.1f} ms), at most {limit:.0f} ms"
    text += "" if mine <= limit else "  MISSED"
    print(text, flush=True)
    return text


def report(name: str, ms: float, most: float) -> str:
    """Prints a figure with its limit."""
    text = f"{name:<44}{ms:9.1f} ms, at most {most:g} ms{'' if ms <= most else '  MISSED'}"
    print(text, flush=True)
    return text


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
