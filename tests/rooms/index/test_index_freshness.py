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
from gage.store import change_log
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.filter import RunFilter, RunRef, Term

NUMBERS = st.integers(0, 7)
EPOCH = 1_795_000_000_000_000

QUESTIONS = (
    RunFilter(),
    RunFilter(limit=2),
    RunFilter(collection="deleted"),
    RunFilter(collection="archive"),
    RunFilter(where=(Term("mine", "label"),)),
    RunFilter(where=(Term("mine"),), limit=1),
    RunFilter(refs=(RunRef(":2", span=(None, 2)),)),
    RunFilter(statuses=("completed",), limit=3),
)


def run_id(number: int) -> str:
    return f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}"


def ask_all(store: RunStore) -> list[QueryResult | str]:
    answers: list[QueryResult | str] = []
    with open_index(store) as index:
        for question in QUESTIONS:
            try:
                answers.append(index.find(question))
            except GageError as e:
                answers.append(repr(e))
    return answers


def say(root: Path, number: int, order: int, change: dict) -> None:
    """A change of user attributes, put there as a tool that copies files does it."""
    folder = root / f"{run_id(number)}.user"
    folder.mkdir(exist_ok=True)
    text = json.dumps({"author": "sam", "time": EPOCH, "set": change, "delete": []})
    (folder / f"01a1ee56-{order:04x}-7000-8000-000000000000.json").write_text(text)


class AnyoneChangesTheStore(RuleBasedStateMachine):
    """Own writers, and tools that copy, remove and put times back, in any order."""

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
    def a_tool_brings_a_run(self, number: int, status: str) -> None:
        if not self.store.exists(run_id(number)):
            make_run(self.root, status=status, id=run_id(number), started=EPOCH + number * 1_000_000, run_dir=False)

    @rule(number=NUMBERS, what=st.sampled_from([".meta.zip", ".meta", ".user", ".project"]))
    def a_tool_removes_a_part(self, number: int, what: str) -> None:
        path = self.root / f"{run_id(number)}{what}"
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    @rule(number=NUMBERS)
    def a_tool_brings_half_an_archive_and_then_the_rest(self, number: int) -> None:
        path = self.root / f"{run_id(number)}.meta.zip"
        if path.exists():
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
            ask_all(self.store)
            path.write_bytes(whole)

    @rule(number=NUMBERS)
    def a_staged_run_goes_on(self, number: int) -> None:
        meta = self.root / f"{run_id(number)}.meta"
        if meta.exists():
            (meta / "started").write_text(str(EPOCH))
            (meta / "stopped").write_text(str(EPOCH))

    @rule(number=NUMBERS, label=st.sampled_from(["mine", "yours", ""]))
    def a_tool_brings_a_label(self, number: int, label: str) -> None:
        self.changes += 1
        say(self.root, number, self.changes, {"label": label})

    @rule(number=NUMBERS, name=st.sampled_from(["deleted", "purged"]), value=st.booleans())
    def a_tool_brings_a_deletion(self, number: int, name: str, value: bool) -> None:
        self.changes += 1
        say(self.root, number, self.changes, {name: value})

    @rule(
        number=NUMBERS,
        change=st.sampled_from([{"label": "mine"}, {"deleted": True}, {"archive": "old"}, {"tag:mine": True}]),
    )
    def gage_annotates(self, number: int, change: dict) -> None:
        if self.store.exists(run_id(number)):
            self.store.annotate([run_id(number)], change, author="sam")

    @rule(number=NUMBERS)
    def gage_restores(self, number: int) -> None:
        if self.store.exists(run_id(number)):
            self.store.annotate([run_id(number)], delete=["deleted", "archive"], author="sam")

    @rule(number=NUMBERS)
    def gage_purges(self, number: int) -> None:
        try:
            self.store.purge(run_id(number), "sam")
        except GageError:
            pass

    @rule()
    def a_tool_remembers_the_time_of_the_folder(self) -> None:
        self.mtime = os.stat(self.root).st_mtime_ns

    @rule()
    def a_tool_puts_the_time_of_the_folder_back(self) -> None:
        os.utime(self.root, ns=(self.mtime, self.mtime))

    @rule(number=NUMBERS)
    def a_tool_puts_the_time_of_attributes_back(self, number: int) -> None:
        folder = self.root / f"{run_id(number)}.user"
        if folder.exists():
            os.utime(folder, ns=(1, 1))

    @rule()
    def somebody_loses_the_log(self) -> None:
        (self.root / ".changes").unlink(missing_ok=True)

    @rule()
    def somebody_asks(self) -> None:
        ask_all(self.store)

    @invariant()
    def the_index_says_what_a_new_one_says(self) -> None:
        if not hasattr(self, "root"):
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GAGE_CACHE", str(self.folder / f"new-{os.urandom(4).hex()}"))
            expected = ask_all(self.store)
        assert ask_all(self.store) == expected


@pytest.mark.slow
@pytest.mark.parametrize("trusting", [False, True], ids=["young times", "old times"])
def test_index_equals_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusting: bool) -> None:
    monkeypatch.setenv("GAGE_TEST_FOLDER", str(tmp_path))
    if trusting:  # as if each step came long after the one before
        monkeypatch.setattr(file_stamps, "RECENT_NS", -1)
        monkeypatch.setattr(change_log, "RECENT_NS", -1)
    case = AnyoneChangesTheStore.TestCase
    case.settings = settings(
        max_examples=30,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    case().runTest()
