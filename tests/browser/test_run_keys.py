"""Keys act on runs that can be seen, and the accessible structure of the list."""

from pathlib import Path

import pytest
from listed_runs import add_run
from playwright.sync_api import expect

from gage.store.store import RunStore


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Creates a store with three runs."""
    for number in range(3):
        add_run(tmp_path / "runs", number)
    return tmp_path / "runs"


def list_deleted(root: Path) -> list[str]:
    store = RunStore(root)
    return [id for id in store.list_ids() if store.read(id).user_attrs.deleted_by]


def test_keys_change_no_run_where_the_list_is_hidden(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    page.locator(".body .row .name").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("4")
    page.wait_for_url("**screen=media**")
    page.keyboard.press("d")
    page.get_by_role("log").get_by_text("Select a run first").wait_for()
    assert list_deleted(root) == []


def test_keys_change_the_run_that_has_the_whole_page(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    page.locator(".body .row .name").first.wait_for()
    for key in ("j", "x", "j", "Enter", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**whole=1**")
    page.keyboard.press("m")
    page.get_by_role("log").get_by_text("Marked").wait_for()
    store = RunStore(root)
    marked = [id for id in sorted(store.list_ids(), reverse=True) if store.read(id).user_attrs.marked]
    assert marked == [sorted(store.list_ids(), reverse=True)[1]]


def test_rows_and_columns_have_the_roles_of_a_grid(root: Path, view, open_page) -> None:
    page = open_page(f"{view(root)}&screen=table&column=lr&sort=lr")
    page.locator(".body .row .name").first.wait_for()
    grid = page.get_by_role("grid", name="Runs")
    expect(grid).to_have_attribute("aria-rowcount", "4")
    assert grid.get_by_role("row").count() == 4
    expect(grid.get_by_role("columnheader", name="lr")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("j")
    expect(grid).to_have_attribute("aria-activedescendant", "row-0")
    page.keyboard.press("x")
    expect(page.locator("#row-0")).to_have_attribute("aria-selected", "true")
    names = page.get_by_role("checkbox").evaluate_all("boxes => boxes.map(box => box.ariaLabel)")
    assert all(names)


def test_all_keys_of_the_help_are_told_once(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    page.locator(".body .row .name").first.wait_for()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog").locator("dd kbd")
    keys.first.wait_for()
    texts = keys.all_inner_texts()
    assert len(texts) == len(set(texts))
    assert {"j", "k", "Space", "x", "Enter", "/", "c", "m", "t", "d", "?", "Ctrl-K", "Ctrl-Z"} - set(texts) <= {
        "Ctrl-Z"
    }
