"""The `gage run` that a person meant who typed an option of the program: `gage run train.py --lr 0.1`."""

import os
from collections.abc import Sequence

import click

from gage.assignments.convert_words import convert_words, join_words
from gage.lib.command import parse_command


def suggest_command(command: click.Command, args: Sequence[str]) -> str:
    """Returns the whole command line to type instead of `args`, with NAME=VALUE for what is not an option of Gage."""
    end = args.index("--") if "--" in args else len(args)
    if "-m" in args[:end]:
        at = args.index("-m")
        return join_words(("gage", "run", *args[:at], "--", "python", *args[at:]))
    takes_value = {
        name: not getattr(option, "is_flag", False)
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }
    own: list[str] = []
    words: list[str] = []
    at = 0
    while at < end:
        name = args[at].partition("=")[0]
        count = 2 if takes_value.get(name) and name == args[at] else 1
        (own if name in takes_value else words).extend(args[at : min(at + count, end)])
        at += count
    script = next((word for word in words if os.path.isfile(word)), None)
    if script is not None and words[0].startswith("-"):
        words = [script, *(word for word in words if word != script)]
    target = words[:1] if words and not words[0].startswith(("-", "@")) and "=" not in words[0] else []
    started = parse_command(words)
    if target and (started.interpreter == 0 or started.wrappers or started.launcher):
        return join_words(("gage", "run", *own, "--", *words, *args[end + 1 :]))
    return join_words(("gage", "run", *target, *convert_words(words[len(target) :]), *own, *args[end:]))
