"""Runs `gage` and writes the files that it opened, and the modules that it loaded and called, to a file.

The first argument is the path of that file, the others are those of `gage`.

Calls are those of the main thread: what other threads do depends on time.
"""

import os
import sys

opened = []
entered = set()
CO_OPTIMIZED = 1
"""Marks the code of a function, not of a module or class."""


def record_open(event, args):
    if event == "open" and isinstance(args[0], str | bytes):
        opened.append(os.fsdecode(args[0]))


def profile(frame, event, arg):
    if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:
        entered.add(frame.f_code.co_filename)


def write_and_exit(code):
    sys.setprofile(None)
    record = {"opened": list(opened), "modules": sorted(sys.modules), "entered": sorted(entered), "code": code}
    import json

    with open(record_path, "w") as file:
        json.dump(record, file)
    exit_process(code)


sys.addaudithook(record_open)
record_path, sys.argv = sys.argv[1], ["gage", *sys.argv[2:]]
exit_process, os._exit = os._exit, write_and_exit

from gage.__main__ import main  # noqa: E402

sys.setprofile(profile)

main()
write_and_exit(0)
