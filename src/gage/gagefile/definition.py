"""Defines the settings of a Gage file: for the checks, the JSON Schema, the reference and completion."""

from gage.gagefile import semantic_checks, validators
from gage.gagefile.schema_types import AnyValue, Choice, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text
from gage.gagefile.synonyms import CONFIG_SYNONYMS, EXEC_SYNONYMS, OPERATION_SYNONYMS
from gage.types.opdef import HOOKS

PLATFORMS = ("linux", "mac", "windows")

WORD = Text("text")
GLOB = Text("a file pattern", validators.check_glob)
GLOBS = OneOf((GLOB, ListOf(GLOB, 1)))
KEY = Text("a key such as train.py#lr", validators.check_key)
KEYS = OneOf((KEY, ListOf(KEY, 1)))
ARGUMENTS = ListOf(Text("an argument", empty=True), 1)
COLUMN = Text("a column", validators.check_column)
COMMAND = OneOf((Text("a command", validators.check_command), ARGUMENTS))
OTHER_SHELL = OneOf((Text("a command"), ARGUMENTS))
COMMANDS = {p: OTHER_SHELL if p == "windows" else COMMAND for p in PLATFORMS}
PLATFORM_COMMAND = Record(
    "a command by platform",
    tuple(Field(p, COMMANDS[p], f"The command on {p}.", '"python train.py"') for p in PLATFORMS),
    needs_one=PLATFORMS,
)
HOOK = OneOf((Text("a command", validators.check_command, empty=True), ARGUMENTS, PLATFORM_COMMAND))

_HOOK_DOCS = {
    "stage-sourcecode": ("Runs after the source code was copied.", '"make parser.py"'),
    "stage-runtime": ("Prepares the environment of the program.", '"uv sync"'),
    "stage-dependencies": ("Fetches the data that the program reads.", '"sh download.sh"'),
    "run": ("Runs the operation.", '"python train.py"'),
    "finalize": ("Runs after the program, before the run is sealed.", '"gzip predictions.csv"'),
}
"""Hook → its meaning and an example."""
EXEC = OneOf(
    (
        *COMMAND.shapes,
        Record(
            "exec",
            tuple(Field(h, HOOK, *_HOOK_DOCS[h]) for h in HOOKS)
            + tuple(
                Field(f"{h}[{p}]", COMMANDS[p], f"Like {h}, on {p} only.", alias=True) for h in HOOKS for p in PLATFORMS
            ),
            synonyms=EXEC_SYNONYMS,
        ),
    )
)
TYPES = ("text", "number", "int", "float", "bool", "list", "str", "string", "integer", "boolean")

CONFIG_ENTRY = Record(
    "config",
    (
        Field(
            "keys", KEYS, "Values of files: `file#key` with globs, or a file for all of its values.", '"train.py#lr"'
        ),
        Field("key", KEYS, "Alias of keys.", '"train.py#lr"', alias=True),
        Field("name", WORD, "Name of a value of the operation itself, used as {name} in commands.", '"msg"'),
        Field("description", Text(empty=True), "Description, shown by `--help-op` and `--preview`.", '"Learning rate"'),
        Field("default", AnyValue(), "Default value.", "0.1"),
        Field("type", Choice(TYPES), "Type of the value.", '"float"'),
        Field("choices", ListOf(AnyValue(), 1), "Allowed values.", '["adam", "sgd"]'),
        Field("min", Number(), "Minimum.", "0"),
        Field("max", Number(), "Maximum.", "1"),
        Field("required", Flag(), "Whether the user must give a value.", "true"),
        Field(
            "target",
            Text("a target", validators.check_target),
            "Where the value is passed: an argument, `env:NAME`, or the key of a file.",
            '"--lr {}"',
        ),
        Field("prefix", WORD, "Prefix to add to the names of the keys.", '"model."'),
        Field("strip-prefix", WORD, "Prefix to remove from the names of the keys.", '"model."'),
        Field("rename", WORD, "New name for the key.", '"learning-rate"'),
    ),
    needs_one=("keys", "key", "name"),
    synonyms=CONFIG_SYNONYMS,
    check=semantic_checks.check_config_entry,
    may_be_empty=True,
    unknown_hint='Define a new value with "name" and "default", or a value of a file with "keys", such as train.py#{0}',
)
CONFIG = OneOf((KEY, CONFIG_ENTRY, ListOf(OneOf((KEY, CONFIG_ENTRY)))))

_DESCRIPTION = Field("description", Text(empty=True), "Description, one line.", '"Training data"')
_SELECT = (
    Field("files", GLOBS, "Patterns of files. Default: all files.", '"*.csv"'),
    Field("files.select", GLOBS, "Alias of files.", '["*.csv"]', alias=True),
    Field("files-select", GLOBS, "Alias of files.", '["*.csv"]', alias=True),
    Field("select", GLOBS, "Alias of files.", '"*.csv"', alias=True),
)
_SHA = Field("sha256", Text("a SHA-256 digest", validators.check_digest), "Expected SHA-256 digest of the file.", "")
SUPPORTED_KINDS = ("project-files", "file", "dir")
"""Kinds of dependency that `gage run` accepts."""


def _dependency(
    kind: str, title: str, *fields: Field, needs_one: tuple[str, ...] = (), may_be_empty: bool = False
) -> Record:
    doc = "Kind of dependency." if kind in SUPPORTED_KINDS else "Kind of dependency. Not supported yet by `gage run`."
    type = Field("type", Choice((kind,)), doc, f'"{kind}"')
    return Record(title, (type, *fields, _DESCRIPTION), needs_one, kind, may_be_empty=may_be_empty)


_PATH = Text("a path in the project", validators.check_path)
_DVC_PATH = Field("path", _PATH, "File that DVC tracks.", '"data.csv"', required=True)
_URL = Text("a URL", validators.check_url)
DEPENDENCIES = (
    _dependency(
        "project-files",
        "a project files dependency",
        Field("files", GLOBS, "Patterns of project files.", '"data/*.csv"', required=True),
        Field("link", Flag(), "Not supported yet: files are copied into the run.", "true"),
        may_be_empty=True,
    ),
    _dependency(
        "run-files",
        "a run files dependency",
        Field(
            "run-select",
            WORD,
            "Filter for the run. Gage uses the newest completed run that matches.",
            '"operation=prepare"',
        ),
        Field("run.select", WORD, "Alias of run-select.", '"operation=prepare"', alias=True),
        Field("operation", WORD, "Short for run-select with this operation.", '"prepare"'),
        *_SELECT,
        needs_one=("run-select", "run.select", "operation"),
    ),
    _dependency(
        "runs-summary",
        "a runs summary dependency",
        Field("runs-select", WORD, "Filter for the runs.", '"operation=train"', required=True),
        Field("summary-filename", _PATH, "File to write.", '"runs.json"'),
    ),
    _dependency("file", "a file dependency", Field("path", _PATH, "File.", '"data.csv"', required=True), _SHA),
    _dependency("dir", "a directory dependency", Field("path", _PATH, "Directory.", '"data"', required=True), *_SELECT),
    _dependency(
        "dvcfile", "a DVC file dependency", Field("path", _PATH, "File that DVC tracks.", '"data.csv"', required=True)
    ),
    _dependency(
        "url",
        "a URL dependency",
        Field("url", _URL, "URL of the file.", '"https://example.org/data.csv"', required=True),
        Field("path", _PATH, "Path to write the file to.", '"data.csv"'),
        _SHA,
    ),
)
DEPENDENCY = OneOf((Text("a dependency such as data.csv", validators.check_dependency), *DEPENDENCIES))
DEPENDS = OneOf((*DEPENDENCY.shapes, ListOf(DEPENDENCY)))

OPERATION = Record(
    "an operation",
    (
        Field("description", Text(empty=True), "Description, one or more lines.", '"Train the model"'),
        Field(
            "version",
            OneOf((Text("a version", validators.check_version), Number())),
            "Version. Change it to distinguish new runs from old ones.",
            '"2"',
        ),
        Field("default", Flag(), "Whether `gage run` without a name runs this operation.", "true"),
        Field("exec", EXEC, "Command: a shell line, a list of arguments, or a table of hooks.", '"python train.py"'),
        Field("config", CONFIG, "Parameters: values of files, or values of the operation itself.", '"train.py"'),
        Field(
            "sourcecode",
            OneOf((Text("a file pattern", validators.check_source_pattern, empty=True), ListOf(GLOB), Flag())),
            "Files to copy: globs, with a leading `-` to exclude; false for none.",
            '["*.py", "-old/**"]',
        ),
        Field("depends", DEPENDS, "Data and other files that the program reads.", '["data/*.csv", "vocab.txt"]'),
        Field("requires", DEPENDS, "Alias of depends.", '"data.csv"', alias=True),
        Field(
            "progress",
            OneOf((Text("a progress style"), MapOf(Text("a progress style")))),
            "Accepted for Gage 0.1. Has no effect.",
            '"tqdm"',
            alias=True,
        ),
        Field(
            "output-summary",
            OneOf(
                (
                    Flag(),
                    Text("a pattern", validators.check_regex, empty=True),
                    ListOf(Text("a pattern", validators.check_regex), 1),
                    MapOf(Text("a pattern", validators.check_regex)),
                )
            ),
            "Patterns that find metrics in the output.",
            '{ loss = "loss: (.*)" }',
        ),
        Field(
            "summary",
            Record("summary", (Field("filename", _PATH, "Accepted for Gage 0.1. Has no effect.", '"results.json"'),)),
            "Accepted for Gage 0.1. Has no effect.",
            '{ filename = "results.json" }',
            alias=True,
        ),
        Field(
            "metrics",
            OneOf((Text("a name"), ListOf(Text("a name")), MapOf(AnyValue()))),
            "The most important metrics, in order.",
            '["loss"]',
        ),
        Field("attributes", MapOf(AnyValue()), "Attributes of every run.", '{ dataset = "mnist" }'),
        Field("label", Text(empty=True), "Label of the runs. {name} is replaced with a config value.", '"lr={lr}"'),
        Field(
            "tags",
            OneOf((Text("a tag", validators.check_tag), ListOf(Text("a tag", validators.check_tag)))),
            "Tags of the runs.",
            '["baseline"]',
        ),
        Field(
            "listing",
            OneOf(
                (
                    COLUMN,
                    ListOf(COLUMN),
                    Record(
                        "listing",
                        (
                            Field("columns", ListOf(COLUMN, 1), "Columns.", '["lr", "loss"]'),
                            Field("description", ListOf(COLUMN, 1), "Alias of columns.", alias=True),
                        ),
                        needs_one=("columns", "description"),
                    ),
                )
            ),
            "Columns that `gage list` shows.",
            '["lr", "loss"]',
        ),
        Field(
            "env",
            MapOf(OneOf((Text(empty=True), Number(), Flag())), validators.check_variable),
            "Environment variables of the program.",
            '{ OMP_NUM_THREADS = "1" }',
        ),
        Field("working-dir", _PATH, "Directory in the run directory to start the program in.", '"src"'),
        Field(
            "max-time",
            OneOf((Number(positive=True), Text("a time such as 10m", validators.check_duration))),
            "Time limit. Gage stops the run after this time.",
            '"2h"',
        ),
    ),
    synonyms=OPERATION_SYNONYMS,
    check=semantic_checks.check_operation,
)

TOP = (
    Field("$schema", WORD, "Path of the schema, for editors.", '"gagefile.schema.json"'),
    Field("$namespace", Text("a namespace"), "Namespace of the project's operations.", '"mnist"'),
    Field(
        "$project-id",
        Text("an ID"),
        "ID of the project. Runs belong to it, wherever its directory is.",
        '"24e17ef2-4e6b-49bd-af59-f7ba0ca79349"',
    ),
    Field("$runs-dir", Text("a directory"), "Directory of the project's runs, relative to this file.", '"runs"'),
    Field("$defaults", OPERATION, "Default settings of all operations.", ""),
)

OPERATION_LISTS = "operations operation models tasks jobs stages scripts entry_points experiments".split()
"""Tables that contain the operations in other tools. In a Gage file, operations are at the top level."""

TOP_SHAPES: dict[str, Shape] = {f.name: f.shape for f in TOP}
