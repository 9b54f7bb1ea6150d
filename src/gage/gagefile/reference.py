"""The reference of the Gage file as Markdown, made from `settings`: `gage help gagefile` and docs/gagefile.md."""

from gage.gagefile import definition
from gage.gagefile.schema_types import Field, Many, OneOf, Record, Shape, described

INTRO = """\
# The Gage file

A Gage file names the operations of a project. It is called `gage.toml`, `gage.json` or `gage.yaml`
and is looked for from the current folder upwards. JSON may have comments and trailing commas. Only
`exec` is needed:

```toml
[train]
exec = "python train.py"
config = "train.py"
```

`gage run train` runs it, `gage operations` lists what there is, `gage check gage.toml` says
everything that is wrong with a file. A wrong part disables only its own operation. For completion
in an editor, write `"$schema" = "gagefile.schema.json"` after `gage check --schema >
gagefile.schema.json`.

A file that Gage 0.1 read works unchanged.
"""

HEADER_BLOCK = """\
## In a script

A script can carry its own operation, in a comment block at its top:

```python
# /// gage
# description = "Train the model"
# config = "train.py"
# ///
```

The block has the settings of one operation in TOML. `exec` may be left out: the script itself is
run. Shell, R, Julia and all other scripts whose comments start with `#` have it the same way; in
JavaScript each line of it starts with `// `.
"""


def render_reference() -> str:
    """The whole page."""
    parts = [INTRO, "## Settings of the file\n", _table(definition.TOP)]
    parts += ["## Settings of an operation\n", _table(definition.OPERATION.fields)]
    for title, shape in (("exec", definition.EXEC), ("config", definition.CONFIG_ENTRY)):
        parts += [f"## {title}\n", _NOTES[title], *(_table(r.fields) for r in records_of(shape))]
    parts += ["## depends\n", _NOTES["depends"]]
    for record in definition.DEPENDENCIES:
        parts += [f"### {record.kind}\n", _table(record.fields)]
    return "\n".join([*parts, HEADER_BLOCK])


_NOTES = {
    "exec": """\
A text is a line for the shell; a text that starts with `#!` is a script with its own interpreter; a
list is a command with its arguments, without a shell. `{name}` stands for a config value and is
quoted safely; `{{` is a brace. A table names the hooks of a run's life; each may have a command by
platform (`run = { linux = "…", windows = "…" }`, or `run[windows] = "…"`).
""",
    "config": """\
A text is short for `keys`. A key is `file#name` and may have globs: `train.py#lr`, `train.py#*`,
`train.py` (all of its values). `name` makes a value of the operation's own, for `{name}` in
commands and `FLAG_NAME` in the environment.
""",
    "depends": """\
A text is short for files of the project, or has the kind in front: `"runfiles: operation=prepare"`,
`"dvcfile: data.csv"`. Patterns are globs, or regular expressions after `regex:`.
""",
}


def records_of(shape: Shape) -> list[Record]:
    """The tables that `shape` allows, outermost only."""
    match shape:
        case Record():
            return [shape]
        case OneOf():
            return [r for s in shape.shapes for r in records_of(s)]
        case _:
            return []


def _table(fields: tuple[Field, ...]) -> str:
    shown = [f for f in fields if not f.alias]
    rows = [f"| `{f.name}` | {kinds(f.shape)} | {f.doc}{_example(f)} |" for f in shown]
    return "\n".join(["| setting | value | meaning |", "|---|---|---|", *rows, ""])


def _example(field: Field) -> str:
    return f" For example `{field.example}`" if field.example else ""


def kinds(shape: Shape) -> str:
    """What a value may be, in a few words."""
    match shape:
        case Many():
            return f"list of {kinds(shape.item)}"
        case OneOf():
            return _one_of(shape)
        case _:
            return described(shape)


def _one_of(shape: OneOf) -> str:
    """What one of several may be; a list of the same is said in short."""
    single = list(dict.fromkeys(kinds(s) for s in shape.shapes if not isinstance(s, Many)))
    many = [kinds(s.item) for s in shape.shapes if isinstance(s, Many)]
    if ", or ".join(single) in many:
        return ", or ".join([*single, "a list of them"])
    for kind in many:
        at = single.index(kind) + 1 if kind in single else len(single)
        single.insert(at, "a list of them" if kind in single else f"list of {kind}")
    return ", or ".join(single)
