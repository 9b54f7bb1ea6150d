"""The result of introspection is cached until something changes that it depends on."""

import os
import sys
import time
from pathlib import Path

import pytest
from introspected import Program

from gage.parsers import parser_lookup
from gage.parsers.introspect import cache, probe_process
from gage.parsers.parser_spec import ParserSpec

HEAD = "import argparse\np = argparse.ArgumentParser()\n"


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[object]:
    """The arguments of each start of a program."""
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    started: list[object] = []
    real = probe_process.run_probe

    def run_probe(*args: object, **named: object) -> object:
        started.append(args)
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(probe_process, "run_probe", run_probe)
    return started


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    return directory


def test_introspects_once(project: Path, probes: list[object]) -> None:
    program = Program(
        project, HEAD + "p.add_argument('--a', type=int, nargs=2, default=[1, 2], choices=(1, 2))\np.parse_args()"
    )
    assert program.find_spec() == program.find_spec()
    assert len(probes) == 1


def test_introspects_again_when_an_imported_module_changes(project: Path, probes: list[object]) -> None:
    lib = project / "deep" / "lib.py"
    lib.parent.mkdir()
    lib.write_text("LR = 0.1\n")
    program = Program(
        project,
        HEAD
        + "import importlib\np.add_argument('--lr', default=importlib.import_module('deep.lib').LR)\np.parse_args()",
    )
    assert program.parameters()["lr"].default == 0.1
    before = lib.stat()
    lib.write_text("LR = 0.2\n")
    os.utime(lib, ns=(before.st_atime_ns, before.st_mtime_ns))  # same size, same time
    assert program.parameters()["lr"].default == 0.2
    earlier = time.time() - 100
    os.utime(lib, (earlier, earlier))  # another time, same content
    assert program.parameters()["lr"].default == 0.2
    assert len(probes) == 2


def test_introspects_again_when_a_file_changes_that_the_program_reads(project: Path, probes: list[object]) -> None:
    (project / "lr.txt").write_text("0.1")
    program = Program(project, HEAD + "p.add_argument('--lr', default=open('lr.txt').read())\np.parse_args()")
    assert program.parameters()["lr"].default == "0.1"
    (project / "lr.txt").write_text("0.25")
    assert program.parameters()["lr"].default == "0.25"
    (project / "lr.txt").unlink()
    spec = program.find_spec()
    assert spec is not None
    assert "No such file" in spec.note


def test_caches_by_environment_of_the_command(project: Path, probes: list[object]) -> None:
    program = Program(project, HEAD + "import os\np.add_argument('--lr', default=os.environ.get('LR'))\np.parse_args()")
    for env in ({"LR": "1"}, {"LR": "2"}, {"LR": "1"}):
        spec = parser_lookup.find_parser_spec(program.command, program.script, project, project, env)
        assert spec is not None
        assert spec.parameters[0].default == env["LR"]
    assert len(probes) == 2


def test_introspects_again_when_a_variable_changes_that_the_program_reads(
    project: Path, probes: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = Program(project, HEAD + "import os\np.add_argument('--lr', default=os.getenv('LR', '1'))\np.parse_args()")
    for value in ("2", "2", "3", None):
        monkeypatch.setenv("LR", value) if value else monkeypatch.delenv("LR")
        assert program.parameters()["lr"].default == (value or "1")
    assert len(probes) == 3
    entry = cache.locate_entry(program.command, project, {})
    assert entry is not None
    assert '"2"' not in entry.read_text().partition('"spec"')[0]


def test_cached_timeout_expires(project: Path, probes: list[object]) -> None:
    entry = cache.locate_entry(["python"], project, {})
    assert entry is not None
    cache.save_cached_spec(entry, ParserSpec("", note="too slow"), [], {}, 0, is_timeout=True)
    assert cache.load_cached_spec(entry, {}) == ParserSpec("", note="too slow")
    earlier = time.time() - 2 * cache.TIMEOUT_TTL_SECONDS
    os.utime(entry, (earlier, earlier))
    assert cache.load_cached_spec(entry, {}) is None


def test_caches_failures(project: Path, probes: list[object]) -> None:
    program = Program(project, "import sys\nsys.exit()\n" + HEAD + "p.add_argument('--lr')\np.parse_args()")
    assert program.find_spec() == program.find_spec()
    assert len(probes) == 1
    program.script.write_text(HEAD + "p.add_argument('--lr')\np.parse_args()")
    assert program.introspect().origin == "introspected"


def test_forgets_a_failure_when_a_file_beside_the_script_changes(project: Path, probes: list[object]) -> None:
    source = "import helper\n" + HEAD + "p.add_argument('--lr', type=float, default=helper.LR)\np.parse_args()"
    program = Program(project, source)
    assert "No module named 'helper'" in program.find_spec().note
    assert "No module named 'helper'" in program.find_spec().note
    assert len(probes) == 1
    (project / "helper.py").write_text("open('lr.txt').seek(0); LR = float(open('lr.txt').read())\n")
    assert "lr.txt" in program.find_spec().note
    (project / "lr.txt").write_text("")
    assert "could not convert" in program.find_spec().note
    (project / "lr.txt").write_text("0.5")
    assert program.parameters()["lr"].default == 0.5


def test_compares_large_files_by_size_and_time(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(cache.MAX_DIGESTED_BYTES + 1))
    stamp = cache._stamp(str(large), 0)
    assert stamp is not None
    assert stamp[2] == ""
    assert cache._is_unchanged(str(large), stamp)
    os.utime(large, (1, 1))
    assert not cache._is_unchanged(str(large), stamp)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format": 12}', b"\xff", b'{"format": 12, "files": [], "spec": 3, "reason": 1}']
)
def test_ignores_damaged_files(project: Path, probes: list[object], damage: bytes) -> None:
    program = Program(project, HEAD + "p.add_argument('--lr')\np.parse_args()")
    program.introspect()
    entry = cache.locate_entry(program.command, project, {})
    assert entry is not None
    assert entry.is_file()
    entry.write_bytes(damage)
    assert program.introspect().parameters[0].name == "lr"
    assert len(probes) == 2


def test_works_without_a_cache_directory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "file").write_text("")
    monkeypatch.setenv("GAGE_CACHE", str(project / "file" / "cache"))
    program = Program(project, HEAD + "p.add_argument('--lr')\np.parse_args()")
    assert program.parameters().keys() == {"lr"}
    for name in ("GAGE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "no directory")
    assert cache.locate_entry(program.command, project, {}) is None
    assert program.parameters().keys() == {"lr"}


def test_removes_the_oldest_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_CACHED_SPECS", 4)
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path))
    for i in range(9):
        cache.save_cached_spec(cache.locate_entry([sys.executable, str(i)], tmp_path, {}), ParserSpec(""), [], {}, 0)
    assert 1 <= len(list((tmp_path / "parsers").iterdir())) <= 5
