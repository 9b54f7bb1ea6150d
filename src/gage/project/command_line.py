"""An operation's command as words, and the same command with chosen values in it."""

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gage.parsers.parser_spec import ParserSpec
from gage.project.parameter_spec import ParameterSpec
from gage.project.parser_parameters import is_subcommand
from gage.types.errors import ConfigError
from gage.types.opdef import Exec
from gage.types.values import JSONValue

_SHELL = set("|;&<>`$(){}*?[]~#!\\\n")
"""What makes a line mean more to a shell than its words."""


def split_command(command: Exec) -> tuple[str, ...]:
    """The words of a command, () for a line that only a shell can read."""
    if command.args or not set(command.shell).isdisjoint(_SHELL - set("{}")):
        return command.args
    try:
        return tuple(shlex.split(command.shell))
    except ValueError:
        return ()


def add_values(
    command: Exec, chosen: Sequence[ParameterSpec], program: ParserSpec | None, script: Path | None, cwd: Path
) -> Exec:
    """The command with the words that give the chosen values to the program: those of patterns (`--lr {}`) at its end,
    others where its parser expects them. Raises ConfigError for a value that no words can give.
    """
    wanted = [o for o in chosen if o.config.target == "argument" and o.is_passed]
    told = [o for o in wanted if o.parameter and "{}" not in o.config.location]
    if program is not None and told:
        command = _with_arguments(command, told, program, script, cwd)
    more = [w for o in wanted if o not in told for w in _by_pattern(o)]
    return _longer(command, more) if more else command


def _by_pattern(o: ParameterSpec) -> list[str]:
    """`--lr {}` or `--lr={}` as words; a value that is null says nothing."""
    if o.config.value is None:
        return []
    from gage.assignments.placeholders import value_to_text

    text = value_to_text(o.config.value)
    return [w.replace("{}", text) for w in shlex.split(o.config.location)]


def _longer(command: Exec, words: Sequence[str]) -> Exec:
    if command.args:
        return Exec(args=(*command.args, *words))
    return Exec(shell=f"{command.shell} {shlex.join(words)}")


def _with_arguments(
    command: Exec, told: list[ParameterSpec], program: ParserSpec, script: Path | None, cwd: Path
) -> Exec:
    from gage.parsers import build_args

    own = split_command(command)
    named = next((str(o.config.value) for o in told if is_subcommand(o)), "")
    values: dict[str, JSONValue] = {o.parameter: o.config.value for o in told if not is_subcommand(o)}
    if own:
        called = replace(program, command=named or program.command)
        done = build_args.insert_args((*own, *named.split()), _start(own, script, cwd), called, values)
        return Exec(args=tuple(done)) if command.args else Exec(shell=_line(command.shell, own, done))
    above = next((o for o in told if o.command != program.command and not is_subcommand(o)), None)
    if above is not None:
        raise ConfigError(
            f"{above.config.name} cannot be put into the command, which is one for the shell",
            "Write the command as a list of words",
        )
    return _longer(command, build_args.build_args(program, values, program.command))


def _line(line: str, own: Sequence[str], done: Sequence[str]) -> str:
    """A shell line that stays as it is written where words only came to its end."""
    if list(done[: len(own)]) == list(own):
        return f"{line} {shlex.join(done[len(own) :])}" if len(done) > len(own) else line
    return shlex.join(done)


def _start(words: Sequence[str], script: Path | None, cwd: Path) -> int:
    """Where the program's own words begin in its command."""
    from gage.parsers.introspect.launch import launch

    found = launch(words, script, cwd, os.environ)
    if found is not None:
        return found.at
    paths = [os.path.normpath(cwd / w) for w in words]
    return paths.index(str(script)) + 1 if script and str(script) in paths else min(1, len(words))
