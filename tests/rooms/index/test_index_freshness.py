"""The index equals the files after any changes by any process."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stores import make_run

from gage.index import file_stamps
from gage.index.index import QueryResult, open_index
from gage.select.parse import parse_where
from gage.store import change_log
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.filter import RunFilter, RunRef

NUMBERS = st.integers(0, 7)
EPOCH = 1_795_000_000_000_000

FILTERS = (
    RunFilter(),
    RunFilter(limit=2),
    RunFilter(collection="deleted"),
    RunFilter(collection="archive"),
    RunFilter(where=parse_where("label=mine")),
    RunFilter(where=parse_where("mine"), limit=1),
    RunFilter(refs=(RunRef(":2", span=(None, 2)),)),
    RunFilter(statuses=("completed",), limit=3),
)


def build_run_id(number: int) -> str:
    return f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}"


def query_all(store: RunStore) -> list[QueryResult | str]:
    results: list[QueryResult | str] = []
    with open_index(store) as index:
        for run_filter in FILTERS:
            try:
                results.append(index.find(run_filter))
            except GageError as e:
                results.append(repr(e))
    return results


def write_change_file(root: Path, number: int, order: int, change: dict) -> None:
    """Writes a change of user attributes, as a tool that copies files does."""
    folder = root / f"{build_run_id(number)}.user"
    folder.mkdir(exist_ok=True)
    text = json.dumps({"author": "sam", "time": EPOCH, "set": change, "delete": []})
    (folder / f"01a1ee56-{order:04x}-7000-8000-000000000000.json").write_text(text)


class StoreChanges(RuleBasedStateMachine):
    """Changes by Gage, and by tools that copy and remove files and restore times, in any order."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(os.environ["GAGE_TEST_FOLDER"]) / os.urandom(4).hex()
        self.root = self.folder / "runs"
        self.root.mkdir(parents=True)
        self.store = RunStore(self.root)
        self.changes = 0
        self.mtime = os.stat(self.root).st_mtime_ns

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    @rule(number=NUMBERS, status=st.sampled_from(["completed", "error", "staged", "running"]))
    def copy_run(self, number: int, status: str) -> None:
        if not self.store.exists(build_run_id(number)):
            make_run(
                self.root, status=status, id=build_run_id(number), started=EPOCH + number * 1_000_000, run_dir=False
            )

    @rule(number=NUMBERS, suffix=st.sampled_from([".meta.zip", ".meta", ".user", ".project"]))
    def remove_part(self, number: int, suffix: str) -> None:
        path = self.root / f"{build_run_id(number)}{suffix}"
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    @rule(number=NUMBERS)
    def copy_zip_in_two_parts(self, number: int) -> None:
        path = self.root / f"{build_run_id(number)}.meta.zip"
        if path.exists():
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2])
            query_all(self.store)
            path.write_bytes(data)

    @rule(number=NUMBERS)
    def finish_staged_run(self, number: int) -> None:
        meta = self.root / f"{build_run_id(number)}.meta"
        if meta.exists():
            (meta / "started").write_text(str(EPOCH))
            (meta / "stopped").write_text(str(EPOCH))

    @rule(number=NUMBERS, label=st.sampled_from(["mine", "yours", ""]))
    def copy_label(self, number: int, label: str) -> None:
        self.changes += 1
        write_change_file(self.root, number, self.changes, {"label": label})

    @rule(number=NUMBERS, name=st.sampled_from(["deleted", "purged"]), value=st.booleans())
    def copy_deletion(self, number: int, name: str, value: bool) -> None:
        self.changes += 1
        write_change_file(self.root, number, self.changes, {name: value})

    @rule(
        number=NUMBERS,
        change=st.sampled_from([{"label": "mine"}, {"deleted": True}, {"archive": "old"}, {"tag:mine": True}]),
    )
    def annotate_with_gage(self, number: int, change: dict) -> None:
        if self.store.exists(build_run_id(number)):
            self.store.annotate([build_run_id(number)], change, author="sam")

    @rule(number=NUMBERS)
    def restore_with_gage(self, number: int) -> None:
        if self.store.exists(build_run_id(number)):
            self.store.annotate([build_run_id(number)], delete=["deleted", "archive"], author="sam")

    @rule(number=NUMBERS)
    def purge_with_gage(self, number: int) -> None:
        try:
            self.store.purge(build_run_id(number), "sam")
        except GageError:
            pass

    @rule()
    def save_directory_time(self) -> None:
        self.mtime = os.stat(self.root).st_mtime_ns

    @rule()
    def restore_directory_time(self) -> None:
        os.utime(self.root, ns=(self.mtime, self.mtime))

    @rule(number=NUMBERS)
    def reset_attribute_time(self, number: int) -> None:
        folder = self.root / f"{build_run_id(number)}.user"
        if folder.exists():
            os.utime(folder, ns=(1, 1))

    @rule()
    def remove_change_log(self) -> None:
        (self.root / ".changes").unlink(missing_ok=True)

    @rule()
    def query_index(self) -> None:
        query_all(self.store)

    @invariant()
    def index_equals_a_new_index(self) -> None:
        if not hasattr(self, "root"):
            return
        with open_index(self.store) as index:
            assert index.list_unsealed_ids() == self.store.list_unsealed_ids()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GAGE_CACHE", str(self.folder / f"new-{os.urandom(4).hex()}"))
            expected = query_all(self.store)
        assert query_all(self.store) == expected


def test_lists_unsealed_runs_without_listing_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_stamps, "RECENT_NS", -1)
    monkeypatch.setattr(change_log, "RECENT_NS", -1)
    store = RunStore(tmp_path)
    for status in ("completed", "running", "staged"):
        make_run(tmp_path, status=status)
    with open_index(store) as index:
        index.find(RunFilter())
        unsealed = store.list_unsealed_ids()
        (tmp_path / f"{build_run_id(1)}.meta").mkdir()
        assert index.list_unsealed_ids() == sorted([*unsealed, build_run_id(1)])
        (tmp_path / f"{build_run_id(1)}.meta").rmdir()
        index.find(RunFilter())
        store.annotate(unsealed, {"label": "x"}, author="sam")
        monkeypatch.setattr(RunStore, "list_unsealed_ids", lambda self: [])
        assert index.list_unsealed_ids() == unsealed and len(unsealed) == 2


@pytest.mark.slow
@pytest.mark.parametrize("are_times_old", [False, True], ids=["young times", "old times"])
def test_index_equals_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, are_times_old: bool) -> None:
    monkeypatch.setenv("GAGE_TEST_FOLDER", str(tmp_path))
    if are_times_old:  # as if each step came long after the previous one
        monkeypatch.setattr(file_stamps, "RECENT_NS", -1)
        monkeypatch.setattr(change_log, "RECENT_NS", -1)
    case = StoreChanges.TestCase
    case.settings = settings(
        max_examples=30,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    case().runTest()
