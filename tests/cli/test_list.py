"""`gage list`."""

import json
import os
import subprocess
import sys

import pytest
from stores import make_run, make_store

from gage.lib.uuid7 import name_from_id


def test_shows_the_latest_first(gage, store):
    lines = gage("list").out.splitlines()
    assert lines[0].split() == ["#", "Name", "Operation", "Started", "Status", "Description"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3"]
    assert "lr=0.3" in lines[1] and "error" in lines[2] and "lr=0.1  first  #paper" in lines[3]


@pytest.mark.parametrize("alias", ["ls", "runs"])
def test_accepts_aliases(gage, store, alias):
    assert gage(alias).out == gage("list").out


def test_reports_an_empty_store(gage):
    result = gage("list")
    assert result.out == "" and result.err == "gage: There are no runs yet\nTry: gage run SCRIPT\n"
    assert gage("list", "--json").json == {"runs": [], "total": 0}


def test_says_where_the_runs_of_a_directory_above_are(gage, store, project):
    (project / "sub").mkdir()
    hint = f"There are no runs yet\nThere are runs of {project}: gage -C {project} list\n"
    assert gage("list", cwd=project / "sub").err.endswith(hint)
    assert gage("show", cwd=project / "sub", code=1).err.endswith(hint)


def test_shows_twenty_runs_then_more(gage, project):
    make_store(project / ".gage" / "runs", 45)
    result = gage("list")
    assert len(result.out.splitlines()) == 21
    assert result.err.splitlines()[0] == "gage: Showing 20 of 45 runs"
    assert len(gage("list", "-m").out.splitlines()) == 41
    assert len(gage("list", "-mm").out.splitlines()) == 46
    assert len(gage("list", "--limit", "3").out.splitlines()) == 4
    everything = gage("list", "--all")
    assert len(everything.out.splitlines()) == 46 and everything.err == ""
    assert len(gage("list", "3:30").out.splitlines()) == 29


def test_json_contains_label_and_config(gage, store):
    report = gage("list", "--json", "--where", "paper").json
    assert report["total"] == 1
    assert report["runs"][0]["label"] == "first" and report["runs"][0]["config"] == {"lr": 0.1}


def test_filters_by_where(gage, store):
    assert "lr=0.2" in gage("list", "-w", "error").out
    assert len(gage("list", "-w", "train", "-w", "lr=0.3").out.splitlines()) == 2
    assert gage("list", "-w", "nothing-like-it").err.startswith("gage: No runs match")
    assert (
        gage("list", "-w", "lr > 0.1", "-w", "not error").out.splitlines()[1:] == gage("list", "1").out.splitlines()[1:]
    )
    bad = gage("list", "-w", "lr>", code=2)
    assert "^" in bad.err


def test_a_name_with_two_meanings_is_reported_and_changes_nothing(gage, project):
    root = project / ".gage" / "runs"
    make_run(root, config={"epochs": 5})
    metrics = {"epochs": {"count": 1, "last": {"value": 5}}}
    make_run(root, members={"summaries/metrics.json": json.dumps(metrics)})
    listed = gage("list", "-w", "epochs = 5")
    assert len(listed.out.splitlines()) == 3
    assert "'epochs' is a config value and a metric" in listed.err and "config.epochs or metric.epochs" in listed.err
    assert "Write config.epochs or metric.epochs" in gage("delete", "-w", "epochs=5", "--yes", code=2).err
    assert "Write config.epochs" not in gage("delete", "-w", "max(epochs) = 4", "--yes", code=1).err
    gage("delete", "-w", "metric.epochs = 5", "--yes")
    assert len(gage("list").out.splitlines()) == 2


@pytest.mark.parametrize("filter", ["duration = 5", "duration=5"])
def test_a_config_value_named_like_a_time_of_the_run_is_ambiguous(gage, project, filter):
    root = project / ".gage" / "runs"
    make_run(root, config={"duration": 5})
    make_run(root, seconds=5)
    assert "both count" in gage("list", "-w", filter).err
    assert "Write run.duration or config.duration" in gage("delete", "-w", filter, "--yes", code=2).err
    gage("delete", "-w", f"config.{filter}", "--yes")
    assert len(gage("list").out.splitlines()) == 2


def test_stops_a_regular_expression_that_takes_too_long(gage, project, monkeypatch):
    make_run(project / ".gage" / "runs", label="a" * 60 + "b")
    monkeypatch.setattr("gage.lib.regex_search.MAX_SECONDS", 0.3)
    assert "takes too long" in gage("list", "-w", "label =~ '(a+)+$'", code=2).err


def test_a_metric_with_the_value_of_a_parameter_is_not_reported(gage, project):
    (project / "train.py").write_text("lr = 0.1\nprint(f'step 1: lr={lr} loss=1')\nprint('step 2: lr=0.1 loss=2')\n")
    gage("run", "train.py", "--yes")
    assert gage("list", "-w", "lr = 0.1").err == ""


def test_says_that_operators_need_blanks(gage, store):
    make_run(store, config={"a": 4, "b": 2})
    assert "Write blanks around /: a / b" in gage("list", "-w", "a/b > 1").err
    assert gage("list", "-w", "a / b > 1").out


def test_sorts_by_values_and_functions(gage, project):
    root = project / ".gage" / "runs"
    for lr, name in ((0.3, "net10"), (0.1, "net2"), (None, "Net2")):
        make_run(root, config={"name": name} | ({} if lr is None else {"lr": lr}))

    def list_column(*words):
        return [line.split(",")[2] for line in gage("list", "--csv", *words).out.splitlines()[1:]]

    assert list_column("-c", "lr", "--sort", "lr") == ["0.1", "0.3", ""]
    assert list_column("-c", "lr", "--sort=-lr") == ["0.3", "0.1", ""]
    assert list_column("-c", "config.name", "--sort", "config.name", "--sort", "lr") == ["net2", "Net2", "net10"]
    assert gage("list", "--sort", "lr", "--limit", "1").out.splitlines()[1].startswith("2 ")
    assert "No run has 'nam'\nDid you mean 'name'?" in gage("list", "--sort", "nam", code=1).err


def test_reads_curves_for_filters_columns_and_sorting(gage, project):
    (project / "train.py").write_text("a = 1\nfor i in range(4):\n    print(f'step {i}: loss={abs(i - a) + a}')\n")
    gage("run", "train.py", "a=[1,2]", "--yes")
    assert "a=2" in gage("list", "-w", "loss@0 = 4").out and "a=1" not in gage("list", "-w", "loss@0 = 4").out
    assert gage(
        "list", "-w", "op=train.py", "--csv", "-c", "loss@0,mean(loss, 2),argmin(loss)", "--sort=-loss@0"
    ).out.splitlines() == [
        "index,name,loss@0,mean(loss, 2),argmin(loss)".replace("mean(loss, 2)", '"mean(loss, 2)"'),
        *(
            f"{i},{name},{values}"
            for i, name, values in (
                (1, gage("show", "1", "--json").json["name"], "4.0,2.5,2"),
                (2, gage("show", "2", "--json").json["name"], "2.0,2.5,1"),
            )
        ),
    ]


def test_lists_deleted_and_archived_runs(gage, store):
    gage("delete", "1", "--yes")
    gage("archive", "1", "--name", "old")
    assert len(gage("list").out.splitlines()) == 2
    assert "lr=0.3" in gage("list", "-d").out
    assert "lr=0.2" in gage("list", "-A").out
    assert "lr=0.2" in gage("list", "--archive", "old").out
    assert "There is no archive 'other'" in gage("list", "--archive", "other", code=1).err


@pytest.mark.parametrize(
    "words",
    [("--more", "--limit", "3"), ("--limit", "3", "--more"), ("--all", "--more"), ("--deleted", "--archive", "x")],
)
def test_rejects_options_that_exclude_each_other(gage, words):
    result = gage("list", *words, code=2)
    assert "cannot be used together" in result.err


def test_reports_excluded_options_in_any_order(gage):
    assert gage("list", "--more", "--limit", "3", code=2).err == gage("list", "--limit", "3", "--more", code=2).err


def test_accepts_runs_and_C_before_and_after_the_command(gage, store, tmp_path):
    expected = gage("list").out
    assert gage("--runs", str(store), "list", cwd=tmp_path).out == expected
    assert gage("list", "--runs", str(store), cwd=tmp_path).out == expected
    assert gage("-C", str(store.parents[1]), "list", cwd=tmp_path).out == expected
    assert gage("list", "-C", str(store.parents[1]), cwd=tmp_path).out == expected
    assert gage("list", env={"GAGE_RUNS": str(store)}, cwd=tmp_path).out == expected
    assert "Directory nowhere does not exist" in gage("-C", "nowhere", "list", code=1).err
    assert gage("list", "--runs", "", code=2).err.startswith("gage: --runs must name a directory")


def test_uses_the_runs_dir_of_the_gage_file(gage, store, project):
    (project / "gage.toml").write_text('"$runs-dir" = "kept"\n')
    make_run(project / "kept", label="elsewhere")
    assert "elsewhere" in gage("list").out and len(gage("list").out.splitlines()) == 2


def test_escapes_control_characters_in_labels(gage, project):
    make_run(
        project / ".gage" / "runs", op="a\nb", label="x\x1b[2Jy\x9b\u202ez\n\x00", config={"k\x07": "v\x1b]0;t\x07"}
    )
    for words in (("list",), ("show", "1"), ("list", "--json")):
        result = gage(*words)
        assert not set(result.out) & set("\x1b\x07\x00\x9b\u202e\r")
    assert len(gage("list").out.splitlines()) == 2


def test_lists_a_damaged_run(gage, store):
    archive = next(store.glob("*.meta.zip"))
    archive.write_bytes(archive.read_bytes()[:100])
    result = gage("list")
    assert len(result.out.splitlines()) == 4 and "damaged" in result.out


def test_escapes_characters_that_the_encoding_lacks(gage, project):
    make_run(project / ".gage" / "runs", label="größer 大きい 🎉")
    assert "größer 大きい 🎉" in gage("list").out
    assert "gr\\xf6\\xdfer" in gage("list", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}).out


def test_lists_runs_of_old_stores(gage, old_store):
    result = gage("list", "--runs", str(old_store))
    assert len(result.out.splitlines()) == 6
    assert [word in result.out for word in ("second", "staged", "error", "lr=0.3")] == [True] * 4
    assert len(gage("list", "--deleted", "--runs", str(old_store)).out.splitlines()) == 2


@pytest.mark.unmeasured
def test_imports_few_modules(store):
    code = "import os, sys; os._exit = lambda code: print(*sys.modules); sys.argv = ['gage', 'list']; "
    command = [sys.executable, "-c", code + "from gage.__main__ import main; main()"]
    result = subprocess.run(command, cwd=store, capture_output=True, text=True, check=True)
    loaded = set(result.stdout.splitlines()[-1].split())
    assert "gage.index.index" in loaded
    assert not loaded & {"yaml", "tomllib", "subprocess", "difflib", "gage.project.plan", "gage.runner", "tempfile"}
    assert {name for name in loaded if name.startswith("gage.cli.commands.")} == {"gage.cli.commands.list"}


def test_rejects_a_directory_that_is_not_a_store(gage, project):
    (project / "file").write_text("")
    assert "Not a directory" in gage("list", "--runs", "file", code=1).err


def test_lists_runs_of_one_project(gage, project, tmp_path):
    store, cmd = tmp_path / "shared", '{"argv": [], "project-id": "digits-1"}'
    here = make_run(store, project=str(project))
    make_run(store, project="/elsewhere")
    with_id = make_run(store, project="/old/place", members={"run-cmd.json": cmd})

    def listed(*words, command="select"):
        return gage(command, "--runs", str(store), *words).out.split()

    assert len(listed("--all")) == 3
    assert listed("--project", ".") == [here]
    assert listed("--project", "/old/place") == listed("-p", "digits-1") == [with_id]
    (project / "gage.toml").write_text('"$project-id" = "digits-1"\n')
    assert listed("--project", ".") == [with_id, here]
    (project / "sub").mkdir()
    assert listed("--project", "sub") == [with_id, here]
    lines = gage("list", "--runs", str(store), "--project", ".").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["1", "3"]
    assert "No runs match" in gage("list", "--runs", str(store), "--project", "nobody").err


def test_shows_versions_of_an_operation(gage, project):
    store = project / ".gage" / "runs"
    make_run(store)
    make_run(store, version="2")
    make_run(store, version="new-data")
    out = gage("list").out.splitlines()
    assert "train new-data" in out[1] and "train v2" in out[2] and "train v" not in out[3]
    assert len(gage("list", "--where", "version=2").out.splitlines()) == 2
    assert gage("list", "1", "--json").json["runs"][0]["operation"] == "train"


def test_shows_chosen_columns(gage, project, store):
    out = gage("list", "--columns", "lr, status").out.splitlines()
    assert out[0].split() == ["#", "Name", "lr", "Status"] and out[1].split()[2:] == ["0.3", "completed"]
    report = gage("list", "--columns", "stats,never").err
    assert "No listed run has 'stats'\nDid you mean 'status'?" in report and "No listed run has 'never'" in report
    (project / "gage.toml").write_text('[train]\nexec = "python train.py"\nlisting = ["lr", "loss"]\n')
    assert gage("list").out.splitlines()[0].split()[-1] == "Description"
    head = gage("list", "--where", "op=train").out.splitlines()[0].split()
    assert head == ["#", "Name", "Operation", "Started", "Status", "lr"]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("lrr=0.3", "No run has 'lrr'\n  lrr=0.3\n  ^\nDid you mean 'lr'?"),
        ("lrr!=0.3", "No run has 'lrr'\n  lrr!=0.3\n  ^\nDid you mean 'lr'?"),
        ("statu=completed", "No run has 'statu'\n  statu=completed\n  ^\nDid you mean 'status'?"),
        ("starts >= (today)", "No run has 'starts'\n  starts >= (today)\n  ^\nDid you mean 'started'?"),
        ("colour=red", "No run has 'colour'\n  colour=red\n  ^\nNames: lr"),
        ("status=complete", "No runs match: 'complete' is not a status\nDid you mean 'completed'?"),
        ("status=staged", "No runs match: none has status=staged\nValues of status: "),
        ("lr=99", "No runs match: none has lr=99\nValues of lr: 0.1, 0.2, 0.3"),
        ("op=trian", "No runs match: none has op=trian\nDid you mean op=train?"),
        ("tag=papre", "No runs match: none has tag=papre\nDid you mean tag=paper?"),
        ("not lr=0.1 and los < 1", "No run has 'los'\n  not lr=0.1 and los < 1\n                 ^\n"),
        ("op > 5", "No runs match"),
        ("lr > 99", "No runs match: lr is 0.1 to 0.3\nTry: gage list"),
        ("label ~ irs", "No runs match: none has label=irs\nA glob matches the whole text. Try: 'label ~ \"*irs*\"'"),
        ("started > today", "the time of started is in the future\nTo include it, write started >= today"),
        ('started > "3000-01-01 10:00"', "the time of started is in the future\nTry: gage list"),
        (
            "lr%2=0",
            "No run has 'lr%2'\n  lr%2=0\n  ^\nThere is no remainder. List the values, for example lr in [0, 2, 4]",
        ),
        ("label > 5", "No runs match: label is text in all runs\n  label > 5\n          ^\nValues of label: first"),
        ("complte", "contains 'complte'\nDid you mean 'completed'?"),
        ("lr", "No runs match: 'lr' is a name\nTry: --where lr=VALUE"),
        ("lr=0.1 error", "No runs match\nTry: gage list"),
        ("failed", "'failed' is not a status\nDid you mean 'error'? Statuses: "),
        ("Finished", "Did you mean 'completed'?"),
        ("status=killed", "'killed' is not a status\nDid you mean 'terminated'?"),
    ],
)
def test_explains_a_filter_that_names_nothing_known(gage, store, condition, message):
    assert message in gage("list", "-w", condition).err
    assert message in gage("list", "-w", condition, "--json").err or "Try: gage list" in message
    if "!=" in condition or "'lrr'" in message:
        assert message in gage("delete", "-w", condition, "--yes", code=1).err
        assert message in gage("select", "-w", condition, code=1).err


def test_suggests_the_shortest_name_with_the_same_start_in_backticks(gage, project):
    root = project / ".gage" / "runs"
    metric = {"count": 1, "last": {"step": 0, "value": 5}}
    make_run(root, config={"loss2": 1, "top 1 %": 1}, members={"summaries/metrics.json": json.dumps({"loss": metric})})
    make_run(root, members={"summaries/metrics.json": json.dumps({"top 1 %": metric})})
    assert "Did you mean 'loss'?" in gage("list", "-w", "los < 1").err
    assert "Did you mean '`top 1 %`'?" in gage("list", "-w", "top > 1").err
    assert "Write config.`top 1 %` or metric.`top 1 %`" in gage("list", "-w", "`top 1 %` > 0").err


def test_sorts_and_shows_a_name_in_backticks(gage, project):
    root = project / ".gage" / "runs"
    names = [make_run(root, config={"a,b": n, "top 1": 5 - n}) for n in (1, 3, 2)]
    rows = gage("list", "--sort", "`a,b`", "--columns", "`a,b`,config.`top 1`").out.splitlines()
    assert [row.split()[2:] for row in rows] == [["a,b", "config.top", "1"], ["1", "4"], ["2", "3"], ["3", "2"]]
    assert gage("select", "--sort=-`a,b`", "--limit", "1").out.strip() == names[1]


def test_completes_the_start_of_a_batch_name(gage, project):
    root = project / ".gage" / "runs"
    batch = make_run(root, "train+")
    make_run(root, members={"run-cmd.json": f'{{"argv": [], "parent": "{batch}"}}'})
    name = gage("select", "2", "--name").out.strip()
    assert f"Did you mean batch={name}?" in gage("list", "-w", f"batch={name[:5]}").err
    assert gage("select", "--name", "-w", f"batch={name}").out != f"{name}\n"


def test_batch_in_a_filter_means_batches_only(gage, project):
    root = project / ".gage" / "runs"
    batch, single = make_run(root, "train+"), make_run(root)
    make_run(root, members={"run-cmd.json": f'{{"argv": [], "parent": "{single}"}}'})
    empty, restarted = name_from_id(batch), name_from_id(single)
    assert f"{empty} has no trials\nTry: gage show {empty}" in gage("list", "-w", f"batch={empty}").err
    assert "No runs match" in gage("list", "-w", f"batch={restarted}").err
    assert len(gage("select", "-w", f"parent={restarted}").out.splitlines()) == 1
    assert f"Values of parent: {restarted}\n" in gage("list", "-w", "parent=x").err
    make_run(root, members={"run-cmd.json": f'{{"argv": [], "parent": "{batch}"}}'})
    assert f"Values of batch: {empty}\n" in gage("list", "-w", "batch=x").err
    gage("delete", empty, "--yes")
    gage("purge", "1", "--yes")
    assert len(gage("select", "-w", f"batch={empty}").out.splitlines()) == 1


def test_a_status_as_a_word_means_the_status_only(gage, project):
    root = project / ".gage" / "runs"
    make_run(root, "error.py", label="error of 3 %", tags=("error",))
    assert "none has the status 'error'" in gage("delete", "-w", "error", "--yes", code=1).err
    make_run(root, status="error")
    gage("delete", "-w", "error", "--yes")
    assert "error of 3 %" in gage("list").out
    assert "Did you mean 'error'" not in gage("list", "-w", "error").err


@pytest.mark.parametrize(
    "condition", ["comp", "COMP", "status=comp", "status=COMPLETED", "#paper", "status=comp #paper"]
)
def test_filters_by_what_listings_show(gage, store, condition):
    assert "first" in gage("list", "-w", condition).out
    assert "lr=0.2" not in gage("list", "-w", condition).out


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("AND", "'status=completed and loss < 0.5'"),
        ("a && b", "Use 'and'"),
        ("lr < 0.2 error", "Expected 'and' or 'or'"),
        ("started > 3 days ago", 'Quote it: "3 days ago"'),
        ("train or lr=1 error", "'(train or eval) lr=0.1'"),
        ("label=it's", 'Close it, or quote the value: --where "label=\\"it'),
    ],
)
def test_rejects_a_mistake_in_a_filter_with_what_to_write(gage, store, condition, hint):
    assert hint in gage("list", "--where", condition, code=2).err


def test_a_quoted_logic_word_is_searched_for(gage, project):
    make_run(project / ".gage" / "runs", label="this and that")
    assert "this and that" in gage("list", "-w", "'and'").out


def test_names_an_archive_that_does_not_exist(gage, store):
    assert "There is no archive 'old'\nTry: gage archive --list" in gage("list", "-A", "old", code=1).err
    gage("archive", "1", "--name", "old")
    assert "Did you mean 'old'?" in gage("list", "-A", "odl", code=1).err
    assert "There is no archive 'odl'" in gage("archive", "--restore", "1", "--name", "odl", code=1).err


def test_json_contains_all_runs_and_chosen_values(gage, project):
    make_store(project / ".gage" / "runs", 31)
    assert len(gage("list", "--json").json["runs"]) == 31
    assert len(gage("list", "--json", "--limit", "3").json["runs"]) == 3
    assert len(gage("list", "--json", "-m").json["runs"]) == 31
    report = gage("list", "--json", "--columns", "lr,status,nothing").json
    assert report["total"] == 31
    assert list(report["runs"][0]) == ["index", "name", "lr", "status", "nothing"]
    assert report["runs"][0]["lr"] == pytest.approx(0.031) and report["runs"][0]["nothing"] is None


def test_prints_all_values_as_csv_and_tsv(gage, project):
    root = project / ".gage" / "runs"
    make_store(root, 31)
    make_run(root, config={"lr": 0.123456789, "note": 'a,b\t"c"'}, label="two\nlines\x1b", tags=("a", "b"))
    lines = gage("list", "--csv").out.splitlines()
    assert len(lines) == 33
    assert lines[0] == "index,name,operation,status,started_at,label,tags,lr,note,epochs,config.name"
    assert '0.123456789,"a,b\\t""c"""' in lines[1] and "two\\nlines\\x1b" in lines[1]
    rows = [line.split("\t") for line in gage("list", "--tsv", "-c", "status,lr", "-n", "3").out.splitlines()]
    assert (
        rows[0] == ["index", "name", "status", "lr"] and len(rows) == 4 and rows[1][2:] == ["completed", "0.123456789"]
    )
    assert "--csv and --json cannot be used together" in gage("list", "--csv", "--json", code=2).err


def test_csv_has_no_rows_of_batches_unless_they_are_named(gage, project):
    root = project / ".gage" / "runs"
    make_run(root, config={"lr": 1})
    make_run(root, "train+", config={"lr": "[1,2]", "@": "x"}, members={"batch.json": '{"members": [{}, {}]}'})
    make_run(root, config={"lr": 2})
    head = "index,name,operation,status,started_at,label,tags,lr"
    lines = gage("list", "--csv").out.splitlines()
    assert lines[0] == head and [line.split(",")[::7] for line in lines[1:]] == [["1", "2"], ["3", "1"]]
    assert [line[0] for line in gage("list", "--tsv", "-c", "lr").out.splitlines()[1:]] == ["1", "3"]
    named = gage("list", "2", "--csv").out.splitlines()
    assert named[0] == f"{head},'@" and len(named) == 2
    none = gage("list", "--csv", "--where", "op=train+")
    assert len(none.out.splitlines()) == 1 and none.err.endswith("To include one, name it: gage list 2 --csv\n")
    assert len(gage("list", "--json").json["runs"]) == 3


def test_escapes_titles_and_archives_that_are_not_utf8(gage, project):
    gage("run", "train.py", "--yes")
    assert "\x1b" not in gage("list", "--columns", "\x1b[31mx").out
    assert "There is no archive" in gage("list", "--archive", "caf\udce9", code=1).err
    assert "No runs match" in gage("list", "--where", "lr=" + "[" * 1500).err


def test_reports_a_store_that_cannot_be_entered(gage, project, monkeypatch):
    from gage.index import freshness
    from gage.types.errors import StoreError

    gage("run", "train.py", "--yes")
    monkeypatch.setattr(freshness.os, "access", lambda path, mode: False)
    with pytest.raises(StoreError, match="Permission denied"):
        freshness._stat_store(str(project / ".gage" / "runs"))


def test_shows_null_and_hints_at_other_places_of_a_column(gage, project):
    make_run(project / ".gage" / "runs", config={"data": None})
    result = gage("list", "-c", "data")
    assert result.out.splitlines()[1].endswith("null") and result.err == ""
    assert "'gage show' shows it" in gage("list", "-c", "cwd").err
    assert "Did you mean 'commit'?" in gage("list", "-c", "sha").err
    seconds, texts = gage("list", "-c", "duration", "--json"), gage("list", "-c", "duration")
    assert seconds.json["runs"][0]["duration"] == 1.0 and texts.out.splitlines()[1].endswith("1.0 s")


def test_shows_summary_statistics_of_metrics(gage, project):
    (project / "train.py").write_text(
        "for step, loss in enumerate([3, 1, 2]):\n    print(f'step {step}: loss={loss}')\n"
    )
    gage("run", "train.py", "--yes")
    columns = "min(loss),max(loss),mean(loss),first(loss),last(loss),min(metric.loss)"
    assert gage("list", "--csv", "--columns", columns).out.splitlines()[1].split(",")[2:] == [
        *("1.0", "3.0", "2.0", "3.0", "2.0", "1.0")
    ]
    assert gage("list", "--columns", "min(loss),loss").out.splitlines()[1].split()[2:] == ["1", "2"]
    assert "No listed run has 'min(los)'" in gage("list", "--columns", "min(los)").err


def test_config_precedes_metrics_and_attributes_of_the_same_name(gage, project):
    (project / "train.py").write_text("lr = 0.3\nversion = 2\nprint(f'step 1: lr={lr * 2} loss=1')\n")
    gage("run", "train.py", "lr=0.4", "--yes")
    gage("attr", "1", "lr=9")
    result = gage("list", "--columns", "lr,metric.lr,attribute.lr,config.version")
    assert result.out.splitlines()[1].split()[2:] == ["0.4", "0.8", "9", "2"]
    assert "'lr' is also a metric of these runs\n--columns metric.lr shows it" in result.err
    assert "--columns config.version shows it" in gage("list", "--columns", "version").err
    head, row = gage("list", "--csv").out.splitlines()
    assert head.endswith(",config.lr,config.version,loss,metric.lr") and row.endswith(",0.4,2,1.0,0.8")
    for condition in ("lr=0.4", "metric.lr=0.8", "attribute.lr=9", "config.version=2", "config.lr=0.4"):
        assert len(gage("select", "--where", condition).out.splitlines()) == 1
    for condition in ("lr=0.8", "lr=9", "lr!=0.4", "config.version=3", "metric.lr=0.4"):
        assert "No runs match" in gage("select", "--where", condition, code=1).err


def test_quotes_suggested_values(gage, project):
    make_run(project / ".gage" / "runs", label="my best run")
    assert """Did you mean 'label="my best run"'?""" in gage("list", "-w", "label=my").err
    assert "my best run" in gage("list", "-w", 'label="my best run"').out


def test_explains_a_filter_that_is_the_name_of_a_run(gage, store):
    name = gage("select", "1", "--name").out.strip()
    message = f"{name!r} is a run\nName it without --where: gage list {name}"
    assert message in gage("list", "-w", name).err


def test_columns_show_tags_as_listings_do(gage, project):
    make_run(project / ".gage" / "runs", tags=("b", "a"))
    assert gage("list", "-c", "tags").out.splitlines()[1].endswith("  #a #b")
    make_run(project / ".gage" / "runs")
    assert "[]" not in gage("list", "-c", "tags").out


def test_says_that_no_run_is_marked(gage, store):
    assert "no run is marked\nTo mark one: gage mark RUN" in gage("list", "--where", "marked", code=None).err
    gage("mark", "1")
    assert gage("list", "--where", "marked", "--json").json["total"] == 1


def test_columns_take_the_names_of_filters(gage, project):
    gage("run", "train.py", "lr=0.1", "--tag", "base", "--yes")
    gage("comment", "1", "--msg", "first")
    gage("comment", "1", "--msg", "second")
    shown = gage("list", "--columns", "tag,batch,comments")
    assert "Tags" in shown.out and "Batch" in shown.out and "#base" in shown.out and "first; second" in shown.out
    assert shown.err == ""
    gage("run", "train.py", "lr=[0.1,0.2]", "--yes")
    batch = next(run["name"] for run in gage("list", "--json").json["runs"] if run["operation"] == "train.py+")
    rows = gage("list", "--columns", "operation,batch", "--csv").out.splitlines()
    assert [row.split(",")[3] for row in rows if ",train.py," in row] == [batch, batch, ""]
    (project / "big.py").write_text("batch = 32\ntag = 'x'\nprint(batch, tag)\n")
    gage("run", "big.py", "--yes")
    assert gage("list", "1", "--columns", "batch,tag", "--csv").out.splitlines()[1].split(",")[2:] == ["32", "x"]


def test_an_option_is_not_a_value_of_series(gage, store):
    error = gage("metrics", "1", "--series", "--csv", code=2).err
    assert error == "gage: --series requires a value\nTry: gage metrics 1 --series loss --csv\n"


def test_filters_by_why_who_and_where_a_run_was(gage, store):
    """Also by what a hostile store records."""
    origin = {
        "sys/platform.json": '{"host": "gpu1/4026532"}',
        "sys/git.json": '{"commit": "3f2a91", "branch": "main"}',
        "run-cmd.json": '{"argv": [], "parent": "", "user": "ann"}',
    }
    wanted = make_run(store, status="error", members={**origin, "proc/reason": "RecursionError: too deep"})
    hostile = {"sys/platform.json": '{"host": ["x"]}', "sys/git.json": "[", "run-cmd.json": '{"user": "\\u001b[31m"}'}
    make_run(store, members=hostile)
    for where in ('reason contains "too deep"', "host = gpu1", "user = ann", 'commit ~ "3f2a*"', "branch=main"):
        runs = gage("list", "--where", where, "--json").json["runs"]
        assert [run["id"] for run in runs] == [wanted], where
    assert (runs[0]["host"], runs[0]["user"], runs[0]["commit"], runs[0]["branch"]) == ("gpu1", "ann", "3f2a91", "main")
    first = gage("list", "--sort", "host", "--columns", "host,user,reason", "--csv").out.splitlines()[1]
    assert first.endswith(",gpu1,ann,RecursionError: too deep")
    assert "\x1b" not in gage("list", "--columns", "user").out
    assert "Did you mean 'host'?" in gage("list", "--where", "hostname=gpu1").err
    shown = gage("show", wanted).out
    assert "gpu1" in shown and "ann" in shown


def test_records_who_started_a_run_and_where(gage, project):
    gage("run", "train.py", "lr=[0.1,0.2]", "--yes", env={"GAGE_USER": "Ann"})
    runs = gage("list", "--where", "user=Ann", "--json").json["runs"]
    assert len(runs) == 3 and {run["host"] for run in runs} == {os.uname().nodename, ""}


def test_a_wrong_function_in_columns_is_explained_as_a_value(gage, store):
    error = gage("list", "--columns", "min(loss", code=2).err
    assert "Expected ')'" in error and "A value is a name, or a function of a metric" in error
    assert "--where" not in error
