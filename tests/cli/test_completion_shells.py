"""Completion in real shells, installed as a user would and tested by sending keys."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import Shell, skip_if_missing
from stores import make_run

from gage.cli.completion.shells import SHELLS

EVIL = "evil $(touch owned) `touch owned`;touch owned|'\"\\*!?~ {a,b} [x] #<>&: %s"
"""As a file name, a program in every shell that forgets to quote."""

LINK = "odd:name"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, gage, home: Path, project: Path) -> Iterator[Shell]:
    skip_if_missing(request.param)
    root = project / ".gage" / "runs"
    make_run(
        root, files={EVIL: "", "model.txt": "", f"{LINK}.txt": ""}, label="\x1b[31m$(touch owned)\n", tags=("paper",)
    )
    gage("completion", "--install", request.param)
    started = Shell(request.param, home, project)
    yield started
    started.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_completes_typed_words(shell: Shell, project: Path, gage) -> None:
    name = gage("select", "1", "--name").out.strip()
    assert shell.complete("gage li") == ["gage", "list"]
    assert shell.complete("gage run tr") == ["gage", "run", "train.py"]
    assert shell.complete("gage run train.py l") == ["gage", "run", "train.py", "lr="]
    assert shell.complete("gage run train.py lr=") == ["gage", "run", "train.py", "lr=0.1"]
    assert shell.complete("gage list --del") == ["gage", "list", "--deleted"]
    assert shell.complete("gage show ") == ["gage", "show", name]
    assert shell.complete(f"gage show {name[:7]}") == ["gage", "show", name]
    assert shell.complete("gage run train.py --tag ") == ["gage", "run", "train.py", "--tag", "paper"]
    assert shell.complete("gage run train.py --tag=p") == ["gage", "run", "train.py", "--tag=paper"]
    assert shell.complete("gage cat 1 mo") == ["gage", "cat", "1", "model.txt"]
    assert shell.complete("gage help fil") == ["gage", "help", "filters"]
    assert not (project / "owned").exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_quotes_hostile_names(shell: Shell, project: Path) -> None:
    assert shell.complete("gage cat 1 ev") == ["gage", "cat", "1", EVIL]
    assert shell.complete("gage cat 1 odd") == ["gage", "cat", "1", "odd:name.txt"]
    assert shell.complete("gage cat 1 odd:na") == ["gage", "cat", "1", "odd:name.txt"]
    text = shell.list_completions("gage cat 1 ", "model.txt")
    assert "odd:name.txt" in text.replace("\\", "")
    assert not list(project.rglob("owned"))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_lists_completions_with_descriptions(shell: Shell, project: Path) -> None:
    assert "clear the label" in shell.list_completions("gage l", "clear the label")
    make_run(project / ".gage" / "runs", "evaluate", "error")
    text = shell.list_completions("gage show ", "evaluate, error")
    assert "train, completed" in text
    assert "\\x1b[31m" in text
    assert not (project / "owned").exists()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_prints_nothing_without_completions(shell: Shell, project: Path) -> None:
    (project / "gage.toml").write_text("[broken\n")
    for typed in ("gage nothing ", "gage cat nobody ", "gage run --label "):
        assert shell.type_line_and_tab(typed)[:2] == typed.split()[:2]
        assert "Traceback" not in shell.text
        assert "rror" not in shell.text


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_completes_inside_of_a_quoted_filter(shell: Shell, project: Path) -> None:
    metric = {"count": 1, "last": {"step": 0, "value": 5}}
    metrics = {"summaries/metrics.json": json.dumps({"validation_loss": metric, "top 1 %": metric})}
    make_run(project / ".gage" / "runs", config={"lr": 0.1, "model": "big net"}, members=metrics)

    def check(text: str, expected: str) -> None:
        # bash and nushell close each quote, fish one of what does not end with "=", zsh one of what does not continue
        is_open = text.startswith("'") and not expected.endswith(("1", '"'))
        is_open &= {"bash": False, "nushell": False, "fish": expected.endswith("=")}.get(shell.name, True)
        arguments = shell.complete(f"gage list --where {text}", "'" if is_open else "")
        assert arguments == ["gage", "list", "--where", expected]

    check("'valid", "validation_loss")
    check("'lr = ", "lr = 0.1")
    check("'model", "model=")
    check("'model = ", 'model = "big net"')
    check("'`top", "`top 1 %`")
    check("'lr < 1 and min(val", "lr < 1 and min(validation_loss)")
    check("model=", 'model="big net"')
