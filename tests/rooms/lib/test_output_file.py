"""Files that a user named: a link is followed, and what is not a regular file is never replaced."""

import os
import stat
import threading

import pytest

from gage.lib.output_file import write_output_file


def test_replaces_a_file_as_a_whole(tmp_path):
    path = tmp_path / "a"
    write_output_file(path, b"one")
    write_output_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a"]


def test_follows_a_link(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("a")
    for data in (b"one", b"two"):
        write_output_file(link, data)
        assert (tmp_path / "a").read_bytes() == data
    assert link.is_symlink()


def test_writes_to_a_pipe_and_does_not_replace_it(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_output_file(pipe, b"x" * 200_000)
    reader.join()
    assert read == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_directory_is_an_error(tmp_path):
    with pytest.raises(IsADirectoryError):
        write_output_file(tmp_path, b"x")
