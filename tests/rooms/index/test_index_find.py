"""Queries of the index, in stores without concurrent changes."""

import json
from pathlib import Path

import pytest
from stores import make_run

from gage.index.index import QueryResult, open_index
from gage.index.load_series import build_no_metric_error
from gage.select.parse import parse_refs, parse_where
from gage.store.store import RunStore
from gage.types.errors import Ambiguous, NotFound
from gage.types.filter import ProjectRef, RunFilter
from gage.types.run import OpRef

EPOCH = 1_795_000_000_000_000
IDS = (
    "01a1ee56-0000-7000-8000-000000000001",
    "01a1ee57-0000-7000-8000-000000000002",
    "11a1ee58-0000-7000-8000-000000000003",
    "01a1ee59-0000-7000-8000-000000000004",
    "21a1ee5a-0000-7000-8000-000000000005",
)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """Creates five different active runs, at positions 5 to 1, a deleted and an archived one."""
    store = RunStore(tmp_path / "runs")
    runs = [
        {"config": {"lr": 0.1, "name": "adam", "on": True}, "label": "First Try"},
        {"config": {"lr": 1, "name": "0.1", "layers": [1, 2], "seed": None}, "tags": ("good", "two words")},
        {"config": {"lr": 1e-3, "big": 2**70}, "status": "error", "op": "evaluate.py"},
        {"config": {"name": "sgd", "status": "odd"}, "status": "staged", "project": "/elsewhere"},
        {"config": {"lr": 0.1, "name": "ÄRGER"}, "label": "it's"},
    ]
    for number, (id, run) in enumerate(zip(IDS, runs, strict=True)):
        make_run(store, id=id, started=EPOCH + number * 1_000_000, **run)
    make_run(store, id="31a1ee5b-0000-7000-8000-000000000006", started=EPOCH, deleted=True)
    make_run(store, id="41a1ee5c-0000-7000-8000-000000000007", started=EPOCH, archive="old")
    return store


def find(store: RunStore, run_filter: RunFilter) -> QueryResult:
    with open_index(store) as index:
        return index.find(run_filter)


def test_lists_latest_runs_first_with_positions(store: RunStore) -> None:
    result = find(store, RunFilter(limit=2))
    assert [run.id for run in result.runs] == [IDS[4], IDS[3]]
    assert result.positions == [1, 2]
    assert result.total == 5


def test_run_equals_the_one_in_the_store(store: RunStore) -> None:
    runs = find(store, RunFilter()).runs
    assert runs == [store.read(run.id) for run in runs]


def test_filters_by_collection(store: RunStore) -> None:
    assert [r.id[0] for r in find(store, RunFilter(collection="deleted")).runs] == ["3"]
    assert [r.id[0] for r in find(store, RunFilter(collection="archive")).runs] == ["4"]
    assert [r.id[0] for r in find(store, RunFilter(collection="archive", archive="old")).runs] == ["4"]
    assert find(store, RunFilter(collection="archive", archive="new")).runs == []


def test_filters_by_project(store: RunStore) -> None:
    result = find(store, RunFilter(project=ProjectRef(("/nowhere", "/elsewhere"))))
    assert [run.id for run in result.runs] == [IDS[3]]
    assert result.positions == [2]


def test_filters_by_project_id(store: RunStore) -> None:
    def find_ids(folder: str, id: str = "") -> list[str]:
        return [run.id for run in find(store, RunFilter(project=ProjectRef((folder,), id))).runs]

    cmd = {"run-cmd.json": b'{"argv": [], "project-id": "digits"}'}
    id = make_run(store, started=EPOCH + 10**7, project="/old", members=cmd)
    assert find_ids("/new", "digits") == find_ids("/old") == [id]
    assert find_ids("/elsewhere", "digits") == [id, IDS[3]]
    assert find_ids("/old", "other") == []
    store.annotate([id], {"project": "/elsewhere", "project-id": ""})
    assert find_ids("/new", "digits") == []
    assert find_ids("/elsewhere", "other") == find_ids("/elsewhere") == [id, IDS[3]]
    store.annotate([id], {"project": "/x", "project-id": "other"})
    assert find_ids("/y", "other") == [id]
    store.annotate([id], {}, ["project", "project-id"])
    assert find_ids("/new", "digits") == [id]


def test_finds_nothing_in_an_empty_or_missing_store(tmp_path: Path) -> None:
    assert find(RunStore(tmp_path / "none"), RunFilter()).total == 0
    (tmp_path / "empty").mkdir()
    assert find(RunStore(tmp_path / "empty"), RunFilter(limit=20)) == QueryResult([], 0, [])


@pytest.mark.parametrize(
    ("where", "positions"),
    [
        ("status=completed", [1, 4, 5]),
        ("status=error", [3]),
        ("status!=completed", [2, 3]),
        ("status=odd", [2]),
        ("lr=0.1", [1, 5]),
        ("lr=.10", [1, 5]),
        ("lr=1e-1", [1, 5]),
        ("lr=1", [4]),
        ("lr=1.0", [4]),
        ("lr=0.001", [3]),
        ("lr!=0.1", [2, 3, 4]),
        ("lr=", [2]),
        ("lr!=", [1, 3, 4, 5]),
        ("name=0.1", [4]),
        ("name=0.10", []),
        ("name=ÄRGER", [1]),
        ("on=true", [5]),
        ("on=True", [5]),
        ("on=yes", [5]),
        ("on=Off", []),
        ("seed=null", [4]),
        ("seed=None", [4]),
        ("layers=[1,2]", [4]),
        ("layers='[1, 2]'", [4]),
        (f"big={2**70}", [3]),
        ("op=train", [1, 2, 4, 5]),
        ("operation=evaluate.py", [3]),
        ("evaluate", [3]),
        ("first", [5]),
        ("try completed", [5]),
        ("'two words'", [4]),
        ("tag=good", [4]),
        ("tag!=good", [1, 2, 3, 5]),
        ("label='First Try'", [5]),
        ("label=", [2, 3, 4]),
        ('label="it\'s"', [1]),
        ("staged", [2]),
        ("nothing", []),
        ("lr=0.1 name=adam", [5]),
        ("no=such", []),
        ("no!=such", [1, 2, 3, 4, 5]),
        (f"id={IDS[0]}", [5]),
    ],
)
def test_filters_by_condition(store: RunStore, where: str, positions: list[int]) -> None:
    assert find(store, RunFilter(where=parse_where(where))).positions == positions


def test_counts_runs_beyond_the_limit(store: RunStore) -> None:
    result = find(store, RunFilter(where=parse_where("status=completed"), limit=1))
    assert (result.positions, result.total) == ([1], 3)


@pytest.mark.parametrize(
    ("words", "positions"),
    [
        (["1"], [1]),
        (["5", "1"], [1, 5]),
        ([":2"], [1, 2]),
        (["4:"], [4, 5]),
        (["2:3", "3:4"], [2, 3, 4]),
        (["4:90"], [4, 5]),
        (["11"], [3]),
        (["21a1"], [1]),
        (["01a1ee57"], [4]),
        (["01A1EE57"], [4]),
        ([IDS[0]], [5]),
        ([":"], [1, 2, 3, 4, 5]),
    ],
)
def test_finds_runs_by_reference(store: RunStore, words: list[str], positions: list[int]) -> None:
    assert find(store, RunFilter(refs=parse_refs(words))).positions == positions


def test_finds_runs_by_name_prefix(store: RunStore) -> None:
    run = store.read(IDS[2])
    assert [r.id for r in find(store, RunFilter(refs=parse_refs([run.name]))).runs] == [IDS[2]]
    with pytest.raises(Ambiguous) as error:
        find(store, RunFilter(refs=parse_refs([run.name[:3]])))
    assert "matches 5 runs" in error.value.message
    assert run.name in error.value.hint


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("zzz", "There is no run 'zzz'", "gage list"),
        ("6:", "There is no run 6: there are 5", "gage list"),
        ("999", "There is no run 999: there are 5", "gage list"),
        ("31a1", "Run '31a1' is deleted", "gage restore 31a1ee5b"),
        ("41a1", "Run '41a1' is in an archive", "gage archive --restore 41a1ee5c"),
        ("0", "There is no run 0", "Positions start at 1"),
        ("nul\0", "There is no run 'nul\\x00'", "gage list"),
        ("%", "There is no run '%'", "gage list"),
    ],
)
def test_rejects_a_reference_without_a_run(store: RunStore, word: str, message: str, hint: str) -> None:
    with pytest.raises((NotFound, Ambiguous)) as error:
        find(store, RunFilter(refs=parse_refs([word])))
    assert error.value.message == message
    assert hint in error.value.hint


def test_number_beyond_the_listing_is_an_id_prefix(store: RunStore) -> None:
    assert [r.id for r in find(store, RunFilter(refs=parse_refs(["21"]))).runs] == [IDS[4]]
    with pytest.raises(NotFound, match="there is one"):
        find(store, RunFilter(refs=parse_refs(["4"]), collection="deleted"))


def test_finds_a_run_only_once(store: RunStore) -> None:
    run = store.read(IDS[0])
    with open_index(store) as index:
        assert index.find_same(run.op, {"on": True, "name": "adam", "lr": 0.1}) == [run]
        assert index.find_same(run.op, {"lr": 0.1, "name": "adam"}) == []
        assert index.find_same(run.op, {**run.config, "lr": 0.2}) == []
        assert index.find_same(OpRef("train", "demo", "2"), run.config) == []
        assert index.find_same(run.op, run.config, ("error",)) == []
        store.annotate([run.id], {"deleted": True})
        assert index.find_same(run.op, run.config) == []


def test_does_not_find_purged_runs(store: RunStore) -> None:
    store.annotate([IDS[0]], {"purged": True})
    for collection in ("active", "deleted", "archive"):
        assert IDS[0] not in [r.id for r in find(store, RunFilter(collection=collection)).runs]
    with pytest.raises(NotFound):
        find(store, RunFilter(refs=parse_refs([IDS[0]])))


def test_loads_runs_by_id_without_those_whose_files_were_purged(store: RunStore) -> None:
    store.purge(IDS[0], "sam")
    with open_index(store) as index:
        assert [run.id for run in index.load(IDS[:2])] == [IDS[1]]


def test_escapes_text_in_queries(store: RunStore) -> None:
    make_run(store, op="'; --\n", config={"\ud800": "\ud800", "'": "'"}, label="x' OR 1=1 --\n\0")
    assert find(store, RunFilter(where=parse_where('"or 1=1"'))).positions == [1]
    assert find(store, RunFilter(where=parse_where('"\'"="\'"'))).positions == [1]


def test_filters_know_all_metrics_of_a_run_with_thousands(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "many")
    metrics = {f"layer{i}/norm": {"count": 1, "last": {"value": i}} for i in range(3000)}
    id = make_run(store, members={"summaries/metrics.json": json.dumps(metrics)})
    where = RunFilter(where=parse_where("metric.layer2999/norm = 2999"))
    assert [run.id for run in find(store, where).runs] == [id]
    store.purge(id, "sam")
    make_run(store)
    assert "No run has" in str(find(store, where).problem)


def test_hints_show_names_and_values_from_runs_on_one_line(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    make_run(store, config={"a\nb": 1, "op\u2028t": "x\ny", "lr": "adam\nw"})
    with open_index(store) as index:
        hints = [
            problem.hint
            for text in ("zzz > 1", "lr = zzz", "lr = adam", "lr > 5")
            if (problem := index.find(RunFilter(where=parse_where(text))).problem)
        ]
    assert hints == ["Names: a\\nb, lr, op\\u2028t", *["Values of lr: adam\\nw"] * 3]
    assert build_no_metric_error(["zzz"], ["a\nb", "c"]).hint == "Available: a\\nb, c"
