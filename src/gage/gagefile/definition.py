"""The settings of a Gage file: the one definition behind checks, the JSON Schema, the reference and completion."""

from gage.gagefile import semantic_checks, validators
from gage.gagefile.schema_types import (
    Any,
    Choice,
    Field,
    Flag,
    Many,
    Map,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
)
from gage.gagefile.synonyms import CONFIG_WORDS, EXEC_WORDS, OPERATION_WORDS
from gage.types.opdef import HOOKS

PLATFORMS = ("linux", "mac", "windows")

WORD = Text("text")
GLOB = Text("a file pattern", validators.wrong_glob)
GLOBS = OneOf((GLOB, Many(GLOB, 1)))
KEY = Text("a key such as train.py#lr", validators.wrong_key)
KEYS = OneOf((KEY, Many(KEY, 1)))
ARGUMENTS = Many(Text("an argument", empty=True), 1)
COMMAND = OneOf((Text("a command", validators.wrong_command), ARGUMENTS))
OTHER_SHELL = OneOf((Text("a command"), ARGUMENTS))
COMMANDS = {p: OTHER_SHELL if p == "windows" else COMMAND for p in PLATFORMS}
PLATFORM_COMMAND = Record(
    "a command by platform",
    tuple(Field(p, COMMANDS[p], f"The command on {p}.", '"python train.py"') for p in PLATFORMS),
    needs_one=PLATFORMS,
)
HOOK = OneOf((Text("a command", validators.wrong_command, empty=True), ARGUMENTS, PLATFORM_COMMAND))

_HOOK_DOCS = {
    "stage-sourcecode": "Runs after the source code was copied.",
    "stage-runtime": "Prepares what the program runs with.",
    "stage-dependencies": "Fetches what the program reads.",
    "run": "What the operation does.",
    "finalize": "Runs after the program, before the run is sealed.",
}
EXEC = OneOf(
    (
        *COMMAND.shapes,
        Record(
            "exec",
            tuple(Field(h, HOOK, _HOOK_DOCS[h], '"python train.py"') for h in HOOKS)
            + tuple(
                Field(f"{h}[{p}]", COMMANDS[p], f"The same on {p} only.", alias=True) for h in HOOKS for p in PLATFORMS
            ),
            words=EXEC_WORDS,
        ),
    )
)
TYPES = ("text", "number", "int", "float", "bool", "list", "str", "string", "integer", "boolean")

CONFIG_ENTRY = Record(
    "config",
    (
        Field(
            "keys",
            KEYS,
            "Which values: `file#key` with globs, or a file for all of its values.",
            '"train.py#lr"',
        ),
        Field("key", KEYS, "The same as keys.", '"train.py#lr"', alias=True),
        Field("name", WORD, "A value of the operation's own, used as {name} in commands.", '"msg"'),
        Field("description", Text(empty=True), "Shown by `--help-op` and `--preview`.", '"Learning rate"'),
        Field("default", Any(), "The value when none is given.", "0.1"),
        Field("type", Choice(TYPES), "What the value must be.", '"float"'),
        Field("choices", Many(Any(), 1), "The only values allowed.", '["adam", "sgd"]'),
        Field("min", Number(), "The lowest value allowed.", "0"),
        Field("max", Number(), "The highest value allowed.", "1"),
        Field("required", Flag(), "Whether a value must be given.", "true"),
        Field(
            "target",
            Text("a place", validators.wrong_target),
            "Where the value goes: an argument, `env:NAME`, or a file's key.",
            '"--lr {}"',
        ),
        Field("prefix", WORD, "Put before the names of the keys.", '"model."'),
        Field("strip-prefix", WORD, "Taken off the names of the keys.", '"model."'),
        Field("rename", WORD, "Another name for the key.", '"learning-rate"'),
    ),
    needs_one=("keys", "key", "name"),
    words=CONFIG_WORDS,
    also=semantic_checks.of_config,
    may_be_empty=True,
    stranger='A value of your own has a "name" and a "default"; one of a file has "keys", such as train.py#{0}',
)
CONFIG = OneOf((KEY, CONFIG_ENTRY, Many(OneOf((KEY, CONFIG_ENTRY)))))

_DESCRIPTION = Field("description", Text(empty=True), "What it is, in one line.", '"Training data"')
_SELECT = (
    Field("files", GLOBS, "Which files; all without it.", '"*.csv"'),
    Field("files.select", GLOBS, "The same as files.", '["*.csv"]', alias=True),
    Field("files-select", GLOBS, "The same as files.", '["*.csv"]', alias=True),
    Field("select", GLOBS, "The same as files.", '"*.csv"', alias=True),
)
_SHA = Field(
    "sha256",
    Text(
        "a SHA-256 digest",
        validators.wrong_digest,
    ),
    "What the file must be.",
    "",
)


def _type(kind: str, *others: str) -> Field:
    return Field("type", Choice((kind, *others)), "The kind of dependency.", f'"{kind}"')


_PATH = Text("a path in the project", validators.wrong_path)
DEPENDENCIES = (
    Record(
        "a project files dependency",
        (
            _type("project-files"),
            Field("files", GLOBS, "Which files of the project.", '"data/*.csv"', required=True),
            Field(
                "link",
                Flag(),
                "Kept for files of Gage 0.1; inputs are always put into the run as copies.",
                "true",
            ),
            _DESCRIPTION,
        ),
        kind="project-files",
        may_be_empty=True,
    ),
    Record(
        "a run files dependency",
        (
            _type("run-files"),
            Field(
                "run-select",
                WORD,
                "Which run: a filter; the latest completed one is taken.",
                '"operation=prepare"',
            ),
            Field("run.select", WORD, "The same as run-select.", '"operation=prepare"', alias=True),
            Field("operation", WORD, "Short for run-select with this operation.", '"prepare"'),
            *_SELECT,
            _DESCRIPTION,
        ),
        needs_one=("run-select", "run.select", "operation"),
        kind="run-files",
    ),
    Record(
        "a runs summary dependency",
        (
            _type("runs-summary"),
            Field("runs-select", WORD, "Which runs: a filter.", '"operation=train"', required=True),
            Field("summary-filename", _PATH, "The file to write.", '"runs.json"'),
            _DESCRIPTION,
        ),
        kind="runs-summary",
    ),
    Record(
        "a file dependency",
        (_type("file"), Field("path", _PATH, "The file.", '"data.csv"', required=True), _SHA, _DESCRIPTION),
        kind="file",
    ),
    Record(
        "a folder dependency",
        (_type("dir"), Field("path", _PATH, "The folder.", '"data"', required=True), *_SELECT, _DESCRIPTION),
        kind="dir",
    ),
    Record(
        "a DVC file dependency",
        (
            _type("dvcfile"),
            Field("path", _PATH, "The file that DVC tracks.", '"data.csv"', required=True),
            _DESCRIPTION,
        ),
        kind="dvcfile",
    ),
    Record(
        "a download",
        (
            _type("url"),
            Field(
                "url",
                Text("an address", validators.wrong_url),
                "What to fetch.",
                '"https://example.org/data.csv"',
                required=True,
            ),
            Field("path", _PATH, "Where to put it.", '"data.csv"'),
            _SHA,
            _DESCRIPTION,
        ),
        kind="url",
    ),
)
DEPENDENCY = OneOf((Text("a dependency such as data.csv", validators.wrong_dependency), *DEPENDENCIES))
DEPENDS = OneOf((*DEPENDENCY.shapes, Many(DEPENDENCY)))

OPERATION = Record(
    "an operation",
    (
        Field(
            "description",
            Text(empty=True),
            "What the operation does; its first line is shown in lists.",
            '"Train the model"',
        ),
        Field(
            "version",
            OneOf((Text("a version"), Number())),
            "Change it to tell new runs from old ones.",
            '"2"',
        ),
        Field("default", Flag(), "Whether `gage run` without a name runs it.", "true"),
        Field(
            "exec",
            EXEC,
            "What it runs: a shell line, a list of arguments, or a table of hooks.",
            '"python train.py"',
        ),
        Field("config", CONFIG, "The values that can be set.", '"train.py"'),
        Field(
            "sourcecode",
            OneOf((GLOB, Many(GLOB), Flag())),
            "Which files are copied: globs, `-` in front excludes; false for none.",
            '["*.py", "-old/**"]',
        ),
        Field("depends", DEPENDS, "What the program reads that is not source code.", '"data.csv"'),
        Field("requires", DEPENDS, "The same as depends.", '"data.csv"', alias=True),
        Field(
            "progress",
            OneOf((Text("a progress style"), Map(Text("a progress style"), "hook"))),
            "How progress is shown in the output.",
            '"tqdm"',
        ),
        Field(
            "output-summary",
            OneOf(
                (
                    Flag(),
                    Text("a pattern", validators.wrong_regex, empty=True),
                    Many(Text("a pattern", validators.wrong_regex), 1),
                    Map(Text("a pattern", validators.wrong_regex)),
                )
            ),
            "Patterns that find metrics in the output.",
            '{ loss = "loss: (.*)" }',
        ),
        Field(
            "summary",
            Record("summary", (Field("filename", _PATH, "Kept for files of Gage 0.1.", '"results.json"'),)),
            "Kept for files of Gage 0.1.",
            '{ filename = "results.json" }',
            alias=True,
        ),
        Field(
            "metrics",
            OneOf((Text("a name"), Many(Text("a name")), Map(Any()))),
            "The metrics that matter, best first.",
            '["loss"]',
        ),
        Field("attributes", Map(Any()), "Facts about every run of the operation.", '{ dataset = "mnist" }'),
        Field("label", Text(empty=True), "The label of its runs; {name} is filled in.", '"lr={lr}"'),
        Field(
            "tags",
            OneOf((Text("a tag", validators.wrong_tag), Many(Text("a tag", validators.wrong_tag)))),
            "The tags of its runs.",
            '["baseline"]',
        ),
        Field(
            "listing",
            OneOf(
                (
                    Text("a column"),
                    Many(Text("a column")),
                    Record(
                        "listing",
                        (
                            Field(
                                "columns",
                                Many(Text("a column"), 1),
                                "The columns.",
                                '["lr", "loss"]',
                            ),
                            Field("description", Many(Text("a column"), 1), "The same as columns.", alias=True),
                        ),
                        needs_one=("columns", "description"),
                    ),
                )
            ),
            "The columns that `gage list` shows for it.",
            '["lr", "loss"]',
        ),
        Field(
            "env",
            Map(OneOf((Text(empty=True), Number(), Flag())), "variable", validators.wrong_variable),
            "Environment variables of the program.",
            '{ OMP_NUM_THREADS = "1" }',
        ),
        Field("working-dir", _PATH, "The folder in the run directory that the program starts in.", '"src"'),
        Field(
            "max-time",
            OneOf((Number(minimum=0, above=True), Text("a time such as 10m", validators.wrong_duration))),
            "The run is stopped after this time.",
            '"2h"',
        ),
    ),
    words=OPERATION_WORDS,
    also=semantic_checks.of_operation,
)

TOP = (
    Field("$schema", WORD, "For editors: where the schema is.", '"gagefile.schema.json"'),
    Field("$namespace", Text("a namespace"), "The project's name in front of its operations.", '"mnist"'),
    Field(
        "$project-id",
        Text("an ID"),
        "Ties runs to the project wherever its folder is.",
        '"24e17ef2-4e6b-49bd-af59-f7ba0ca79349"',
    ),
    Field("$runs-dir", Text("a folder"), "Where the project's runs are, relative to this file.", '"runs"'),
    Field("$defaults", OPERATION, "Settings of every operation that does not have its own.", ""),
)

LISTS = ("operations", "operation", "models", "tasks", "jobs", "stages", "scripts", "entry_points", "experiments")
"""Tables of other tools in which operations stand; here they stand at the top."""

TOP_NAMES: dict[str, Shape] = {f.name: f.shape for f in TOP}
