"""`gage report` on stores with runs of known metrics and curves."""

import json
import re

import plugin_packages
import pytest
from stores import make_run

PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def add_run(root, losses, status="completed", op="train", files=None, **config):
    """Adds a run with the curve of a loss, and its accuracy."""
    lines = "".join(json.dumps({"step": i, "loss": loss, "acc": 1 - loss}) + "\n" for i, loss in enumerate(losses))
    metrics = {
        name: {"count": len(values), "last": {"step": len(values) - 1, "value": values[-1]}}
        for name, values in {"loss": losses, "acc": [1 - loss for loss in losses]}.items()
        if values
    }
    members = {"summaries/metrics.json": json.dumps(metrics)}
    files = {"log.jsonl": lines, **(files or {})}
    return make_run(root, op, status, config, members=members, files=files, output=f"epoch {len(losses)}\n")


@pytest.fixture
def root(project):
    return project / ".gage" / "runs"


@pytest.fixture
def runs(root):
    """Creates three completed runs and a failed one, the newest last."""
    return [
        add_run(root, [0.9, 0.5, 0.4], lr=0.1, seed=1),
        add_run(root, [0.8, 0.6, 0.5], lr=0.1, seed=2),
        add_run(root, [0.9, 0.3, 0.2], lr=0.2, seed=1, files={"samples/cat.png": PNG, "a.svg.png": b"<svg onload=x>"}),
        add_run(root, [0.9], "error", lr=0.3, seed=1),
    ]


@pytest.fixture
def write(project):
    """Returns a function that writes a report of the project and returns its name."""

    def write(text, name="mine"):
        (project / "reports").mkdir(exist_ok=True)
        (project / "reports" / f"{name}.md").write_text(text)
        return name

    return write


def block(heading, *lines):
    return "\n".join((f"```gage {heading}", *lines, "```", ""))


def show(gage, write, text, *words, code=0):
    """Returns the output for a report that is not saved."""
    return gage("report", write(text), "--no-run", *words, code=code).out


def name_of(id):
    from gage.lib.uuid7 import name_from_id

    return name_from_id(id)


def test_summarizes_runs_without_a_name(gage, runs):
    out = gage("report", "--no-run").out
    assert out.startswith("Summary of runs\n\n    4  runs\n    3  completed\n    1  failed or stopped\n")
    assert "\n  0.2  best loss\n" in out
    assert "Best of 3 runs by loss" in out and "Failures" in out and "epoch 1" in out
    assert f"Output of {name_of(runs[3])}" in out
    assert gage("list", "--json").json["runs"][0]["operation"] == "train"


def test_a_report_is_saved_as_a_run_that_names_its_runs(gage, runs, write, project):
    name = write("# Hello\n\n" + block("table", "where: lr=0.1") + "\n{gage: best(loss)}\n")
    result = gage("report", name)
    kept = re.search(r"gage: Saved as run (\S+)", result.err)[1]
    assert f"gage open {kept} report.html" in result.err
    shown = gage("show", kept, "--json").json
    assert (shown["operation"], shown["namespace"], shown["status"]) == ("report", "gage", "completed")
    assert shown["config"] == {"report": "mine"}
    assert {entry["path"]: entry["kind"] for entry in shown["files"]} == {
        "source.md": "s",
        "report.html": "g",
        "report.md": "g",
        "data.json": "g",
    }
    assert sorted(shown["report"]["runs"]) == sorted(runs[:3])
    text = gage("show", kept).out
    assert "Made from" in text and "3 runs" in text
    assert "<h1>Hello</h1>" in gage("cat", kept, "report.html").out
    assert gage("cat", kept, "source.md").out == (project / "reports" / "mine.md").read_text()
    assert gage("list").out.count("report") >= 1
    assert gage("check", "--run", kept).code == 0
    assert "0.2" in gage("cat", kept, "report.md").out


def test_the_latest_run_is_not_a_report(gage, runs, write):
    report = re.search(r"Saved as run (\S+)", gage("report", write("Hello\n")).err)[1]
    assert gage("show", "--json").json["id"] == runs[3] and gage("show", "1", "--json").json["name"] == report
    assert gage("select").out.split() == [runs[3]] and gage("select", "--limit", "1", "--name").out.split() == [report]
    assert "loss" in gage("metrics").out and gage("cat", "--path", "report.html", code=1)
    assert gage("show", "--where", "completed", "--json").json["id"] == runs[2]
    assert gage("show", "--where", "op=report", "--json").json["name"] == report


def test_the_latest_run_is_a_report_if_all_runs_are(gage, runs, write):
    report = re.search(r"Saved as run (\S+)", gage("report", write("Hello\n")).err)[1]
    gage("delete", "2:", "--yes")
    assert gage("show", "--json").json["name"] == report


def test_an_unchanged_report_is_saved_once(gage, runs, write, root):
    name = write(block("table") + block("plot", "y: loss"))
    first = re.search(r"Saved as run (\S+)", gage("report", name).err)[1]
    again = gage("report", name).err
    assert f"gage: Saved as run {first}: nothing has changed since" in again
    add_run(root, [0.1], lr=0.5)
    assert f"{first}: nothing" not in gage("report", name).err
    assert "nothing" not in gage("report", name, "--where", "lr=0.1").err
    assert len([run for run in gage("list", "--json").json["runs"] if run["operation"] == "report"]) == 3


def test_reports_and_batches_are_not_among_the_runs(gage, runs, write):
    name = write("{gage: count} runs, {gage: count(status=completed)} completed\n")
    assert gage("report", name).out.startswith("mine\n\n4 runs, 3 completed\n")
    assert gage("report", name).out.startswith("mine\n\n4 runs, 3 completed\n")
    assert gage("best", "loss").out.splitlines()[1] == "Left out: 1 error"


def test_a_frozen_report_uses_the_data_of_its_last_run(gage, runs, write, root):
    text = "---\nfreeze: true\n---\n{gage: count} runs, best {gage: best(loss)}\n\n"
    text += block("plot", "y: loss") + block("table")
    before = gage("report", write(text)).out
    add_run(root, [0.01], lr=0.9)
    gage("delete", name_of(runs[0]), "--yes")
    gage("purge", name_of(runs[0]), "--yes")
    result = gage("report", "mine")
    assert result.out == before and "4 runs, best 0.2" in result.out and "nothing has changed" in result.err
    write(text + "\nMore text.\n" + block("value", "value: count"))
    changed = gage("report", "mine").out
    assert "4 runs, best 0.2" in changed and "More text." in changed and re.search(r"\n  4  runs\n", changed)
    assert "4 runs, best 0.01" in gage("report", "mine", "--refresh").out
    assert "4 runs, best 0.01" in gage("report", "mine").out


def test_frozen_data_that_is_damaged_is_refused(gage, runs, write, root):
    write("---\nfreeze: true\n---\n{gage: count}\n")
    kept = re.search(r"Saved as run (\S+)", gage("report", "mine").err)[1]
    id = gage("show", kept, "--json").json["id"]
    (root / id / "data.json").write_text("{}")
    result = gage("report", "mine", code=1)
    assert "The data of the report" in result.err and "--refresh" in result.err
    (root / id / "data.json").unlink()
    (root / id / "data.json").symlink_to("/etc/hostname")
    assert "cannot be used" in gage("report", "mine", code=1).err
    assert gage("report", "mine", "--refresh").code == 0


def test_tables_have_differing_columns_and_a_baseline(gage, runs, write):
    out = show(gage, write, block("table", "sort: loss", "limit: 2", "caption: The best"))
    assert out.splitlines()[2].split() == ["Name", "lr", "seed", "loss", "acc", "Status"]
    assert name_of(runs[2]) in out and "2 more runs are not shown" in out and "The best" in out
    lines = ("columns: name, loss, min(loss), started", "baseline: best(loss)", "format: .2%", "where: completed")
    out = show(gage, write, block("table", *lines))
    assert out.splitlines()[2].split() == ["Name", "loss", "Δ", "loss", "min(loss)", "Started"]
    assert out.splitlines()[3].startswith(name_of(runs[2])) and "20.00%" in out
    assert "+0.2 ▲ worse" in out and re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d", out)
    assert "No runs match" in show(gage, write, block("table", "where: lr > 5"))


def test_plots_are_curves_of_runs_and_groups(gage, runs, write):
    out = show(gage, write, block("plot", "y: loss"))
    assert f"A {name_of(runs[3])}  lr=0.3 seed=1" in out
    lines = ("y: loss + acc, l*", "group: seed", "smooth: 0.5", "log: true", "where: completed")
    out = show(gage, write, block("plot", *lines))
    assert "loss and acc" in out and "loss  lr=0.1 (n = 2)" in out and "A lr=0.2 (n = 1)" in out
    out = show(gage, write, block("plot", "y: acc", "group: config.lr", "x: relative", "limit: 1"), code=1)
    assert "has no times" in out
    out = show(gage, write, block("plot", "y: lose"), code=1)
    assert "Error: No run has the metric 'lose' (line 1)" in out and "Did you mean 'loss'?" in out


def test_a_plot_counts_what_it_leaves_out(gage, root, write):
    add_run(root, [0.5, float("nan"), 0.1], lr=1)
    make_run(root, "train", "completed", {"lr": 2})
    add_run(root, [0.0, 0.5], lr=3)
    out = show(gage, write, block("plot", "y: loss", "log: true"))
    assert "1 run without loss; 1 line with gaps where a value is NaN or infinite; 1 line with values up to 0" in out


def test_renders_rankings_comparisons_and_differences(gage, runs, write):
    out = show(gage, write, block("best", "metric: loss") + block("best", "metric: acc", "per: config.lr", "limit: 1"))
    assert "Best of 3 runs by loss" in out and "Set apart by" in out and "Noise" in out and "config.lr" in out
    out = show(gage, write, block("compare", f"a: {name_of(runs[2])}", "b: lr=0.1", "metric: loss"))
    assert "loss (lower is better): A is 0.25 better (1 and 2 runs; no interval: a group has one run only)" in out
    out = show(gage, write, block("diff", f"runs: {name_of(runs[0])} best(loss)"))
    assert f"A is {name_of(runs[0])}; B is {name_of(runs[2])}" in out and "Config" in out and "worse" not in out
    assert re.search(r"loss +0\.4 +0\.2 +-0\.2 \(-50\.0 %\) better", out)
    out = show(gage, write, block("diff", "runs: latest best(loss) best(acc)", "only: config"))
    assert "Metrics" not in out and re.search(r"lr +0\.3 +0\.2 +0\.2", out)


def test_a_pivot_table_has_means_over_the_rest(gage, runs, write):
    out = show(gage, write, block("pivot", "rows: lr", "cols: seed", "values: mean(loss), count(loss)"))
    assert "Left out: 1 error" in out and re.search(r"0\.1 +0\.4", out)
    out = show(gage, write, block("pivot", "rows: optimizer", "values: loss"), code=1)
    assert "No run has 'optimizer'" in out
    out = show(gage, write, block("pivot", "rows: lr", "values: loss", "where: lr = 0.3"))
    assert "No run has a value for the pivot table" in out


def test_shows_boards_of_the_project(gage, runs, write, project):
    (project / "boards").mkdir()
    columns = ["run.name", {"name": "loss", "label": "Loss", "format": ".1%"}]
    board = {"title": "Top", "columns": columns, "sort": "loss"}
    (project / "boards" / "top.json").write_text(json.dumps(board))
    out = show(gage, write, block("board", "board: top", "where: completed", "limit: 1"))
    assert out.splitlines()[2] == "Top" and "20.0%" in out and "2 more rows are not shown" in out
    assert "There is no board 'tpo'" in show(gage, write, block("board", "board: tpo"), code=1)
    refused = show(gage, write, block("board", "board: ../secret.json"), code=1)
    assert "is not the name of a board of the project" in refused
    (project / "boards" / "bad.json").write_text("{")
    assert "The board 'bad' has 1 problem" in show(gage, write, block("board", "board: bad"), code=1)


def test_shows_images_and_output(gage, runs, write):
    image = block("image", "run: best(loss)", "path: samples/*.png")
    out = show(gage, write, image + block("output", "run: latest", "lines: 1"))
    assert "[samples/cat: image/png, 38 bytes]" in out and f"Output of {name_of(runs[3])}\n    epoch 1\n" in out
    out = show(gage, write, block("image", "run: best(loss)", "path: dog.png"), code=1)
    assert "has no image 'dog.png'" in out
    out = show(gage, write, block("image", "run: best(loss)", "path: a.svg.png"), code=1)
    assert "is not PNG, JPEG, GIF, WebP or BMP" in out


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("table", "columns: nmae"), "No run has 'nmae'"),
        (("table", "where: los < 1"), "No run has 'los'"),
        (("best", "metric: lss"), "No run has the metric 'lss'"),
        (("best", "metric: lr"), "It is not clear whether a high or a low lr is better"),
        (("best", "metric: loss", "per: optimizer"), "No run has 'optimizer'"),
        (("compare", "a: lr=0.1", "b: seed=1", "metric: loss"), "1 of the runs would be in both groups"),
        (("compare", "a: lr=0.1", "b: lr=0.3", "metric: loss"), "B has no completed run with a loss: 1 error"),
        (("diff", "runs: nowhere latest"), "There is no run 'nowhere'"),
        (("diff", "runs: latest"), "A diff needs 2 to 50 runs, got 1"),
        (("diff", "runs: latest best(loss)", "only: confg"), "'confg' is not a section"),
        (("value", "value: bset(loss)"), "Unknown value 'bset(loss)'"),
        (("value", "value: latest(optimizer)"), "No run has 'optimizer'"),
        (("output", "run: nowhere"), "There is no run 'nowhere'"),
    ],
)
def test_a_wrong_block_shows_its_error_and_the_rest_renders(gage, runs, write, lines, message):
    result = gage("report", write("before\n\n" + block(*lines) + "\nafter\n"), "--no-run", code=1)
    assert "gage: 1 error in the report mine" in result.err
    assert "before" in result.out and "after" in result.out and message in result.out.replace("\n", " ")


def test_a_report_with_errors_is_saved_as_a_failed_run(gage, runs, write):
    result = gage("report", write("{gage: bets(loss)}\n" + block("tabel")), code=1)
    assert "[error: Unknown value 'bets(loss)']" in result.out
    run = gage("list", "--json").json["runs"][0]
    assert (run["status"], run["exit"], run["reason"]) == ("error", 1, "2 errors in the report")


def test_wrong_front_matter_leaves_out_the_runs(gage, runs, write):
    out = show(gage, write, "---\nruns: los <\n---\n{gage: count}\n\n" + block("table"), code=1)
    assert "Error: Expected a value (line 2)" in out and name_of(runs[0]) not in out and "4" not in out.split("\n")[8]


def test_front_matter_and_the_command_line_select_runs(gage, runs, write):
    name = write('---\nruns: lr=0.1\ntitle: "T: x"\n---\n{gage: count} {gage: latest(seed)}\n')
    assert gage("report", name, "--no-run").out.startswith("T: x\n\n2 2\n")
    assert gage("report", name, "--no-run", "--where", "seed=1").out.startswith("T: x\n\n1 1\n")
    assert gage("report", "1:2", "--no-run").out.startswith("Summary of runs\n\n    2  runs")
    assert gage("report", name_of(runs[0]), "--no-run").out.startswith("Summary of runs\n\n    1  runs")
    kept = gage("report", name, "--where", "seed=1")
    run = re.search(r"Saved as run (\S+)", kept.err)[1]
    assert gage("show", run, "--json").json["config"] == {"report": "mine", "runs": "seed=1; lr=0.1"}


def test_writes_html_through_a_link(gage, runs, write, project):
    (project / "page.html").write_text("old")
    (project / "link.html").symlink_to("page.html")
    gage("report", write("# Hello"), "--html", "link.html", "--no-run")
    assert (project / "link.html").is_symlink() and "<h1>Hello</h1>" in (project / "page.html").read_text()


def test_writes_html_and_markdown(gage, runs, write, project):
    name = write("# Curves\n\n" + block("plot #l", "y: loss"))
    result = gage("report", name, "--html", "out.html", "--markdown", "out", "--no-run")
    assert result.out == "" and "Wrote out.html" in result.err and "Wrote out/mine.md and 1 picture" in result.err
    assert (project / "out.html").read_text().startswith("<!DOCTYPE html>")
    assert (project / "out" / "mine.md").read_text() == "# Curves\n\n![Plot of loss](mine_files/l-loss.svg)\n"
    assert (project / "out" / "mine_files" / "l-loss.svg").read_text().startswith("<svg xmlns=")
    assert gage("report", name, "--markdown", "b.md", "--no-run").code == 0 and (project / "b_files").is_dir()
    refused = gage("report", "reports/mine.md", "--markdown", "reports", "--no-run", code=2)
    assert "is the text of the report itself" in refused.err
    assert "y: loss" in (project / "reports" / "mine.md").read_text()


def test_prints_the_data_as_json(gage, runs, write):
    data = gage("report", write(block("table #t", "columns: name, loss", "where: lr=0.2")), "--json", "--no-run").json
    assert data["runs"] == [{"id": runs[2], "name": name_of(runs[2])}] and data["errors"] == []
    (item,) = data["blocks"][0]["items"]
    assert item["rows"] == [[name_of(runs[2]), 0.2]] and [c["key"] for c in item["columns"]] == ["name", "loss"]


def test_lists_reports(gage, runs, write, project):
    write("---\ntitle: My title\n---\n")
    out = gage("report", "--list").out
    assert re.search(r"mine +My title +reports/mine.md", out) and re.search(r"summary +Summary of runs +Gage", out)
    write("Mine\n", "summary")
    assert {t["name"]: t["origin"] for t in gage("report", "--list", "--json").json}["summary"] == "reports/summary.md"
    assert gage("report", "--no-run").out.startswith("summary\n\nMine")


def test_reports_come_from_plugins(gage, runs, tmp_path):
    packages = tmp_path / "packages"
    code = "TEXT = '---\\ntitle: Lab\\n---\\n{gage: count} runs'"
    plugin_packages.install(packages, "gage_lab", code, "TEXT", group="gage.reports")
    plugin_packages.install(packages, "gage_bad", "x = 3", "x", group="gage.reports")
    result = gage("report", "lab", "--no-run", env={"PYTHONPATH": str(packages)})
    assert result.out.startswith("Lab\n\n4 runs\n")
    listed = gage("report", "--list", env={"PYTHONPATH": str(packages)})
    assert "gage-lab 1.2" in listed.out
    assert "cannot be used: expected the text of a report or a Path, got int" in listed.err
    assert "expected the text" in gage("report", "bad", env={"PYTHONPATH": str(packages)}, code=1).err
    assert "bad of gage-bad 1.2 (broken)" in gage("check", env={"PYTHONPATH": str(packages)}, code=None).out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("sumary",), 1, "There is no report 'sumary'\nDid you mean 'summary'?"),
        (("nowhere.md",), 1, "Cannot read the report"),
        (("summary", "99"), 1, "There is no run 99"),
        (("summary", "--where", "los < 1"), 1, "No run has 'los'"),
        (("summary", "--html", ""), 2, "The path of --html is empty\nTry: --html report.html"),
        (("summary", "--json", "--html", "x"), 2, "--json and --html cannot be used together"),
        (("binary.md",), 2, "is not UTF-8: byte 2"),
    ],
)
def test_rejects_reports_that_it_cannot_render(gage, runs, project, words, code, message):
    (project / "binary.md").write_bytes(b"ab\xff")
    assert message in gage("report", *words, code=code).err


def test_reports_that_there_are_no_runs(gage, root):
    assert "There are no runs yet" in gage("report", code=1).err


def test_runs_without_metrics_have_a_summary(gage, root):
    make_run(root, "train", "completed", {"lr": 1})
    assert "The runs have no metrics" in gage("report", "--no-run").out


def test_names_of_runs_cannot_control_the_terminal_or_the_page(gage, root, write, project):
    evil = "<img src=x onerror=alert(1)>\x1b[31m`*|"
    make_run(
        root,
        "train",
        "completed",
        {evil: evil},
        label=evil,
        output=f"{evil}\n",
        members={"summaries/metrics.json": json.dumps({evil: {"count": 1, "last": {"step": 1, "value": 0.5}}})},
    )
    make_run(root, "train", "completed", {evil: 2}, label=evil)
    text = "{gage: latest(label)}\n\n" + block("table", "columns: name, label") + block("table") + block("output")
    gage("report", write(text), "--html", "a.html", "--markdown", "a.md")
    assert "<img" not in (project / "a.html").read_text() and "\x1b" not in (project / "a.html").read_text()
    assert "\x1b" not in (project / "a.md").read_text()
    assert "\x1b" not in gage("report", "mine", "--no-run").out


def test_a_run_with_thousands_of_metrics_is_cut(gage, root, write):
    names = [f"m{i:05}" for i in range(12_000)]
    line = json.dumps({"step": 1, **dict.fromkeys(names, 0.5)})
    metrics = {name: {"count": 1, "last": {"step": 1, "value": 0.5}} for name in names}
    make_run(
        root,
        "train",
        "completed",
        {"lr": 1},
        files={"log.jsonl": line + "\n"},
        members={"summaries/metrics.json": json.dumps(metrics)},
    )
    out = show(gage, write, block("table") + block("plot", "y: m*"))
    assert "Only the first 24 of 10,000 metrics are shown" in out and len(out) < 100_000


def test_a_report_cannot_be_restarted(gage, runs, write, root):
    kept = re.search(r"Saved as run (\S+)", gage("report", write("x\n")).err)[1]
    refused = gage("run", "--restart", kept, "--yes", code=2)
    assert "it is a report" in refused.err and "gage report mine" in refused.err
    for name, hint in (("a b; c", "gage report 'a b; c'"), (None, "gage report --list")):
        made = make_run(root, "report", config={"report": name}, namespace="gage")
        assert hint in gage("run", "--restart", made, "--yes", code=2).err


def test_differences_have_lines_of_output(gage, root, write):
    first = make_run(root, "train", "completed", {"lr": 1, "a": 2}, output="start\none\nend\n")
    second = make_run(root, "train", "completed", {"lr": 1, "b": 3}, output="start\ntwo\nend\n")
    words = f"runs: {name_of(first)} {name_of(second)}"
    out = show(gage, write, block("diff", words, "limit: 1"))
    assert "run  +1 -1" in out and "  - one" in out and "1 more" in out and "Not compared" not in out
    same = show(gage, write, block("diff", f"runs: {name_of(first)} {name_of(first)}"))
    assert "No differences" in same


def test_renders_all_kinds_of_values(gage, root, write):
    make_run(root, "train", "completed", {"on": True, "n": 3, "words": ["a", "b"]}, tags=("x", "y"))
    text = "{gage: latest(on)} {gage: latest(n) | ,d} {gage: latest(words)} {gage: latest(tags)} {gage: date}\n\n"
    blocks = "".join(block("value", f"value: {value}") for value in ("latest(n)", "count(n=3)", "date"))
    out = show(gage, write, text + blocks)
    assert re.search(r"true 3 a, b x, y 20\d\d-\d\d-\d\d\n", out)
    assert "n of the latest run" in out and "runs with n=3" in out and re.search(r"20\d\d-\d\d-\d\d  date", out)
    assert show(gage, write, "{gage: best(auto)} {gage: latest(n)}", "--where", "n=3").split("\n")[2] == "– 3"
    assert "has no label" in show(gage, write, "{gage: latest(label)}", code=1)


def test_blocks_without_runs_say_so(gage, runs, write):
    nothing = "where: lr > 5"
    blocks = [
        block("best", "metric: loss", nothing),
        block("plot", "y: loss", nothing),
        block("pivot", "rows: lr", "values: loss", nothing),
        block("diff", "runs: latest best(loss)", nothing),
        block("output", nothing),
        block("value", "value: best(loss)", nothing),
    ]
    assert show(gage, write, "".join(blocks)).count("No runs match") == len(blocks)
    out = show(gage, write, block("best", "metric: loss", "where: lr = 0.3"), code=1)
    assert "No completed run has a loss to rank by: 1 error" in out
    assert "No completed run" in show(gage, write, block("value", "value: best(loss)", "where: lr = 0.3"))


def test_output_is_cut_and_may_be_missing(gage, root, write):
    long = make_run(root, "train", "completed", {}, output="".join(f"line {i}\n" for i in range(50)))
    silent = make_run(root, "train", "completed", {}, output="")
    out = show(gage, write, block("output", f"run: {name_of(long)}") + block("output", f"run: {name_of(silent)}"))
    assert "  @ …\n    line 30\n" in out and "line 29" not in out and f"{name_of(silent)} wrote no output" in out


def test_images_are_limited(gage, root, write):
    run = add_run(root, [0.5], files={f"s/cat_step_{i}.png": PNG for i in range(15)})
    out = show(gage, write, block("image", f"run: {name_of(run)}", "path: s/*.png"))
    assert out.count("image/png") == 12 and "3 more images are not shown" in out
    out = show(gage, write, block("image", f"run: {name_of(run)}", "path: s/cat"))
    assert "[s/cat at step 14: image/png, 38 bytes]" in out


def test_many_lines_are_cut(gage, root, write):
    for i in range(101):
        make_run(root, "train", "completed", {"i": i}, files={"log.jsonl": json.dumps({"step": 1, "loss": i}) + "\n"})
    out = show(gage, write, block("plot", "y: loss"))
    assert "Only the first 100 of 101 lines are shown" in out and "92 more lines are not shown here" in out


def test_a_plugin_may_name_a_file_and_a_large_file_is_refused(gage, runs, tmp_path, project):
    code = "from pathlib import Path\nFILE = Path(__file__).with_name('weekly.md')"
    packages = plugin_packages.install(tmp_path / "packages", "gage_week", code, "FILE", group="gage.reports")
    (packages / "weekly.md").write_text("{gage: count} runs\n")
    env = {"PYTHONPATH": str(packages)}
    assert gage("report", "week", "--no-run", env=env).out.startswith("week\n\n4 runs\n")
    (packages / "weekly.md").unlink()
    assert "week" in gage("report", "--list", env=env).out
    assert "Cannot read the report" in gage("report", "week", env=env, code=1).err
    (project / "large.md").write_bytes(b"x" * 4_000_001)
    assert "has over 4 MB" in gage("report", "large.md", code=2).err
    outside = tmp_path / "elsewhere.md"
    outside.write_text("x\n")
    assert gage("report", str(outside), "--no-run").out.startswith(f"{outside}\n\nx\n")


def test_prints_html_to_standard_output_and_refuses_markdown_there(gage, runs, project):
    result = gage("report", "summary", "--html", "-")
    assert result.out.startswith("<!DOCTYPE html>") and "Wrote" not in result.err
    assert "pictures in files beside it" in gage("report", "summary", "--markdown", "-", code=2).err
    assert not (project / "-").exists()


def test_hints_list_hostile_names_on_one_line(gage, root, write):
    add_run(root, [0.9], lr=1, **{"a\nb": 1})
    out = show(gage, write, block("plot", "y: loss", "group: zzqq"), code=None)
    assert "Names: " in out and "a\\nb" in out and "a\nb" not in out
