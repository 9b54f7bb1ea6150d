"""Adds config values to an operation's command."""

import shlex
from collections.abc import Collection, Mapping, Sequence

from gage.lib.command import Command, parse_command, parse_shell_line, split_comment, split_words
from gage.parsers.parser_spec import ParserSpec
from gage.project.parameter_spec import ParameterSpec
from gage.types.errors import ConfigError
from gage.types.opdef import Exec

_LASTING_ACTIONS = ("store_true", "store_false", "store_const", "append", "append_const", "extend", "count")
"""What an option does if no other word can undo it."""


def parse_exec(command: Exec) -> Command:
    """Returns the program that a command starts; the first one if a shell line starts several."""
    return parse_command(command.args) if command.args else parse_shell_line(command.shell)


def add_values(command: Exec, specs: Sequence[ParameterSpec], program: ParserSpec | None) -> Exec:
    """Returns the command with the values as arguments: those of patterns (`--lr {}`) at its end, others where the
    parser expects them. Raises ConfigError for a value that no argument can express.
    """
    passed = [spec for spec in specs if spec.config.target == "argument" and spec.is_passed]
    parsed = {spec.parameter.name: spec for spec in passed if spec.parameter and "{}" not in spec.config.location}
    command = _drop_variables(command, {spec.config.location for spec in specs if _is_variable(spec)})
    if program is not None and parsed:
        command = _add_arguments(command, parsed, program)
    added = [word for spec in passed if spec not in parsed.values() for word in _fill_pattern(spec)]
    return _append(command, added) if added else command


def _is_variable(spec: ParameterSpec) -> bool:
    return spec.config.target == "env" and spec.config.set_by_user


def _drop_variables(command: Exec, names: Collection[str]) -> Exec:
    """Returns the command without the variables in front of its program that config sets: `LR=1 bash train.sh`."""
    parsed = parse_exec(command)
    dropped = {f"{name}={value}" for name, value in parsed.variables if name in names}
    if not dropped or parsed.shape != "words":
        return command
    end = parsed.target if parsed.interpreter is None else parsed.interpreter
    words = tuple(word for i, word in enumerate(parsed.words) if word not in dropped or i >= (end or 0))
    return _set_words(command, parsed.words, words)


def add_values_and_arguments(
    command: Exec,
    specs: Sequence[ParameterSpec],
    program: ParserSpec | None,
    arguments: Sequence[str],
    subcommand: str,
) -> Exec:
    """Returns the command with the values, and `arguments` as they are behind it. `subcommand` is the one that they
    name ("" = none): its options go behind its name.
    """
    if not arguments:
        return add_values(command, specs, program)
    if program is not None and not subcommand and _has_config_file(program, arguments):
        return add_values(_append(command, arguments), specs, program)  # the file would replace values before it
    if program is not None and subcommand:
        return add_values(_append(command, arguments), specs, program._replace(command=subcommand))
    result = add_values(command, specs, program)
    if parse_exec(result).words.count("--") > parse_exec(command).words.count("--"):
        return add_values(_append(command, arguments), specs, program)  # options must come before the `--`
    return _append(result, arguments)


def _has_config_file(program: ParserSpec, arguments: Sequence[str]) -> bool:
    """Returns whether arguments name a config file that the program's parser reads."""
    flags = {flag for p in program.parameters if p.name in program.config_files for flag in p.flags}
    return any(word.partition("=")[0] in flags for word in arguments)


def _fill_pattern(spec: ParameterSpec) -> list[str]:
    """Returns the words of `--lr {}` or `--lr={}` with the value filled in; [] for null."""
    if spec.config.value is None:
        return []
    from gage.assignments.placeholders import format_value

    text = format_value(spec.config.value)
    pattern = split_words(spec.config.location)
    if pattern is None:
        raise ConfigError(
            f"The target of {spec.config.name} in the Gage file has an unclosed quote: {spec.config.location}"
        )
    return [w.replace("{}", text) for w in pattern]


def _append(command: Exec, words: Sequence[str]) -> Exec:
    """Returns the command with words at its end; in a shell line, in front of a comment."""
    if command.args:
        return Exec(args=(*command.args, *words))
    text, comment = split_comment(command.shell)
    return Exec(shell=f"{text} {shlex.join(words)}{comment}")


def _add_arguments(command: Exec, specs: Mapping[str, ParameterSpec], program: ParserSpec) -> Exec:
    """Returns the command with the values of `specs`, by the names of the parser, where the parser expects them."""
    from gage.parsers import build_args

    subcommand = next((str(spec.config.value) for spec in specs.values() if spec.is_subcommand), "")
    values = {name: spec.config.value for name, spec in specs.items() if not spec.is_subcommand}
    parsed = parse_exec(command)
    replaced = _find_replaced_words(parsed, specs, program)
    if parsed.words and parsed.shape == "words":
        called = program._replace(command=subcommand or program.command)
        own = [word for at, word in enumerate(parsed.words) if at not in replaced]
        words = build_args.insert_args((*own, *subcommand.split()), parsed.arguments, called, values)
        return _set_words(command, parsed.words, tuple(words))
    if replaced:
        raise ConfigError(
            f"{min(replaced.values())} cannot be set, as the command line, which uses shell syntax, sets it as well",
            "Write the command as a list of words",
        )
    for name in values:
        if specs[name].command != program.command:
            raise ConfigError(
                f"{specs[name].config.name} cannot be inserted into a command line that uses shell syntax",
                "Write the command as a list of words",
            )
    return _append(command, build_args.build_args(program, values, program.command))


def _find_replaced_words(parsed: Command, specs: Mapping[str, ParameterSpec], program: ParserSpec) -> dict[int, str]:
    """Returns the positions of flags, and of options that add up, in a command, with the parameter of `specs` that they
    set: words behind them would not replace them. Raises ConfigError for one that shares its word with another.
    """
    from gage.parsers.read_args import read_args

    start = parsed.arguments
    read = read_args(program, parsed.words[start:])
    set_places = [at for value in read.values.values() for at in value.places]
    replaced: dict[int, str] = {}
    for name, spec in specs.items():
        value = read.values.get((spec.command, name))
        if value is None or spec.parameter is None or spec.parameter.action not in _LASTING_ACTIONS:
            continue
        if any(set_places.count(at) > value.places.count(at) for at in value.places):
            word = parsed.words[start + value.places[0]]
            hint = f"Write the options of {word} in the Gage file as separate words"
            raise ConfigError(f"{spec.config.name} cannot be set, as {word} in the command sets it as well", hint)
        replaced |= {start + at: spec.config.name for at in value.places}
    return replaced


def _set_words(command: Exec, before: tuple[str, ...], after: tuple[str, ...]) -> Exec:
    """Returns the command with other words: a shell line with words appended, if that is the only change."""
    if command.args:
        return Exec(args=after)
    if after[: len(before)] == before:
        return _append(command, after[len(before) :]) if len(after) > len(before) else command
    return Exec(shell=shlex.join(after))
