"""The screens Compare and Boards: what differs, parallel coordinates, pictures of a search, saved views."""

import json
from pathlib import Path

import pytest
from stores import make_run

PHONE = (390, 844)


def write_loss(value: float) -> dict[str, str]:
    part = {"step": 1, "value": value}
    return {"summaries/metrics.json": json.dumps({"loss": {"count": 1, "last": part, "min": part, "max": part}})}


def make_runs(root: Path, count: int) -> list[str]:
    """Makes runs with different learning rates; the first one has the lowest loss."""
    return [
        make_run(
            root,
            config={"lr": 0.1 * (i + 1), "opt": "sgd" if i % 2 else "adam", "depth": 3},
            output=f"loss: {i}\n",
            members=write_loss(0.5 + i),
        )
        for i in range(count)
    ]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Returns the store of a project."""
    runs = tmp_path / "demo" / ".gage" / "runs"
    runs.mkdir(parents=True)
    return runs


def test_up_to_eight_runs_are_columns(view, open_page, runs: Path) -> None:
    make_runs(runs, 3)
    page = open_page(view(runs) + "&screen=compare")
    page.get_by_role("heading", name="3 runs differ in lr and opt").wait_for()
    page.get_by_text("is best by loss (0.5)").wait_for()
    table = page.locator("table.side")
    assert table.get_by_role("row", name="depth").count() == 0
    table.get_by_role("button", name="1 equal").click()
    assert table.get_by_role("row", name="depth").count() == 1


def test_the_baseline_shows_differences(view, open_page, runs: Path) -> None:
    make_runs(runs, 2)
    page = open_page(view(runs) + "&screen=compare")
    page.get_by_role("button", name="baseline").last.click()
    page.get_by_text("+1 ▼").wait_for()


def test_two_heads_choose_what_is_compared_below(view, open_page, runs: Path) -> None:
    make_runs(runs, 3)
    page = open_page(view(runs) + "&screen=compare")
    page.get_by_text("is best by loss (0.5)").wait_for()  # until then, the newest two runs are compared
    page.locator("table.side thead button.run-head").first.click()
    page.locator(".text-diff mark", has_text="2").wait_for()
    page.wait_for_url("**compare.pair=**")


def test_many_runs_have_parallel_coordinates_above_a_table(view, open_page, runs: Path) -> None:
    make_runs(runs, 12)
    page = open_page(view(runs) + "&screen=compare")
    page.get_by_role("img", name="Parallel coordinates of 12 runs over lr, opt, loss").wait_for()
    grid = page.get_by_role("grid", name="Compared runs")
    assert grid.get_attribute("aria-rowcount") == "13"
    head = page.locator(".axis-head", has_text="loss")
    head.focus()
    for _ in range(5):
        head.press("ArrowDown")
    page.get_by_text("6 of 12 runs").wait_for()
    assert grid.get_attribute("aria-rowcount") == "7"
    head.press("ArrowLeft")
    page.get_by_role("img", name="Parallel coordinates of 12 runs over lr, loss, opt").wait_for()


@pytest.mark.parametrize(
    ("tab", "label"),
    [
        ("scatter", "loss over lr, 12 runs"),
        ("groups", "loss in 2 groups of opt"),
        ("search", "loss of 12 trials, with the best so far"),
    ],
)
def test_each_tab_draws_its_pictures(view, open_page, runs: Path, tab: str, label: str) -> None:
    make_runs(runs, 12)
    page = open_page(view(runs) + f"&screen=compare&compare.tab={tab}&compare.by=opt", scheme="dark")
    page.get_by_role("img", name=label).wait_for()


def test_a_pivot_table_has_a_column_for_each_value(view, open_page, runs: Path) -> None:
    make_runs(runs, 4)
    page = open_page(view(runs) + "&screen=compare&compare.tab=pivot&compare.rows=opt&compare.cols=-")
    page.get_by_role("row", name="adam 1.5").wait_for()


def test_the_view_is_saved_as_a_board(view, open_page, runs: Path) -> None:
    make_runs(runs, 2)
    page = open_page(view(runs) + "&screen=boards&where=lr<1")
    page.get_by_label("Name").fill("rates")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved as boards/rates.toml").wait_for()
    page.get_by_role("columnheader", name="loss").wait_for()
    assert "lr<1" in (runs.parents[1] / "boards" / "rates.toml").read_text()


def test_the_comparison_fits_on_a_phone(view, open_page, runs: Path) -> None:
    make_runs(runs, 12)
    page = open_page(view(runs) + "&screen=compare", PHONE)
    page.get_by_role("heading", name="12 runs differ").wait_for()
    assert page.locator(".compare-screen").bounding_box()["width"] <= PHONE[0]


def test_names_of_values_never_become_markup(view, open_page, runs: Path) -> None:
    for i in range(2):
        make_run(runs, config={"<img src=x onerror=alert(1)>": f"<b>{i}</b>"}, output=f"<script>{i}</script>\n")
    page = open_page(view(runs) + "&screen=compare")
    page.locator(".text-diff mark").first.wait_for()
    assert page.locator("main img[src], main b, main script").count() == 0
