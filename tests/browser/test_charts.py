"""Charts draw the curves of the store, and answer the pointer, the keyboard and what happens to the runs."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page
from stores import make_run

from gage.store.store import RunStore

PHONE = (390, 844)
COUNT_PAINTED = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 30) count += 1;
    return count;
}"""


def format_lines(count: int, **metrics) -> str:
    lines = [{"step": step} | {name: value(step) for name, value in metrics.items()} for step in range(count)]
    return "".join(json.dumps(line) + "\n" for line in lines)


def add_run(
    root: Path | RunStore,
    count: int,
    status: str = "completed",
    config: dict | None = None,
    resumes: str = "",
    **metrics,
) -> str:
    """Creates a run with a log of metrics, each a function of the step, and their summary. Returns its ID."""
    summary = {name: {"count": count, "last": {"value": 1.0, "step": count - 1}} for name in metrics}
    files = {"log.jsonl": format_lines(count, **metrics)}
    command = {"argv": ["gage", "run", "--resume-from", resumes], "parent": resumes}
    members = {"summaries/metrics.json": json.dumps(summary), "run-cmd.json": json.dumps(command)}
    return make_run(root, status=status, config=config, files=files, members=members)


def add_points(store: RunStore, run: str, text: str) -> None:
    """Adds lines to the log of a running run, and changes its summary as Gage does while it runs."""
    paths = store.get_paths(run)
    with (paths.run_dir / "log.jsonl").open("a") as file:
        file.write(text)
    summary = paths.meta_dir / "summaries" / "metrics.json"
    new = summary.with_name("new")
    new.write_text(summary.read_text().replace("1.0", "2.0"))
    new.replace(summary)


def find_panel(page: Page, metric: str):
    return page.get_by_role("article", name=metric, exact=True)


def count_painted(page: Page, metric: str) -> int:
    """Returns how many pixels the lines of a panel cover."""
    return find_panel(page, metric).locator(".lines canvas").evaluate(COUNT_PAINTED)


def wait_until_painted(page: Page, metric: str) -> None:
    panel = find_panel(page, metric)
    panel.get_by_text("every point").wait_for()
    for _ in range(100):
        if count_painted(page, metric) > 100:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{metric} stays empty")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Creates six runs: two learning rates with three seeds each."""
    root = tmp_path / "runs"
    for lr in (0.1, 0.2):
        for seed in (1, 2, 3):
            add_run(
                root,
                200,
                config={"lr": lr, "seed": seed},
                loss=lambda step, lr=lr, seed=seed: 1 / (1 + lr * step) + seed / 100,
                acc=lambda step, lr=lr: 1 - 1 / (1 + lr * step),
                tiny=lambda step: 1e-300 * (step + 1),
                negative=lambda step: -1.0 - step,
            )
    return root


def test_all_panels_draw_their_curves(view, open_page, runs) -> None:
    page = open_page(view(runs))
    for metric in ("loss", "acc", "tiny", "negative"):
        wait_until_painted(page, metric)
    assert not page.get_by_text("loading…").count()


def test_the_crosshair_is_in_all_panels_and_a_click_locks_it(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    wait_until_painted(page, "acc")
    box = find_panel(page, "loss").locator(".chart").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    readout = page.locator(".readout")
    readout.get_by_text("step ").wait_for()
    assert readout.locator("tbody tr").count() == 6
    assert find_panel(page, "acc").locator(".value").inner_text()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    readout.get_by_text("locked").wait_for()
    page.mouse.move(5, 5)
    assert readout.is_visible()
    page.keyboard.press("Escape")
    readout.wait_for(state="hidden")


def test_the_readout_does_not_cover_the_point(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    box = find_panel(page, "loss").locator(".chart").bounding_box()
    for part in (0.2, 0.5, 0.97):
        x = box["x"] + box["width"] * part
        page.mouse.move(x, box["y"] + 60)
        page.locator(".readout").wait_for()
        readout = page.locator(".readout").bounding_box()
        assert readout["x"] > x or readout["x"] + readout["width"] < x
        assert readout["x"] >= 0 and readout["x"] + readout["width"] <= 1440


def test_dragging_zooms_all_panels_and_the_address_keeps_it(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    box = find_panel(page, "loss").locator(".chart").bounding_box()
    y = box["y"] + 80
    page.mouse.move(box["x"] + 100, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, y, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="reset zoom").wait_for()
    page.wait_for_url("**zoom=*")
    zoomed = page.url
    page.mouse.move(box["x"] + 100, y)
    page.keyboard.down("Shift")
    page.mouse.down()
    page.mouse.move(box["x"] + 60, y, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.wait_for_function("(before) => location.href !== before", arg=zoomed)
    low, high = (float(part) for part in zoomed.partition("zoom=")[2].split(","))
    panned = [float(part) for part in page.url.partition("zoom=")[2].split(",")]
    assert panned[0] > low and panned[1] - panned[0] == pytest.approx(high - low)
    page.reload()
    page.get_by_role("button", name="reset zoom").wait_for()
    wait_until_painted(page, "loss")
    page.mouse.dblclick(box["x"] + 100, y)
    page.wait_for_url(lambda url: "zoom" not in url)


def test_keys_move_the_crosshair(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    find_panel(page, "loss").locator(".chart").focus()
    page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.locator(".readout").get_by_text("step 3", exact=True).wait_for()
    page.keyboard.press("+")
    page.get_by_role("button", name="reset zoom").wait_for()


def test_seeds_become_one_line_with_a_band(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    page.get_by_role("button", name="group seeds").click()
    chart = page.get_by_role("application", name="loss, 2 curves")
    chart.wait_for()
    chart.hover()
    page.locator(".readout").get_by_text("lr=0.2 ×3").wait_for()
    assert page.locator(".readout tbody tr").first.locator("td").last.inner_text() == "3"
    find_panel(page, "loss").get_by_text("± standard deviation").wait_for()


def test_hovering_a_run_in_the_list_emphasizes_its_line(view, open_page, runs) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")
    lines = find_panel(page, "loss").locator(".lines canvas")
    page.get_by_role("row").nth(2).hover()
    page.wait_for_function("(canvas) => canvas.style.opacity !== ''", arg=lines.element_handle())


def test_short_groups_stand_side_by_side_below_one_line_of_controls(view, open_page, tmp_path: Path) -> None:
    metrics = {"train/loss": float, "val/acc": float, "val/loss": float}
    for seed in (1, 2):
        add_run(tmp_path / "runs", 3, config={"seed": seed}, **metrics)
    page = open_page(view(tmp_path / "runs"))
    page.get_by_role("button", name="group seeds").click()
    boxes = [find_panel(page, metric).bounding_box() for metric in metrics]
    assert len({box["y"] for box in boxes}) == 1
    assert len({round(box["width"]) for box in boxes}) == 1
    assert page.get_by_role("toolbar", name="Charts").bounding_box()["height"] < 44
    page.get_by_label("Columns of panels").select_option("2 columns")
    page.wait_for_function(
        "() => new Set([...document.querySelectorAll('.panel')].map((one) => one.offsetTop)).size === 2"
    )


def test_panels_say_why_they_show_nothing(view, open_page, tmp_path: Path) -> None:
    values = {"nans": lambda step: float("nan"), "single": lambda step: 1.0, "negative": lambda step: -1.0}
    add_run(tmp_path / "runs", 1, **values)
    add_run(tmp_path / "runs", 3, nans=values["nans"])
    page = open_page(view(tmp_path / "runs"))
    find_panel(page, "single").get_by_text("one point").wait_for()
    assert count_painted(page, "single") > 0
    find_panel(page, "nans").get_by_text("All values are NaN").wait_for()
    page.get_by_role("button", name="log y").click()
    find_panel(page, "negative").get_by_text("a logarithmic axis shows none").wait_for()


def test_new_points_of_a_running_run_appear(view, open_page, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    text = format_lines(50, loss=lambda step: 1.0 + step)
    run = add_run(store, 50, "running", loss=lambda step: 1.0 + step)
    page = open_page(view(store.root))
    wait_until_painted(page, "loss")
    bodies = []
    page.on("request", lambda request: bodies.append(request.post_data) if "/curves" in request.url else None)
    add_points(store, run, format_lines(80, loss=lambda step: 1.0 + step)[len(text) :])
    chart = find_panel(page, "loss").locator(".chart")
    box = chart.bounding_box()
    for _ in range(100):
        page.mouse.move(5, 5)
        page.mouse.move(box["x"] + box["width"] - 9, box["y"] + 20)
        if page.locator(".readout").get_by_text("step 79", exact=True).count():
            break
        page.wait_for_timeout(100)
    assert page.locator(".readout").get_by_text("step 79", exact=True).count()
    assert json.loads(bodies[0])["known"] == [50]


def test_a_chart_is_exported(view, open_page, runs, tmp_path: Path) -> None:
    page = open_page(view(runs))
    wait_until_painted(page, "loss")

    def download(title: str) -> Path:
        page.get_by_role("button", name="Download loss").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name=title).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    svg = ElementTree.fromstring(download("Download as SVG").read_text())
    assert len(svg.findall(".//{http://www.w3.org/2000/svg}path")) > 6
    assert download("Download as PNG").read_bytes().startswith(b"\x89PNG")
    rows = list(csv.reader(download("Download data as CSV").open(newline="")))
    assert rows[0] == ["run", "id", "step", "time", "loss"]
    assert len(rows) == 1 + 6 * 200


def test_x_is_another_metric(view, open_page, tmp_path: Path) -> None:
    add_run(tmp_path / "runs", 100, loss=lambda step: 1 / (step + 1), trained_epochs=lambda step: step / 10)
    page = open_page(view(tmp_path / "runs"))
    wait_until_painted(page, "loss")
    page.get_by_label("x axis").select_option("metric:trained_epochs")
    find_panel(page, "loss").locator(".chart").hover()
    page.locator(".readout").get_by_text("trained_epochs ").wait_for()


def test_a_resumed_run_continues_the_line_of_its_parent(view, open_page, tmp_path: Path) -> None:
    first = add_run(tmp_path / "runs", 50, loss=lambda step: 2.0)
    add_run(tmp_path / "runs", 80, resumes=first, loss=lambda step: 1.0)
    page = open_page(view(tmp_path / "runs"))
    wait_until_painted(page, "loss")
    page.get_by_role("application", name="loss, 1 curve").wait_for()
    page.get_by_role("button", name="join restarts").click()
    page.get_by_role("application", name="loss, 2 curves").wait_for()


def test_the_zoomed_part_of_a_thinned_series_is_loaded_again(view, open_page, tmp_path: Path) -> None:
    run = add_run(tmp_path / "runs", 25_000, loss=lambda step: step % 7)
    address = view(tmp_path / "runs")
    page = open_page(f"{address}&runs={run}")
    find_panel(page, "loss").get_by_text("thinned ×").wait_for()
    page.evaluate("location.hash = '#zoom=1000,1100'")
    find_panel(page, "loss").get_by_text("every point").wait_for()
    page.get_by_label("Smoothing").fill("0.9")
    page.evaluate("location.hash = '#weight=0.9'")
    find_panel(page, "loss").get_by_text("thinned ×").wait_for()
    find_panel(page, "loss").get_by_text("smooths thinned points").wait_for(state="hidden")


def test_a_finger_moves_the_crosshair_and_sees_the_values_above_it(view, open_page, runs) -> None:
    page = open_page(view(runs), PHONE, has_touch=True, is_mobile=True)
    page.get_by_text("Charts").last.click()
    wait_until_painted(page, "loss")
    chart = find_panel(page, "loss").locator(".chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.touchscreen.tap(box["x"] + 150, box["y"] + 100)
    page.locator(".readout").wait_for()
    readout = page.locator(".readout").bounding_box()
    assert readout["y"] + readout["height"] <= box["y"] + 100
    assert readout["x"] >= 0 and readout["x"] + readout["width"] <= 390


def test_thousands_of_metrics_are_shown_some_at_a_time(view, open_page, tmp_path: Path) -> None:
    value = {key: {"step": 1, "value": 0.5} for key in ("last", "first", "min", "max")}
    metrics = {f"m{i}": {"count": 1, **value} for i in range(500)}
    make_run(tmp_path / "runs", members={"summaries/metrics.json": json.dumps(metrics)})
    page = open_page(view(tmp_path / "runs"))
    more = page.get_by_role("button", name="Show 48 more of 500")
    more.wait_for()
    assert page.locator("article.panel").count() == 48
    more.click()
    page.wait_for_function("document.querySelectorAll('article.panel').length === 96")
