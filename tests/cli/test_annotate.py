"""`gage label`, `tag`, `comment`, `mark`, `associate`."""

import io

import click
import pytest
from stores import make_run, make_store

from gage.cli.command import confirm_or_exit, split_command
from gage.types.errors import UsageError


def show_json(gage, run="1", *more):
    return gage("show", run, "--json", *more).json


def test_sets_and_clears_labels(gage, store):
    assert gage("label", "1", "the big one").err.startswith("gage: Labelled ")
    assert show_json(gage)["label"] == "the big one"
    gage("label", "1:3", "--set", "-0.5", "--yes")
    assert {run["label"] for run in gage("list", "--json").json["runs"]} == {"-0.5"}
    gage("label", "2", "--clear")
    assert show_json(gage, "2")["label"] == ""
    gage("label", "--where", "error", "broken")
    assert show_json(gage, "2")["label"] == "broken"
    gage("label", "--all", "same", "--yes")
    assert {run["label"] for run in gage("list", "--json").json["runs"]} == {"same"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("label", "1"), "Missing label"),
        (("label", "--all", "--where", "error"), "Missing label"),
        (("label", "--all", "1", "x"), "--all and RUN cannot be used together"),
        (("label", "1", ""), "The label is empty"),
        (("label", "1", "--set", "x", "--clear"), "--set and --clear cannot be used together"),
        (("label", "--set", "x"), "No runs specified"),
        (("tag", "1"), "Missing tag"),
        (("tag", "1", ""), "'' is not a tag"),
        (("tag", "1", "--add", "a", "--remove", "a"), "cannot be both added and removed"),
        (("tag", "keep", "--add", "a"), "There is no run 'keep'"),
        (("comment", "1"), "Missing comment text"),
        (("comment", "1", "-m", " "), "The comment is empty"),
        (("comment", "1", "--list", "--delete", "x"), "--list and --delete cannot be used together"),
        (("comment", "1", "--delete", "x"), "No comment has the ID 'x'"),
        (("comment", "1", "--edit", "x", "-m", "y"), "No comment has the ID 'x'"),
        (("comment", "1", "--edit", "x", "--delete", "x"), "--edit and --delete cannot be used together"),
        (("comment", "1", "-m", "x", "--json"), "--json requires --list"),
        (("mark",), "No runs specified"),
        (("associate", "1", "nowhere"), "Directory nowhere does not exist"),
        (("associate", "."), "Missing run or project directory"),
        (("associate",), "Missing run or project directory"),
    ],
)
def test_rejects_invalid_command_lines(gage, store, words, message):
    assert message in gage(*words, code=None).err
    assert gage(*words, code=None).code != 0


def test_comment_rejects_broken_editor_variable(gage, store):
    result = gage("comment", "1", code=2, env={"VISUAL": "vi 'x"})
    assert '$VISUAL is not a command line: "vi \'x"' in result.err


def test_lists_several_runs_and_requires_confirmation(gage, store):
    result = gage("label", "1:3", "x", code=2)
    assert "Use --yes" in result.err and "evaluate" in result.err
    assert show_json(gage)["label"] == ""


def test_adds_and_removes_tags(gage, store):
    gage("tag", "1", "keep", "paper")
    assert show_json(gage)["tags"] == ["keep", "paper"]
    gage("tag", "1:3", "--add", "summer", "--remove", "paper", "--yes")
    assert [run["tags"] for run in gage("list", "--json").json["runs"]] == [["keep", "summer"], ["summer"], ["summer"]]
    gage("tag", "1", "--clear")
    assert show_json(gage)["tags"] == []
    gage("tag", "--where", "error", "bad")
    assert show_json(gage, "2")["tags"] == ["bad", "summer"]


def test_adds_edits_and_deletes_comments(gage, store):
    gage("comment", "1", "-m", "Used in\nfigure 3")
    gage("comment", "1", "-m", "No, in 4", env={"GAGE_USER": "kim"})
    first, second = show_json(gage)["comments"]
    assert (first["author"], first["text"], second["author"]) == ("Sam", "Used in\nfigure 3", "kim")
    listing = gage("comment", "1", "--list").out
    assert "figure 3" in listing and first["id"] in listing
    comments = gage("comment", "1", "--list", "--json").json
    assert [c["id"] for c in next(iter(comments.values()))] == [first["id"], second["id"]]
    gage("comment", "1", "--edit", second["id"], "-m", "In 5")
    changed = next(iter(gage("comment", "1", "--list", "--json").json.values()))[1]
    assert changed == next(iter(comments.values()))[1] | {"text": "In 5", "author": "Sam"}
    gage("comment", "1", "--delete", first["id"])
    assert [c["text"] for c in show_json(gage)["comments"]] == ["In 5"]


def test_opens_an_editor_for_a_comment(gage, store, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "written there" > "$1"\n')
    editor.chmod(0o755)
    gage("comment", "1", env={"EDITOR": str(editor)})
    assert show_json(gage)["comments"][0]["text"] == "written there"
    editor.write_text('#!/bin/sh\nsed -i.old "s/there/here/" "$1"\n')
    gage("comment", "1", "--edit", show_json(gage)["comments"][0]["id"], env={"EDITOR": str(editor)})
    assert show_json(gage)["comments"][0]["text"] == "written here"


def test_marks_and_unmarks_runs(gage, store):
    gage("mark", "1")
    assert show_json(gage)["marked"] is True
    assert gage("list", "--where", "marked").out.splitlines()[1:] == [
        line for line in gage("list").out.splitlines() if "  marked" in line
    ]
    gage("mark", "1", "--clear")
    assert show_json(gage)["marked"] is False


def test_associates_runs_with_a_project(gage, store, tmp_path):
    (tmp_path / "moved").mkdir()
    gage("associate", "1", "2", str(tmp_path / "moved"), "--yes")
    assert show_json(gage, "2")["project"] == str(tmp_path / "moved")
    before = show_json(gage, "3")["project"]
    gage("associate", "--all", ".", "--yes")
    assert show_json(gage, "3")["project"] != before
    gage("associate", "3", "--remove")
    assert show_json(gage, "3")["project"] == before


def test_annotates_runs_of_old_stores(gage, old_store):
    at = ("--runs", str(old_store))
    gage("label", "1", "new label", *at)
    gage("comment", "1", "-m", "still good", *at)
    gage("tag", "1", "old", *at)
    run_details = show_json(gage, "1", *at)
    assert run_details["label"] == "new label" and run_details["tags"] == ["old"]
    assert [c["text"] for c in run_details["comments"]] == ["looks good", "still good"]
    gage("comment", "1", "--delete", run_details["comments"][0]["id"], *at)
    assert len(show_json(gage, "1", *at)["comments"]) == 1


def test_associates_all_runs_of_a_moved_project(gage, project, tmp_path):
    store = project / ".gage" / "runs"
    cmd = '{"argv": [], "project-id": "digits-1"}'
    moved = make_run(store, project="/old/digits", members={"run-cmd.json": cmd})
    plain = make_run(store, project="/old/digits")
    other = make_run(store, project="/other")

    def select(*words):
        return gage("select", "--project", *words, code=None).out.split()

    new = tmp_path / "new"
    new.mkdir()
    gage("associate", "--project", "/old/digits", str(new), "--yes")
    assert select(str(new)) == [plain, moved] and select("/old/digits") == [] and select("digits-1") == []
    assert select("/other") == [other]
    (new / "gage.toml").write_text('"$project-id" = "digits-2"\n')
    gage("associate", "--project", str(new), str(new), "--yes")
    assert select("digits-2") == [plain, moved]
    newer = new.rename(tmp_path / "newer")
    assert select(str(newer)) == [plain, moved]
    gage("associate", "--project", "digits-2", "--remove", "--yes")
    assert select("digits-1") == [moved] and select("/old/digits") == [plain, moved]


def test_rejects_the_start_of_several_comment_ids(gage, store):
    gage("comment", "1", "-m", "first")
    gage("comment", "1", "-m", "second")
    ids = [comment["id"] for comment in show_json(gage)["comments"]]
    start = next(ids[0][:n] for n in range(len(ids[0]), 0, -1) if ids[1].startswith(ids[0][:n]))
    assert f"{start!r} matches 2 comments" in gage("comment", "1", "--delete", start, code=2).err


def test_lists_only_the_first_runs_to_change(gage, project):
    make_store(project / ".gage" / "runs", 22)
    assert "and 2 more" in gage("label", "--all", "x", code=None).err


def test_reports_that_there_are_no_archives(gage, store):
    assert "There are no archives" in gage("archive", "--list").err


def test_rejects_an_empty_command_line():
    with pytest.raises(UsageError, match="The editor is empty"):
        split_command(" ", "The editor")


def test_end_of_input_is_no_confirmation(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(click.exceptions.Exit):
        confirm_or_exit("Continue? ", "Nothing was changed", default=True)
    assert capsys.readouterr().err.startswith("Continue? \n")
