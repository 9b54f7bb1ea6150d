"""Builds the arguments of a program's command line that its own parser reads as exactly the values of a run."""

from collections.abc import Mapping, Sequence

from gage.parsers.option_args import build_option_args
from gage.parsers.parser_spec import START, Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.parsers.value_syntax import as_items, format_arg, format_args, format_value, is_multiple
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def build_args(spec: ParserSpec, values: Mapping[str, JSONValue], command: str = "") -> list[str]:
    """Returns the arguments that set the parameters in `values`, by name.

    With a `command` only the parameters of this subcommand are set, without it only those of the program itself.
    Options come first, then `--` where it is needed, then positionals. Raises ConfigError for a value that no argument
    can express.
    """
    return _merge(spec, values, command, [], True)


def insert_args(command: Sequence[str], at: int, spec: ParserSpec, values: Mapping[str, JSONValue]) -> list[str]:
    """Returns the command with arguments for `values` added. Its own arguments begin at index `at`.

    Options of the program come before its subcommand's name, those of a subcommand after it, all of them before an
    existing `--`. Positionals come last and replace existing ones. Raises ConfigError as `build_args` does.
    """
    args = list(command[at:])
    names = spec.command.split()
    positions = _find_subcommands(args, spec, names)
    commands = [" ".join(names[:i]) for i in range(len(positions) + 1)]
    result: list[str] = list(command[:at])
    for start, end, name in zip([0, *positions], [*positions, len(args)], commands, strict=True):
        first = start + 1 if name else start
        result += [*args[start:first], *_merge(spec, values, name, args[first:end], name == commands[-1])]
    return result


def _merge(
    spec: ParserSpec, values: Mapping[str, JSONValue], command: str, args: Sequence[str], is_last: bool
) -> list[str]:
    """Returns the arguments of one command, `args` that it has and new ones."""
    parameters = [p for p in spec.parameters if p.command == command]
    chosen = {p.name: values[p.name] for p in parameters if p.name in values}
    new = _build_options(spec, parameters, chosen)
    new += _build_hydra_changes(spec, values) if not command else []
    positionals = [p for p in parameters if not p.flags and p.action != "override"]
    if not any(p.name in chosen for p in positionals):
        end = list(args).index("--") if "--" in args else len(args)
        return [*args[:end], *new, *args[end:]] if is_last or "--" in args else [*args, *new]
    options, existing = _split_positionals(args, parameters)
    options += new
    values_of_positionals = _build_positionals(spec, positionals, chosen, existing)
    return [*options, *_separate_positionals(spec, parameters, options, values_of_positionals, is_last)]


def _build_options(spec: ParserSpec, parameters: Sequence[Parameter], chosen: Mapping[str, JSONValue]) -> list[str]:
    args: list[str] = []
    for p in sorted(parameters, key=lambda p: p.name not in spec.config_files):  # options override a file before them
        if p.name in chosen and p.action == "override":
            args.append(f"{p.flag or p.name}={format_arg(spec, p, chosen[p.name])}")
        elif p.name in chosen and p.flags:
            args += build_option_args(spec, p, chosen[p.name])
    return args


def _build_hydra_changes(spec: ParserSpec, values: Mapping[str, JSONValue]) -> list[str]:
    """Returns Hydra's overrides that change the structure of its config: `+new=1` adds, `~old` removes."""
    if spec.parser != "hydra":
        return []
    known = {p.name for p in spec.parameters}
    changes = {name: v for name, v in values.items() if name.startswith(("+", "~")) and name not in known}
    return [
        name if name.startswith("~") and v in (None, "") else f"{name}={format_value(spec.parser, '', v)}"
        for name, v in changes.items()
    ]


def _separate_positionals(
    spec: ParserSpec, parameters: Sequence[Parameter], options: Sequence[str], args: Sequence[str], is_last: bool
) -> list[str]:
    """Returns positionals, after `--` where they could be read as options, or as values of the `options` before."""
    if not args:
        return []
    definition = find_definition(spec.parser)
    takes_more = [p for p in parameters if p.flags and p.nargs in ("?", "*", "+")]
    with_dash = [arg for arg in args if arg.startswith("-")]
    if any(p.nargs == "..." and not p.flags for p in parameters):
        # the rest of the line is taken literally, and so would be `--`
        nearest = next((arg for arg in reversed(options) if arg.startswith("-")), "")
        if args[0].startswith("-") or any(nearest in p.flags for p in takes_more):
            raise ConfigError(f"{args[0]} cannot be a positional: the program reads it as an option, or a value of one")
        return list(args)
    if spec.parser == "shell" and not any(p.flags for p in parameters):
        return list(args)  # a script without options would take `--` as its first argument
    if not definition.has_end_of_options or not is_last:
        if with_dash:
            raise ConfigError(f"{with_dash[0]} cannot be a positional: the program reads it as an option")
        return list(args)
    needs_separator = with_dash or (takes_more and not definition.takes_dashed_values)
    return ["--", *args] if needs_separator else list(args)


def _find_subcommands(args: Sequence[str], spec: ParserSpec, names: Sequence[str]) -> list[int]:
    """Returns the indexes of the subcommands' names among the arguments, [] if one is missing."""
    positions: list[int] = []
    i = 0
    for depth, name in enumerate(names):
        parent = " ".join(names[:depth])
        with_value = {f for p in spec.parameters if p.command == parent and _takes_one_value(p) for f in p.flags}
        while i < len(args) and (args[i] != name or (i > 0 and args[i - 1] in with_value)):
            i += 1
        if i == len(args):
            return []
        positions.append(i)
        i += 1
    return positions


def _takes_one_value(p: Parameter) -> bool:
    return _takes_value(p) and p.nargs in ("", "1", ",", " ", "[]")


def _takes_value(p: Parameter) -> bool:
    return p.action in ("store", "append", "extend")


def _split_positionals(args: Sequence[str], parameters: Sequence[Parameter]) -> tuple[list[str], list[str]]:
    """Returns the options among the arguments, with their values, and the positionals."""
    by_flag = {f: p for p in parameters for f in p.flags}
    options: list[str] = []
    positionals: list[str] = []
    values_left = 0.0
    for i, arg in enumerate(args):
        if arg == "--":
            return options, [*positionals, *args[i + 1 :]]
        if arg.startswith("-") and arg in by_flag:
            values_left = _count_values(by_flag[arg])
            options.append(arg)
        elif values_left > 0 and not (arg.startswith("-") and values_left == float("inf")):
            values_left -= 1
            options.append(arg)
        else:
            values_left = 0
            (options if arg.startswith("-") and len(arg) > 1 else positionals).append(arg)
    return options, positionals


def _count_values(p: Parameter) -> float:
    """Returns how many values an option takes at most."""
    if not _takes_value(p):
        return 0
    return int(p.nargs) if p.nargs.isdigit() else float("inf") if is_multiple(p) else 1


def _build_positionals(
    spec: ParserSpec, positionals: Sequence[Parameter], chosen: Mapping[str, JSONValue], existing: Sequence[str]
) -> list[str]:
    """Returns the positionals, of which all before a chosen one are needed: an `existing` argument, or the default."""
    last = max(i for i, p in enumerate(positionals) if p.name in chosen)
    rest = list(existing)
    args: list[str] = []
    for i, p in enumerate(positionals):
        own = rest if is_multiple(p) else rest[:1]
        rest = rest[len(own) :]
        if p.name in chosen:
            value = chosen[p.name]
            args += format_args(spec, p, value) if is_multiple(p) else [format_arg(spec, p, value)]
        elif own or i > last:
            args += own
        elif p.default is not None and p.follows != START:
            args += [format_arg(spec, p, v) for v in (as_items(p.default) if is_multiple(p) else [p.default])]
        elif p.nargs not in ("*", "..."):
            raise ConfigError(
                f"{positionals[last].name} can only be set together with {p.name}, which comes before it",
                f"Add {p.name}=VALUE",
            )
    for arg in args:
        if arg and arg[0] in spec.file_prefix_chars:
            raise ConfigError(f"{arg} cannot be a positional: the program reads it as the name of a file of arguments")
    return [*args, *rest]
