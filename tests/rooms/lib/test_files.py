"""Files: written whole, copied with holes, removed without following links."""

import errno
import fcntl
import os
import resource
import stat

import pytest

from gage.lib import files

SEEK = os.lseek


def seek_without_holes(fd, offset, whence):
    """Seeks as on a file system that does not know the holes of a file."""
    if whence == os.SEEK_DATA:
        raise OSError(errno.EINVAL, "Invalid argument")
    return SEEK(fd, offset, whence)


def test_write_atomic_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "a"
    files.write_atomic(path, b"one")
    files.write_atomic(path, b"two", sync=True)
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a"]


def test_failed_write_atomic_changes_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "in").write_text("x")
    with pytest.raises(OSError):
        files.write_atomic(tmp_path / "a", b"one")
    assert os.listdir(tmp_path) == ["a"]
    with pytest.raises(FileNotFoundError):
        files.write_atomic(tmp_path / "none" / "a", b"one")


def test_respects_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        files.write_atomic(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_writes_very_long_names(tmp_path):
    files.write_atomic(tmp_path / ("n" * 255), b"x")
    assert os.listdir(tmp_path) == ["n" * 255]


@pytest.mark.parametrize("size", [0, 1, 4096, 3_000_000])
def test_clone_is_a_separate_file(tmp_path, size):
    source, copy = tmp_path / "s", tmp_path / "c"
    source.write_bytes(os.urandom(size))
    source.chmod(0o755)
    os.utime(source, ns=(10**18, 10**18))
    files.clone_file(source, copy)
    assert copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_mtime_ns == 10**18
    assert copy.stat().st_mode & 0o100
    copy.write_bytes(b"changed")
    assert source.stat().st_size == size


def test_clone_of_a_read_only_file_can_be_written(tmp_path):
    source = tmp_path / "s"
    source.write_bytes(b"x")
    source.chmod(0o444)
    files.clone_file(source, tmp_path / "c")
    assert (tmp_path / "c").stat().st_mode & 0o200


def test_clone_preserves_holes(tmp_path):
    source = tmp_path / "s"
    with open(source, "wb") as file:
        file.write(b"start")
        file.truncate(1 << 30)
        file.seek((1 << 30) - 3)
        file.write(b"end")
    files.clone_file(source, tmp_path / "c")
    status = (tmp_path / "c").stat()
    assert status.st_size == 1 << 30
    assert status.st_blocks * 512 < 1 << 24
    with open(tmp_path / "c", "rb") as file:
        assert file.read(8) == b"start\0\0\0"
        file.seek(-3, 2)
        assert file.read() == b"end"


def test_clone_without_system_support_is_the_same(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    monkeypatch.setattr(files.sys, "platform", "other")
    (tmp_path / "s").write_bytes(data := os.urandom(2_500_000))
    files.clone_file(tmp_path / "s", tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == data


def test_failed_clone_leaves_no_file(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "s").write_bytes(b"x")
    monkeypatch.setattr(os, "ftruncate", fail)
    with pytest.raises(OSError, match="No space left"):
        files.clone_file(tmp_path / "s", tmp_path / "c")
    assert os.listdir(tmp_path) == ["s"]


def test_clones_only_regular_files(tmp_path):
    with pytest.raises(OSError, match="Not a regular file"):
        files.clone_file("/dev/null", tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_clone_copies_nothing_where_blocks_are_shared(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "ioctl", lambda target, _, source: os.write(target, os.read(source, 100)))
    monkeypatch.setattr(os, "copy_file_range", None)
    monkeypatch.setattr(files.sys, "platform", "linux")
    (tmp_path / "s").write_bytes(b"shared")
    files.clone_file(tmp_path / "s", tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"shared"


def test_clone_is_whole_where_holes_are_not_known(tmp_path, monkeypatch):
    (tmp_path / "s").write_bytes(data := os.urandom(10_000))
    monkeypatch.setattr(os, "lseek", seek_without_holes)
    files.clone_file(tmp_path / "s", tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == data


def test_clones_a_file_that_shrinks_meanwhile(tmp_path, monkeypatch):
    def shrink_and_seek(fd, offset, whence):
        os.truncate(tmp_path / "s", 3)
        return seek_without_holes(fd, offset, whence)

    (tmp_path / "s").write_bytes(b"x" * 10)
    monkeypatch.setattr(os, "lseek", shrink_and_seek)
    files.clone_file(tmp_path / "s", tmp_path / "c")
    assert (tmp_path / "c").read_bytes().startswith(b"xxx")


def test_clone_never_overwrites(tmp_path):
    (tmp_path / "s").write_text("new")
    (tmp_path / "old").write_text("old")
    (tmp_path / "link").symlink_to("old")
    for name in ("old", "link"):
        with pytest.raises(FileExistsError):
            files.clone_file(tmp_path / "s", tmp_path / name)
    assert (tmp_path / "old").read_text() == "old"
    with pytest.raises(OSError):
        files.clone_file(tmp_path, tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", True),
        (b"print('hi')\r\n\t", True),
        ("grüße".encode(), True),
        ("grüße".encode("latin-1"), True),
        (b"\x1b[1mbold\x1b[0m", True),
        (b"\x7fELF\0\0", False),
        (b"PK\x03\x04\x14", False),
        (b"a\0b", False),
    ],
)
def test_detects_text_files(tmp_path, data, text):
    (tmp_path / "f").write_bytes(data)
    assert files.is_text_file(tmp_path / "f") is text


def test_remove_tree_keeps_link_targets(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_text("x")
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "f").write_text("x")
    (tree / "a" / "link").symlink_to(outside)
    (tree / "b").symlink_to(outside, target_is_directory=True)
    (tree / "a" / "b").chmod(0o500)
    (tree / "a").chmod(0o500)
    files.remove_tree(tree)
    assert os.listdir(tmp_path) == ["outside"]
    (tmp_path / "l").symlink_to(outside)
    files.remove_tree(tmp_path / "l")
    files.remove_tree(tmp_path / "missing")
    assert os.listdir(outside) == ["keep"]


def test_remove_tree_accepts_that_another_process_removes_as_well(tmp_path, monkeypatch):
    def twice(remove):
        def remove_twice(path, **place):
            remove(path, **place)
            remove(path, **place)

        return remove_twice

    (tmp_path / "tree" / "in").mkdir(parents=True)
    (tmp_path / "tree" / "in" / "f").write_text("x")
    monkeypatch.setattr(os, "rmdir", twice(os.rmdir))
    monkeypatch.setattr(os, "unlink", twice(os.unlink))
    files.remove_tree(tmp_path / "tree")
    assert os.listdir(tmp_path) == []


def test_remove_tree_removes_directories_that_cannot_be_read(tmp_path, monkeypatch):
    open_path = os.open

    def open_as_user(path, flags, *mode, dir_fd=None):
        if not os.stat(path, dir_fd=dir_fd).st_mode & 0o400:  # the tests may run as root, who can read everything
            raise PermissionError(errno.EACCES, "Permission denied")
        return open_path(path, flags, *mode, dir_fd=dir_fd)

    (tmp_path / "tree" / "in").mkdir(parents=True)
    (tmp_path / "tree" / "in" / "f").write_text("x")
    (tmp_path / "tree" / "in").chmod(0)
    (tmp_path / "tree").chmod(0)
    monkeypatch.setattr(os, "open", open_as_user)
    files.remove_tree(tmp_path / "tree")
    assert os.listdir(tmp_path) == []


def test_open_inside_rejects_links_and_pipes(tmp_path):
    inner = tmp_path / "in"
    (inner / "deep").mkdir(parents=True)
    (inner / "f").write_text("ok")
    (inner / "deep" / "f").write_text("ok")
    (tmp_path / "link").symlink_to("in")
    (inner / "l").symlink_to("f")
    os.mkfifo(inner / "pipe")
    folder = os.open(tmp_path, files.READ_DIR_FLAGS)
    try:
        for name in ("in/f", "in/deep/f"):
            fd = files.open_inside(folder, name)
            assert os.read(fd, 9) == b"ok"
            os.close(fd)
        for name in ("link/f", "in/l", "in/pipe", "in", "none", "in/f/x"):
            with pytest.raises(OSError):
                files.open_inside(folder, name)
        os.fstat(folder)
    finally:
        os.close(folder)


def make_deep_tree(top, depth):
    """Makes nested directories with a file in each, deeper than any path can name."""
    top.mkdir()
    fd = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.close(os.open("f", os.O_WRONLY | os.O_CREAT, dir_fd=fd))
        os.mkdir("d", dir_fd=fd)
        inner = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    os.close(fd)


def test_removes_deep_trees_with_few_descriptors(tmp_path):
    make_deep_tree(tmp_path / "tree", 3000)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
    try:
        files.remove_tree(tmp_path / "tree")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert os.listdir(tmp_path) == []


def test_removes_wide_trees(tmp_path):
    for i in range(300):
        (tmp_path / "tree" / f"d{i}" / "in").mkdir(parents=True)
        (tmp_path / "tree" / f"d{i}" / "f").write_text("x")
    files.remove_tree(tmp_path / "tree")
    assert os.listdir(tmp_path) == []


def test_walks_deep_trees(tmp_path):
    make_deep_tree(tmp_path / "tree", 1500)
    assert sum(names == ["f"] for _, _, names in files.walk_dirs(tmp_path / "tree")) == 1500
    files.remove_tree(tmp_path / "tree")


def test_walks_as_os_walk_does(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "f").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "c")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    expected = {folder: (set(folders), set(names)) for folder, folders, names in os.walk(tmp_path)}
    assert {folder: (set(folders), set(names)) for folder, folders, names in files.walk_dirs(tmp_path)} == expected
    seen = []
    for folder, folders, _ in files.walk_dirs(tmp_path):
        folders[:] = [name for name in folders if name != "a"]
        seen.append(os.path.relpath(folder, tmp_path))
    assert seen == [".", "c"]
