"""Changes of runs by the page, and their undo."""

import shutil
from pathlib import Path

import pytest
from stores import make_run

from gage.lib.uuid7 import name_from_id
from gage.store.store import RunStore
from gage.types.errors import GageError, NotFound, UsageError
from gage.view.answer_changes import (
    ChangeQuery,
    ChangeResult,
    Restore,
    StopQuery,
    UndoQuery,
    apply_run_change,
    revert_run_change,
    stop_runs,
)
from gage.view.stores import ViewedStores


class Page:
    """A page that changes the runs of a store."""

    def __init__(self, root: Path) -> None:
        self.store = RunStore(root)
        self.stores = ViewedStores((self.store,))

    def change(self, action: str, *ids: str, text: str = "") -> ChangeResult:
        return apply_run_change(self.stores, ChangeQuery(ids, action, text))  # type: ignore[arg-type]

    def undo(self, result: ChangeResult) -> ChangeResult:
        return revert_run_change(self.stores, UndoQuery(result.text, result.undo))

    def read(self, id: str):  # type: ignore[no-untyped-def]
        return self.store.read(id)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(3):
        make_run(tmp_path / "runs", config={"lr": number})
    return tmp_path / "runs"


@pytest.fixture
def page(root: Path) -> Page:
    return Page(root)


@pytest.fixture
def ids(page: Page) -> list[str]:
    return sorted(page.store.list_ids())


def test_labels_runs_and_undoes_it(page: Page, ids: list[str]) -> None:
    page.change("label", ids[0], text="old")
    result = page.change("label", *ids[:2], text=" new ")
    assert [page.read(id).label for id in ids] == ["new", "new", ""]
    assert result.text == f"Labelled {name_from_id(ids[0])}, {name_from_id(ids[1])}"
    assert page.undo(result).text.startswith("Undone: Labelled")
    assert [page.read(id).label for id in ids] == ["old", "", ""]


def test_tags_marks_and_comments_are_undone(page: Page, ids: list[str]) -> None:
    page.change("tag", ids[0], text="a")
    results = [
        page.change("tag", ids[0], text="b -a"),
        page.change("mark", ids[0]),
        page.change("comment", ids[0], text="Diverges"),
    ]
    run = page.read(ids[0])
    assert (run.tags, run.user_attrs.marked, run.user_attrs.comments[0].text) == (("b",), True, "Diverges")
    for result in reversed(results):
        page.undo(result)
    run = page.read(ids[0])
    assert (run.tags, run.user_attrs.marked, run.user_attrs.comments) == (("a",), False, ())


def test_deletes_runs_and_undoes_it(page: Page, ids: list[str]) -> None:
    result = page.change("delete", *ids[:2])
    assert page.read(ids[0]).user_attrs.deleted_by
    page.undo(result)
    assert not page.read(ids[0]).user_attrs.deleted_by


def test_an_undo_keeps_what_another_page_changed_meanwhile(page: Page, root: Path, ids: list[str]) -> None:
    other = Page(root)
    mine = page.change("label", *ids[:2], text="mine")
    other.change("label", ids[0], text="theirs")
    assert "was changed meanwhile" in page.undo(mine).text
    assert [page.read(id).label for id in ids[:2]] == ["theirs", ""]


def test_an_undo_that_would_only_overwrite_is_refused(page: Page, root: Path, ids: list[str]) -> None:
    mine = page.change("label", ids[0], text="mine")
    Page(root).change("label", ids[0], text="theirs")
    with pytest.raises(NotFound, match="was changed meanwhile"):
        page.undo(mine)


def test_reports_runs_that_were_purged_meanwhile(page: Page, ids: list[str]) -> None:
    page.store.purge(ids[0], "")
    assert "purged meanwhile: " + name_from_id(ids[0]) in page.change("mark", *ids[:2]).text
    with pytest.raises(NotFound, match="Purged meanwhile"):
        page.change("mark", ids[0])


def test_reports_in_an_undo_runs_that_were_purged_meanwhile(page: Page, root: Path, ids: list[str]) -> None:
    result = page.change("mark", *ids[:2])
    for path in root.glob(f"{ids[0]}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "was purged meanwhile" in page.undo(result).text
    assert not page.read(ids[1]).user_attrs.marked


def test_an_undo_changes_nothing_but_what_the_page_may_change(page: Page, ids: list[str]) -> None:
    with pytest.raises(UsageError, match="cannot change the attribute 'archive'"):
        revert_run_change(page.stores, UndoQuery("", (Restore(ids[0], {"archive": "x"}, (), {}),)))


def test_refuses_wrong_tags_and_empty_comments(page: Page, ids: list[str]) -> None:
    for action, text in (("tag", ""), ("tag", "a,b"), ("comment", " ")):
        with pytest.raises(UsageError):
            page.change(action, ids[0], text=text)


def test_refuses_to_stop_a_run_that_has_ended(page: Page, ids: list[str]) -> None:
    with pytest.raises(GageError, match="is not running"):
        stop_runs(page.stores, StopQuery((ids[0],)))


def test_refuses_too_many_runs_and_texts_without_end(page: Page, ids: list[str]) -> None:
    with pytest.raises(UsageError, match="At most"):
        page.change("mark", *["x"] * 1001)
    with pytest.raises(UsageError, match="longer"):
        page.change("comment", ids[0], text="x" * 100_001)
