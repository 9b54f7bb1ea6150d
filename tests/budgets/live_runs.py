"""Runs `gage` and writes how many runs with their config were in memory at once to a file.

The first argument is the path of that file, the others are those of `gage`.
"""

import gc
import os
import sys

from gage.index import rows
from gage.types.run import Run

INTERVAL = 100
"""Runs are counted whenever so many have been read."""

decoded = 0
most = 0


def decode_and_count(text):
    global decoded, most
    run = decode_run(text)
    decoded += 1
    if decoded % INTERVAL == 0:
        most = max(most, sum(type(each) is Run and bool(each.config) for each in gc.get_objects()))
    return run


def write_and_exit(code):
    with open(record_path, "w") as file:
        file.write(f"{decoded} {most}")
    exit_process(code)


record_path, sys.argv = sys.argv[1], ["gage", *sys.argv[2:]]
decode_run, rows.decode_run = rows.decode_run, decode_and_count
exit_process, os._exit = os._exit, write_and_exit

from gage.__main__ import main  # noqa: E402

main()
write_and_exit(0)
