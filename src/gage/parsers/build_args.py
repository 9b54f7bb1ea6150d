"""Chosen values → words of a program's command line, which its own parser reads as just these values."""

from collections.abc import Mapping, Sequence

from gage.parsers.option_args import TAKES_ANY, as_items, build_option_args, format_arg, format_args, takes_many
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.value_syntax import format_value
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def build_args(program: ParserSpec, values: Mapping[str, JSONValue], command: str = "") -> list[str]:
    """The words that give `values` (a parameter's name → its value, only what was chosen) to the program.

    `command` is the sub-command that they are for: with it come the words of its own parameters only, without it those
    of the program itself. Options first, then `--` where it is needed, then positionals.
    Raises ConfigError for a value that no words can give.
    """
    return _with(program, values, command, [], True)


def insert_args(command: Sequence[str], at: int, program: ParserSpec, values: Mapping[str, JSONValue]) -> list[str]:
    """The command with the words for `values` where the program expects them; its own words begin at `at`.

    Options of the program come before its sub-command's name, those of a sub-command after it; all options before a
    `--` that is there; positionals last, and in the place of those that they are instead of. Raises ConfigError as
    `words`.
    """
    own = list(command[at:])
    path = program.command.split()
    places = _places(own, program, path)
    names = [" ".join(path[:i]) for i in range(len(places) + 1)]
    done: list[str] = list(command[:at])
    for start, end, name in zip([0, *places], [*places, len(own)], names, strict=True):
        first = start + 1 if name else start
        done += [*own[start:first], *_with(program, values, name, own[first:end], name == names[-1])]
    return done


def _with(
    program: ParserSpec, values: Mapping[str, JSONValue], command: str, own: Sequence[str], is_last: bool
) -> list[str]:
    """The words of one command, those that it has and those that are new."""
    mine = [p for p in program.parameters if p.command == command]
    chosen = {p.name: values[p.name] for p in mine if p.name in values}
    new = _options(program, mine, chosen)
    new += _changes(program, values) if not command else []
    positionals = [p for p in mine if not p.flags and p.action != "override"]
    if not any(p.name in chosen for p in positionals):
        end = list(own).index("--") if "--" in own else len(own)
        return [*own[:end], *new, *own[end:]] if is_last or "--" in own else [*own, *new]
    options, given = _apart(own, mine)
    last = _positionals(program, positionals, chosen, given)
    before = [*options, *new]
    return [*before, *_behind(program, mine, before, last, is_last)]


def _options(program: ParserSpec, mine: Sequence[Parameter], chosen: Mapping[str, JSONValue]) -> list[str]:
    found: list[str] = []
    for p in (p for p in mine if p.name in chosen):
        if p.action == "override":
            found.append(f"{p.flag or p.name}={format_arg(program, p, chosen[p.name])}")
        elif p.flags:
            found += build_option_args(program, p, chosen[p.name])
    return found


def _changes(program: ParserSpec, values: Mapping[str, JSONValue]) -> list[str]:
    """Hydra's own words for what its config does not have: `+new=1` adds, `~old` takes away."""
    if program.parser != "hydra":
        return []
    new = {
        n: v for n, v in values.items() if n.startswith(("+", "~")) and n not in {p.name for p in program.parameters}
    }
    return [
        n if n.startswith("~") and v in (None, "") else f"{n}={format_value(program.parser, '', v)}"
        for n, v in new.items()
    ]


def _behind(
    program: ParserSpec, mine: Sequence[Parameter], before: Sequence[str], last: Sequence[str], is_last: bool
) -> list[str]:
    """Positionals, with `--` in front of them where a word, or what stands `before`, could be meant otherwise."""
    if any(p.nargs == "..." and not p.flags for p in mine):
        return _remainder(mine, before, last)
    dash = next((w for w in last if w.startswith("-")), "")
    if program.parser == "shell" and not any(p.flags for p in mine):
        return list(last)  # to a script without options `--` would be its first argument
    if program.parser == "docopt" or not is_last:
        if dash:
            raise ConfigError(f"{dash} cannot be told to the program, which takes it for an option")
        return list(last)
    greedy = (p for p in mine if p.flags and program.parser not in TAKES_ANY)
    takes_more = any(p.nargs in ("?", "*", "+") for p in greedy)
    return ["--", *last] if last and (dash or takes_more) else list(last)


def _remainder(mine: Sequence[Parameter], before: Sequence[str], last: Sequence[str]) -> list[str]:
    """All that is left of a line is taken as it is, a `--` in it too; so there can be none."""
    nearest = next((w for w in reversed(before) if w.startswith("-")), "")
    takes_more = any(nearest in p.flags and p.nargs in ("?", "*", "+") for p in mine)
    if last and (last[0].startswith("-") or takes_more):
        raise ConfigError(f"{last[0]} cannot be told to the program, which takes it for an option or a value of one")
    return list(last)


def _places(own: Sequence[str], program: ParserSpec, path: Sequence[str]) -> list[int]:
    """Where the name of each sub-command stands among the words; none when one is not found."""
    found: list[int] = []
    i = 0
    for depth, name in enumerate(path):
        above = " ".join(path[:depth])
        valued = {f for p in program.parameters if p.command == above and _takes_one(p) for f in p.flags}
        while i < len(own) and (own[i] != name or (i > 0 and own[i - 1] in valued)):
            i += 1
        if i == len(own):
            return []
        found.append(i)
        i += 1
    return found


def _takes_one(parameter: Parameter) -> bool:
    return parameter.action in ("store", "append", "extend") and parameter.nargs in ("", "1", ",", " ", "[]")


def _apart(own: Sequence[str], mine: Sequence[Parameter]) -> tuple[list[str], list[str]]:
    """The options among the words, with their values, and the positionals."""
    takes = {f: p for p in mine for f in p.flags}
    options: list[str] = []
    positionals: list[str] = []
    left = 0.0
    for i, one in enumerate(own):
        if one == "--":
            return options, [*positionals, *own[i + 1 :]]
        if one.startswith("-") and one in takes:
            p = takes[one]
            valued = p.action in ("store", "append", "extend")
            left = 0 if not valued else int(p.nargs) if p.nargs.isdigit() else float("inf") if takes_many(p) else 1
            options.append(one)
        elif left > 0 and not (one.startswith("-") and left == float("inf")):
            left -= 1
            options.append(one)
        else:
            left = 0
            (options if one.startswith("-") and len(one) > 1 else positionals).append(one)
    return options, positionals


def _positionals(
    program: ParserSpec, parameters: Sequence[Parameter], chosen: Mapping[str, JSONValue], given: Sequence[str]
) -> list[str]:
    """The program tells positionals by their order: what stands before a chosen one has to be said, too.

    `given` are the words that are there already.
    """
    until = max(i for i, p in enumerate(parameters) if p.name in chosen)
    rest = list(given)
    found: list[str] = []
    for i, p in enumerate(parameters):
        there = rest if takes_many(p) else rest[:1]
        rest = rest[len(there) :]
        if p.name in chosen:
            value = chosen[p.name]
            found += format_args(program, p, value) if takes_many(p) else [format_arg(program, p, value)]
        elif there or i > until:
            found += there
        elif p.default is not None:
            found += [format_arg(program, p, v) for v in (as_items(p.default) if takes_many(p) else [p.default])]
        elif p.nargs not in ("*", "..."):
            raise ConfigError(
                f"{parameters[until].name} can only be set together with {p.name}, which stands before it",
                f"Add {p.name}=VALUE",
            )
    if wrong := next((w for w in found if w and w[0] in program.file_prefix_chars), ""):
        raise ConfigError(f"{wrong} would be read as the name of a file with arguments, not as a value")
    return [*found, *rest]
