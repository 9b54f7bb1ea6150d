"""The manifest records the kind, digest, size and path of every file of a run."""

import hashlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.store import manifest
from gage.types.errors import StoreError
from gage.types.events import SilentEvents
from gage.types.run import ManifestEntry

SHA = "a" * 64
paths = st.text(min_size=1, max_size=40).filter(manifest.is_safe_path)
entries = st.lists(
    st.builds(ManifestEntry, st.sampled_from(manifest.KINDS), st.just(SHA), st.integers(0, 10**15), paths), max_size=6
)


@settings(deadline=None)
@given(entries)
def test_reads_back_a_manifest(entries):
    assert manifest.parse(manifest.format(entries)) == entries


def test_reads_manifests_without_sizes():
    line = f"s {SHA} 10 green bottles.txt\n".encode()
    assert manifest.parse(line, schema=1) == [ManifestEntry("s", SHA, -1, "10 green bottles.txt")]
    assert manifest.parse(line) == [ManifestEntry("s", SHA, 10, "green bottles.txt")]


HOSTILE = ["../x", "/etc/passwd", "a/../../x", "C:\\x", "C:/x", "a\\b", "..", "a//b", '"\\u0000"', "//x"]


@pytest.mark.parametrize("path", HOSTILE)
def test_rejects_paths_outside_of_the_run(path):
    with pytest.raises(StoreError, match="outside"):
        manifest.parse(f"s {SHA} 1 {path}\n".encode())


BROKEN = [
    *("", "s", f"x {SHA} 1 a", f"s {SHA} -1x a", f"s {SHA} a"),
    *("s abc 1 a", f's {SHA} 1 "', f"s {SHA} 1 \udcff"),
]


@pytest.mark.parametrize("line", BROKEN, ids=ascii)
def test_rejects_broken_lines(line):
    if not line:
        assert manifest.parse(b"\n") == []
        return
    with pytest.raises(StoreError):
        manifest.parse((line + "\n").encode("utf-8", "surrogateescape"))


@given(st.binary(max_size=200))
def test_reads_or_rejects_any_bytes(noise):
    try:
        manifest.parse(noise)
    except StoreError:
        pass


def test_builds_a_manifest_of_a_directory(tmp_path):
    run = tmp_path / "run"
    (run / "out").mkdir(parents=True)
    for name in ("train.py", "out/model.pt", "data.csv", "odd\nname", "ü b"):
        (run / name).write_text(name)
    (run / os.fsdecode(b"latin-\xe9")).write_text("x")
    (run / "back\\slash").write_text("x")
    (run / "link").symlink_to("/etc/passwd")
    (run / "out" / "folder").symlink_to("/etc")
    os.mkfifo(run / "pipe")
    unchanged = ManifestEntry("d", SHA, len("data.csv"), "data.csv")
    stale = ManifestEntry("s", SHA, 1, "train.py")
    built = manifest.build(run, {"train.py": stale, "data.csv": unchanged, "ü b": "s"}, SilentEvents())
    assert [(e.kind, e.path) for e in built] == [
        ("d", "data.csv"),
        ("g", os.fsdecode(b"latin-\xe9")),
        ("g", "odd\nname"),
        ("g", "out/model.pt"),
        ("s", "train.py"),
        ("s", "ü b"),
    ]
    by_path = {e.path: e for e in built}
    assert by_path["train.py"].digest == hashlib.sha256(b"train.py").hexdigest()
    assert by_path["data.csv"].digest == SHA
    assert manifest.parse(manifest.format(built)) == built
    assert (
        manifest.digest_regular_file(run / "link")
        is manifest.digest_regular_file(run / "pipe")
        is manifest.digest_regular_file(run / "none")
        is None
    )


def test_rejects_a_missing_run_directory(tmp_path):
    with pytest.raises(FileNotFoundError):
        manifest.build(tmp_path / "none", {}, SilentEvents())
