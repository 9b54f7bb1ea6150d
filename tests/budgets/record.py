"""Runs `gage` with the arguments after the name of a file, and writes into that file what it opened, loaded and called.

Calls are those of the main thread: what other threads do depends on time.
"""

import os
import sys

opened = []
entered = set()
CO_OPTIMIZED = 1
"""Marks the code of a function, not of a module or class."""


def hear(event, args):
    if event == "open" and isinstance(args[0], str | bytes):
        opened.append(os.fsdecode(args[0]))


def profile(frame, event, arg):
    if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:
        entered.add(frame.f_code.co_filename)


def leave(code):
    sys.setprofile(None)
    seen = {"opened": list(opened), "modules": sorted(sys.modules), "entered": sorted(entered), "code": code}
    import json

    with open(out, "w") as file:
        json.dump(seen, file)
    leave_at_once(code)


sys.addaudithook(hear)
out, sys.argv = sys.argv[1], ["gage", *sys.argv[2:]]
leave_at_once, os._exit = os._exit, leave

from gage.__main__ import main  # noqa: E402

sys.setprofile(profile)

main()
leave(0)
