"""Renders the reference of the Gage file as Markdown: `gage help gagefile` and docs/gagefile.md."""

from gage.gagefile import definition
from gage.gagefile.schema_types import Field, ListOf, OneOf, Record, Shape, describe_shape

INTRO = """\
# The Gage file

A Gage file defines the operations of a project. Its name is `gage.toml`, `gage.json` or
`gage.yaml`. Gage searches the current directory and those above it. JSON can have comments and
trailing commas. Only `exec` is required:

```toml
[train]
exec = "python train.py"
config = "train.py"
```

`gage run train` runs the operation, `gage operations` lists all operations, and `gage check
gage.toml` reports every problem in the file, and what it names that the project does not contain.
A problem in the file disables only the operation that it is in. For completion in an editor, run
`gage check --schema > gagefile.schema.json`, then add `"$schema" = "gagefile.schema.json"` to the
file.

Files for Gage 0.1 still work, but `gage run` rejects the [kinds of dependency](#depends) that are
not supported yet.
"""

HEADER_BLOCK = """\
## In a script

A script can define its own operation in a comment block at its top:

```python
# /// gage
# description = "Train the model"
# config = "train.py"
# ///
```

The block holds the settings of one operation in TOML. Without `exec`, Gage runs the script itself.
The block works in every language whose comments start with `#`, such as shell, R and Julia. In
JavaScript, each line of it starts with `// `.
"""


def render_reference() -> str:
    """Returns the whole page."""
    parts = [INTRO, "## Settings of the file\n", _render_table(definition.TOP)]
    parts += ["## Settings of an operation\n", _render_table(definition.OPERATION.fields)]
    for title, shape in (("exec", definition.EXEC), ("config", definition.CONFIG_ENTRY)):
        parts += [f"## {title}\n", _NOTES[title], *(_render_table(r.fields) for r in find_records(shape))]
    parts += ["## depends\n", _NOTES["depends"]]
    for record in definition.DEPENDENCIES:
        parts += [f"### {record.kind}\n", _render_table(record.fields)]
    return "\n".join([*parts, HEADER_BLOCK])


_NOTES = {
    "exec": """\
Text is a line for the shell. Text that starts with `#!` is a script with its own interpreter. A
list is a command with its arguments, without a shell. `{name}` is replaced with a config value,
safely quoted; `{{` is a brace.

A table has a command for each hook of a run:

```toml
[train.exec]
stage-runtime = "uv sync"
run = ["python", "train.py"]
finalize = "gzip predictions.csv"
```

Each command can depend on the platform: `run = { linux = "…", mac = "…" }` or `run[mac] = "…"`.
""",
    "config": """\
Text is a short form of `keys`. A key is `file#name` and can have globs: `train.py#lr`,
`train.py#*`, or `train.py` for all values of the file. `name` defines a value of the operation
itself, for `{name}` in commands and `FLAG_NAME` in the environment.

```toml
[train]
exec = "python train.py"

[[train.config]]
keys = "model.yaml#*"
prefix = "model."

[[train.config]]
name = "epochs"
default = 10
min = 1
target = "--epochs {}"
```
""",
    "depends": """\
Text is a path or a pattern of project files, or starts with a kind: `"runfiles:
operation=prepare"`. Patterns are globs, or regular expressions after `regex:`. The kinds
`run-files`, `runs-summary`, `dvcfile` and `url` are not supported yet: `gage run` rejects them, and
`gage check` reports them. A file with a `sha256` must have this digest when the run starts.

```toml
[evaluate]
exec = "Rscript evaluate.R"
depends = [
  "data/*.csv",
  { type = "dir", path = "pretrained", files = "*.bin" },
]
```
""",
}


def find_records(shape: Shape) -> list[Record]:
    """Returns the tables that `shape` accepts, without those inside of them."""
    match shape:
        case Record():
            return [shape]
        case OneOf():
            return [r for s in shape.shapes for r in find_records(s)]
        case _:
            return []


def _render_table(fields: tuple[Field, ...]) -> str:
    shown = [f for f in fields if not f.alias]
    rows = [f"| `{f.name}` | {describe_values(f.shape)} | {f.doc}{_format_example(f)} |" for f in shown]
    return "\n".join(["| setting | value | meaning |", "|---|---|---|", *rows, ""])


def _format_example(field: Field) -> str:
    return f" For example `{field.example}`" if field.example else ""


def describe_values(shape: Shape) -> str:
    """Returns what a value can be, in a few words."""
    match shape:
        case ListOf():
            return f"a list of {describe_values(shape.item).partition(' ')[2]}s"
        case OneOf():
            return _describe_one_of(shape)
        case _:
            return describe_shape(shape)


def _describe_one_of(shape: OneOf) -> str:
    """Returns what one of several shapes can be; a list of the same values in short."""
    items = [describe_values(each) for each in shape.shapes if not isinstance(each, ListOf)]
    words = [
        "a list of them"
        if isinstance(each, ListOf) and describe_values(each.item) in (*items, ", or ".join(dict.fromkeys(items)))
        else describe_values(each)
        for each in shape.shapes
    ]
    return ", or ".join(dict.fromkeys(words))
