"""Finds options of `gage run` that the program has too, typed where the program's options usually stand."""

from collections.abc import Collection, Sequence

import click

from gage.cli.run.run_options import ANY_DEBUGGER, complete_debug_option


def list_shared_options(command: click.Command, args: Sequence[str], names: Collection[str]) -> dict[str, str]:
    """Returns the long options of Gage behind the first other word of `args` that are also `names` of parameters, with
    the words that set these: `--label` → `label=cat`. `args` are the words after `gage run`.
    """
    options = {name: param for param in command.params if isinstance(param, click.Option) for name in param.opts}
    args = complete_debug_option(args)
    own = args[: args.index("--")] if "--" in args else args
    shared: dict[str, str] = {}
    is_behind, words = False, iter(own)
    for word in words:
        option, equals, value = word.partition("=")
        param = options.get(option)
        if param is None:
            is_behind = is_behind or not word.startswith("-")
            continue
        if not equals and not param.is_flag:
            value = next(words, "")
        name = next((name for name in (option[2:], option[2:].replace("-", "_")) if name in names), None)
        if is_behind and option.startswith("--") and name:
            shared[option] = f"{name}={'true' if param.is_flag or value == ANY_DEBUGGER else value}"
    return shared
