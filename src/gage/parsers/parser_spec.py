"""The parameters of a program, in one record for all parsers. Knows no parser and starts nothing."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.types.values import JSONValue

Action = Literal[
    "store",
    "store_true",
    "store_false",
    "store_const",
    "append",
    "append_const",
    "extend",
    "count",
    "switch",
    "override",
    "env",
]
"""How an option takes its value, in argparse's words. "switch": a pair that turns it on and off (`--x`, `--no-x`);
"override": an argument `name=value` (Hydra); "env": a variable of the environment.
"""


COMPUTED = "${}"
"""`Parameter.follows` of a default that is computed from other values."""
START = "${start}"
"""`Parameter.follows` of a default that the program computes when it starts. `default` is what introspection read."""


class Parameter(NamedTuple):
    """One value that a program takes.

    - `name`: how people call it (a long option without its dashes, a positional's name, a Hydra key).
    - `flags`: the options that set it, () for a positional; `off_flags`: those that turn a switch off.
    - `type`: "int", "float", "str", "bool" or "" (unknown, or the program converts the text itself: `has_converter`).
    - `nargs`: "", "?", "*", "+", "..." (the rest of the line), a number, or for a list that is one argument: "," or
      " " between its values, "[]" as the parser writes lists; `type` is then that of each value.
    - `default`: None where there is none or it cannot be determined. `const`: what a flag without a value means.
    - `command`: the subcommand that it belongs to, "" for the program itself.
    - `aliases`: its other names (in the program: argparse's dest).
    - `follows`: the name of the value that its default repeats (`${lr}`), `COMPUTED` for one that is computed from
      other values, `START` for one that is computed when the program starts.
    - `bool_words`: what an option of type bool takes for true and false (`type=bool` takes only "" for false).
    - `converted_words`: what the program's own converter makes of some words.
    """

    name: str
    flags: tuple[str, ...] = ()
    off_flags: tuple[str, ...] = ()
    action: Action = "store"
    type: str = ""
    nargs: str = ""
    default: JSONValue = None
    const: JSONValue = None
    choices: tuple[JSONValue, ...] = ()
    required: bool = False
    description: str = ""
    has_converter: bool = False
    command: str = ""
    line: int = 0
    aliases: tuple[str, ...] = ()
    bool_words: tuple[str, str] = ("True", "")
    follows: str = ""
    converted_words: Mapping[str, bool] = {}

    @property
    def flag(self) -> str:
        """The option to use: the first long one, else the first; "" for a positional."""
        return next((f for f in self.flags if f.startswith("--")), self.flags[0] if self.flags else "")


class ParserSpec(NamedTuple):
    """The parameters of a program. `parser` names what reads its command line ("argparse", "click", "hydra", …).

    - `origin`: "introspected" by the program's own parser, or read from its "source"; `note` says why it could not be
      introspected ("" = it was).
    - `commands`: its subcommands (`remote add` for one within another); `command`: the one that the command line
      already names; `open_commands`: those ("" for the program itself) that take options of any other name as well.
    - `command_aliases`: other name of a subcommand → its name in `commands`.
    - `has_negative_options`: it has options such as `-1`. `file_prefix_chars`: characters that make an argument the
      name of a file with arguments. `prefix_chars`: those that options begin
      with. `option_style`: whether `--name=value` is one argument or two.
    - `is_intermixed`: it reads options behind `--` too. `has_alternatives`: which positional an argument sets depends
      on the other arguments.
    - `is_chained`: several subcommands can follow each other, each with its options.
    - `is_staged`: its parameters may depend on the values of others.
    - `config_files`: parameters that name a file with values of others.
    - `failure`: why the parser's library fails whenever the program starts ("" = it works).
    """

    parser: str
    parameters: tuple[Parameter, ...] = ()
    origin: Literal["introspected", "source"] = "introspected"
    note: str = ""
    commands: tuple[str, ...] = ()
    command: str = ""
    has_negative_options: bool = False
    file_prefix_chars: str = ""
    option_style: Literal["joined", "separate"] = "joined"
    is_staged: bool = False
    open_commands: tuple[str, ...] = ()
    config_files: tuple[str, ...] = ()
    failure: str = ""
    command_aliases: Mapping[str, str] = {}
    prefix_chars: str = "-"
    is_intermixed: bool = False
    has_alternatives: bool = False
    is_chained: bool = False
