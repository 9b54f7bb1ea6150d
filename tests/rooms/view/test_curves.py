"""Curves travel as columns of numbers; of those that the page has, only new points do."""

import json
from array import array
from itertools import pairwise

import pytest
from stores import make_run

from gage.metrics.series import read_run_series
from gage.metrics.series_follower import SeriesFollower
from gage.metrics.tf_writer import EventWriter
from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.view.answer_curves import CurvesQuery, read_curves
from gage.view.answer_groups import GroupsQuery, find_groups
from gage.view.curves_format import CurveWriter
from gage.view.live_series import SeriesLoader
from gage.view.stores import ViewedStores


def decode(data: bytes) -> list[dict]:
    """Reads an answer as the page does."""
    size = int.from_bytes(data[:4], "little")
    assert (4 + size) % 8 == 0
    curves = json.loads(data[4 : 4 + size])["curves"]
    for curve in curves:
        for name in ("steps", "times", "values", "smoothed"):
            if name in curve:
                kind, offset, count = curve[name]
                column = array({"f8": "d", "f4": "f"}[kind])
                column.frombytes(data[4 + size + offset :][: count * column.itemsize])
                curve[name] = list(column)
    return curves


def format_lines(first: int, end: int, value=lambda step: step / 7) -> str:
    return "".join(json.dumps({"step": step, "loss": value(step)}) + "\n" for step in range(first, end))


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture
def view(store):
    stores = ViewedStores((store,), series=SeriesLoader())

    def view(*runs, metrics=("loss",), **options) -> list[dict]:
        return decode(read_curves(stores, CurvesQuery(tuple(runs), metrics, **options)).data)

    return view


def test_sends_all_points(store, view):
    run = make_run(store, files={"log.jsonl": format_lines(0, 5)})
    (curve,) = view(run, metrics=("loss", "other"))
    assert (curve["run"], curve["metric"], curve["total"], curve["start"]) == (run, "loss", 5, 0)
    assert curve["steps"] == [0, 1, 2, 3, 4]
    assert curve["values"] == [step / 7 for step in range(5)]


def test_thins_a_long_series_and_refines_a_part(store, view):
    peak = format_lines(0, 1000, lambda step: 100.0 if step == 501 else -5.0 if step == 502 else 1.0)
    run = make_run(store, files={"log.jsonl": peak})
    (curve,) = view(run, points=40)
    assert curve["total"] == 1000
    assert len(curve["values"]) <= 40
    assert {100.0, -5.0} <= set(curve["values"])
    assert (curve["steps"][0], curve["steps"][-1]) == (0, 999)
    (part,) = view(run, points=40, first=490, last=515)
    assert part["steps"] == list(range(490, 516))
    assert (part["within"], part["total"]) == (26, 1000)
    (part,) = view(run, points=40, first=100)
    assert (part["within"], len(part["steps"]) <= 40) == (900, True)


def test_smooths_all_points_before_thinning(store, view):
    run = make_run(store, files={"log.jsonl": format_lines(0, 1000, lambda step: float(step % 2))})
    (curve,) = view(run, points=40, weight=0.99)
    assert len(curve["smoothed"]) == len(curve["values"]) == len(curve["steps"]) < 1000
    assert abs(curve["smoothed"][-1] - 0.5) < 0.01
    (raw,) = view(run, weight=0.5)
    assert raw["smoothed"][:3] == pytest.approx([0.0, 2 / 3, 2 / 7])


def test_sends_only_new_points_of_a_running_run(store, view):
    run = make_run(store, status="running", files={"log.jsonl": format_lines(0, 10)})
    (before,) = view(run)
    log = store.get_paths(run).run_dir / "log.jsonl"
    with log.open("a") as file:
        file.write(format_lines(10, 13))
    later = ViewedStores((store,), series=SeriesLoader())
    query = CurvesQuery((run,), ("loss",), known=(before["total"],), tokens=(before["token"],))
    (after,) = decode(read_curves(later, query).data)
    assert (after["start"], after["total"], after["steps"]) == (10, 13, [10, 11, 12])
    (same,) = decode(read_curves(later, query._replace(known=(13,), tokens=(after["token"],))).data)
    assert (same["start"], same["values"]) == (13, [])


def test_sends_everything_of_a_series_that_was_rewritten(store, view):
    run = make_run(store, status="running", files={"log.jsonl": format_lines(0, 10)})
    (before,) = view(run)
    (store.get_paths(run).run_dir / "log.jsonl").write_text(format_lines(0, 20, lambda step: -step))
    later = ViewedStores((store,), series=SeriesLoader())
    query = CurvesQuery((run,), ("loss",), known=(10,), tokens=(before["token"],))
    (after,) = decode(read_curves(later, query).data)
    assert (after["start"], len(after["values"])) == (0, 20)


def test_pages_that_follow_a_run_share_its_record_until_it_ends(store, monkeypatch):
    run = make_run(store, status="running", files={"log.jsonl": format_lines(0, 3)})
    stores, asked = ViewedStores((store,), series=SeriesLoader()), []
    original = ViewedStores.find_runs
    monkeypatch.setattr(ViewedStores, "find_runs", lambda self, ids: asked.append(ids) or original(self, ids))
    (before,) = decode(read_curves(stores, CurvesQuery((run,), ("loss",))).data)
    query = CurvesQuery((run,), ("loss",), known=(3,), tokens=(before["token"],))
    for _ in range(5):
        read_curves(stores, query)
    assert len(asked) == 2
    stores.series.forget_runs()
    read_curves(stores, query)
    assert len(asked) == 3


def test_rejects_known_points_that_do_not_fit(store, view):
    for options in ({"known": (1,)}, {"known": (1, 2), "tokens": (1, 2)}, {"weight": 1.0}):
        with pytest.raises(UsageError):
            view("x", **options)
    with pytest.raises(UsageError, match="known cannot be given"):
        view("x", known=(1,), tokens=(1,), weight=0.5)


def test_follows_files_as_a_whole_read_finds_them(tmp_path):
    is_foreign = "source.csv".__eq__
    follower = SeriesFollower(str(tmp_path), is_foreign)
    assert not follower.read()
    writers = {}
    for turn in range(6):
        name = f"logs/{'ab'[turn % 2]}.tfevents"
        if name not in writers:
            (tmp_path / "logs").mkdir(exist_ok=True)
            writers[name] = EventWriter(tmp_path / name)
        writers[name].add(turn, 1.0 + turn, {"loss": turn / 2, "acc": 0.5})
        writers[name].flush()
        (tmp_path / "train_log.csv").write_text("step,lr\n" + "".join(f"{n},0.1\n" for n in range(turn + 1)))
        (tmp_path / "source.csv").write_text("step,secret\n1,2\n")
        read, whole = (
            follower.read(),
            read_run_series(tmp_path, None, False, is_foreign=is_foreign),
        )
        assert list(read) == whole.names()
        for series_name in read:
            assert [list(column) for column in read[series_name]] == [
                list(column) for column in whole.series(series_name)
            ]


def test_reads_a_file_again_only_if_it_grew(tmp_path, monkeypatch):
    (tmp_path / "log.jsonl").write_text(format_lines(0, 3))
    follower = SeriesFollower(str(tmp_path), lambda path: False)
    first = follower.read()
    file = follower._files["log.jsonl"]
    monkeypatch.setattr(file, "reader", None)  # would fail if it was read
    assert follower.read() is first


def test_stores_equal_columns_once_and_large_answers_as_float32():
    writer = CurveWriter(max_exact=4)
    exact = writer.add([0.1, 0.2])
    assert exact[0] == "f8" and writer.add([0.1, 0.2]) == exact
    assert writer.add([0.5, 1.5, 2.5])[0] == "f4"
    assert writer.add([1e-300, 1.0])[0] == "f8"  # float32 does not have it
    assert writer.add([float("nan"), float("inf"), 0.0])[0] == "f4"
    assert writer.add(array("d", [1.0]), is_exact=True)[0] == "f8"


def test_groups_runs_that_differ_in_their_seed(store):
    runs = [make_run(store, config={"lr": lr, "seed": seed}) for lr in (0.1, 0.2) for seed in (1, 2, 3)]
    found = find_groups(ViewedStores((store,)), GroupsQuery(tuple(runs)))
    assert [(group.name, len(group.runs)) for group in found.groups] == [("lr=0.1", 3), ("lr=0.2", 3)]
    assert sorted(run for group in found.groups for run in group.runs) == sorted(runs)
    assert found.chains == ()


def test_follows_restarted_runs_to_their_first_one(store, monkeypatch):
    ids = [make_run(store) for _ in range(3)]
    relations = {ids[1]: ids[0], ids[2]: ids[1], ids[0]: ids[2]}  # a hostile store has a circle
    original = ViewedStores.find_runs

    def find_runs(self, wanted):
        return [
            (store, run._replace(parent=relations[run.id], relation="resume")) for store, run in original(self, wanted)
        ]

    monkeypatch.setattr(ViewedStores, "find_runs", find_runs)
    found = find_groups(ViewedStores((store,)), GroupsQuery((ids[2],)))
    assert found.chains[0].runs == tuple(ids)
    assert all(first != second for chain in found.chains for first, second in pairwise(chain.runs))
