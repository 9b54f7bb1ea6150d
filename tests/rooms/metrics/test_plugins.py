"""Readers that installed packages add: used for files of theirs, and harmless when they are broken."""

from collections.abc import Iterator
from pathlib import Path

import plugged
import pytest
from file_reader import FileReaderContract, lines

from gage.metrics.plugins import ReaderPlugins, installed_readers
from gage.metrics.readers import find_reader
from gage.metrics.run_scanner import RunScanner
from gage.metrics.series import read_run_series

READS = "def open_reader(path, relative):\n    return {} if relative.endswith('.curve') else None\n"


@pytest.fixture(scope="class")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(plugged.install_documented(tmp_path_factory.mktemp("packages")))
        yield


@pytest.mark.usefixtures("documented")
class TestDocumented(FileReaderContract):
    name = "out/loss.curve"
    sample = lines([f"{i} {1 / (i + 1)}" for i in range(12)])

    def test_it_is_known(self) -> None:
        assert [str(plugin) for plugin in installed_readers()] == ["curve of gage-curve 1.2"]

    def test_live_and_after_the_end(self, tmp_path: Path) -> None:
        watch = RunScanner(str(tmp_path), lambda path: path == "src.curve")
        (tmp_path / "loss.curve").write_text("0 0.5\n1 0.")
        (tmp_path / "src.curve").write_text("0 1\n")
        assert watch.scan()
        (tmp_path / "loss.curve").write_text("0 0.5\n1 0.25\n")
        watch.scan(final=True)
        assert watch.series_stats()["loss"].last.value == 0.25 and list(watch.series_stats()) == ["loss"]
        read = read_run_series(tmp_path, None, final=True, is_foreign=lambda path: path == "src.curve")
        assert read.names() == ["loss"] and list(read.series("loss").values) == [0.5, 0.25]


@pytest.mark.parametrize(
    ("code", "told"),
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
def test_a_broken_one_is_a_note_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("a.curve", "b.curve"):
        (run / name).write_text("0 1\n")
    (run / "metrics.jsonl").write_text('{"step": 0, "loss": 1}\n' * 2000)
    # a name of its own for each: Python remembers modules
    module = f"gage_broken_{abs(hash(code))}"
    monkeypatch.syspath_prepend(plugged.install(tmp_path / "packages", module, code))
    watch = RunScanner(str(run), lambda path: False)
    watch.scan()
    watch.scan(final=True)
    assert list(watch.series_stats()) == ["loss"]
    (note,) = watch.notes
    assert told in note and f"The plugin {module.removeprefix('gage_')} of {module.replace('_', '-')} 1.2" in note
    read = read_run_series(run, tmp_path / "cache", final=True)
    assert read.names() == ["loss"] and len(read.notes) == 1 and told in read.notes[0]
    assert not (tmp_path / "cache").exists(), "what a broken plugin did not read must not be kept"


def test_none_gets_a_file_that_gage_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "asked = []\ndef open_reader(path, relative):\n    asked.append(relative)\n"
    monkeypatch.syspath_prepend(plugged.install(tmp_path, "gage_greedy", code))
    plugins = ReaderPlugins()
    for name in ("a.jsonl", "log.csv", "summary.json", "x.tfevents.1", "x.attrs", "r.wandb"):
        assert find_reader(f"/r/{name}", name, plugins=plugins) is not None
    assert find_reader("/r/model.pt", "model.pt", plugins=plugins) is None
    import gage_greedy

    assert gage_greedy.asked == ["model.pt"]


def test_without_any_the_slow_way_of_finding_them_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import importlib.metadata

    monkeypatch.setattr(importlib.metadata, "entry_points", None)
    monkeypatch.syspath_prepend(tmp_path)
    assert not ReaderPlugins()
