"""`gage metrics` and `gage plot`."""

import csv
import io
import json
import sys
import zipfile

import pytest
from stores import make_run

from gage.cli.commands.metrics import _write_parquet
from gage.index.load_series import _load_system_series, build_input_filter
from gage.store.store import RunStore
from gage.types.errors import UsageError

CURVE = """\
import json, math
with open("log.jsonl", "w") as file:
    for i in range(100):
        file.write(json.dumps({"step": i, "loss": math.exp(-i / 20), "val/acc": i / 100, "bad": float("nan")}) + "\\n")
"""


@pytest.fixture
def curves(gage, project):
    (project / "curve.py").write_text(CURVE)
    gage("run", "curve.py", "--yes", "--label", "first")
    gage("run", "curve.py", "--yes")
    return project


def test_shows_the_latest_run(gage, curves):
    lines = gage("metrics").out.splitlines()
    assert lines[0].split() == ["Run", "Metric", "Last", "Min", "Max", "Mean", "Step", "Values"]
    assert [line.split()[1:3] for line in lines[1:]] == [["bad", "nan"], ["loss", "0.007083"], ["val/acc", "0.99"]]


def test_shows_chosen_metrics_of_several_runs(gage, curves):
    assert len(gage("metrics", "1", "2", "--series", "val*").out.splitlines()) == 3
    assert len(gage("metrics", "1:2", "-s", "loss", "-s", "bad").out.splitlines()) == 5


def test_exports_every_value(gage, curves, tmp_path):
    table = list(csv.DictReader(io.StringIO(gage("metrics", "--csv", "-s", "loss").out)))
    assert len(table) == 100
    assert (table[99]["step"], table[0]["value"]) == ("99", "1.0")
    points = json.loads(gage("metrics", "--json", "-s", "bad").out)
    assert (len(points), points[0]["value"], points[0]["series"]) == (100, "NaN", "bad")
    assert gage("metrics", "1", "2", "--parquet", "values.parquet").code == 0
    import pyarrow.parquet

    read = pyarrow.parquet.read_table(curves / "values.parquet")
    assert (read.num_rows, read.column_names) == (600, ["run", "series", "step", "time", "value"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("metrics", "--series", "los"), "Did you mean 'loss'?"),
        (("metrics", "loss"), "To show a metric: gage metrics --series loss"),
        (("plot", "nothing-like-it"), "No run has the metric 'nothing-like-it'"),
        (("plot", "bad"), "no finite values"),
        (("plot", "loss", "--smooth", "1"), "smooth"),
        (("metrics", "--csv", "--json"), "cannot be used together"),
        (("metrics", "--parquet", "no/such/folder/x.parquet"), "Cannot write no/such/folder/x.parquet"),
        (("metrics", "9"), "9"),
        (("plot",), "Missing metric"),
    ],
)
def test_rejects_unknown_metrics(gage, curves, words, message):
    result = gage(*words, code=None)
    assert result.code != 0
    assert message in result.err
    assert "Traceback" not in result.err


def test_reports_a_run_without_metrics(gage, project):
    (project / "quiet.py").write_text("pass\n")
    gage("run", "quiet.py", "--yes")
    for words in (("metrics",), ("metrics", "--csv"), ("plot", "loss")):
        result = gage(*words, code=None)
        assert (result.code, "The runs have no metrics" in result.err) == (1, True)


def test_plots_metrics(gage, curves):
    drawn = gage("plot", "1", "2", "loss").out
    assert "\u2800" < max(drawn) <= "\u28ff"
    assert "A " in drawn and "B " in drawn and "first" in drawn
    assert all(len(line) <= 100 for line in drawn.splitlines())
    assert gage("plot", "loss", "--log", "--smooth", "0.5").out != drawn
    assert "has no times: its log has only steps\nUse --x step" in gage("plot", "loss", "--x", "time", code=2).err
    assert "val/acc" in gage("plot", "[lv]*").out
    both = gage("plot", "1", "loss", "val/acc").out
    assert " loss" in both and " val/acc" in both
    assert "Try: gage plot 1:2 loss" in gage("plot", "1:2", code=2).err
    assert "No run has the metric 'nothing'" in gage("plot", "nothing", "loss", code=1).err
    assert "There is no run 99" in gage("plot", "99", "loss", code=1).err


def test_shows_resource_use(gage, project, monkeypatch):
    monkeypatch.setenv("GAGE_SYSTEM_METRICS", "0.5")
    (project / "slow.py").write_text(
        "import os, time\nusage = os.environ['RUN_DIR'] + '.meta/sys/usage.jsonl'\n"
        "while not (os.path.exists(usage) and os.path.getsize(usage)): time.sleep(0.02)\n"
    )
    gage("run", "slow.py", "--yes")
    table = list(csv.DictReader(io.StringIO(gage("metrics", "--system", "--csv", "-s", "memory").out)))
    assert table
    assert float(table[-1]["value"]) > 1_000_000
    assert gage("metrics", code=None).code == 1


def test_ignores_metrics_in_source_files(gage, project):
    (project / "history.csv").write_text("step,loss\n1,2\n")
    (project / "quiet.py").write_text(f"print(open({str(project / 'history.csv')!r}).read(3))\n")
    gage("run", "quiet.py", "--yes")
    assert gage("metrics", "--csv", code=None).code == 1


def test_ignores_tables_in_source_files(gage, project):
    (project / "trials.csv").write_text("lr,epoch\n0.1,1\n0.2,2\n")
    gage("run", "train.py", "--yes")
    assert list(gage("show", "1", "--json").json["metrics"]) == ["loss"]


def test_caches_series_only_of_sealed_runs(gage, project):
    program = "import json\nfor i in range(999):\n    print(json.dumps({'step': i, 'loss': i}))\n"
    (project / "train.py").write_text(program)
    gage("run", "train.py", "--yes", "--quiet")
    [meta] = (project / ".gage/runs").glob("*.meta.zip")
    cache = meta.with_name(meta.name.replace(".meta.zip", ".cache"))
    with zipfile.ZipFile(meta) as members:
        members.extractall(meta.with_suffix(""))
    aside = meta.rename(meta.with_name("aside"))
    gage("metrics", "--csv")
    assert not cache.exists()
    aside.rename(meta)
    gage("metrics", "--csv")
    assert [file.name for file in cache.iterdir()] == ["series.columns"]


def test_reads_metrics_of_a_very_short_run(gage, project):
    lines = "for i in range(5000): print(f'step {i} loss {1 / (i + 1):.6f}')\nprint('test_acc: 0.93')\n"
    (project / "quick.py").write_text(lines)
    gage("run", "quick.py", "--yes", "--quiet")
    metrics = gage("show", "1", "--json").json["metrics"]
    assert (metrics["loss"]["points"], metrics["loss"]["step"], metrics["loss"]["last"]) == (5000, 4999, 0.0002)
    assert metrics["test_acc"]["last"] == 0.93


def test_parquet_requires_pyarrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="Parquet export requires the package pyarrow"):
        _write_parquet(iter([("id", "loss", 1, None, 0.5)]), "values.parquet")


def test_plots_a_limited_number_of_curves_by_time(gage, project):
    (project / "many.py").write_text(
        "import json\nfile = open('log.jsonl', 'w')\nfor i in 1, 2:\n"
        "    file.write(json.dumps({'step': i, 'time': 1e9 + i, **{f'm{n}': i * n for n in range(30)}}) + '\\n')\n"
    )
    gage("run", "many.py", "--yes")
    assert "Only the first 26 curves are shown" in gage("plot", "m*").err
    assert gage("plot", "1", "m1", "--x", "time").out


def test_ignores_damaged_records_of_usage(project):
    store = RunStore(project / ".gage" / "runs")
    records = '{"time": 1, "cpu": 5}\nnot json\n[]\n{"time": 2, "cpu": 6}\n'
    run = store.read(make_run(store, members={"sys/usage.jsonl": records}))
    assert {name: list(series.values) for name, series in _load_system_series(store, run).items()} == {"cpu": [5, 6]}


def test_takes_all_files_as_output_if_the_manifest_is_gone(project):
    store = RunStore(project / ".gage" / "runs")
    run = store.read(make_run(store))
    assert build_input_filter(store, run)("train.py")
    store.get_paths(run.id).meta_zip.unlink()
    assert not build_input_filter(store, run)("train.py")


def test_exports_final_values_that_are_no_points(gage, project):
    (project / "f.py").write_text(
        "import json\nfor i in range(2):\n    print(f'epoch {i} acc={i / 10}')\n"
        "json.dump({'acc': 0.9, 'f1': 0.7}, open('metrics.json', 'w'))\n"
    )
    gage("run", "f.py", "--yes")
    lines = [line.split(",") for line in gage("metrics", "--csv").out.splitlines()[1:]]
    assert [(series, step, value) for _, series, step, _, value in lines] == [
        ("acc", "0", "0.0"),
        ("acc", "1", "0.1"),
        ("acc", "", "0.9"),
        ("f1", "", "0.7"),
    ]
    assert [point["value"] for point in gage("metrics", "--json").json] == [0.0, 0.1, 0.9, 0.7]
