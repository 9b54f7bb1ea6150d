"""Messages and exit codes of errors."""

import contextlib
import errno
import os
import tempfile

import click
import pytest

from gage.cli.errors import describe_error, report_error
from gage.cli.global_options import get_current_dir
from gage.types.errors import NotFound, UsageError


def test_cuts_long_names_in_messages(capsys):
    report_error(NotFound(f"There is no run '{'x' * 300}' in /a/{'b' * 150}/c"))
    assert capsys.readouterr().err == f"gage: There is no run '{'x' * 100}…' in /a/{'b' * 150}/c\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), ("Interrupted", "", 130)),
        (SystemExit(3), ("", "", 3)),
        (SystemExit("text"), ("", "", 1)),
        (MemoryError(), ("Out of memory", "", 1)),
        (
            PermissionError(errno.EACCES, "Permission denied", "/x"),
            ("Permission denied (/x)", "Check its permissions", 1),
        ),
        (OSError(errno.EROFS, "", b"/x"), ("The disk is read-only (/x)", "Use another runs directory: --runs DIR", 1)),
        (OSError(errno.EDQUOT, ""), ("The disk is full", "Free some space and try again", 1)),
        (click.UsageError("out of order."), ("Out of order", "Try: gage --help", 2)),
    ],
)
def test_describes_errors(error, expected):
    assert describe_error(error) == expected


def test_returns_the_exit_code_without_a_usable_standard_output(monkeypatch):
    def fail(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    reader, writer = os.pipe()
    os.close(reader)
    stdout = open(writer, "w")  # noqa: SIM115
    stdout.write("text that nothing reads")
    monkeypatch.setattr("sys.stdout", stdout)
    monkeypatch.setattr(os, "open", fail)
    assert report_error(UsageError("no")) == 2
    with contextlib.suppress(BrokenPipeError):
        stdout.close()


def test_explains_how_to_see_a_traceback_that_cannot_be_stored(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert report_error(ZeroDivisionError()) == 1
    assert "set GAGE_DEBUG=1 to see the traceback" in capsys.readouterr().err


def test_reports_a_removed_current_directory(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(NotFound, match="The current directory no longer exists"):
        get_current_dir()


def test_rejects_a_file_as_current_directory(gage):
    assert "train.py is not a directory" in gage("-C", "train.py", "list", code=1).err
