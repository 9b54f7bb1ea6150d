"""Reads arguments as the program's own parser reads them: the inverse of `build_args`.

What cannot be read with certainty is named as unknown, and never guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gage.parsers import read_values
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.parsers.value_syntax import is_multiple
from gage.types.values import JSONValue

ParameterKey = tuple[str, str]
"""The subcommand of a parameter ("" = none) and its name."""

_NUMBER = re.compile(r"-\d+|-\d*\.\d+")
_FIRE_FLAG = re.compile(r"--?[A-Za-z_]")
_OVERRIDES = ("hydra", "omegaconf")
_TAKES_ABBREVIATIONS = ("argparse", "simple-parsing", "optparse", "docopt", "R argparse", "R optparse", "R docopt")
_WITHOUT_VALUE = ("store_true", "store_false", "store_const", "append_const", "count", "switch")


class ReadValue(NamedTuple):
    """The value of a parameter. `places` are the positions of its arguments, `text` is its argument if that is the
    value as plain text (None = it is not).
    """

    value: JSONValue
    places: tuple[int, ...]
    text: str | None = None


class ReadArgs(NamedTuple):
    """What arguments mean. `rest` are the positions of those that set no known value, `unknown` the parameters that
    they may set all the same. `command` is the subcommand that they name, by its word at position `command_at`.
    """

    values: Mapping[ParameterKey, ReadValue] = {}
    rest: tuple[int, ...] = ()
    unknown: frozenset[ParameterKey] = frozenset()
    command: str = ""
    command_at: int = -1


class _Occurrence(NamedTuple):
    """One time that a parameter is set: its arguments, their positions, and whether an option like `--no-x` does it."""

    args: tuple[str, ...]
    places: tuple[int, ...]
    is_off: bool = False


class _Match(NamedTuple):
    """An option of a word: `--x=1` has the `attached` value "1"."""

    parameter: Parameter
    is_off: bool
    attached: str | None


def read_args(spec: ParserSpec, args: Sequence[str], command: str = "") -> ReadArgs:
    """Returns what arguments mean to the program. `command` is the subcommand whose arguments they are, if they do not
    name it themselves.
    """
    if spec.parser in _OVERRIDES:
        return _read_overrides(spec, args)
    return _Reader(spec, args, command).read()


def _read_overrides(spec: ParserSpec, args: Sequence[str]) -> ReadArgs:
    """Reads arguments `name=value`."""
    by_key = {p.flag or p.name: p for p in spec.parameters}
    values: dict[ParameterKey, ReadValue] = {}
    rest: list[int] = []
    unknown: set[str] = set()
    is_hydra = spec.parser == "hydra"
    for at, arg in enumerate(args):
        key, equals, text = arg.partition("=")
        p = by_key.get(key)
        is_change = is_hydra and (key[:1] in ("+", "~") or key.startswith(("hydra.", "hydra/")))
        plain_key = key.lstrip("+~")
        all_names = [x.name for x in by_key.values()]
        names = [
            n for n in all_names if f"{n}.".startswith(f"{plain_key}.") or plain_key.startswith((f"{n}.", f"{n}["))
        ]
        try:
            if arg.startswith("-") or not (p or is_change) or not (equals or key[:1] == "~"):
                raise ValueError(arg)
            value = read_values.read_value(spec, p or Parameter(key, action="override"), text) if equals else None
        except ValueError:
            rest.append(at)
            unknown |= {p.name} if p else set(names)
            continue
        values[("", p.name if p else key)] = ReadValue(value, (at,))
        unknown |= set(names) if p is None else set()
    for name in unknown:
        if ("", name) in values:
            rest += values.pop(("", name)).places
    return ReadArgs(values, tuple(sorted(rest)), frozenset(("", name) for name in unknown))


class _Reader:
    """Reads options and positionals. `path` is the subcommand so far, `chunks` the positionals of it that stand
    together.
    """

    def __init__(self, spec: ParserSpec, args: Sequence[str], command: str) -> None:
        self.spec = spec
        self.args = args
        self.definition = find_definition(spec.parser)
        self.is_fire = spec.parser == "fire"
        self.path = command
        self.command_at = -1
        self.has_ended = False
        self.is_unsure = False
        self.is_opaque = any(arg[:1] and arg[0] in self._list_opaque_chars() for arg in args) or (
            self.is_fire and "-" in args  # what is behind it goes to the result
        )
        self.is_opaque |= spec.parser == "absl" and any(self._spell(a).startswith("--flagfile") for a in args)
        self.is_opaque |= spec.is_chained and sum(arg in spec.commands for arg in args) > 1
        self.chunks: list[list[int]] = [[]]
        self.occurrences: dict[ParameterKey, list[_Occurrence]] = {}
        self.rest: list[int] = []
        self.unknown: set[ParameterKey] = set()
        self.separators: list[int] = []
        self.undeclared: dict[str, Parameter] = {}

    def read(self) -> ReadArgs:
        """Returns the meaning of all arguments."""
        at = 0
        while at < len(self.args):
            at = self._read_arg(at)
        self._assign_positionals()
        self._forget_replaced()
        self._forget_shared()
        is_other_command = bool(self.spec.command) and self.path != self.spec.command
        if is_other_command or self.is_opaque:
            every = frozenset((p.command, p.name) for p in self.spec.parameters if p.action != "env")
            return ReadArgs(rest=tuple(range(len(self.args))), unknown=every if self.args else frozenset())
        values = dict(self._combine())
        rest = {*self.rest, *(at for key in self.unknown for at in self._list_places(key))}
        rest |= {at for at in self.separators if any(other > at for other in rest)}
        values = {key: value for key, value in values.items() if key not in self.unknown}
        command = self.path if self.command_at >= 0 else ""
        return ReadArgs(values, tuple(sorted(rest)), frozenset(self.unknown), command, self.command_at)

    def _list_opaque_chars(self) -> set[str]:
        """Returns the characters that begin an argument whose meaning is not known."""
        return {*self.spec.file_prefix_chars, *({*self.spec.prefix_chars} ^ {"-"})}

    def _forget_replaced(self) -> None:
        """Adds parameters to `unknown` that the subcommand has as well: argparse keeps one value of both."""
        if not self.path or self.definition.takes_dashed_values:
            return
        own = {(p.aliases or (p.name,))[0]: p for p in self.spec.parameters if p.command == self.path}
        for p in self.spec.parameters:
            other = own.get((p.aliases or (p.name,))[0])
            if other is None or p.command == self.path or not f"{self.path} ".startswith(f"{p.command} ".lstrip()):
                continue
            keys = {(p.command, p.name), (other.command, other.name)}
            if keys & self.occurrences.keys() or p.default != other.default:
                self.unknown |= keys

    def _forget_shared(self) -> None:
        """Adds parameters to `unknown` that set the same value (argparse's dest): their order decides."""
        given: dict[ParameterKey, list[ParameterKey]] = {}
        for p in self.spec.parameters:
            if (p.command, p.name) in self.occurrences:
                given.setdefault((p.command, (p.aliases or (p.name,))[0]), []).append((p.command, p.name))
        self.unknown |= {key for keys in given.values() if len(keys) > 1 for key in keys}

    def _list_places(self, key: ParameterKey) -> Iterator[int]:
        return (at for each in self.occurrences.get(key, ()) for at in each.places)

    def _read_arg(self, at: int) -> int:
        """Reads the argument at a position and those that belong to it; returns the position of the next one."""
        arg = self.args[at]
        is_split = arg == "--" and (
            self.spec.is_intermixed or self.spec.parser == "shell" or "docopt" in self.spec.parser
        )
        self.is_opaque = self.is_opaque or is_split
        if arg == "--" and not self.has_ended and (self.is_fire or self.definition.has_end_of_options):
            if self.is_fire:  # options of Fire itself follow
                self.rest += range(at, len(self.args))
                return len(self.args)
            self.has_ended = True
            self.separators.append(at)
            return at + 1
        if not self.has_ended and self._is_option(arg):
            return self._read_option(at)
        return self._read_positional(at)

    def _is_option(self, arg: str) -> bool:
        if not arg.startswith("-") or len(arg) < 2:
            return False
        if self.is_fire:
            return _FIRE_FLAG.match(arg) is not None
        if arg.partition("=")[0] in self._list_flags():
            return True
        if self.definition.takes_dashed_values:
            return True
        return " " not in arg and (self._has_negative_options() or not _NUMBER.fullmatch(arg))

    def _has_negative_options(self) -> bool:
        return any(map(_NUMBER.match, self._list_flags())) if self.path else self.spec.has_negative_options

    def _list_flags(self) -> dict[str, tuple[Parameter, bool]]:
        """Returns the options that can be given here, and whether they turn their parameter off."""
        flags: dict[str, tuple[Parameter, bool]] = {}
        for p in self.spec.parameters:
            if p.command == self.path or (not p.command and (self.is_fire or "docopt" in self.spec.parser)):
                flags |= {self._spell(flag): (p, False) for flag in p.flags}
                flags |= {self._spell(flag): (p, True) for flag in p.off_flags}
                if self.is_fire:
                    flags.setdefault(f"--no{p.name}", (p, True))
        return flags

    def _spell(self, flag: str) -> str:
        """Returns an option in the one spelling by which it is looked up."""
        if self.is_fire:
            return "--" + flag.lstrip("-").replace("-", "_")
        if self.spec.parser == "absl":
            return "--" + flag.lstrip("-")
        return flag.replace("_", "-") if self.spec.parser == "tyro" and flag.startswith("--") else flag

    def _match(self, arg: str) -> list[_Match]:
        """Returns the options that an argument names: several for `-vx`, [] for an unknown one."""
        flags = self._list_flags()
        name, equals, value = arg.partition("=")
        is_joined_short = (
            len(name) == 2 and self.definition.takes_dashed_values and not self.is_fire and self.spec.parser != "absl"
        )
        if self._spell(name) in flags and not (equals and is_joined_short):
            return [_Match(*flags[self._spell(name)], value if equals else None)]
        if self.is_fire:
            if self._is_open(name):
                return [_Match(self._declare(name), False, value if equals else None)]
            near = [p for f, (p, is_off) in flags.items() if len(name) == 2 and f[2:3] == name[1:] and not is_off]
            is_sure = len(near) == 1 and not self.spec.commands
            return [_Match(near[0], False, value if equals else None)] if is_sure else []
        if name.startswith("--"):
            if self.spec.parser not in _TAKES_ABBREVIATIONS:
                return []
            longer = {id(flags[f][0]): flags[f] for f in flags if f.startswith(name)}
            return [_Match(*next(iter(longer.values())), value if equals else None)] if len(longer) == 1 else []
        matches: list[_Match] = []
        for i in range(1, len(arg)):
            flag = flags.get(f"-{arg[i]}")
            if flag is None:
                return []
            if flag[0].action not in _WITHOUT_VALUE:
                return [*matches, _Match(*flag, arg[i + 1 :] or None)]
            matches.append(_Match(*flag, None))
        return matches

    def _is_open(self, name: str) -> bool:
        """Returns whether the function of a Fire program takes an option of any name here (`**kwargs`)."""
        return self.path in self.spec.open_commands and self._spell(name)[2:].isidentifier()

    def _declare(self, name: str) -> Parameter:
        flag = self._spell(name)
        p = Parameter(flag[2:], (flag,), has_converter=True, command=self.path)
        return self.undeclared.setdefault(flag, p)

    def _read_option(self, at: int) -> int:
        if self.spec.parser == "shell" and any(self.chunks):  # the loop over the options may have ended
            self.unknown |= {(p.command, p.name) for p, _ in self._list_flags().values()}
            self.is_unsure = True
        if self.chunks[-1]:
            self.chunks.append([])
        matches = self._match(self.args[at])
        if not matches:
            return self._skip_unknown_option(at)
        for match in matches[:-1]:
            self._add(match.parameter, _Occurrence((), (at,), match.is_off))
        p, is_off, attached = matches[-1]
        has_value = attached is not None or any(not self._is_option(arg) for arg in self.args[at + 1 : at + 2])
        self.is_opaque = self.is_opaque or (self.is_fire and is_off and has_value)  # `--nox 3` does not set x
        values = [] if attached is not None or (is_off and p.nargs != "?") else self._take_values(p, at + 1)
        args = tuple(values) if attached is None else (attached,)
        self._add(p, _Occurrence(args, tuple(range(at, at + 1 + len(values))), is_off))
        return at + 1 + len(values)

    def _skip_unknown_option(self, at: int) -> int:
        """Leaves an option that is not known here. Whether the argument behind it is its value is not known either."""
        name, equals, _ = self.args[at].partition("=")
        self.rest.append(at)
        following = self.args[at + 1 : at + 2]
        takes_value = not equals and bool(following) and not self._is_option(following[0])
        self.is_opaque = self.is_opaque or self.is_fire  # it may be one of another function
        self.is_unsure = self.is_unsure or takes_value or self.definition.takes_dashed_values  # may be a positional
        for flag, (p, _) in self._list_flags().items():
            is_part = name.rstrip("+") == flag or name.startswith(f"{flag}.")  # `--layers+=3`, `--model.dim=8`
            is_abbreviation = len(name) > 2 and flag.startswith(name)
            is_in_cluster = name[1] != "-" and len(flag) == 2 and flag[1] in name
            if is_part or is_abbreviation or is_in_cluster:
                self.unknown.add((p.command, p.name))
        return at + 1

    def _take_values(self, p: Parameter, start: int) -> Sequence[str]:
        """Returns the arguments from `start` on that are values of an option."""
        if p.action in _WITHOUT_VALUE and not (p.action == "switch" and p.nargs == "?"):
            return ()
        if p.nargs == "...":
            return self.args[start:]
        end = start
        most = int(p.nargs) if p.nargs.isdigit() else len(self.args) if p.nargs in ("*", "+") else 1
        takes_dashes = self.definition.takes_dashed_values and not self.is_fire and p.nargs != "?"
        while end < min(len(self.args), start + most):
            arg = self.args[end]
            if not takes_dashes and (arg == "--" or self._is_option(arg)):
                break
            end += 1
        return self.args[start:end]

    def _add(self, p: Parameter, occurrence: _Occurrence) -> None:
        self.occurrences.setdefault((p.command, p.name), []).append(occurrence)

    def _read_positional(self, at: int) -> int:
        if not self.has_ended and (command := self._find_subcommand(self.args[at])):
            if self.is_unsure:
                self.path = "?"  # perhaps a value
                return at + 1
            self._assign_positionals()
            self.path, self.command_at, self.chunks = command, at, [[]]
            return at + 1
        self.chunks[-1].append(at)
        positionals, count = self._list_positionals(), sum(map(len, self.chunks))
        starts_rest = any(p.nargs == "..." for p in positionals[max(count - 1, 0) : count + 1])
        if starts_rest and all(p.nargs in ("", "...") for p in positionals[: count + 1]):
            self.chunks[-1] += range(at + 1, len(self.args))
            return len(self.args)
        return at + 1

    def _find_subcommand(self, arg: str) -> str:
        """Returns the subcommand that an argument names at this place, "" for none."""
        if not arg:
            return ""
        name = arg.replace("-", "_") if self.is_fire else arg
        command = f"{self.path} {name}".strip()
        command = self.spec.command_aliases.get(command, command)
        return command if any(c == command or c.startswith(f"{command} ") for c in self.spec.commands) else ""

    def _list_positionals(self) -> list[Parameter]:
        parameters = [p for p in self.spec.parameters if p.command == self.path and p.action not in ("env", "override")]
        if self.is_fire:  # its options can be given without their names
            return [p for p in parameters if (p.command, p.name) not in self.occurrences]
        return [p for p in parameters if not p.flags]

    def _assign_positionals(self) -> None:
        """Gives the positionals found so far to the parameters of the subcommand."""
        places = [at for chunk in self.chunks for at in chunk]
        positionals = self._list_positionals()
        is_fixed = all(p.nargs == "" or p.nargs.isdigit() for p in positionals)
        is_scattered = sum(map(bool, self.chunks)) > 1 and not is_fixed and not self.definition.takes_dashed_values
        has_words_between = "docopt" in self.spec.parser and bool(self.spec.commands) and not self.path
        texts = [self.args[at] for at in places]
        has_mark = "--" in texts or (self.separators and any(p.nargs == "..." for p in positionals))
        is_cut = has_mark and not self.definition.takes_dashed_values  # which `--` stays depends on Python's version
        is_unset = self.spec.parser == "shell" and "" in texts  # `${1:-0.1}`
        is_ambiguous = self.is_unsure or is_scattered or has_words_between or is_cut or is_unset
        if self.spec.has_alternatives and (places or self.path):
            positionals = [p for p in self.spec.parameters if not p.flags]
            is_ambiguous = True
        if is_ambiguous and (places or self.spec.has_alternatives):
            self.unknown |= {(p.command, p.name) for p in positionals}
            self.rest += places
            return
        for i, p in enumerate(positionals):
            needed = sum(_count_needed(later) for later in positionals[i + 1 :])
            available = max(len(places) - needed, 0)
            count = 1 if p.nargs in ("", "?", ",", " ", "[]") else int(p.nargs) if p.nargs.isdigit() else available
            own = places[: count if not needed else min(count, max(available, _count_needed(p)))]
            places = places[len(own) :]
            if own:
                self._add(p, _Occurrence(tuple(self.args[at] for at in own), tuple(own)))
        self.rest += places

    def _combine(self) -> Iterator[tuple[ParameterKey, ReadValue]]:
        """Yields the values of the parameters; adds those that are not certain to `unknown`."""
        parameters = {(p.command, p.name): p for p in (*self.undeclared.values(), *self.spec.parameters)}
        for key, occurrences in self.occurrences.items():
            p, last = parameters[key], occurrences[-1]
            try:
                value = self._combine_one(p, occurrences)
            except (ValueError, OverflowError):
                self.unknown.add(key)
                continue
            is_text = p.action == "store" and len(last.args) == 1 and read_values.is_plain_text(self.spec, p)
            yield key, ReadValue(value, tuple(self._list_places(key)), last.args[0] if is_text else None)

    def _combine_one(self, p: Parameter, occurrences: Sequence[_Occurrence]) -> JSONValue:
        """Returns the value of a parameter that is set one or more times."""
        last = occurrences[-1]
        match p.action:
            case "store_true" | "store_false" | "store_const" | "append_const" | "count" if last.args:
                raise ValueError(p.name)
            case "store_true" | "store_false":
                return p.action == "store_true"
            case "store_const":
                return True if p.const is None else p.const
            case "append_const":
                return True if isinstance(p.const, bool) else [p.const] * len(occurrences)
            case "count":
                return (p.default if isinstance(p.default, int) else 0) + len(occurrences)
            case "switch" if last.args and last.is_off and p.nargs == "?":
                raise ValueError(p.name)
            case "switch" if last.args:
                return read_values.read_bool(self.spec, p, last.args[0])
            case "switch":
                return not last.is_off
            case "append" | "extend":
                start = [] if self.definition.replaces_default else read_values.list_texts(p.default)
                items: list[JSONValue] = []
                for each in occurrences:
                    value = self._convert(p, each)
                    items += value if p.action == "extend" and isinstance(value, list) else [value]
                return [*start, *items]
        if last.is_off:
            return False
        return self._convert(p, last)

    def _convert(self, p: Parameter, occurrence: _Occurrence) -> JSONValue:
        args = occurrence.args
        if p.nargs == "..." and "--" in args:
            raise ValueError(p.name)
        if not args and self.is_fire:
            return True
        if not args and p.nargs == "?" and p.const is not None:
            return p.const
        if p.nargs.isdigit() and len(args) != int(p.nargs):
            raise ValueError(p.name)
        if is_multiple(p):
            if not args and p.nargs == "+":
                raise ValueError(p.name)
            return [read_values.read_value(self.spec, p._replace(nargs=""), arg) for arg in args]
        if len(args) != 1:
            raise ValueError(p.name)
        return read_values.read_value(self.spec, p, args[0])


def _count_needed(p: Parameter) -> int:
    """Returns how many arguments a positional takes at least."""
    return 0 if p.nargs in ("?", "*", "...") else int(p.nargs) if p.nargs.isdigit() else 1
