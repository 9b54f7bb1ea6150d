"""An answer is kept until something that it came from changes."""

import os
import sys
import time
from pathlib import Path

import pytest
from asked import Asked

from gage.parsers import parser_lookup
from gage.parsers.introspect import cache, probe_process

HEAD = "import argparse\np = argparse.ArgumentParser()\n"


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[object]:
    """How often programs were started."""
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    asked: list[object] = []
    real = probe_process.run_probe

    def ask(*args: object, **named: object) -> object:
        asked.append(args)
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(probe_process, "run_probe", ask)
    return asked


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_it_is_asked_once(project: Path, asks: list[object]) -> None:
    program = Asked(
        project, HEAD + "p.add_argument('--a', type=int, nargs=2, default=[1, 2], choices=(1, 2))\np.parse_args()"
    )
    assert program.find() == program.find()
    assert len(asks) == 1


def test_a_module_of_the_parser_changes(project: Path, asks: list[object]) -> None:
    lib = project / "deep" / "lib.py"
    lib.parent.mkdir()
    lib.write_text("LR = 0.1\n")
    program = Asked(
        project,
        HEAD
        + "import importlib\np.add_argument('--lr', default=importlib.import_module('deep.lib').LR)\np.parse_args()",
    )
    assert program.settings()["lr"].default == 0.1
    was = lib.stat()
    lib.write_text("LR = 0.2\n")
    os.utime(lib, ns=(was.st_atime_ns, was.st_mtime_ns))  # same size, same time
    assert program.settings()["lr"].default == 0.2
    old = time.time() - 100
    os.utime(lib, (old, old))  # another time, same content
    assert program.settings()["lr"].default == 0.2
    assert len(asks) == 2


def test_a_file_that_the_program_reads_changes(project: Path, asks: list[object]) -> None:
    (project / "lr.txt").write_text("0.1")
    program = Asked(project, HEAD + "p.add_argument('--lr', default=open('lr.txt').read())\np.parse_args()")
    assert program.settings()["lr"].default == "0.1"
    (project / "lr.txt").write_text("0.25")
    assert program.settings()["lr"].default == "0.25"
    (project / "lr.txt").unlink()
    found = program.find()
    assert found is not None
    assert "No such file" in found.note


def test_another_command_is_another_question(project: Path, asks: list[object]) -> None:
    program = Asked(project, HEAD + "import os\np.add_argument('--lr', default=os.environ.get('LR'))\np.parse_args()")
    for env in ({"LR": "1"}, {"LR": "2"}, {"LR": "1"}):
        found = parser_lookup.find_parser_spec(program.command, program.script, project, project, env)
        assert found is not None
        assert found.parameters[0].default == env["LR"]
    assert len(asks) == 2


def test_a_variable_of_the_environment_changes(
    project: Path, asks: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Asked(project, HEAD + "import os\np.add_argument('--lr', default=os.getenv('LR', '1'))\np.parse_args()")
    for value in ("2", "2", "3", None):
        monkeypatch.setenv("LR", value) if value else monkeypatch.delenv("LR")
        assert program.settings()["lr"].default == (value or "1")
    assert len(asks) == 3
    place = cache.cache_path(program.command, project, {})
    assert place is not None
    assert '"2"' not in place.read_text().partition('"program"')[0]


def test_what_came_late_is_asked_again(project: Path, asks: list[object]) -> None:
    place = cache.cache_path(["python"], project, {})
    assert place is not None
    cache.save_cached_spec(place, cache.CachedSpec(None, "late"), [], {}, 0, late=True)
    assert cache.load_cached_spec(place, {}) == cache.CachedSpec(None, "late")
    old = time.time() - 2 * cache.TIMEOUT_TTL_SECONDS
    os.utime(place, (old, old))
    assert cache.load_cached_spec(place, {}) is None


def test_a_failure_is_kept_too(project: Path, asks: list[object]) -> None:
    program = Asked(project, "import sys\nsys.exit()\n" + HEAD + "p.add_argument('--lr')\np.parse_args()")
    assert program.find() == program.find()
    assert len(asks) == 1
    program.script.write_text(HEAD + "p.add_argument('--lr')\np.parse_args()")
    assert program.ask().origin == "introspected"


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format": 1}', b"\xff", b'{"format": 1, "on": [], "program": 3, "reason": 1}']
)
def test_a_damaged_answer_is_none(project: Path, asks: list[object], damage: bytes) -> None:
    program = Asked(project, HEAD + "p.add_argument('--lr')\np.parse_args()")
    program.ask()
    place = cache.cache_path(program.command, project, {})
    assert place is not None
    assert place.is_file()
    place.write_bytes(damage)
    assert program.ask().parameters[0].name == "lr"
    assert len(asks) == 2


def test_there_need_be_no_place_to_keep_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "file").write_text("")
    monkeypatch.setenv("GAGE_CACHE", str(project / "file" / "cache"))
    assert Asked(project, HEAD + "p.add_argument('--lr')\np.parse_args()").settings().keys() == {"lr"}


def test_old_answers_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_CACHED_SPECS", 4)
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path))
    for i in range(9):
        cache.save_cached_spec(
            cache.cache_path([sys.executable, str(i)], tmp_path, {}), cache.CachedSpec(None, "x"), [], {}, 0
        )
    assert 1 <= len(list((tmp_path / "asked").iterdir())) <= 5
