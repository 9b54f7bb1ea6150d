"""Completion of command lines, independent of the shell."""

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
from gage.cli.completion.complete import _complete_commands
from gage.cli.completion.completion_values import COMPLETERS, FREE_TEXT_METAVARS
from gage.cli.completion.context import CompletionContext
from gage.cli.completion.run_arguments import _read_head
from gage.cli.completion.shells import Bash, Nushell
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

Completer = Callable[..., dict[str, str]]


@pytest.fixture
def complete(gage) -> Completer:
    """What `gage WORDS` offers for the last word: value → description."""

    def run_completion(*words: str, **options: object) -> dict[str, str]:
        result = gage(*words, env={"_GAGE_COMPLETE": "fish"} | options.pop("env", {}), **options)
        assert result.err == ""
        lines = [line.partition("\t") for line in result.out.splitlines()]
        return {value: about for value, _, about in lines}

    return run_completion


def test_completes_commands_with_descriptions(complete: Completer) -> None:
    assert complete("") == COMMANDS
    assert complete("li") == {"list": "List runs"}


def test_completes_an_alias_if_no_command_matches(complete: Completer) -> None:
    assert complete("ls") == {"ls": "List runs"}
    assert list(complete("de")) == ["delete"]
    assert list(complete("ops")) == ["ops"]


def test_completes_what_diff_takes(complete: Completer, store: Path, home: Path) -> None:
    (home / ".gitconfig").write_text('[difftool "a.b"]\n\tcmd = x\n\tpath = y\n[difftool "c"]\n\tpath = z\n')
    assert list(complete("diff", "--tool", "")) == ["a.b", "c"]
    assert list(complete("diff", "--only", "config,me")) == ["config,metrics"]
    assert len(complete("diff", "1", "")) == 3


def test_an_alias_completes_like_its_command(complete: Completer) -> None:
    assert complete("ls", "--del") == complete("list", "--del") == {"--deleted": "Show deleted runs"}


def test_completes_options_with_descriptions(complete: Completer) -> None:
    completions = complete("list", "-")
    assert completions["--limit"] == "Show at most N runs"
    assert "--runs" not in completions
    assert complete("list", "-l") == {}
    assert complete("list", "-m") == {"-m": "Show 20 more runs (repeatable)"}
    assert complete("--ru") == {"--runs": "Runs directory (default: $GAGE_RUNS, else that of the project)"}


def test_omits_options_already_used(complete: Completer) -> None:
    assert "--deleted" not in complete("list", "--deleted", "--")
    assert "--where" in complete("list", "--where", "a", "--")


def test_completes_nothing_for_an_unknown_command(complete: Completer) -> None:
    assert complete("nothing", "") == {}
    assert complete("nothing") == {}


def test_completes_scripts_and_directories(complete: Completer, project: Path) -> None:
    (project / "evaluate.sh").write_text("#!/bin/sh\n# Evaluate it\n")
    (project / "tool").write_text("#!/bin/sh\n")
    (project / "tool").chmod(0o755)
    (project / "notes.txt").write_text("")
    (project / "sub").mkdir()
    (project / "sub" / "deep.py").write_text("# -*- coding: utf-8 -*-\n'''Go deep.'''\n")
    (project / "__pycache__").mkdir()
    completions = complete("run", "")
    assert completions == {"evaluate.sh": "Evaluate it", "tool": "script", "train.py": "script", "sub/": "directory"}
    assert list(complete("run", "sub/")) == ["sub/deep.py"]
    assert complete("run", "nowhere/") == {}


def test_completes_operations(complete: Completer, project: Path) -> None:
    (project / "gage.toml").write_text(GAGEFILE)
    assert complete("run", "t") == {"train": "Train a net", "train.py": "script"}
    assert complete("run", "pre") == {"prepare": "python train.py"}


def test_completes_parameters_of_a_script(complete: Completer) -> None:
    assert complete("run", "train.py", "") == {"lr=": "0.1", "epochs=": "2"}
    assert complete("run", "train.py", "l") == {"lr=": "0.1"}
    assert complete("run", "train.py", "lr=0.2", "") == {"epochs=": "2"}
    assert complete("run", "train.py", "lr=") == {"lr=0.1": "default"}
    assert complete("run", "train.py", "nothing=") == {}


def test_completes_parameters_of_an_operation(complete: Completer, project: Path) -> None:
    (project / "gage.toml").write_text(GAGEFILE)
    assert complete("run", "prepare", "") == {"mode=": "fast, How", "shuffle=": "false", "size=": "required"}
    assert complete("run", "prepare", "mode=") == {"mode=fast": "default", "mode=slow": ""}
    assert complete("run", "prepare", "shuffle=t") == {"shuffle=true": ""}


def test_completes_parameters_of_the_default_operation(complete: Completer, project: Path) -> None:
    (project / "gage.toml").write_text('[train]\nexec = "python train.py"\ndefault = true\n')
    assert complete("run", "ep") == {"epochs=": "2"}
    assert complete("run", "epochs=") == {"epochs=2": "default"}


@pytest.mark.parametrize(
    "text", ["lr = = 2\n", "[train\n", "\x00", "[train]\nexec = 3\n"], ids=["value", "table", "nul", "type"]
)
def test_ignores_an_invalid_gage_file(complete: Completer, project: Path, text: str) -> None:
    (project / "gage.toml").write_text(text)
    assert "train.py" in complete("run", "")
    assert complete("run", "train.py", "l") == {"lr=": "0.1"}


def test_completes_no_parameters_of_an_unreadable_script(complete: Completer, project: Path) -> None:
    (project / "broken.py").write_bytes(b"lr = (\n\xff\x00")
    assert "broken.py" in complete("run", "")
    assert complete("run", "broken.py", "") == {}


def test_completes_runs_by_name_and_id(complete: Completer, store: Path, gage) -> None:
    runs = gage("list", "--json").json["runs"]
    completions = complete("show", "")
    assert list(completions) == [run["name"] for run in runs]
    assert completions[runs[2]["name"]].startswith("train, completed, ")
    assert completions[runs[2]["name"]].endswith(" ago, first, #paper")
    assert list(complete("show", runs[0]["name"][:4])) == [runs[0]["name"]]
    assert list(complete("show", runs[0]["id"][:30])) == [runs[0]["id"]]
    assert list(complete("label", runs[0]["name"], "")) == [run["name"] for run in runs[1:]]


def test_completes_metrics(complete: Completer, gage, project: Path) -> None:
    gage("run", "train.py", "--yes")
    assert "loss" in complete("plot", "1", "")
    assert (
        list(complete("plot", "loss")) == list(complete("metrics", "--series", "loss")) == ["loss"]
    )  # no name of a run
    assert list(complete("list", "--columns", "name,lo")) == ["name,loss"]
    assert "loss" in complete("list", "--where", "lo")
    assert list(complete("list", "--where", "mark")) == ["marked", "mark="]
    assert list(complete("media", "--kind", "im")) == ["image"]
    assert list(complete("best", "lo")) == list(complete("compare", "1", "2", "--metric", "lo")) == ["loss"]
    assert list(complete("best", "loss", "--per", "epo")) == ["epochs"]
    assert complete("archive", "--name", "lo") == {}


@pytest.mark.parametrize(
    "command", sorted(set(COMMANDS) - {"init", "run", "help", "operations", "config", "check", "completion"})
)
def test_every_run_argument_completes_runs(complete: Completer, project: Path, command: str) -> None:
    root = project / ".gage" / "runs"
    deleted = make_run(root, deleted=True)
    running = make_run(root, status="running")
    before = {"best": ("loss",), "board": ("models",)}.get(command, ())
    completions = complete(command, *before, "")
    assert completions
    expected = deleted if command in ("restore", "purge") else running
    assert expected in complete(command, *before, expected[:30])


def test_completes_the_boards_of_the_project(complete: Completer, project: Path) -> None:
    run = make_run(project / ".gage" / "runs")
    (project / "boards").mkdir()
    (project / "boards" / "models.toml").write_text("")
    assert list(complete("board", "mo")) == ["models"]
    assert run in complete("board", "models", run[:30]) and run in complete("board", "--config", "x", run[:30])


def test_completes_only_runs_that_the_command_accepts(complete: Completer, project: Path) -> None:
    root = project / ".gage" / "runs"
    ids = {status: make_run(root, status=status) for status in ("completed", "running", "staged")}
    ids |= {"deleted": make_run(root, deleted=True), "archived": make_run(root, archive="old")}

    def list_completed(*words: str) -> set[str]:
        return {name for name, id in ids.items() if id in complete(*words, id[:35])}

    assert list_completed("stop") == {"running"}
    assert list_completed("run", "--start") == {"staged"}
    assert list_completed("restore") == {"deleted"}
    assert list_completed("list", "--deleted") == {"deleted"}
    assert list_completed("archive", "--restore") == {"archived"}
    assert list_completed("check", "--run") == {"completed", "running", "staged"}
    assert list(complete("list", "--archive", "")) == ["old"]


def test_completes_tags(complete: Completer, store: Path) -> None:
    make_run(store, tags=("keep", "poster"))
    assert list(complete("run", "train.py", "--tag", "")) == ["keep", "paper", "poster"]
    assert list(complete("run", "train.py", "--tag=p")) == ["--tag=paper", "--tag=poster"]
    assert list(complete("run", "-t", "keep", "-t", "k")) == []
    assert list(complete("tag", "1", "p")) == ["paper", "poster"]
    assert list(complete("tag", "1", "--remove", "k")) == ["keep"]
    assert list(complete("tag", "--clear", "1", "p")) == list(complete("show", "p"))


def test_completes_files_of_a_run(complete: Completer, store: Path, gage) -> None:
    name = gage("select", "1", "--name").out.strip()
    assert complete("cat", "1", "") == {"a/": "directory", "bytes": "6 bytes", "train.py": "19 bytes"}
    assert list(complete("cat", "1", "")) == ["a/", "bytes", "train.py"]
    assert complete("cat", name, "a/") == {"a/b.txt": "5 bytes"}
    assert list(complete("cat", "3", "--path", "m")) == ["model.txt"]
    assert list(complete("cat", "--path", "")) == ["a/", "bytes", "train.py"]
    assert list(complete("cat", "--where", "paper", "m")) == ["model.txt"]
    assert list(complete("open", "3", "mod")) == ["model.txt"]
    assert list(complete("cat", "")) == list(complete("show", ""))
    assert complete("cat", "nobody", "") == {}


def test_completes_no_files_outside_the_run(complete: Completer, store: Path, gage, tmp_path: Path) -> None:
    folder = Path(gage("select", "1", "--run-dir").out.strip())
    (folder / "out").symlink_to(tmp_path)
    assert complete("cat", "1", "out/") == {}
    assert complete("cat", "1", "../") == {}
    assert complete("cat", "1", "/etc/") == {}


def test_completes_filters(complete: Completer, store: Path) -> None:
    assert complete("list", "--where", "sta") == {"staged": "status", "status=": "", "started": ""}
    assert list(complete("list", "-w", "status=c")) == ["status=completed"]
    assert list(complete("list", "-w", "lr")) == ["lr="]
    assert list(complete("list", "-w", "lr=")) == ["lr=0.1", "lr=0.2", "lr=0.3"]
    assert list(complete("list", "-w", "'error tag!=")) == ["error tag!=paper"]
    assert list(complete("list", "-w", "operation=e")) == ["operation=evaluate"]
    assert list(complete("list", "--where=label=")) == ["--where=label=first"]
    assert "(status = completed" in complete("list", "--where", "'(status = com")
    assert list(complete("list", "--where", "'not status in [error, com")) == ["not status in [error, completed"]
    assert "label = first" in complete("list", "--where", "'label = fi")
    assert complete("list", "--where", "'label=\"fir t") == {}
    assert list(complete("list", "--where", "'tag not in [")) == ["tag not in [paper"]
    assert list(complete("list", "--where", "'error and not op")) == ["error and not operation="]


def test_completes_values_of_the_run_itself(complete: Completer, store: Path) -> None:
    make_run(store, members={"sys/platform.json": '{"host": "gpu1"}', "run-cmd.json": '{"user": "Ann Lee"}'})
    assert list(complete("list", "--where", "host=")) == ["host=gpu1"]
    assert list(complete("list", "--where", "'user = ")) == ['user = "Ann Lee"']
    assert list(complete("list", "--where", "rea")) == ["reason="]
    assert "staged > yesterday" in complete("list", "--where", "'staged > ")


def test_completes_names_and_operators_of_filters(complete: Completer, project: Path) -> None:
    metric = {"count": 1, "last": {"step": 0, "value": 5}}
    metrics = json.dumps({"loss": metric, "top 1 %": metric})
    config = {"lr": 0.1, "eval/k 5": "x y", "eval/k": 2}
    make_run(project / ".gage" / "runs", config=config, members={"summaries/metrics.json": metrics}, label="first try")

    def offer(text: str) -> list[str]:
        return list(complete("list", "--where", f"'{text}"))

    assert offer("lo") == ["loss"]
    assert offer("min(") == ["min(loss)", "min(`top 1 %`)"]
    assert offer("loss <= 1 and config.l") == ["loss <= 1 and config.lr="]
    assert offer("metric.to") == ["metric.`top 1 %`"]
    assert offer("`to") == ["`top 1 %`"]
    assert offer("`top 1 %` ")[:3] == ["`top 1 %` =", "`top 1 %` !=", "`top 1 %` <"]
    assert offer("`eval/k 5`=") == ['`eval/k 5`="x y"'] and offer("`eval/k 5` = ") == ['`eval/k 5` = "x y"']
    assert offer("lr in [0.5, ") == ["lr in [0.5, 0.1"]
    assert offer("loss i") == ["loss in [", "loss is", "loss id="]
    assert offer("loss is n") == ["loss is null", "loss is nan", "loss is not"]
    assert offer("loss is not n") == ["loss is not null", "loss is not nan"]
    assert offer("loss > 1 ") == ["loss > 1 and", "loss > 1 or"]
    assert offer("max(loss) ")[:2] == ["max(loss) =", "max(loss) !="]
    assert offer("started > y") == ["started > yesterday"] and offer("started=to") == ["started=today"]
    assert offer("loss < l") == ["loss < lr", "loss < loss", "loss < last(", "loss < len("]
    assert offer("label=f") == ['label="first try"']
    assert offer('label="f') == []


def test_completes_topics_and_commands_for_help(complete: Completer) -> None:
    assert complete("help", "fil") == {"filters": "Conditions for --where"}
    assert complete("help", "li") == {"list": "List runs"}


def test_completes_functions_of_several_values(complete: Completer, project: Path) -> None:
    (project / "gage.toml").write_text(GAGEFILE)
    assert list(complete("run", "train", "lr=l")) == ["lr=loguniform[", "lr=linspace[", "lr=log["]


def test_completes_choices_of_an_argument(complete: Completer) -> None:
    assert list(complete("completion", "")) == ["bash", "zsh", "fish", "nushell"]


def test_completes_variables_without_their_values(complete: Completer) -> None:
    completions = complete("run", "train.py", "--env", "WORD", env={"WORD_OF_MINE": "secret"})
    assert completions == {"WORD_OF_MINE=": ""}


def test_uses_the_directories_of_runs_and_C_options(complete: Completer, store: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    id = make_run(elsewhere)
    assert list(complete("--runs", str(elsewhere), "show", id[:30])) == [id]
    assert list(complete("show", "--runs", str(elsewhere), id[:30])) == [id]
    assert list(complete("-C", str(store.parent.parent), "run", "tr", cwd=tmp_path)) == ["train.py"]
    assert list(complete("run", "-C", "digits", "tr", cwd=tmp_path)) == ["train.py"]


def test_leaves_paths_to_the_shell(complete: Completer) -> None:
    files, folders = {"\x01files": ""}, {"\x01folders": ""}
    assert complete("run", "--link", "") == complete("check", "x") == complete("run", "--", "ma") == files
    assert complete("-C", "") == complete("run", "--run-dir", "") == folders


def test_completes_nothing_for_free_text(complete: Completer) -> None:
    assert complete("run", "train.py", "--label", "") == complete("list", "-n", "") == {}


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


def test_omits_names_with_control_characters_or_a_leading_dash(complete: Completer, project: Path) -> None:
    root = project / ".gage" / "runs"
    make_run(root, files=dict.fromkeys(HOSTILE, ""), label="\x1b[31m\nred", tags=HOSTILE)
    completions = set(complete("cat", "1", "")) - {"train.py"}
    assert completions == set(HOSTILE[:11])
    assert set(complete("tag", "1", "")) == set(HOSTILE[:11])
    (about,) = complete("show", "").values()
    assert "\\x1b[31m\\nred" in about


@pytest.mark.parametrize("file", [".gage/runs", "gage.toml"])
def test_prints_nothing_after_an_error(gage, project: Path, file: str) -> None:
    (project / ".gage").mkdir(exist_ok=True)
    (project / file).symlink_to(file)
    for words in (["show", ""], ["run", "train.py", "l"], ["cat", "1", ""], ["list", "-w", "a"]):
        result = gage(*words, env={"_GAGE_COMPLETE": "fish"})
        assert result.err == ""


def test_gage_debug_shows_the_error(gage, project: Path) -> None:
    env = os.environ | {"_GAGE_COMPLETE": "fish", "GAGE_DEBUG": "1"}
    argv = [sys.executable, "-m", "gage", "nothing", ""]
    result = subprocess.run(argv, cwd=project, env=env, capture_output=True, text=True, check=True)
    assert "LookupError" in result.stderr
    assert gage("li", env={"_GAGE_COMPLETE": "no-shell"}).out == ""


def test_works_without_a_writable_index(complete: Completer, store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(complete("show", "", env={"GAGE_CACHE": str(tmp_path / "file")})) == 3


def test_reads_runs_missing_in_the_index(complete: Completer, project: Path) -> None:
    store = make_store(project / ".gage" / "runs", 900)
    latest = max(store.list_ids())
    completions = complete("show", "")
    assert len(completions) == 40
    assert list(complete("show", latest[:34])) == [latest]
    assert complete("stop", "") == {}


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


def test_completes_config_of_the_restarted_run(complete, gage, store):
    assert complete("run", "--restart", "1", "") == {"lr=": "0.3"}
    assert complete("run", "--resume-from", "1", "lr=") == {"lr=0.3": "as before"}


def test_completes_no_values_of_variables_and_no_words_of_a_started_run(complete, gage, store) -> None:
    assert complete("run", "train.py", "--env", "HOME=") == {}
    assert complete("run", "--start", "1", "") == {}


def test_ignores_what_is_not_a_script(complete, project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    assert "pipe.py" not in complete("run", "")
    assert _read_head(str(project / "gone.py")) == ""


def test_completes_commands_only_of_a_group() -> None:
    ctx = click.Context(click.Command("list"))
    assert _complete_commands(CompletionContext(ctx, None, "")) == []


def test_quotes_words_for_nushell() -> None:
    assert Nushell().quote("lr=0.1") == "lr=0.1"
    assert Nushell().quote('a "b"\\') == '"a \\"b\\"\\\\"'


def test_continues_a_quoted_word_of_bash() -> None:
    for quote, unsafe in (("'", "it's"), ('"', "$HOME")):
        shell = Bash()
        shell.split([f"gage cat 1 {quote}od"])
        assert shell._quote_rest("odd name") == "odd name"
        assert shell._quote_rest(unsafe) is None
