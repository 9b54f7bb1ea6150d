"""What is offered while somebody types, whatever the shell."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from stores import make_run, make_store

from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.completion.completion_values import COMPLETERS, FREE_TEXT_METAVARS
from gage.cli.main import run_gage as top

GAGEFILE = """\
[train]
description = "Train a net"
exec = "python train.py"

[train.config]
name = "lr"
default = 0.1

[prepare]
exec = "python train.py"
config = [
    { name = "mode", default = "fast", choices = ["fast", "slow"], description = "How" },
    { name = "shuffle", default = false },
    { name = "size", type = "int", required = true },
]
"""

Offered = Callable[..., dict[str, str]]


@pytest.fixture
def offered(gage) -> Offered:
    """What `gage WORDS` offers for the last word: value → description."""

    def ask(*words: str, **options: object) -> dict[str, str]:
        done = gage(*words, env={"_GAGE_COMPLETE": "fish"} | options.pop("env", {}), **options)
        assert done.err == ""
        lines = [line.partition("\t") for line in done.out.splitlines()]
        return {value: about for value, _, about in lines}

    return ask


def test_completes_commands_with_descriptions(offered: Offered) -> None:
    assert offered("") == COMMANDS
    assert offered("li") == {"list": "List runs"}


def test_completes_an_alias_if_no_command_matches(offered: Offered) -> None:
    assert offered("ls") == {"ls": "List runs"}
    assert list(offered("de")) == ["delete"]
    assert list(offered("ops")) == ["ops"]


def test_an_alias_completes_like_its_command(offered: Offered) -> None:
    assert offered("ls", "--del") == offered("list", "--del") == {"--deleted": "Show deleted runs"}


def test_completes_options_with_descriptions(offered: Offered) -> None:
    found = offered("list", "-")
    assert found["--limit"] == "Show at most N runs"
    assert "--runs" not in found
    assert offered("list", "-l") == {}
    assert offered("list", "-m") == {"-m": "Show 20 more runs (repeatable)"}
    assert offered("--ru") == {"--runs": "Runs directory (default: $GAGE_RUNS, else that of the project)"}


def test_omits_options_already_used(offered: Offered) -> None:
    assert "--deleted" not in offered("list", "--deleted", "--")
    assert "--where" in offered("list", "--where", "a", "--")


def test_completes_nothing_for_an_unknown_command(offered: Offered) -> None:
    assert offered("nothing", "") == {}
    assert offered("nothing") == {}


def test_completes_scripts_and_directories(offered: Offered, project: Path) -> None:
    (project / "evaluate.sh").write_text("#!/bin/sh\n# Evaluate it\n")
    (project / "tool").write_text("#!/bin/sh\n")
    (project / "tool").chmod(0o755)
    (project / "notes.txt").write_text("")
    (project / "sub").mkdir()
    (project / "sub" / "deep.py").write_text("# -*- coding: utf-8 -*-\n'''Go deep.'''\n")
    (project / "__pycache__").mkdir()
    found = offered("run", "")
    assert found == {"evaluate.sh": "Evaluate it", "tool": "script", "train.py": "script", "sub/": "directory"}
    assert list(offered("run", "sub/")) == ["sub/deep.py"]
    assert offered("run", "nowhere/") == {}


def test_completes_operations(offered: Offered, project: Path) -> None:
    (project / "gage.toml").write_text(GAGEFILE)
    assert offered("run", "t") == {"train": "Train a net", "train.py": "script"}
    assert offered("run", "pre") == {"prepare": "python train.py"}


def test_completes_parameters_of_a_script(offered: Offered) -> None:
    assert offered("run", "train.py", "") == {"lr=": "0.1", "epochs=": "2"}
    assert offered("run", "train.py", "l") == {"lr=": "0.1"}
    assert offered("run", "train.py", "lr=0.2", "") == {"epochs=": "2"}
    assert offered("run", "train.py", "lr=") == {"lr=0.1": "default"}
    assert offered("run", "train.py", "nothing=") == {}


def test_completes_parameters_of_an_operation(offered: Offered, project: Path) -> None:
    (project / "gage.toml").write_text(GAGEFILE)
    assert offered("run", "prepare", "") == {"mode=": "fast, How", "shuffle=": "false", "size=": "required"}
    assert offered("run", "prepare", "mode=") == {"mode=fast": "default", "mode=slow": ""}
    assert offered("run", "prepare", "shuffle=t") == {"shuffle=true": ""}


def test_completes_parameters_of_the_default_operation(offered: Offered, project: Path) -> None:
    (project / "gage.toml").write_text('[train]\nexec = "python train.py"\ndefault = true\n')
    assert offered("run", "ep") == {"epochs=": "2"}
    assert offered("run", "epochs=") == {"epochs=2": "default"}


@pytest.mark.parametrize(
    "text", ["lr = = 2\n", "[train\n", "\x00", "[train]\nexec = 3\n"], ids=["value", "table", "nul", "type"]
)
def test_ignores_an_invalid_gage_file(offered: Offered, project: Path, text: str) -> None:
    (project / "gage.toml").write_text(text)
    assert "train.py" in offered("run", "")
    assert offered("run", "train.py", "l") == {"lr=": "0.1"}


def test_completes_no_parameters_of_an_unreadable_script(offered: Offered, project: Path) -> None:
    (project / "broken.py").write_bytes(b"lr = (\n\xff\x00")
    assert "broken.py" in offered("run", "")
    assert offered("run", "broken.py", "") == {}


def test_completes_runs_by_name_and_id(offered: Offered, store: Path, gage) -> None:
    runs = gage("list", "--json").json["runs"]
    found = offered("show", "")
    assert list(found) == [run["name"] for run in runs]
    assert found[runs[2]["name"]].startswith("train, completed, ")
    assert found[runs[2]["name"]].endswith(" ago, first, #paper")
    assert list(offered("show", runs[0]["name"][:4])) == [runs[0]["name"]]
    assert list(offered("show", runs[0]["id"][:30])) == [runs[0]["id"]]
    assert list(offered("label", runs[0]["name"], "")) == [run["name"] for run in runs[1:]]


def test_completes_metrics(offered: Offered, gage, project: Path) -> None:
    gage("run", "train.py", "--yes")
    assert "loss" in offered("plot", "1", "")
    assert list(offered("plot", "lo")) == list(offered("metrics", "--series", "lo")) == ["loss"]
    assert list(offered("list", "--columns", "name,lo")) == ["name,loss"]
    assert "loss=" in offered("list", "--where", "lo")
    assert list(offered("list", "--where", "mark")) == ["marked", "mark="]
    assert list(offered("media", "--kind", "im")) == ["image"]
    assert offered("archive", "--name", "lo") == {}


@pytest.mark.parametrize(
    "command", sorted(set(COMMANDS) - {"init", "run", "help", "operations", "config", "check", "completion"})
)
def test_every_run_argument_completes_runs(offered: Offered, project: Path, command: str) -> None:
    root = project / ".gage" / "runs"
    deleted = make_run(root, deleted=True)
    running = make_run(root, status="running")
    found = offered(command, "")
    assert found
    wanted = deleted if command in ("restore", "purge") else running
    assert wanted in offered(command, wanted[:30])


def test_completes_only_runs_that_the_command_accepts(offered: Offered, project: Path) -> None:
    root = project / ".gage" / "runs"
    ids = {status: make_run(root, status=status) for status in ("completed", "running", "staged")}
    ids |= {"deleted": make_run(root, deleted=True), "archived": make_run(root, archive="old")}

    def those(*words: str) -> set[str]:
        return {name for name, id in ids.items() if id in offered(*words, id[:35])}

    assert those("stop") == {"running"}
    assert those("run", "--start") == {"staged"}
    assert those("restore") == {"deleted"}
    assert those("list", "--deleted") == {"deleted"}
    assert those("archive", "--restore") == {"archived"}
    assert those("check", "--run") == {"completed", "running", "staged"}
    assert list(offered("list", "--archive", "")) == ["old"]


def test_completes_tags(offered: Offered, store: Path) -> None:
    make_run(store, tags=("keep", "poster"))
    assert list(offered("run", "train.py", "--tag", "")) == ["keep", "paper", "poster"]
    assert list(offered("run", "train.py", "--tag=p")) == ["--tag=paper", "--tag=poster"]
    assert list(offered("run", "-t", "keep", "-t", "k")) == []
    assert list(offered("tag", "1", "p")) == ["paper", "poster"]
    assert list(offered("tag", "1", "--remove", "k")) == ["keep"]
    assert list(offered("tag", "--clear", "1", "p")) == list(offered("show", "p"))


def test_completes_files_of_a_run(offered: Offered, store: Path, gage) -> None:
    name = gage("select", "1", "--name").out.strip()
    assert offered("cat", "1", "") == {"a/": "directory", "bytes": "6 bytes", "train.py": "19 bytes"}
    assert list(offered("cat", "1", "")) == ["a/", "bytes", "train.py"]
    assert offered("cat", name, "a/") == {"a/b.txt": "5 bytes"}
    assert list(offered("cat", "3", "--path", "m")) == ["model.txt"]
    assert list(offered("cat", "--path", "")) == ["a/", "bytes", "train.py"]
    assert list(offered("cat", "--where", "paper", "m")) == ["model.txt"]
    assert list(offered("open", "3", "mod")) == ["model.txt"]
    assert list(offered("cat", "")) == list(offered("show", ""))
    assert offered("cat", "nobody", "") == {}


def test_completes_no_files_outside_the_run(offered: Offered, store: Path, gage, tmp_path: Path) -> None:
    folder = Path(gage("select", "1", "--run-dir").out.strip())
    (folder / "out").symlink_to(tmp_path)
    assert offered("cat", "1", "out/") == {}
    assert offered("cat", "1", "../") == {}
    assert offered("cat", "1", "/etc/") == {}


def test_completes_filters(offered: Offered, store: Path) -> None:
    assert offered("list", "--where", "sta") == {"staged": "status", "status=": ""}
    assert list(offered("list", "-w", "status=c")) == ["status=completed"]
    assert list(offered("list", "-w", "lr")) == ["lr="]
    assert list(offered("list", "-w", "lr=")) == ["lr=0.1", "lr=0.2", "lr=0.3"]
    assert list(offered("list", "-w", "'error tag!=")) == ["error tag!=paper"]
    assert list(offered("list", "-w", "operation=e")) == ["operation=evaluate"]
    assert list(offered("list", "--where=label=")) == ["--where=label=first"]


def test_completes_topics_and_commands_for_help(offered: Offered) -> None:
    assert offered("help", "fil") == {"filters": "Conditions for --where"}
    assert offered("help", "li") == {"list": "List runs"}


def test_completes_choices_of_an_argument(offered: Offered) -> None:
    assert list(offered("completion", "")) == ["bash", "zsh", "fish", "nushell"]


def test_completes_variables_without_their_values(offered: Offered) -> None:
    found = offered("run", "train.py", "--env", "WORD", env={"WORD_OF_MINE": "secret"})
    assert found == {"WORD_OF_MINE=": ""}


def test_uses_the_directories_of_runs_and_C_options(offered: Offered, store: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    id = make_run(elsewhere)
    assert list(offered("--runs", str(elsewhere), "show", id[:30])) == [id]
    assert list(offered("show", "--runs", str(elsewhere), id[:30])) == [id]
    assert list(offered("-C", str(store.parent.parent), "run", "tr", cwd=tmp_path)) == ["train.py"]
    assert list(offered("run", "-C", "digits", "tr", cwd=tmp_path)) == ["train.py"]


def test_leaves_paths_to_the_shell(offered: Offered) -> None:
    files, folders = {"\x01files": ""}, {"\x01folders": ""}
    assert offered("run", "--link", "") == offered("check", "x") == offered("run", "--", "ma") == files
    assert offered("-C", "") == offered("run", "--run-dir", "") == folders


def test_completes_nothing_for_free_text(offered: Offered) -> None:
    assert offered("run", "train.py", "--label", "") == offered("list", "-n", "") == {}


HOSTILE = (
    *(
        "$(touch owned)",
        "`touch owned`",
        "a;touch owned",
        "a b",
        "a'b",
        'a"b',
        "a:b",
        "a\\b",
        "!!",
        "*",
        "~root",
        "-rf",
    ),
    *("new\nline", "tab\tulator", "\x1b[2Jred", "\x01files", "\u202egpj.exe"),
)


def test_omits_names_with_control_characters_or_a_leading_dash(offered: Offered, project: Path) -> None:
    root = project / ".gage" / "runs"
    make_run(root, files=dict.fromkeys(HOSTILE, ""), label="\x1b[31m\nred", tags=HOSTILE)
    found = set(offered("cat", "1", "")) - {"train.py"}
    assert found == set(HOSTILE[:11])
    assert set(offered("tag", "1", "")) == set(HOSTILE[:11])
    (about,) = offered("show", "").values()
    assert "\\x1b[31m\\nred" in about


@pytest.mark.parametrize("file", [".gage/runs", "gage.toml"])
def test_prints_nothing_after_an_error(gage, project: Path, file: str) -> None:
    (project / ".gage").mkdir(exist_ok=True)
    (project / file).symlink_to(file)
    for words in (["show", ""], ["run", "train.py", "l"], ["cat", "1", ""], ["list", "-w", "a"]):
        done = gage(*words, env={"_GAGE_COMPLETE": "fish"})
        assert done.err == ""


def test_gage_debug_shows_the_error(gage, project: Path) -> None:
    env = os.environ | {"_GAGE_COMPLETE": "fish", "GAGE_DEBUG": "1"}
    argv = [sys.executable, "-m", "gage", "nothing", ""]
    done = subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True, check=True)
    assert "LookupError" in done.stderr
    assert gage("li", env={"_GAGE_COMPLETE": "no-shell"}).out == ""


def test_works_without_a_writable_index(offered: Offered, store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(offered("show", "", env={"GAGE_CACHE": str(tmp_path / "file")})) == 3


def test_reads_runs_missing_in_the_index(offered: Offered, project: Path) -> None:
    store = make_store(project / ".gage" / "runs", 900)
    latest = max(store.list_ids())
    found = offered("show", "")
    assert len(found) == 40
    assert list(offered("show", latest[:34])) == [latest]
    assert offered("stop", "") == {}


def test_every_metavar_has_a_completer() -> None:
    """A metavar that is new has to be in `completion_words`: what is offered for it, or that it is free text."""
    unknown = set()
    ctx = click.Context(top)
    for name in COMMANDS:
        command = top.get_command(ctx, name)
        assert command is not None
        for param in command.params:
            if param.metavar and isinstance(param.type, click.types.StringParamType):
                unknown |= {(name, param.metavar)} - {(name, known) for known in (*COMPLETERS, *FREE_TEXT_METAVARS)}
    assert unknown == set()
    assert set(ALIASES.values()) <= set(COMMANDS)


def test_completion_imports_few_modules(project: Path, tmp_path: Path) -> None:
    record = Path(__file__).parents[1] / "budgets" / "record.py"
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")} | {"_GAGE_COMPLETE": "zsh"}
    for words in (["li"], ["show", ""], ["run", "tr"]):
        subprocess.run([sys.executable, record, tmp_path / "seen", *words], cwd=project, env=env, check=True)
        modules = set(json.loads((tmp_path / "seen").read_text())["modules"])
        assert (
            modules & {"yaml", "psutil", "subprocess", "tempfile", "logging", "argparse", "gage.runner.runner"} == set()
        )


def test_completes_config_of_the_restarted_run(offered, gage, store):
    assert offered("run", "--restart", "1", "") == {"lr=": "0.3"}
    assert offered("run", "--resume-from", "1", "lr=") == {"lr=0.3": "as before"}
