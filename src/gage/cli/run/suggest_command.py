"""The `gage run` that a person meant who typed an option of the program: `gage run train.py --lr 0.1`."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain

import click

from gage.assignments.convert_words import convert_words, join_words
from gage.cli.errors import ARGS
from gage.cli.foreign_words import find_option_hint
from gage.cli.run.shared_options import list_shared_options
from gage.lib.command import parse_command
from gage.lib.suggest import suggest_closest
from gage.project.parameter_spec import list_names_as_hint
from gage.types.errors import GageError

_ONE_DASH = re.compile(r"-([A-Za-z][\w.-]+)(=.*)?", re.DOTALL)


def suggest_run(ctx: click.Context, option: str) -> str:
    """Returns the hint for an option that `gage run` does not have: one that is written nearly the same, else the
    command line that sets a parameter of the program.
    """
    from difflib import get_close_matches

    names = [name for param in ctx.command.params if not getattr(param, "hidden", False) for name in param.opts]
    foreign = find_option_hint("run", option)
    is_long = option.startswith("--") and not foreign
    near = get_close_matches(option, names, n=1, cutoff=0.8) if is_long else []
    foreign = f"Did you mean {near[0]}?" if near else foreign
    with ctx.scope(cleanup=False):
        hint, has_parameters = _suggest_command(ctx.command, ctx.meta[ARGS])
    if near and hint.startswith("Try: "):
        return f"{foreign} To set a parameter: {hint.removeprefix('Try: ')}"
    return hint if has_parameters or not foreign else foreign


def _suggest_command(command: click.Command, args: Sequence[str]) -> tuple[str, bool]:
    """Returns a hint with the whole command line to type instead of `args`, with NAME=VALUE for what is not an option
    of Gage; or with the parameters, if the operation does not have one of these names; and whether
    all names are known to be parameters.
    """
    end = args.index("--") if "--" in args else len(args)
    if "-m" in args[:end]:
        at = args.index("-m")
        return "Try: " + join_words(("gage", "run", *args[:at], "--", "python", *args[at:])), False
    own, words = _split_options(command, args[:end])
    words, target = _put_target_first(words)
    started = parse_command(words)
    if target and (started.interpreter == 0 or started.wrappers or started.launcher):
        return "Try: " + join_words(("gage", "run", *chain(*own), "--", *words, *args[end + 1 :])), False
    assignments = convert_words(words[len(target) :])
    try:
        known = _find_parameters(target[0] if target else "")
    except GageError as error:
        return f"{error.message}\n{error.hint}".strip(), False
    if known:
        shared = list_shared_options(command, args, known)
        assignments = [*(_respell(word, known) for word in assignments), *shared.values()]
        own = [option for option in own if option[0].partition("=")[0] not in shared]
    if known is not None and (problem := _describe_unknown(target, assignments, known)):
        return problem, False
    last = {word.partition("=")[0]: word for word in assignments}  # of a value that is set twice, as in a parser
    return "Try: " + join_words(("gage", "run", *target, *last.values(), *chain(*own), *args[end:])), known is not None


def _split_options(command: click.Command, args: Sequence[str]) -> tuple[list[Sequence[str]], list[str]]:
    """Returns the options of Gage with their values, and the other words."""
    takes_value = {
        name: not getattr(option, "is_flag", False)
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }
    own: list[Sequence[str]] = []
    words: list[str] = []
    at = 0
    while at < len(args):
        name = args[at].partition("=")[0]
        count = 2 if takes_value.get(name) and name == args[at] else 1
        if name in takes_value:
            own.append(args[at : at + count])
        else:
            words.append(args[at])
        at += count
    return own, words


def _put_target_first(words: list[str]) -> tuple[list[str], list[str]]:
    """Returns the words, with a script moved before its options, and the operation or script ([] = none)."""
    script = next((word for word in words if os.path.isfile(word)), None)
    if script is not None and words[0].startswith("-"):
        words = [script, *(word for word in words if word != script)]
    return words, words[:1] if words and not words[0].startswith(("-", "@")) and "=" not in words[0] else []


def find_one_dash_option(command: click.Command, args: Sequence[str]) -> str:
    """Returns the first word such as `-lr=0.1` that sets a parameter of the program, without its value, else "". click
    reads it as the label `r=0.1`. `args` are the words before `--`.
    """
    words, target = _put_target_first(_split_options(command, args)[1])
    typed = [match for match in map(_ONE_DASH.fullmatch, words) if match]
    known: Mapping[str, bool] = {}
    if typed:
        with suppress(GageError):
            known = _find_parameters(target[0] if target else "") or {}
    for match in typed:
        is_label = match[1][0] in "lt" and match[2]
        if is_label or _respell(match[1], known) in known:
            return f"-{match[1]}"
    return ""


def suggest_shared_option(ctx: click.Context, message: str) -> str:
    """Returns the hint for an error whose `message` names an option of Gage that the program has too, behind the
    program on the command line of `ctx`; "" for another error.
    """
    target = next(iter(ctx.params["words"]), "")
    if not target or target.startswith("@") or "=" in target or "--" not in message:
        return ""
    try:
        known = _find_parameters(target)
    except GageError:
        return ""
    shared = list_shared_options(ctx.command, ctx.meta[ARGS], known or ())
    word = next((word for option, word in shared.items() if option in re.findall(r"--[a-z-]+", message)), "")
    return f"To set the program's: {word}" if word else ""


def _respell(assignment: str, known: Mapping[str, bool]) -> str:
    """Returns the assignment with underscores in its name if the parameter has these."""
    name, equals, value = assignment.partition("=")
    underscored = name.replace("-", "_")
    return underscored + equals + value if name not in known and underscored in known else assignment


def _describe_unknown(target: Sequence[str], assignments: Sequence[str], known: Mapping[str, bool]) -> str:
    """Returns what is wrong with the first name that is not `known`; "" = nothing."""
    typed = [word.partition("=")[0].removesuffix(":") for word in assignments if not word.startswith("@")]
    unknown = next((name for name in typed if name not in known), None)
    if unknown is None:
        return ""
    listed = [name for name, is_listed in known.items() if is_listed]
    hint = suggest_closest(unknown, known, list_names_as_hint(listed))
    return f"{target[0] if target else 'The operation'} has no parameter {unknown!r}. {hint}"


def _find_parameters(target: str) -> dict[str, bool] | None:
    """Returns the names of the parameters of an operation or script, and whether each is listed or only accepted as
    another spelling; None if they are not known. Raises GageError if there is no such operation.
    """
    from gage.cli.global_options import find_current_project, find_runs_dir, get_current_dir
    from gage.project.operation import find_operation
    from gage.project.request import RunRequest
    from gage.project.run_config import find_parameters

    request = RunRequest(target, cwd=get_current_dir(), project=find_current_project(), store=find_runs_dir())
    operation = find_operation(request)
    try:
        config = find_parameters(operation)
    except GageError:
        return None
    if config.note or config.stages is not None:
        return None
    spellings = {alias: False for spec in config.specs for alias in (*spec.aliases, *spec.negations)}
    return spellings | {spec.config.name: not spec.is_hidden for spec in config.specs}
