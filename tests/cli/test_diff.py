"""`gage diff`."""

import json
import os
import re
import shutil
import stat
import zipfile

import pytest
from on_terminal import COLOUR, on_terminal
from stores import make_run

from gage.cli.render import terminal

TRAIN = """\
import sys

lr = 0.1
epochs = 2


def measure(x):
    return x * 0.5


print("epochs", epochs)
print(f"loss: {measure(lr)}")
open("model.txt", "w").write(f"{lr}\\n")
"""


@pytest.fixture
def project(project):
    (project / "train.py").write_text(TRAIN)
    return project


def run_train(gage, *words):
    gage("run", "train.py", *words, "--yes", "--quiet")


def list_differences(report):
    return {(each["section"], each["name"]): each for each in report["differences"]}


def test_shows_config_metrics_source_output_and_files(gage, project):
    run_train(gage)
    (project / "train.py").write_text(TRAIN.replace("x * 0.5", "x * 0.25"))
    run_train(gage, "lr=0.4")
    result = gage("diff", "2", "1", code=1)
    names = [run["name"] for run in gage("list", "--json").json["runs"]]
    assert result.err == "" and not COLOUR.search(result.out)
    lines = result.out.splitlines()
    assert lines[0].startswith(f"A  {names[1]}  train.py  ") and lines[1].startswith(f"B  {names[0]}  train.py  ")
    assert lines[2].startswith("Same: operation, status, 1 config value, Python")
    assert "hardware" in result.out.partition("\n\n")[0]
    body = result.out.partition("\n\n")[2]
    assert body == (
        "Config\n  lr  0.1 → 0.4\n\n"
        "Metrics\n  loss  0.05 → 0.1  +0.05 (+100.0 %) worse\n\n"
        "Source code\n  train.py  +1 -1\n    @@ 7\n      def measure(x):\n"
        "    -     return x * 0.5\n    +     return x * 0.25\n      \n".replace("      \n", "\n")
        + "\n"
        "Output\n  ~ loss: [-0.05-]{+0.1+}\n\n"
        "Files\n  model.txt  4 bytes, different content\n"
    )


def test_exits_with_0_for_equal_runs(gage):
    run_train(gage)
    run_train(gage)
    for words in (("2", "1"), ("1:2",), ("1", "1"), ("1", "2", "1"), ("2", "1", "--stat")):
        out = gage("diff", *words).out
        assert (
            out.endswith("No differences\n")
            and "Same: operation, status, 2 config values, 1 metric, 1 source file" in out
        )
    assert gage("diff", "2", "1", "--json").json["differences"] == []


def test_compares_what_always_differs_only_on_request(gage):
    run_train(gage)
    run_train(gage)
    report = list_differences(gage("diff", "2", "1", "--all", "--json", code=1).json)
    assert ("run", "id") in report and ("environment", "RUN_DIR") in report


def test_order_of_words_is_the_order_of_columns(gage):
    for lr in (1, 2, 3):
        run_train(gage, f"lr={lr}")
    for words, values in ((("1", "3"), [3, 1]), (("3", "1"), [1, 3]), (("1:2",), [3, 2]), (("3", ":2"), [1, 3, 2])):
        report = gage("diff", *words, "--json", code=1).json
        ids = [run["id"] for run in report["runs"]]
        assert [list_differences(report)["config", "lr"]["values"][id] for id in ids] == values
    report = gage("diff", "--where", "lr > 1", "--json", code=1).json
    assert len(report["runs"]) == 2


def test_three_runs_are_columns(gage, project):
    for lr in (1, 2):
        run_train(gage, f"lr={lr}")
    (project / "train.py").write_text(TRAIN + "# end\n")
    run_train(gage, "lr=3")
    out = gage("diff", "3", "2", "1", code=1).out
    rows = [line.split() for line in out.partition("\n\n")[2].splitlines()]
    assert rows[0] == ["A", "B", "C"]
    assert ["Config", "lr", "1.0", "2.0", "3.0"] in rows or ["Config", "lr", "1", "2", "3"] in rows
    assert ["Metrics", "loss", "0.5", "1", "1.5"] in rows
    (source,) = (row for row in rows if row[:2] == ["Source", "code"])
    assert source[2] == "train.py" and source[3:5] == source[5:7] != source[7:]
    assert "# end" not in out and "@@" not in out


def edit_metadata(gage, project, run, member, value):
    """Replaces a JSON member of a finished run, or adds it."""
    id = gage("select", run).out.strip()
    path = project / ".gage" / "runs" / f"{id}.meta.zip"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = json.dumps(value).encode()
    path.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_compares_packages_git_and_hardware(gage, project):
    run_train(gage)
    run_train(gage)
    for member, value in {
        "sys/packages.json": {"torch": "2.5.1", "einops": "0.8"},
        "sys/python.json": {"version": "3.13.1 (main)"},
        "sys/hardware.json": {"cpu": "Abacus", "cpus": 3, "memory": 16_000_000_000},
        "sys/git.json": {"commit": "0123456789abcdef", "branch": "main", "dirty": 2},
    }.items():
        edit_metadata(gage, project, "1", member, value)
    edit_metadata(gage, project, "2", "sys/packages.json", {"torch": "2.4.0", "einops": "0.8", "old": "1"})
    out = gage("diff", "2", "1", "--only", "packages,git,hardware", code=1).out
    assert "Same: 1 package" in out and "Packages\n  old     1 → (missing)\n" in out
    assert "→ 3.13.1\n  torch   2.4.0 → 2.5.1\n" in out
    assert "Git\n  (not recorded) → 3 values\n" in out
    assert "→ Abacus\n" in out and "→ 16.0 GB\n" in out and "Config" not in out


def test_compares_with_the_working_tree(gage, project):
    run_train(gage, "lr=0.7")
    assert gage("diff", "--working").out.endswith("Same: 2 config values, 1 source file\nNo differences\n")
    (project / "train.py").write_text(TRAIN.replace("epochs = 2", "epochs = 3\nwidth = 8"))
    (project / "model.py").write_text("layers = 3\n")
    out = gage("diff", "1", "--working", code=1).out
    assert re.search(rf"\nB  working tree +{project}\n", out)
    assert "Config defaults\n  epochs  2 → 3\n  width   (missing) → 8\n" in out
    assert "  model.py  (missing) → 11 bytes\n  train.py  +2 -1\n" in out
    assert "Packages" not in out
    assert "'packages' is not a section that --working" in gage("diff", "--working", "--only", "packages", code=2).err


def test_compares_defaults_of_the_gage_file(gage, project):
    def define(lr):
        config = f'[[train.config]]\nname = "lr"\nkeys = "train.py#lr"\ndefault = {lr}\n'
        (project / "gage.toml").write_text(f'[train]\nexec = "python train.py"\n{config}')

    define(0.5)
    gage("run", "train", "-y", "-q")
    gage("run", "train", "lr=0.7", "-y", "-q")
    assert gage("diff", "2", "--working").out.endswith("No differences\n")
    assert gage("diff", "1", "--working").out.endswith("No differences\n")
    define(0.6)
    assert "Config defaults\n  lr  0.5 → 0.6\n" in gage("diff", "2", "--working", code=1).out


def test_working_tree_without_what_the_run_had(gage, project):
    (project / "key.py").write_text(
        "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('--api-key', default='hunter2hunter2')\np.add_argument('--name')\np.parse_args()\n"
    )
    gage("run", "key.py", "name=x", "-y", "-q")
    out = gage("diff", "--working").out
    assert "Not compared: api-key (secret)" in out and "hunter" not in out and out.endswith("No differences\n")
    (project / "train.py").chmod(0)
    if not os.access(project / "train.py", os.R_OK):
        assert "train.py cannot be read" in gage("diff", "--working", code=2).err
    (project / "train.py").unlink()
    (project / "big.py").write_text("# " + "x" * (1 << 19))
    assert "  train.py  " in gage("diff", "--working", code=1).out


def test_source_that_the_program_changed_is_not_shown(gage, project):
    (project / "train.py").write_text('open("train.py", "a").write("# added\\n")\n')
    run_train(gage)
    (project / "train.py").write_text('open("train.py", "a").write("# added\\n")\nlr = 2\n')
    run_train(gage)
    out = gage("diff", "2", "1", "--only", "source", code=1).out
    assert "# added" not in out and "(the file has changed since the run started)" in out


def test_working_tree_that_cannot_be_compared(gage, project):
    run_train(gage)
    (project / "train.py").unlink()
    assert "train.py" in gage("diff", "--working", code=2).err


@pytest.fixture
def difftool(tmp_path, home):
    """Configures a difftool that prints what it gets, and exits with code 7."""
    script = tmp_path / "tool"
    script.write_text(
        '#!/bin/sh\ncat "$LOCAL/train.py" "$REMOTE/train.py" > "$1"\nls "$LOCAL" "$REMOTE" >> "$1"\nexit 7\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    seen = tmp_path / "seen"
    (home / ".gitconfig").write_text(f'[diff]\n\ttool = mine\n[difftool "mine"]\n\tcmd = {script} {seen}\n')
    return seen


def test_opens_a_difftool_on_the_source_code(gage, project, difftool, tmp_path):
    run_train(gage, "lr=0.5")
    (project / "train.py").write_text("lr = 9\n")
    run_train(gage)
    for words in (("2", "1", "--tool"), ("2", "1", "--tool=mine"), ("2", "--working", "--tool")):
        gage("diff", *words, code=7)
        text = difftool.read_text()
        assert text.startswith(TRAIN + "lr = 9\n") and "/A/" in text and "/B/" in text
        assert text.count("\ntrain.py\n") == 2
        difftool.unlink()


def test_compares_dependencies(gage, project):
    (project / "train.py").write_text('print(len(open("a.bin", "rb").read()), len(open("b.bin", "rb").read()))\n')
    (project / "a.bin").write_bytes(b"\0" * 5)
    for n in (1, 2, 3):
        (project / "b.bin").write_bytes(bytes([0, n]))
        gage("run", "train.py", "-y", "-q")
    result = gage("diff", "2", "1", "--only", "dependencies", code=1).out.splitlines()
    assert result[2:5] == ["Same: 1 dependency", "", "Dependencies"]
    assert re.fullmatch("  b.bin  [0-9a-f]{8} → [0-9a-f]{8}", result[5]) and len(result) == 6


def test_difftool_that_cannot_be_started(gage, project, home):
    run_train(gage)
    run_train(gage)
    assert "No difftool is configured" in gage("diff", "2", "1", "--tool", code=2).err
    assert "Cannot start the difftool nosuchtool" in gage("diff", "2", "1", "--tool", "nosuchtool", code=2).err
    (home / ".gitconfig").write_text(f'[difftool "x"]\n\tpath = {shutil.which("true")}\n')
    assert gage("diff", "2", "1", "--tool", "x").out == ""
    run_train(gage)
    assert "--tool compares two runs" in gage("diff", "1:3", "--tool", code=2).err


def test_errors_have_exit_code_2(gage, store):
    assert "No runs specified" in gage("diff", code=2).err
    assert "but two runs are compared" in gage("diff", "1", code=2).err
    assert "'2' is the NAME of --tool: write --tool at the end" in gage("diff", "--tool", "2", "1", code=2).err
    assert "The filter matches 3 runs" in gage("diff", "--where", "lr < 1", code=2).err
    assert "There is no run" in gage("diff", "1", "zzz", code=2).err
    assert "There is no run 9" in gage("diff", "1", "9", code=2).err
    assert "Did you mean 'config'?" in gage("diff", "1", "2", "--only", "confg", code=2).err
    assert "Runs directory" in gage("diff", "1", "2", "--runs", "nowhere", code=2).err
    assert "cannot be used together" in gage("diff", "1", "2", "--stat", "--json", code=2).err


def test_counts_with_stat(gage, project):
    run_train(gage)
    (project / "train.py").write_text(TRAIN + "\n\n# end\n")
    run_train(gage, "lr=0.4")
    out = gage("diff", "2", "1", "--stat", code=1).out.partition("\n\n")[2]
    assert "Config       1 changed\n" in out and "Source code  1 changed (+3 -0 lines)\n" in out
    run_train(gage)
    assert "Config       1 differ\n" in gage("diff", "1:3", "--stat", code=1).out


def test_json_has_values_and_hunks(gage, project):
    run_train(gage)
    (project / "train.py").write_text(TRAIN.replace("0.5", "0.25"))
    run_train(gage, "lr=0.4")
    report = gage("diff", "2", "1", "--json", code=1).json
    old, new = (run["id"] for run in report["runs"])
    differences = list_differences(report)
    assert differences["config", "lr"]["values"] == {old: 0.1, new: 0.4}
    source = differences["source", "train.py"]
    assert source["added"] == source["removed"] == 1 and len(source["values"][old]["sha256"]) == 64
    assert source["hunks"] == [
        {"start": [7, 7], "lines": [" def measure(x):", "-    return x * 0.5", "+    return x * 0.25", " "]}
    ]
    assert "epochs" in report["same"]["config"] and report["not_compared"] == {} and report["problems"] == []


def test_says_which_value_of_a_metric_is_better(gage, project):
    root = project / ".gage" / "runs"
    for values in ((0.5, 0.5, 7, 0.3), (0.7, 0.4, 8, 0.3)):
        numbers = dict(zip(("acc", "val_loss", "number", "err"), values, strict=True))
        series = {
            name: {"count": values[2], "first": {"value": 1}, "last": {"value": value}}
            for name, value in numbers.items()
        }
        make_run(root, members={"summaries/metrics.json": json.dumps(series)})
    out = gage("diff", "2", "1", "--only", "metrics", code=1).out
    lines = out.partition("Metrics\n")[2].splitlines()
    assert [line.split() for line in lines] == [
        ["acc", "0.5", "→", "0.7", "+0.2", "(+40.0", "%)", "better"],
        ["count(err)", "7", "→", "8", "+1", "(+14.3", "%)"],
        ["number", "7", "→", "8", "+1", "(+14.3", "%)"],
        ["val_loss", "0.5", "→", "0.4", "-0.1", "(-20.0", "%)", "better"],
    ]


def test_limits_long_sections_unless_they_are_named(gage, project):
    root = project / ".gage" / "runs"
    make_run(root, config={f"name{n}": 0 for n in range(30)})
    make_run(root, config={f"name{n}": 1 for n in range(30)})
    out = gage("diff", "2", "1", code=1).out
    assert "and 18 more: use --only config" in out and sum(f" name{n} " in out for n in range(30)) == 12
    out = gage("diff", "2", "1", "--only", "config", code=1).out
    assert all(f"  name{n} " in out for n in range(30)) and "more" not in out
    out = gage("diff", "2", "1", "2", code=1).out
    assert out.endswith("Config: 18 more: use --only config\n") and sum(f" name{n} " in out for n in range(30)) == 12
    assert "name29 " in gage("diff", "2", "1", "2", "--only", "config", code=1).out


def test_control_characters_are_escaped(gage, project):
    root = project / ".gage" / "runs"
    evil = "x\x1b[2J\u202e"
    for value in ("one\x1b]0;a\x07", "two\x9b"):
        make_run(
            root,
            config={evil: value},
            files={evil: value},
            output=f"{value}\n",
            label=evil,
            members={"sys/packages.json": json.dumps({evil: value}), "proc/env.json": json.dumps({evil: value})},
        )
    for words in ((), ("--all",), ("--stat",), ("1",), ("--json",)):
        out = gage("diff", "2", "1", *words, code=1).out
        assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "member",
    ["plan.json", "opdef.json", "manifest", "sourcecode.json", "inputs.json", "sys/packages.json", "sys/git.json"],
)
def test_damage_is_trouble(gage, project, member):
    root = project / ".gage" / "runs"
    make_run(root)
    make_run(root, members={member: b"\xff{not it"})
    result = gage("diff", "2", "1", code=2)
    assert (result.err.startswith("gage: ") and "JSON" in result.err) or "manifest" in result.err


@pytest.mark.parametrize(
    "value",
    [b"[]", b"3", b'"x"', b"null", b'{"files": [[1, 2, 3], ["../x", 1, "a"]]}', b'{"a": {"b": [null]}}', b"[[]]"],
)
def test_foreign_values_are_harmless(gage, project, value):
    root = project / ".gage" / "runs"
    names = ("plan.json", "opdef.json", "run-cmd.json", "sourcecode.json", "inputs.json", "copied.json", "patched.json")
    names += tuple(f"sys/{name}.json" for name in ("git", "packages", "python", "platform", "hardware"))
    for members in ({}, dict.fromkeys((*names, "proc/env.json", "proc/cmd.json"), value)):
        make_run(root, members=members)
    for words in (("2", "1"), ("2", "1", "--all"), ("2", "1", "--json"), ("1", "2", "1")):
        gage("diff", *words, code=1)
    gage("diff", "1", "1", "--all")


def test_does_not_follow_links_out_of_a_run(gage, project, tmp_path):
    (tmp_path / "outside.py").write_text("outside = 1\n")
    run_train(gage)
    (project / "train.py").write_text(TRAIN + "# end\n")
    run_train(gage)
    path = project / ".gage" / "runs" / gage("select", "2").out.strip() / "train.py"
    path.unlink()
    path.symlink_to(tmp_path / "outside.py")
    out = gage("diff", "2", "1", "--only", "source", code=1).out
    assert "outside" not in out and "the file is missing or cannot be read" in out
    path.unlink()
    path.write_text("changed = 1\n")
    out = gage("diff", "2", "1", "--only", "source", code=1).out
    assert "changed = 1" not in out and "has changed since the run started" in out


def test_secrets_are_neither_shown_nor_called_the_same(gage, project):
    (project / "train.py").write_text(TRAIN + 'api_key = "abc"\n')
    for secret in ("hunter2hunter2", "hunter3hunter3"):
        run_train(gage, f"api_key={secret}")
    result = gage("diff", "2", "1", code=None)
    assert "hunter" not in result.out and "Not compared" in result.out and "api_key" in result.out


def test_compares_old_stores(gage, old_store):
    result = gage("diff", "1", "5", "--runs", str(old_store), code=1)
    assert "Config" in result.out and result.err == ""


def test_compares_deleted_runs_by_name(gage, store):
    name = gage("list", "--json").json["runs"][0]["name"]
    gage("delete", "1", "--yes")
    assert gage("diff", name, "1", code=1).out.startswith(f"A  {name}")


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("words", [("2", "1"), ("1:3",), ("2", "1", "--stat"), ("2", "1", "--all")])
def test_fits_the_terminal(gage, project, columns, words):
    root = project / ".gage" / "runs"
    for n in range(3):
        make_run(
            root,
            config={
                "a-very-long-name-of-a-parameter" * 2: n,
                "text": "大きい " * 30 + str(n),
                "list": [n] * 50,
                "lr": n,
            },
            label="a long label " * 20,
            output=f"word {n} " + "word " * 60 + f"{n}\n" * 3,
            files={"a/" * 30 + f"{n}.txt": "x"},
            members={
                "proc/env.json": json.dumps({"PATH": "/bin:" * 30 + f"/opt/{n}:" + "/usr/bin:" * 30}),
                "summaries/metrics.json": json.dumps({"metric/" * 9: {"count": 1, "last": {"value": 0.12345 + n}}}),
            },
        )
    text, code = on_terminal(project, "diff", *words, columns=columns)
    assert code == 1 and COLOUR.search(text)
    lines = COLOUR.sub("", text).splitlines()
    if columns >= 40:
        assert max(map(terminal.display_width, lines)) <= columns, max(lines, key=terminal.display_width)
    assert not COLOUR.search(on_terminal(project, "diff", *words, NO_COLOR="1")[0])


def test_long_lines_have_marks(gage, project):
    root = project / ".gage" / "runs"
    for n in (1, 2):
        make_run(root, members={"proc/env.json": json.dumps({"PATH": "/bin:" * 30 + f"/opt/{n}:" + "/usr/bin:" * 30})})
    line = COLOUR.sub("", on_terminal(project, "diff", "2", "1", "--only", "environment")[0]).splitlines()[-1]
    assert "[-1-]{+2+}" in line and line.startswith("  PATH  …") and line.rstrip().endswith("…")
    assert "[-1-]{+2+}" in gage("diff", "2", "1", code=1).out


def test_works_without_git(gage, project, tmp_path):
    run_train(gage)
    run_train(gage)
    path = {"PATH": str(tmp_path)}
    assert "No difftool is configured" in gage("diff", "2", "1", "--tool", code=2, env=path).err
