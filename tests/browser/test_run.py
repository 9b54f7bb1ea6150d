"""A run in the page: drawer and page, output, files that do no harm, media over steps."""

import json
import os
import re
import shutil
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from stores import make_run

from gage.store.output_log import OutputWriter
from gage.store.store import RunStore

PHONE = (390, 844)
T = 1_795_424_880_000_000


def make_png(color: tuple[int, int, int]) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = (8).to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))
    rows = (b"\0" + bytes(color) * 8) * 8
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


HOSTILE = "<img src=x onerror=\"document.title='bad'\">"
FILES = {
    "notes.md": f"# Result\n\n{HOSTILE}\n<script>parent.document.title='bad'</script>",
    "page.html": "<h1>Report</h1><script>document.body.textContent='ran';parent.document.title='bad'</script>",
    "plot.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>parent.document.title='bad'</script></svg>",
    "table.csv": "step,loss\n" + "".join(f"{n},{1 / (n + 1):.4f}\n" for n in range(2000)),
    "result.json": json.dumps({"best": {"loss": 0.25, "name": HOSTILE}}),
    "train.py": "import math\n\n\ndef train(lr):\n    return math.exp(-lr)  # 'a'\n",
    "weights.bin": bytes(range(256)) * 40,
    "nb.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": ["print(1)"], "outputs": [{"text": ["1\n"]}]}]}),
    **{f"samples/cat_step_{n}.png": make_png((n % 255, 80, 80)) for n in (0, 100, 200)},
    f"{HOSTILE.replace('/', '')}.txt": "hostile name",
}


def make_output(tmp_path: Path, lines: list[str]) -> dict[str, bytes]:
    descriptors = [os.open(tmp_path / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for name in ("text", "index")]
    writer = OutputWriter(*descriptors)
    for number, line in enumerate(lines):
        writer.write(1 + (number % 10 == 9), line.encode() + b"\n", T + number * 1_000_000)
    writer.finish(T)
    for each in descriptors:
        os.close(each)
    return {"output/run": (tmp_path / "text").read_bytes(), "output/run.index": (tmp_path / "index").read_bytes()}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def run(store: RunStore, tmp_path: Path) -> str:
    lines = [f"epoch {n} \x1b[32mloss\x1b[0m {1 / (n + 1):.4f} {HOSTILE}" for n in range(3000)]
    lines[1500] = "ValueError: in the middle"
    return make_run(store, config={"lr": 0.1, "depth": 3}, files=FILES, members=make_output(tmp_path, lines))


def open_run(open_page, view, store: RunStore, run: str, rest: str = "", **options: object) -> Page:
    return open_page(f"{view(store.root)}&run={run}{rest}", **options)


def test_a_run_opens_as_drawer_then_as_page_and_closes(view, open_page, store, run) -> None:
    page = open_run(open_page, view, store, run)
    drawer = page.get_by_role("complementary", name="Run")
    expect(drawer.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
    expect(drawer).to_contain_text("gage run --restart")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.go_back()
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Show as a page").click()
    expect(drawer.get_by_role("tab", name="Curves")).to_have_attribute("aria-selected", "true")
    page.wait_for_url(re.compile("whole=1"))
    page.locator("body").click(position={"x": 5, "y": 890})
    page.keyboard.press("Escape")
    expect(drawer.get_by_role("button", name="Show as a page")).to_be_visible()


def test_output_shows_colors_and_finds_text(view, open_page, store, run) -> None:
    page = open_run(open_page, view, store, run, "&tab=output&whole=1")
    output = page.get_by_role("log", name="Output")
    expect(output).to_contain_text("epoch 0 loss 1.0000 <img")
    expect(output.locator(".ansi-2").first).to_have_text("loss")
    expect(page.get_by_text("3,000 lines")).to_be_visible()
    expect(output.locator(".output-line")).not_to_have_count(3000)
    page.get_by_label("Search output").fill("EPOCH 2777")
    page.get_by_label("Search output").press("Enter")
    expect(output.locator(".chosen")).to_contain_text("epoch 2777")
    expect(output.locator(".match")).to_have_text("epoch 2777")
    page.wait_for_url(re.compile("line=2778"))
    page.get_by_role("button", name="1 error", exact=True).click()
    expect(output.locator(".chosen")).to_contain_text("ValueError: in the middle")


def test_a_failed_run_opens_on_its_last_lines(view, open_page, store, tmp_path) -> None:
    lines = [f"line {n}" for n in range(900)] + ["ValueError: loss is NaN"]
    run = make_run(store, status="error", members=make_output(tmp_path, lines))
    page = open_run(open_page, view, store, run)
    expect(page.get_by_text("ValueError: loss is NaN")).to_be_in_viewport()


def test_no_file_runs_in_the_page(view, open_page, store, run) -> None:
    page = open_run(open_page, view, store, run, "&tab=files&whole=1", expected="Blocked script")
    preview = page.locator(".preview")
    for name in sorted(FILES):
        page.evaluate("path => { location.hash = location.hash.replace(/&path=.*/, '') + '&path=' + path }", name)
        expect(preview.locator("strong")).to_have_text(name)
        check_preview(page, name)
    assert page.title() != "bad"


def check_preview(page: Page, name: str) -> None:
    preview, frame = page.locator(".preview"), page.frame_locator(".preview iframe")
    if name.endswith(".html"):
        expect(frame.locator("h1")).to_have_text("Report")
    elif name.endswith(".md"):
        expect(frame.locator("h1")).to_have_text("Result")
        expect(frame.locator("img")).to_have_count(0)
    elif name.endswith(".csv"):
        expect(preview.get_by_role("columnheader").first).to_have_text("step")
        expect(preview).to_contain_text("2,000 rows")
    elif name.endswith(".json"):
        expect(preview).to_contain_text("0.25")
    elif name.endswith(".py"):
        expect(preview.locator(".token-keyword").first).to_have_text("import")
    elif name.endswith(".bin"):
        expect(preview).to_contain_text("Binary file, 10.2 kB")
    elif name.endswith(".ipynb"):
        expect(preview.locator(".cell-output")).to_have_text("1")
    elif name.endswith(".txt"):
        expect(preview).to_contain_text("hostile name")


def test_pages_of_a_large_directory(view, open_page, store) -> None:
    run = make_run(store, files={f"f{n}.txt": "" for n in range(1200)})
    page = open_run(open_page, view, store, run, "&tab=files")
    tree = page.get_by_role("tree", name="Files")
    expect(tree).to_contain_text("f0.txt")
    assert tree.get_by_role("treeitem").count() < 100
    tree.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    tree.get_by_text("Show more (701)").click()
    expect(tree).to_contain_text("f501.txt")
    tree.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(tree).to_contain_text("f999.txt")
    page.get_by_label("Search files").fill("f77")
    page.get_by_label("Search files").press("Enter")
    expect(page.get_by_text("11 found")).to_be_visible()


def test_a_run_with_many_metrics(view, open_page, store) -> None:
    metrics = {f"grad/layer{n}": {"last": n / 7, "min": 0, "max": 1, "mean": 0.5, "points": 3} for n in range(12_000)}
    run = make_run(store, members={"summaries/metrics.json": json.dumps({"metrics": metrics})})
    page = open_run(open_page, view, store, run, "&tab=overview")
    expect(page.get_by_role("complementary", name="Run")).to_contain_text("Metrics")
    assert page.locator(".run-panel table.metrics tr").count() < 200


def test_a_run_that_is_purged_while_it_is_open(view, open_page, store, run) -> None:
    page = open_run(open_page, view, store, run, expected="404")
    drawer = page.get_by_role("complementary", name="Run")
    expect(drawer.get_by_role("tab", name="Files")).to_be_visible()
    paths = store.get_paths(run)
    shutil.rmtree(paths.run_dir)
    paths.meta_zip.unlink()
    drawer.get_by_role("tab", name="Files").click()
    expect(drawer.get_by_text(re.compile("There is no run"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("This run no longer exists.")).to_be_visible()


def test_a_second_enter_on_a_name_shows_the_page(view, open_page, store, run) -> None:
    page = open_page(view(store.root))
    page.get_by_role("rowheader").last.get_by_role("button").click()
    expect(page.get_by_role("complementary", name="Run")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("whole=1"))


def test_media_show_only_runs_that_have_some(view, open_page, store, run) -> None:
    make_run(store, files={"model.bin": b"1"})
    page = open_page(f"{view(store.root)}&screen=media", expected="Blocked script")
    expect(page.get_by_text(re.compile("in 1 of 2 runs"))).to_be_visible()
    expect(page.locator(".media-row")).to_have_count(2)


def test_media_over_steps(view, open_page, store, run) -> None:
    make_run(store, files={"samples/cat_step_0.png": make_png((9, 9, 9))})
    page = open_page(f"{view(store.root)}&screen=media", expected="Blocked script")
    step = page.get_by_label("Step", exact=True)
    expect(step).to_have_value("2")
    expect(page.get_by_text("≠ step 0")).to_be_visible()
    expect(page.locator(".media-cell img").first).to_be_visible()
    page.get_by_role("region", name="Media").press("ArrowLeft")
    expect(step).to_have_value("1")
    page.wait_for_url(re.compile("step=100"))
    page.get_by_title("Zoom").nth(1).click()
    box = page.get_by_role("dialog", name=re.compile("step 100"))
    expect(box).to_be_visible()
    box.press("ArrowLeft")
    expect(page.get_by_role("dialog", name=re.compile("step 0"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_fits_a_phone(view, open_page, store, run, scheme) -> None:
    page = open_run(open_page, view, store, run, size=PHONE, scheme=scheme)
    for tab in page.get_by_role("tab").all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_comment_is_added(view, open_page, store, run) -> None:
    page = open_run(open_page, view, store, run, "&tab=comments")
    page.get_by_label("Comment", exact=True).fill(f"Good run {HOSTILE}")
    page.get_by_role("button", name="Add comment").click()
    expect(page.locator(".comments .text")).to_have_text(f"Good run {HOSTILE}")
    assert page.title() != "bad"
