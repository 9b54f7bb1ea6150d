"""What a program says can be set: one record for every parser there is. Knows no parser and starts nothing."""

from dataclasses import dataclass
from typing import Literal

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
"override": a word `name=value` (Hydra); "env": no word, but a variable of the environment.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a program takes.

    `name` is what people call it (a long option without its dashes, a positional's name, a Hydra key). `flags` are the
    options that set it as written, () for a positional; `off` those that turn a switch off. `type` is "int", "float",
    "str", "bool" or "" (unknown, or the program makes something of its own of the text: `converts`). `nargs` is "",
    "?", "*", "+", "..." (all that is left of the line), a number, or for a list that is one word: "," or " " with
    these between its values, "[]" as the parser writes lists; `type` is then that of each value. `default` is
    None where there is none or it cannot be told. `const` is what a flag without a value means. `command` is the
    sub-command that it belongs to, "" for the program itself. `aliases` are other names of it (in the program:
    argparse's dest). `truth` are the words that an option of type bool takes for true and false ("" is all that
    `type=bool` takes for false).
    """

    name: str
    flags: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    action: Action = "store"
    type: str = ""
    nargs: str = ""
    default: JSONValue = None
    const: JSONValue = None
    choices: tuple[JSONValue, ...] = ()
    required: bool = False
    description: str = ""
    converts: bool = False
    command: str = ""
    line: int = 0
    aliases: tuple[str, ...] = ()
    truth: tuple[str, str] = ("True", "")

    @property
    def flag(self) -> str:
        """The option to use: the first long one, else the first; "" for a positional."""
        return next((f for f in self.flags if f.startswith("--")), self.flags[0] if self.flags else "")


@dataclass(frozen=True, slots=True)
class Program:
    """A program's settings. `parser` names what reads its command line ("argparse", "click", "hydra", …).

    `how`: "asked" – the program's own parser told, "read" – its source was read. `note` says why the program could not
    be asked ("" = it was). `commands` are its sub-commands (`remote add` for one within another); `command` the one
    that the command line already names. `negative_options`: it has options such as `-1`; `file_prefix`: characters that
    make a word the name of a file with words; `spelling`: whether `--name=value` is one word or two; `in_stages`: what
    it takes may depend on what it is given; `is_open`: the sub-commands ("" for the program itself) that take options
    of any other name, too; `files`: parameters that name a file with values of others.
    """

    parser: str
    parameters: tuple[Parameter, ...] = ()
    how: Literal["asked", "read"] = "asked"
    note: str = ""
    commands: tuple[str, ...] = ()
    command: str = ""
    negative_options: bool = False
    file_prefix: str = ""
    spelling: Literal["joined", "separate"] = "joined"
    in_stages: bool = False
    is_open: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
