"""The cached series of finished runs: the same as read from the event files, or written again."""

import os

import pytest

from gage.metrics.series import read_run_series
from gage.metrics.series_cache import CACHE_FILE, load_cached_series
from gage.metrics.tf_writer import EventWriter, wrap_record


@pytest.fixture
def run(tmp_path):
    """A run directory with two series and an image, and its cache directory."""
    run_dir = tmp_path / "run"
    run_dir.mkdir()
    writer = EventWriter(run_dir / "a.tfevents")
    for step in range(400):
        writer.add(step, 1e9 + step, {"loss": 1 / (step + 1), "lr": 0.5})
    writer.close()
    image = b"\x2a\x10\x0a\x0e\x0a\x03img\x22\x07\x22\x05abcde"
    with open(run_dir / "a.tfevents", "ab") as file:
        file.write(wrap_record(image) + wrap_record(b"\xff"))
    return run_dir, tmp_path / "run.cache"


def read_content(series):
    return (
        {name: tuple(map(list, series.series(name))) for name in series.names()},
        series.items(),
        series.notes,
    )


def find_cache_file(cache):
    (name,) = os.listdir(cache)
    return cache / name


def test_cache_gives_the_same_series_as_the_files(run):
    run_dir, cache = run
    cold = read_content(read_run_series(run_dir, cache, final=True))
    mtime = find_cache_file(cache).stat().st_mtime_ns
    warm = read_run_series(run_dir, cache, final=True)
    assert read_content(warm) == cold
    assert len(cold[0]["loss"][0]) == 400
    assert len(cold[1]) == len(cold[2]) == 1
    assert find_cache_file(cache).stat().st_mtime_ns == mtime


def test_does_not_cache_a_running_run(run):
    run_dir, cache = run
    read_run_series(run_dir, cache, final=False)
    read_run_series(run_dir, None, final=True)
    assert not cache.exists()


def test_does_not_cache_a_few_points(tmp_path):
    writer = EventWriter(tmp_path / "a.tfevents")
    writer.add(1, 1.0, {"loss": 1.0})
    writer.close()
    read_run_series(tmp_path, tmp_path / "cache", final=True)
    assert not (tmp_path / "cache").exists()


def test_loads_the_cache_without_the_run(run):
    run_dir, cache = run
    expected = read_content(read_run_series(run_dir, cache, final=True))
    run_dir.rename(run_dir.with_name("elsewhere"))
    assert read_content(read_run_series(run_dir, cache, final=True)) == expected
    assert read_run_series(run_dir, cache, final=False).names() == []


def test_copies_of_a_run_have_the_same_cache(run, tmp_path):
    run_dir, cache = run
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "a.tfevents").write_bytes((run_dir / "a.tfevents").read_bytes())
    read_run_series(run_dir, cache, final=True)
    read_run_series(tmp_path / "copy", tmp_path / "copy.cache", final=True)
    assert find_cache_file(cache).read_bytes() == find_cache_file(tmp_path / "copy.cache").read_bytes()


def test_ignores_links_and_pipes(run, tmp_path):
    run_dir, cache = run
    expected = read_content(read_run_series(run_dir, cache, final=True))
    find_cache_file(cache).rename(tmp_path / "other")
    (cache / CACHE_FILE).symlink_to(tmp_path / "other")
    assert load_cached_series(str(cache), {}) is None
    (cache / CACHE_FILE).unlink()
    os.mkfifo(cache / CACHE_FILE)
    assert load_cached_series(str(cache), {}) is None
    assert read_content(read_run_series(run_dir, cache, final=True)) == expected


def test_rewrites_a_damaged_cache(run):
    run_dir, cache = run
    expected = read_content(read_run_series(run_dir, cache, final=True))
    path = find_cache_file(cache)
    data = path.read_bytes()
    for cut in (0, 7, 15, 16, 40, len(data) - 1):
        path.write_bytes(data[:cut])
        assert read_content(read_run_series(run_dir, cache, final=True)) == expected
    for offset in range(200):
        path.write_bytes(data[:offset] + b"\xff" + data[offset + 1 :])
        read_run_series(run_dir, cache, final=True)
    path.write_bytes(data)
    assert read_content(read_run_series(run_dir, cache, final=True)) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"[]",
        b"{}",
        b"[" * 5000,
        b'{"names":["a"],"points":[-1],"notes":[],"size":0}',
        b'{"names":["a"],"points":[99999999],"notes":[],"size":0}',
        b'{"names":["a"],"points":[0.5],"notes":[],"size":0}',
        b'{"names":["a","b"],"points":[0],"notes":[],"size":0}',
        b'{"names":[1],"points":[0],"notes":[],"size":0}',
        b'{"names":"a","points":[true],"notes":[],"size":0}',
        b'{"names":[],"points":[],"notes":[],"size":1000}',
    ],
)
def test_rejects_invalid_headers(tmp_path, head):
    head += b" " * (-len(head) % 8)
    (tmp_path / CACHE_FILE).write_bytes(b"GAGECOL1" + len(head).to_bytes(8, "little") + head)
    assert load_cached_series(str(tmp_path), {}) is None


def test_rejects_items_outside_the_run(tmp_path):
    items = b'[["image","i",1,1.0,"../../secret",0,9],["image","i",1,1.0,"a",0,9],["image"]]'
    for rest, expected in ((items, 0), (items.replace(b',["image"]', b""), 1)):
        head = b'{"names":[],"points":[],"notes":[],"size":%d}' % len(rest)
        head += b" " * (-len(head) % 8)
        data = b"GAGECOL1" + len(head).to_bytes(8, "little") + head + rest
        (tmp_path / CACHE_FILE).write_bytes(data)
        assert len(load_cached_series(str(tmp_path), {}).read_items()) == expected


def test_reads_the_run_if_the_cache_cannot_be_written(run):
    run_dir, cache = run
    cache.write_text("in the way")
    assert read_run_series(run_dir, cache, final=True).names() == ["loss", "lr"]
    cache.unlink()
    cache.symlink_to(run_dir)
    assert read_run_series(run_dir, cache, final=True).names() == ["loss", "lr"]
    assert os.listdir(run_dir) == ["a.tfevents"]
