"""Changes of runs in the page: label, tags, mark, comment, delete, undo; two pages at once; a page that only reads."""

import subprocess
import sys
from pathlib import Path

import pytest
from listed_runs import add_run
from playwright.sync_api import Page, expect
from waiting import wait_until

from gage.store.store import RunStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Creates a store with three runs."""
    for number in range(3):
        add_run(tmp_path / "runs", number)
    return tmp_path / "runs"


def select_first(page: Page) -> None:
    page.locator(".body .row:not(.waiting)").first.wait_for()
    page.keyboard.press("j")


def read_latest(root: Path):  # type: ignore[no-untyped-def]
    store = RunStore(root)
    return store.read(max(store.list_ids()))


def test_tags_and_labels_by_keys_with_undo(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    select_first(page)
    page.keyboard.press("t")
    page.get_by_role("textbox", name="Tags").fill("good new")
    page.keyboard.press("Enter")
    page.locator("#row-0 .tag").filter(has_text="good").wait_for()
    page.keyboard.press("l")
    page.get_by_role("textbox", name="Label").fill("my best")
    page.keyboard.press("Enter")
    page.locator("#row-0").get_by_text("my best").wait_for()
    assert (read_latest(root).label, read_latest(root).tags) == ("my best", ("good", "new"))
    page.keyboard.press("Control+z")
    expect(page.locator("#row-0").get_by_text("my best")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator("#row-0 .tag")).to_have_count(0)
    assert (read_latest(root).label, read_latest(root).tags) == ("", ())


def test_marks_and_comments_on_the_selection(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    select_first(page)
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Mark").click()
    page.locator(".body .star").nth(1).wait_for()
    page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Comment").click()
    page.get_by_role("textbox", name="Comment").fill("<b>diverges</b>")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Commented on").wait_for()
    run = read_latest(root)
    assert (run.user_attrs.marked, run.user_attrs.comments[0].text) == (True, "<b>diverges</b>")


def test_deletes_runs_and_brings_them_back(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    select_first(page)
    page.keyboard.press("d")
    page.get_by_text("2 runs", exact=True).wait_for()
    assert read_latest(root).user_attrs.deleted_by
    page.get_by_role("log").get_by_role("button", name="Undo").click()
    page.get_by_text("3 runs", exact=True).wait_for()
    assert not read_latest(root).user_attrs.deleted_by


def test_two_pages_that_write_at_once_show_the_same_in_the_end(root: Path, view, open_page) -> None:
    url = view(root)
    pages = [open_page(url, expected="404"), open_page(url)]
    for page, label in zip(pages, ("mine", "theirs"), strict=True):
        select_first(page)
        page.keyboard.press("l")
        page.get_by_role("textbox", name="Label").fill(label)
        page.keyboard.press("Enter")
        page.locator("#row-0").get_by_text(label).wait_for()
    pages[0].keyboard.press("Control+z")  # would undo what the other page replaced
    for page in pages:
        page.locator("#row-0").get_by_text("theirs").wait_for()
    assert read_latest(root).label == "theirs"


def test_says_what_was_purged_meanwhile(root: Path, view, open_page) -> None:
    page = open_page(view(root), expected="404")
    select_first(page)
    RunStore(root).purge(read_latest(root).id, "")
    page.keyboard.press("m")
    page.get_by_role("log").get_by_text("Purged meanwhile").wait_for()


def test_a_page_that_only_reads_offers_no_changes(root: Path, view, open_page) -> None:
    page = open_page(view(root, "--no-write"), expected="403")
    select_first(page)
    page.keyboard.press("x")
    toolbar = page.get_by_role("toolbar", name="Selected runs")
    toolbar.get_by_role("button", name="Compare").wait_for()
    expect(toolbar.get_by_role("button", name="Delete")).to_have_count(0)
    page.keyboard.press("d")
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Next run").wait_for()
    expect(page.get_by_role("dialog").get_by_text("Delete")).to_have_count(0)
    answer = page.evaluate(
        """fetch("/api/changes", {method: "POST", headers: {"Content-Type": "application/json", "X-Gage": "1"},
        body: JSON.stringify({runs: [], action: "mark"})}).then(answer => answer.status)"""
    )
    assert answer == 403


def test_stops_a_running_run(tmp_path: Path, view, open_page) -> None:
    (tmp_path / "train.py").write_text("import time\ntime.sleep(600)\n")
    root = tmp_path / "runs"
    command = [sys.executable, "-m", "gage", "--runs", str(root), "run", "train.py", "--yes"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(
            lambda: root.is_dir() and any(read_latest(root).status == "running" for _ in RunStore(root).list_ids())
        )
        page = open_page(view(root))
        page.get_by_text("1 live").wait_for()
        select_first(page)
        page.keyboard.press("x")
        page.get_by_role("toolbar", name="Selected runs").get_by_role("button", name="Stop").click()
        page.get_by_role("log").get_by_text("Stopped").wait_for()
        page.locator("#row-0 .status.terminated").wait_for()
    finally:
        process.kill()
        process.wait()
    assert read_latest(root).status == "terminated"
