"""Metric files, media and processes that are too large, damaged, or vanish while they are read."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from gage.metrics import media, run_scanner, series_cache, system_metrics
from gage.metrics.csv_jsonl import find_time
from gage.metrics.json_files import MAX_FILE_BYTES
from gage.metrics.json_records import find_step, flatten_numbers
from gage.metrics.protobuf import MalformedMessage, decode_varint
from gage.metrics.readers import find_reader
from gage.metrics.run_scanner import RunScanner
from gage.metrics.series import read_run_series
from gage.metrics.series_cache import CACHE_FILE
from gage.metrics.tf_writer import EventWriter
from gage.metrics.tfevents import EventFile
from gage.metrics.thumbnails import make_thumbnail


def make_scanner(directory: Path) -> RunScanner:
    return RunScanner(str(directory), lambda path: False)


def test_does_not_read_a_huge_json_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.touch()
    os.truncate(path, MAX_FILE_BYTES + 1)
    reader = find_reader(str(path), "metrics.json")
    assert reader is not None
    assert reader.read_new().notes == ["larger than 64 MB"]
    assert not reader.read_new().notes


def test_forgets_a_deleted_directory(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/metrics.json").write_text('{"a": 1}')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    (tmp_path / "logs/metrics.json").unlink()
    (tmp_path / "logs").rmdir()
    scanner.scan(final=True)
    assert (scanner.numbers(), scanner.notes) == ({"a": 1.0}, [])


def test_limits_the_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_scanner, "MAX_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_text('{"step": 1, "loss": 1}\n')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    assert scanner.notes == ["There are over 2 files with metrics: the others are not read"]


def test_notes_a_file_that_became_a_directory(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text('{"a": 1}')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    path.unlink()
    path.mkdir()
    scanner.scan(final=True)
    assert (scanner.numbers(), scanner.notes) == ({"a": 1.0}, ["Cannot read metrics.json: Is a directory"])


def test_notes_a_file_that_vanishes_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl").write_text('{"step": 1, "loss": 1}\n')
    (tmp_path / "b.jsonl").write_text('{"step": 1, "loss": 2}\n')

    def find_and_remove(path: str, *arguments: object) -> object:
        if path.endswith("a.jsonl"):
            os.unlink(path)
        return find_reader(path, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("gage.metrics.series.find_reader", find_and_remove)
    series = read_run_series(tmp_path, None, final=True)
    assert list(series.notes) == ["Cannot read a.jsonl: No such file or directory"]
    assert series.names() == ["loss"]


def test_loads_a_large_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, cache = tmp_path / "run", tmp_path / "cache"
    run.mkdir()
    writer = EventWriter(run / "a.tfevents")
    for step in range(20_000):
        writer.add(step, 1e9 + step, {"loss": 1 / (step + 1)})
    writer.close()
    read = list(read_run_series(run, cache, final=True).series("loss").values)
    assert (cache / CACHE_FILE).stat().st_size > 1 << 18
    assert list(read_run_series(run, cache, final=True).series("loss").values) == read
    monkeypatch.setattr(series_cache.sys, "byteorder", "big")
    assert series_cache.load_cached_series(str(cache), {}) is None


def test_reads_no_event_file_that_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.tfevents")
    result = EventFile(str(tmp_path / "a.tfevents"), "a.tfevents").read_new()
    assert len(result.notes) == 1
    assert "not a regular file" in result.notes[0]


def make_medium(size: int = 3, offset: int = -1) -> media.MediaFile:
    return media.MediaFile("image", "a", None, "a.png", size, 0.0, offset, size)


def test_media_that_cannot_be_read_have_no_content(tmp_path: Path) -> None:
    assert media.read_content(tmp_path, make_medium()) is None
    (tmp_path / "a.png").write_bytes(b"\xff" * 9)
    assert media.read_content(tmp_path, make_medium()) == b"\xff" * 3
    assert media.read_content(tmp_path, make_medium(media.MAX_CONTENT_BYTES + 1)) is None
    (tmp_path / "a.png").write_bytes(b"\x0a\x01x")  # a value with a tag and no image
    assert media.read_content(tmp_path, make_medium(offset=0)) is None


def test_creates_no_thumbnail_where_it_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("1", (10_001, 10_000)).save(tmp_path / "large.png")
    Image.new("1", (10, 10)).save(tmp_path / "small.png")
    assert make_thumbnail((tmp_path / "small.png").read_bytes(), tmp_path / "none" / "cache") is None
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert make_thumbnail((tmp_path / "large.png").read_bytes(), tmp_path / "cache") is None


@pytest.fixture
def ended() -> psutil.Process:
    """A process that was alive a moment ago."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        return psutil.Process(program.pid)


def test_samples_processes_that_end_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: psutil.Process
) -> None:
    sampler = system_metrics.SystemSampler(os.getpid(), str(tmp_path), time.time())
    monkeypatch.setattr(sampler, "_list_processes", lambda _: [ended])
    assert sampler.sample()["processes"] == 0
    assert system_metrics._disk_bytes(ended) == (0, 0)


def test_samples_the_machine_when_the_parent_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: psutil.Process
) -> None:
    sampler = system_metrics.SystemSampler(os.getpid(), str(tmp_path), time.time())
    monkeypatch.setattr(sampler, "_parent", ended)
    figures = sampler.sample()
    assert figures["processes"] == 0
    assert figures["machine/disk_free"] > 0


def test_rejects_a_number_of_more_than_ten_bytes() -> None:
    with pytest.raises(MalformedMessage, match="more than ten bytes"):
        decode_varint(b"\xff" * 12, 0)


def test_reads_numbers_and_steps_written_as_text() -> None:
    assert str(dict(flatten_numbers({"a": "NaN", "b": {"c": "-Infinity"}, "d": "x"}))) == "{'a': nan, 'b/c': -inf}"
    assert find_step({"step": "12"}) == ("step", 12)


def test_ignores_times_that_are_not_dates() -> None:
    assert find_time({"time": "2026-13-45T00:00:00.000"}) == 0.0
    assert find_time({"time": 3.5}) == 0.0
    assert find_time({"time": 1_800_000_000_000}) == 1_800_000_000.0
