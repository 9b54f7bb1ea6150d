"""A page that `gage view --export` wrote: it shows its runs without a server."""

import json
from pathlib import Path

from stores import make_run

from gage.store.store import RunStore
from gage.view.export import export_page
from gage.view.stores import ViewedStores


def write_loss(value: float) -> dict[str, str]:
    part = {"step": 1, "value": value}
    return {"summaries/metrics.json": json.dumps({"loss": {"count": 1, "last": part, "min": part, "max": part}})}


def test_shows_its_runs_and_requests_nothing(open_page, tmp_path: Path) -> None:
    ids = [
        make_run(tmp_path / "runs", label=label, config={"lr": 0.1 * (i + 1)}, members=write_loss(i + 0.5))
        for i, label in enumerate(("alpha", "beta", "gamma"))
    ]
    file = export_page(ViewedStores((RunStore(tmp_path / "runs"),)), tmp_path / "runs.html")
    page = open_page("about:blank")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{file}#screen=table")
    page.get_by_text("3 runs").first.wait_for()
    page.get_by_text("exported: text search only").wait_for()
    page.goto(f"file://{file}#screen=table&where=beta")
    page.get_by_text("1 run matches").wait_for()
    page.goto(f"file://{file}#screen=compare")
    page.get_by_role("heading", name="3 runs differ in lr").wait_for()
    page.get_by_text("is best by loss (0.5)").wait_for()
    page.goto(f"file://{file}#run={ids[0]}&tab=output")
    page.get_by_text("loss: 0.5").first.wait_for()
    assert {url.partition("#")[0] for url in requests} == {f"file://{file}"}
