"""A run that did not complete records why."""

import pytest

from gage.runner.end_reason import describe_end, find_error

TRACEBACK = b"""\
a warning
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    raise ValueError("wrong\\nvalue")
ValueError: wrong
value
"""

TYPER_ERROR = """\
Usage: x.py [OPTIONS]
Try 'x.py --help' for help.
╭─ Error ─────────────────────────────────╮
│ Invalid value for '--lr': 'abc' is not  │
│ a valid float.                          │
╰─────────────────────────────────────────╯
"""
RICH_TRACEBACK = """\
╭──────── Traceback (most recent call last) ────────╮
│ /x.py:3 in main                                   │
│ ❱ 3     raise ValueError("wrong")                 │
╰───────────────────────────────────────────────────╯
ValueError: wrong
"""
EXCEPTION_GROUP = b"""\
  + Exception Group Traceback (most recent call last):
  |   File "x.py", line 1, in <module>
  |     raise ExceptionGroup("eg", errors)
  | ExceptionGroup: eg (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "x.py", line 2, in f
    | ValueError: a
    +---------------- 2 ----------------
    | KeyError: 'b'
    +------------------------------------
"""


@pytest.mark.parametrize(
    "output, text, is_error",
    [
        (TRACEBACK, "ValueError: wrong", True),
        (b"KeyError: 1\n\nDuring ...:\n\n" + TRACEBACK, "ValueError: wrong", True),
        (b"one\n\x1b[31mlast line\x1b[0m\n\n", "last line", False),
        (b"INFO: saved\n", "INFO: saved", False),
        (b"done, 0 errors\n", "done, 0 errors", False),
        (b"train.py: error: argument --lr: wrong\n", "train.py: error: argument --lr: wrong", True),
        (b"Error in f(1) : object 'x' not found\n", "Error in f(1) : object 'x' not found", True),
        (b"pkg.DataError: no rows\n", "pkg.DataError: no rows", True),
        (b"fatal: not a git repository\n", "fatal: not a git repository", True),
        (b" 10%|#   |\r 20%|##  |\rloss is not finite", "loss is not finite", False),
        (
            b"Key 'lrr' is not in struct\n    full_key: lrr\n\nSet the environment variable HYDRA_FULL_ERROR=1 for a "
            b"complete stack trace.\n",
            "Key 'lrr' is not in struct",
            False,
        ),
        (
            TRACEBACK + b"\nSet the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.\n",
            "ValueError: wrong",
            True,
        ),
        (b"x\n--- wrong ---\n+====+\n", "--- wrong ---", False),
        (TYPER_ERROR.encode(), "Error: Invalid value for '--lr': 'abc' is not a valid float.", True),
        (RICH_TRACEBACK.encode(), "ValueError: wrong", True),
        (EXCEPTION_GROUP, "ExceptionGroup: eg (2 sub-exceptions): ValueError: a", True),
        (b"done\n----------\n", "done", False),
        (b"\n \n", "", False),
        (b"wrong\nx.py:1: UserWarning: late\n  warn(1)\n100%|###| 3/3\ngage: note\n", "wrong", False),
        (b"\xff" * 1000, "\N{REPLACEMENT CHARACTER}" * 300, False),
    ],
)
def test_finds_the_error_that_a_program_printed(output, text, is_error):
    assert find_error(output) == (text, is_error)


@pytest.mark.parametrize(
    "code, signal_number, limit, reason",
    [
        (3, 0, None, "ValueError: wrong"),
        (-9, 0, None, "signal 9 (SIGKILL)"),
        (130, 2, None, "interrupted (Ctrl-C)"),
        (143, 15, None, "stopped (SIGTERM)"),
        (143, 15, 5.0, "time limit of 5 s"),
    ],
)
def test_describes_why_a_program_ended(code, signal_number, limit, reason):
    assert describe_end(code, signal_number, limit, TRACEBACK) == reason


def test_describes_an_exit_code_without_output():
    assert describe_end(3, 0, None, b"") == "exit code 3"


def test_claims_no_cause_for_a_line_that_is_no_error():
    reason = "exit code 3; stderr: INFO: saved"
    assert describe_end(3, 0, None, b"INFO: saved\nx.py:1: UserWarning: late\n") == reason


def test_records_the_reason(project):
    project.write("train.py", "print('begun')\nraise ValueError('wrong')\n")
    assert project.run().reason == "ValueError: wrong"
    project.write("train.py", "import os\nos.kill(os.getpid(), 9)\n")
    assert project.run().reason == "signal 9 (SIGKILL)"
    project.write("train.py", "print('done')\n")
    assert project.run().reason == ""
    project.write("train.py", "import time\ntime.sleep(60)\n")
    assert project.run(max_time=0.1).reason == "time limit of 0.1 s"
