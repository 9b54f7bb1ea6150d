"""The list of runs: 10,000 rows, filter, order, columns, baseline, keys."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from listed_runs import MARKUP, add_run, make_hostile_store
from playwright.sync_api import Page, expect
from stores import make_run, make_store
from view_server import serve

COUNT = 10_000
PHONE = (390, 844)


@pytest.fixture(scope="module")
def large_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serves a store with 10,000 runs."""
    home = tmp_path_factory.mktemp("home")
    store = make_store(home / "runs", COUNT)
    with serve(store.root, "--no-write", home=home) as server:
        yield server.url


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Creates a store with four runs; higher numbers are better."""
    for number in range(4):
        add_run(tmp_path / "runs", number)
    return tmp_path / "runs"


def get_rows(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".body .row:not(.waiting)")


def expect_in_address(page: Page, text: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(text)))  # the address follows a moment later


def get_names(page: Page) -> list[str]:
    get_rows(page).first.wait_for()
    return page.locator(".body .row .name button > span:first-of-type").all_inner_texts()


def get_cells(page: Page, column: str) -> list[str]:
    return page.locator(f'.body [data-column="{column}"]').all_inner_texts()


def test_ten_thousand_runs_scroll_to_the_end(large_url: str, open_page) -> None:
    page = open_page(f"{large_url}&screen=table")
    page.get_by_text("10,000 runs").wait_for()
    page.locator('.body [data-column="epochs"]').first.wait_for()
    assert page.locator(".body .row").count() < 100  # only those in view are in the page
    page.get_by_role("grid").focus()
    page.keyboard.press("End")
    page.locator(f"#row-{COUNT - 1}.active").wait_for()
    page.keyboard.press("Home")
    page.locator("#row-0.active").wait_for()


def test_filters_and_sorts_ten_thousand_runs(large_url: str, open_page) -> None:
    page = open_page(f"{large_url}&screen=table&column=lr&column=epochs")
    page.fill("#filter", "epochs=3 and status=completed")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"9\d\d runs match")).wait_for()
    assert set(get_cells(page, "epochs")) == {"3"}
    page.get_by_role("columnheader", name="lr").get_by_role("button").first.click()
    page.get_by_role("columnheader", name="lr").and_(page.locator("[aria-sort=ascending]")).wait_for()
    expect(page.locator('.body [data-column="lr"]').first).to_have_text("0.003")
    expect_in_address(page, "where=epochs%3D3")
    expect_in_address(page, "sort=lr")
    page.reload()
    page.get_by_text(re.compile(r"9\d\d runs match")).wait_for()
    expect(page.locator('.body [data-column="lr"]').first).to_have_text("0.003")


def test_sorts_by_several_columns_with_shift(root: Path, view, open_page) -> None:
    make_run(root, config={"lr": 0.1, "depth": 2})
    make_run(root, config={"lr": 0.1, "depth": 3})
    page = open_page(f"{view(root)}&screen=table&column=lr&column=depth")
    page.get_by_role("columnheader", name="lr").get_by_role("button").first.click()
    page.get_by_role("columnheader", name="depth").get_by_role("button").first.click(modifiers=["Shift"])
    page.get_by_role("columnheader", name="depth").get_by_role("button").first.click(modifiers=["Shift"])
    expect(page.locator('.body [data-column="depth"]').first).to_have_text("3")
    expect_in_address(page, "sort=lr&sort=-depth")


def test_a_wrong_filter_shows_a_caret_and_keeps_the_last_rows(root: Path, view, open_page) -> None:
    page = open_page(view(root), expected="400")
    names = get_names(page)
    page.fill("#filter", "lr < 1 and")
    page.keyboard.press("Enter")
    page.locator(".filter .problem pre").filter(has_text="^").wait_for()
    assert get_names(page) == names
    page.get_by_text("The runs of the last answer are shown").wait_for()
    page.fill("#filter", "")
    page.keyboard.press("Enter")
    page.get_by_text("4 runs", exact=True).wait_for()


def test_the_filter_completes_names_and_values(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    get_rows(page).first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("mod")
    page.get_by_role("option", name="model=").wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("option", name='"small net"').wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#filter")).to_have_value('model="small net" ')
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.get_by_text("4 runs match").wait_for()


def test_arrow_up_shows_earlier_filters(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    for text in ("lr < 0.25", "lr > 0.25"):
        page.fill("#filter", text)
        page.keyboard.press("Enter")
        page.get_by_text("2 runs match").wait_for()
    page.fill("#filter", "")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#filter")).to_have_value("lr > 0.25")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#filter")).to_have_value("lr < 0.25")


def test_a_click_on_a_cell_adds_its_condition(root: Path, view, open_page) -> None:
    page = open_page(f"{view(root)}&screen=table&column=model&column=loss")
    page.locator('.body [data-column="model"]').first.click()
    expect(page.locator("#filter")).to_have_value('model = "small net"')
    page.locator('.body [data-column="loss"]').nth(1).click()  # the second best: itself and the best remain
    page.get_by_text("2 runs match").wait_for()


def test_a_condition_of_each_kind_of_cell_matches_its_run(tmp_path: Path, view, open_page) -> None:
    root = tmp_path / "runs"
    add_run(root, 0, {"loss": math.nan, "acc": math.inf}, config={"x": None, "a `b`": 'it\'s "1"', "on": True})
    add_run(root, 1, config={"lr": 0.1}, label="other", tags=("one", "two"))
    names = ["x", "a `b`", "on", "loss", "acc", "tags", "label", "marked", "comments", "started_at", "duration", "exit"]
    columns = "".join(f"&column={quote(name)}" for name in names)
    page = open_page(f"{view(root)}&screen=table{columns}")
    for name in names:
        for row in range(2):
            page.get_by_text("2 runs", exact=True).wait_for()
            shown = page.locator(".body .row .name button").nth(row).inner_text()
            page.locator(f"#row-{row} .cell[data-column]").nth(names.index(name)).click()
            page.get_by_text(re.compile(r"runs? match")).wait_for()
            assert shown in page.locator(".body .row .name button").all_inner_texts(), (name, page.url)
            page.get_by_role("searchbox", name="Filter").or_(page.get_by_role("combobox", name="Filter")).fill("")
            page.keyboard.press("Enter")


def test_metrics_are_compared_with_the_baseline(root: Path, view, open_page) -> None:
    page = open_page(f"{view(root)}&screen=table&column=loss&column=acc")
    get_rows(page).first.wait_for()
    page.keyboard.press("End")
    page.keyboard.press("b")
    page.locator(".base .row").wait_for()
    assert page.locator('.body .row [data-column="loss"] .delta.better').count() == 3
    assert page.locator('.body .row [data-column="acc"] .delta.worse').count() == 0
    expect_in_address(page, "baseline=")


def test_columns_are_chosen_reduced_moved_pinned_and_hidden(root: Path, view, open_page) -> None:
    page = open_page(f"{view(root)}&screen=table&column=lr&column=model")
    get_rows(page).first.wait_for()
    page.keyboard.press("v")
    page.get_by_role("searchbox", name="Search names").fill("loss")
    page.get_by_label("max of loss").click()
    page.get_by_label("curve of loss").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".sparkline path").first.wait_for()
    assert get_cells(page, "max(loss)")[0] == "1.25"
    head = page.get_by_role("columnheader", name="model")
    head.get_by_role("button").first.focus()
    page.keyboard.press("Alt+ArrowLeft")
    assert [text.split("\n")[0] for text in page.get_by_role("columnheader").all_inner_texts()][2:4] == ["model", "lr"]
    head.click(button="right")
    page.get_by_role("menuitemcheckbox", name="Pin").click()
    page.locator(".fixed [data-column=model]").first.wait_for()
    page.get_by_role("columnheader", name="lr").click(button="right")
    page.get_by_role("menuitem", name="Hide").click()
    expect(page.locator("[data-column=lr]")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("column=lr"))
    url = page.url
    page.goto("about:blank")
    page.goto(url)
    page.locator(".fixed [data-column=model]").first.wait_for()
    page.locator(".sparkline path").first.wait_for()


def test_keys_select_open_and_show_in_charts(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    get_rows(page).first.wait_for()
    for key in ("j", "x", "j", "X"):
        page.keyboard.press(key)
    page.get_by_text("2 selected").wait_for()
    expect_in_address(page, "picked=")
    shown = page.locator("#row-1 .eye")
    expect(shown).to_have_attribute("aria-checked", "true")
    page.keyboard.press(" ")
    expect(shown).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Enter")
    page.get_by_role("complementary").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 selected")).to_have_count(0)


def test_the_palette_finds_commands_runs_and_metrics(root: Path, view, open_page) -> None:
    page = open_page(view(root))
    name = get_names(page)[2]
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search commands").wait_for()
    expect(page.get_by_role("listbox", name="Results").get_by_role("option").first).to_contain_text("Go to")
    expect(page.get_by_role("option", name="Next run")).to_have_count(0)
    page.keyboard.type(name)
    page.get_by_role("option", name=f"Run {name}").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_role("complementary").get_by_text(name).first.wait_for()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search commands").wait_for()
    page.keyboard.type("keyboard")
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Next run").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_row_of_a_batch_is_marked_and_has_no_values(tmp_path: Path, view, open_page) -> None:
    root = tmp_path / "runs"
    trial = add_run(root)
    batch = json.dumps({"members": [{"run": trial}, {"run": trial}]})
    make_run(root, "train+", config={"lr": 1}, members={"batch.json": batch})
    page = open_page(f"{view(root)}&screen=table&column=lr")
    page.get_by_title("A batch of 2 runs").wait_for()
    assert get_cells(page, "lr") == ["", "0.1"]
    assert page.locator("#row-0 .eye.none").count() == 1


def test_hostile_names_and_values_are_text(tmp_path: Path, view, open_page) -> None:
    make_hostile_store(tmp_path / "runs")
    columns = "&column=lr&column=loss&column=acc&column=tiny&column=tags&column=curve(loss)"
    page = open_page(f"{view(tmp_path / 'runs')}&screen=table{columns}")
    get_rows(page).nth(5).wait_for()
    text = page.locator(".body").inner_text()
    assert MARKUP in text
    assert page.locator(".runs img").count() == 0
    assert [each for each in get_cells(page, "loss") if each == "NaN"] == ["NaN"]
    assert "∞" in get_cells(page, "acc")
    assert "null" in get_cells(page, "lr")
    assert "1e-300" in get_cells(page, "tiny")
    page.get_by_text("+197").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("v")
    page.get_by_role("dialog").get_by_text("more: search for a part of the name").first.wait_for()
    assert page.get_by_role("dialog").locator("li").count() < 300
    page.get_by_role("searchbox", name="Search names").fill("layer11999/")
    page.get_by_label("min of layer11999/grad").click()
    expect(page.locator('.body [data-column="min(layer11999/grad)"]').first).to_have_text("11999")


def test_two_hundred_columns_are_drawn_only_in_view(tmp_path: Path, view, open_page) -> None:
    add_run(tmp_path / "runs", 0, {f"m{i}": float(i) for i in range(200)})
    page = open_page(f"{view(tmp_path / 'runs')}&screen=table{''.join(f'&column=m{i}' for i in range(200))}")
    get_rows(page).first.wait_for()
    assert page.locator(".body .row .cell").count() < 40
    page.locator(".rows").evaluate("box => { box.scrollLeft = box.scrollWidth }")
    page.locator('.body [data-column="m199"]').wait_for()


def test_runs_are_cards_on_a_phone(root: Path, view, open_page) -> None:
    page = open_page(view(root), size=PHONE, has_touch=True)
    page.get_by_role("navigation").get_by_role("button", name="Runs").tap()
    page.locator(".card").nth(3).wait_for()
    page.locator(".card .sparkline path").first.wait_for()
    page.get_by_role("navigation").get_by_role("button", name="Filter").tap()
    page.get_by_role("dialog").get_by_role("combobox").fill("lr < 0.25")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_text("2 runs match").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_columns_are_moved_and_resized_with_the_pointer(root: Path, view, open_page) -> None:
    page = open_page(f"{view(root)}&screen=table&column=lr&column=model&column=loss")
    get_rows(page).first.wait_for()
    head = page.get_by_role("columnheader", name="model")
    head.drag_to(page.get_by_role("columnheader", name="lr"))
    expect_in_address(page, "column=model&column=lr")
    edge = head.locator(".edge").bounding_box()
    before = head.bounding_box()["width"]
    page.mouse.move(edge["x"] + 3, edge["y"] + 5)
    page.mouse.down()
    page.mouse.move(edge["x"] + 83, edge["y"] + 5)
    page.mouse.up()
    assert head.bounding_box()["width"] == pytest.approx(before + 80, abs=2)
    page.reload()
    page.get_by_role("columnheader", name="model").wait_for()
    assert page.get_by_role("columnheader", name="model").bounding_box()["width"] == pytest.approx(before + 80, abs=2)


def test_narrow_and_wide_lists_choose_their_columns(root: Path, view, open_page) -> None:
    add_run(root, 9, config={f"option{i}": i for i in range(12)})
    page = open_page(view(root))
    get_rows(page).first.wait_for()
    page.locator('.head [aria-haspopup="menu"]').first.wait_for(state="attached")
    narrow = page.locator('.head [aria-haspopup="menu"]').count()
    page.keyboard.press("2")
    expect(page.locator('.head [aria-haspopup="menu"]')).not_to_have_count(narrow)
    assert page.locator('.head [aria-haspopup="menu"]').count() > narrow
    assert page.locator(".rows").evaluate("box => box.scrollWidth <= box.clientWidth")
