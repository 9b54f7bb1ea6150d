"""Chosen values → words of a program's command line, which its own parser reads as just these values."""

import re
from collections.abc import Mapping, Sequence

from gage.config.program import Parameter, Program
from gage.config.spelling import word
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_NEGATIVE = re.compile(r"-\d+|-\d*\.\d+")
"""What argparse takes for a negative number and not for an option."""
_TAKES_ANY = ("click", "typer", "docopt", "absl", "fire", "optparse")
"""Parsers that take the word behind an option as its value, whatever it looks like."""
_REPLACING = ("click", "typer", "absl", "docopt")
"""Parsers that forget the default of an option that can be repeated as soon as it is given once."""


def words(program: Program, values: Mapping[str, JSONValue], command: str = "") -> list[str]:
    """The words that give `values` (a parameter's name → its value, only what was chosen) to the program.

    `command` is the sub-command that they are for: with it come the words of its own parameters only, without it those
    of the program itself. Options first, then `--` where it is needed, then positionals.
    Raises ConfigError for a value that no words can give.
    """
    return _with(program, values, command, [], True)


def insert(command: Sequence[str], at: int, program: Program, values: Mapping[str, JSONValue]) -> list[str]:
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
    program: Program, values: Mapping[str, JSONValue], command: str, own: Sequence[str], is_last: bool
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
    return [*options, *new, *_behind(program, mine, last, is_last)]


def _options(program: Program, mine: Sequence[Parameter], chosen: Mapping[str, JSONValue]) -> list[str]:
    found: list[str] = []
    for p in (p for p in mine if p.name in chosen):
        if p.action == "override":
            found.append(f"{p.flag or p.name}={_text(program, p, chosen[p.name])}")
        elif p.flags:
            found += _option(program, p, chosen[p.name])
    return found


def _changes(program: Program, values: Mapping[str, JSONValue]) -> list[str]:
    """Hydra's own words for what its config does not have: `+new=1` adds, `~old` takes away."""
    if program.parser != "hydra":
        return []
    new = {
        n: v for n, v in values.items() if n.startswith(("+", "~")) and n not in {p.name for p in program.parameters}
    }
    return [
        n if n.startswith("~") and v in (None, "") else f"{n}={word(program.parser, '', v)}" for n, v in new.items()
    ]


def _behind(program: Program, mine: Sequence[Parameter], last: Sequence[str], is_last: bool) -> list[str]:
    """Positionals, with `--` in front of them where a word, or what stands before, could be meant otherwise."""
    dash = next((w for w in last if w.startswith("-")), "")
    if program.parser == "docopt" or not is_last:
        if dash:
            raise ConfigError(f"{dash} cannot be told to the program, which takes it for an option")
        return list(last)
    greedy = (p for p in mine if p.flags and program.parser not in _TAKES_ANY)
    takes_more = any(p.nargs in ("?", "*", "+") for p in greedy)
    return ["--", *last] if last and (dash or takes_more) else list(last)


def _places(own: Sequence[str], program: Program, path: Sequence[str]) -> list[int]:
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
    return parameter.action in ("store", "append", "extend") and parameter.nargs in ("", "1", ",", "[]")


def _apart(own: Sequence[str], mine: Sequence[Parameter]) -> tuple[list[str], list[str]]:
    """The options among the words, with their values, and the positionals."""
    takes = {f: p for p in mine for f in p.flags}
    options: list[str] = []
    positionals: list[str] = []
    left = 0.0
    for i, text in enumerate(own):
        if text == "--":
            return options, [*positionals, *own[i + 1 :]]
        if text.startswith("-") and text in takes:
            p = takes[text]
            valued = p.action in ("store", "append", "extend")
            left = 0 if not valued else int(p.nargs) if p.nargs.isdigit() else float("inf") if _is_many(p) else 1
            options.append(text)
        elif left > 0 and not (text.startswith("-") and left == float("inf")):
            left -= 1
            options.append(text)
        else:
            left = 0
            (options if text.startswith("-") and len(text) > 1 else positionals).append(text)
    return options, positionals


def _positionals(
    program: Program, parameters: Sequence[Parameter], chosen: Mapping[str, JSONValue], given: Sequence[str]
) -> list[str]:
    """The program tells positionals by their order: what stands before a chosen one has to be said, too.

    `given` are the words that are there already.
    """
    until = max(i for i, p in enumerate(parameters) if p.name in chosen)
    rest = list(given)
    found: list[str] = []
    for i, p in enumerate(parameters):
        there = rest if _is_many(p) else rest[:1]
        rest = rest[len(there) :]
        if p.name in chosen:
            value = chosen[p.name]
            found += _texts(program, p, value) if _is_many(p) else [_text(program, p, value)]
        elif there or i > until:
            found += there
        elif p.default is not None:
            found += [_text(program, p, v) for v in (_many(p.default) if _is_many(p) else [p.default])]
        elif p.nargs != "*":
            raise ConfigError(
                f"{parameters[until].name} can only be set together with {p.name}, which stands before it",
                f"Add {p.name}=VALUE",
            )
    if wrong := next((w for w in found if w and w[0] in program.file_prefix), ""):
        raise ConfigError(f"{wrong} would be read as the name of a file with arguments, not as a value")
    return [*found, *rest]


def _option(program: Program, p: Parameter, value: JSONValue) -> list[str]:
    match p.action:
        case "store_true" | "store_false" | "store_const":
            return _flag(p, value)
        case "switch":
            return _switch(p, bool(value))
        case "append_const":
            return _flag(p, bool(value)) if isinstance(value, bool) else [p.flag] * (p.const in _many(value))
        case "count":
            return _count(p, value)
        case "append" | "extend":
            return _appended(program, p, value)
    if value is None and word(program.parser, p.type, None) == "None" and program.parser != "fire":
        return _unset(p)
    if (
        p.nargs == "?"
        and value is not None
        and value == p.const
        and isinstance(value, bool) == isinstance(p.const, bool)
    ):
        return [p.flag]
    if _is_many(p):
        return _several(program, p, value)
    return _valued(program, p, _text(program, p, value))


def _flag(p: Parameter, value: JSONValue) -> list[str]:
    """A flag that is there or not. Raises ConfigError when neither gives the value."""
    when = p.const if p.action == "store_const" and p.const is not None else p.action != "store_false"
    is_on = value == when or (p.action == "store_const" and value is True)
    if is_on:
        return [p.flag]
    usual = p.default if p.default is not None or p.action == "store_const" else not when
    if value == usual or (p.action == "store_const" and value is False and usual != when):
        return []
    raise ConfigError(
        f"{p.name} is {_shown(usual)} if nothing is said, and {p.flag} makes it {_shown(when)}: "
        f"the program has no word for {_shown(value)}",
        f"Change what the program makes of {p.flag}",
    )


def _shown(value: JSONValue) -> str:
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _switch(p: Parameter, value: bool) -> list[str]:
    if value:
        return [p.flag] if p.flag else []
    if p.off:
        return [next((f for f in p.off if f.startswith("--")), p.off[0])]
    return _flag(p, value)


def _count(p: Parameter, value: JSONValue) -> list[str]:
    """A flag that counts on from its default."""
    usual = p.default if isinstance(p.default, int) else 0
    if not isinstance(value, int) or value < usual:
        raise ConfigError(f"{p.flag} counts up from {usual}: the program has no word for {_shown(value)}")
    return [p.flag] * (value - usual)


def _appended(program: Program, p: Parameter, value: JSONValue) -> list[str]:
    """An option that is there once for each item; argparse keeps what is there by default."""
    items = list(_many(value))
    usual = list(_many(p.default)) if p.default is not None and program.parser not in _REPLACING else []
    if items[: len(usual)] != usual:
        raise ConfigError(
            f"{p.flag} adds to {_shown(usual)}, which is always there: the program has no word for {_shown(items)}",
            f"Change the default of {p.flag} in the program",
        )
    items = items[len(usual) :]
    if p.action == "extend" and _is_many(p):
        return _several(program, p, items) if items else []
    if _is_many(p):
        return [w for item in items for w in _several(program, p, item)]
    return [w for item in items for w in _valued(program, p, _text(program, p, item))]


def _several(program: Program, p: Parameter, value: JSONValue) -> list[str]:
    """An option with all its values behind it."""
    items = _texts(program, p, value)
    if p.nargs.isdigit() and len(items) != int(p.nargs):
        raise ConfigError(f"{p.name} takes {p.nargs} values, got {len(items)}")
    if not items and p.nargs == "+":
        raise ConfigError(f"{p.name} takes at least one value")
    if len(items) == 1 and program.parser not in _TAKES_ANY:
        return _valued(program, p, items[0])
    if program.parser in _TAKES_ANY:
        return [p.flag, *items]
    if wrong := next((w for w in items if _is_like_option(program, w)), ""):
        raise ConfigError(f"{wrong} cannot be one of several values of {p.flag}: the program takes it for an option")
    return [p.flag, *items]


def _is_like_option(program: Program, text: str) -> bool:
    if text.startswith(tuple(program.file_prefix)):
        return True
    is_number = _NEGATIVE.fullmatch(text) is not None and not program.negative_options
    return text.startswith("-") and len(text) > 1 and not is_number and " " not in text


def _valued(program: Program, p: Parameter, text: str) -> list[str]:
    """An option and its value: one word where the parser takes that, so that a dash in front of it does no harm."""
    flag = p.flag
    if len(flag) == 2 and program.parser in _TAKES_ANY:
        return [flag, text]
    return [flag, text] if program.spelling == "separate" else [f"{flag}={text}"]


def _unset(p: Parameter) -> list[str]:
    if p.default is None:
        return []
    raise ConfigError(f"{p.name} is {_shown(p.default)} if nothing is said: the program has no word for null")


def _is_many(p: Parameter) -> bool:
    return p.nargs not in ("", "?", ",", "[]")


def _many(value: JSONValue) -> Sequence[JSONValue]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _texts(program: Program, p: Parameter, value: JSONValue) -> list[str]:
    texts = ((v, _text(program, p, v)) for v in _many(value))
    return [_decimal(text) if isinstance(v, float) else text for v, text in texts]


def _decimal(text: str) -> str:
    """`-1e-05`, which argparse takes for an option, as -0.00001."""
    if not re.fullmatch(r"-\d+(\.\d+)?e[-+]?\d+", text):
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


def _text(program: Program, p: Parameter, value: JSONValue) -> str:
    if p.type == "bool" and isinstance(value, bool):
        return p.truth[0] if value else p.truth[1]
    if p.nargs == ",":
        return ",".join(word(program.parser, p.type, v) for v in _many(value))
    text = word(program.parser, p.type, list(_many(value)) if p.nargs == "[]" and value is not None else value)
    if text == "--" and program.parser not in _TAKES_ANY:
        raise ConfigError(f"{p.name} cannot be --, which the program takes for the end of its options")
    return text
