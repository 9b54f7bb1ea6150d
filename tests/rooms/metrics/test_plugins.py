"""Metric readers of installed packages: they read their own files, and broken ones are disabled."""

from collections.abc import Iterator
from pathlib import Path

import plugin_packages
import pytest
from file_reader import FileReaderContract, encode_lines

from gage.metrics.plugins import ReaderPlugins, load_reader_plugins
from gage.metrics.readers import find_reader
from gage.metrics.run_scanner import RunScanner
from gage.metrics.series import read_run_series

READS = "def open_reader(path, relative):\n    return {} if relative.endswith('.curve') else None\n"


@pytest.fixture(scope="class")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(plugin_packages.install_documented(tmp_path_factory.mktemp("packages")))
        yield


@pytest.mark.usefixtures("documented")
class TestDocumented(FileReaderContract):
    name = "out/loss.curve"
    sample = encode_lines([f"{i} {1 / (i + 1)}" for i in range(12)])

    def test_lists_installed_plugins(self) -> None:
        assert [str(plugin) for plugin in load_reader_plugins()] == ["curve of gage-curve 1.2"]

    def test_reads_during_and_after_the_run(self, tmp_path: Path) -> None:
        scanner = RunScanner(str(tmp_path), lambda path: path == "src.curve")
        (tmp_path / "loss.curve").write_text("0 0.5\n1 0.")
        (tmp_path / "src.curve").write_text("0 1\n")
        assert scanner.scan()
        (tmp_path / "loss.curve").write_text("0 0.5\n1 0.25\n")
        scanner.scan(final=True)
        assert scanner.series_stats()["loss"].last.value == 0.25 and list(scanner.series_stats()) == ["loss"]
        read = read_run_series(tmp_path, None, final=True, is_foreign=lambda path: path == "src.curve")
        assert read.names() == ["loss"] and list(read.series("loss").values) == [0.5, 0.25]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("def open_reader(", "SyntaxError"),
        ("open_reader = 3", "expected a function, got int"),
        ("", "AttributeError"),
        ("def open_reader(path): pass", "TypeError"),
        (READS.format("3"), "AttributeError: 'int' object has no attribute 'read_new'"),
        (
            READS.format("R()") + "class R:\n  def read_new(self, final): return 1",
            "read_new() must return ReadResult, got int",
        ),
        (
            READS.format("R()") + "class R:\n  def read_new(self, final): raise ValueError('bad\\nline')",
            "ValueError: bad line",
        ),
        (
            "from gage.metrics.reader_api import ReadResult\n"
            + READS.format("R()")
            + "class R:\n  def read_new(self, final): return ReadResult([('a', 0.5, 0.0, 1.0)])",
            "TypeError: 'float' object cannot be interpreted as an integer",
        ),
    ],
)
def test_disables_a_broken_plugin_and_reads_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, problem: str
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("a.curve", "b.curve"):
        (run / name).write_text("0 1\n")
    (run / "metrics.jsonl").write_text('{"step": 0, "loss": 1}\n' * 2000)
    # a name of its own for each: Python remembers modules
    module = f"gage_broken_{abs(hash(code))}"
    monkeypatch.syspath_prepend(plugin_packages.install(tmp_path / "packages", module, code))
    scanner = RunScanner(str(run), lambda path: False)
    scanner.scan()
    scanner.scan(final=True)
    assert list(scanner.series_stats()) == ["loss"]
    (note,) = scanner.notes
    assert problem in note and f"The plugin {module.removeprefix('gage_')} of {module.replace('_', '-')} 1.2" in note
    read = read_run_series(run, tmp_path / "cache", final=True)
    assert read.names() == ["loss"] and len(read.notes) == 1 and problem in read.notes[0]
    assert not (tmp_path / "cache").exists(), "what a broken plugin did not read must not be kept"


def test_reads_whole_series_of_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from gage.metrics.reader_api import ReadResult\n" + READS.format("R()")
    code += "class R:\n  def read_new(self, final):\n"
    code += "    return ReadResult(series={'loss': ([1, 2], [0.0, 0.0], [0.5, 0.25])})\n"
    run = tmp_path / "run"
    run.mkdir()
    (run / "a.curve").touch()
    monkeypatch.syspath_prepend(plugin_packages.install(tmp_path / "packages", "gage_whole_series", code))
    series = read_run_series(run, None, final=True)
    assert (list(series.series("loss").values), series.notes) == ([0.5, 0.25], [])


def test_does_not_pass_files_that_gage_reads_to_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "paths = []\ndef open_reader(path, relative):\n    paths.append(relative)\n"
    monkeypatch.syspath_prepend(plugin_packages.install(tmp_path, "gage_greedy", code))
    plugins = ReaderPlugins()
    for name in ("a.jsonl", "log.csv", "summary.json", "x.tfevents.1", "x.attrs", "r.wandb"):
        assert find_reader(f"/r/{name}", name, plugins=plugins) is not None
    assert find_reader("/r/model.pt", "model.pt", plugins=plugins) is None
    import gage_greedy

    assert gage_greedy.paths == ["model.pt"]


def test_does_not_import_metadata_without_plugins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib.metadata

    monkeypatch.setattr(importlib.metadata, "entry_points", None)
    monkeypatch.syspath_prepend(tmp_path)
    assert not ReaderPlugins()
