"""Names that other tools use for settings, or that users guess: name → the setting, or a hint."""

_SYNONYMS = {
    "exec": "main cmd command script run entrypoint entry-point shell program execute start args arguments",
    "config": "flags flag params parameters parameter hyperparameters hparams options settings",
    "env": "environment environ env-vars variables",
    "max-time": "timeout time-limit max-runtime max-duration limit stop-after",
    "working-dir": "cwd workdir chdir dir working-directory",
    "depends": "deps inputs input data resources needs after",
    "sourcecode": "source src code files copy",
    "output-summary": "output-scalars scalars outputs",
    "description": "desc help notes note comment doc title",
    "metrics": "metric primary-metric objective",
    "listing": "columns compare",
    "attributes": "attrs attr meta metadata",
    "default": "is-default",
}
OPERATION_SYNONYMS = {word: setting for setting, words in _SYNONYMS.items() for word in words.split()} | {
    "name": "The name of an operation is the name of its table",
    "steps": "Join commands with && in one exec, or write operations that depend on each other's runs",
    "pipeline": "Join commands with && in one exec, or write operations that depend on each other's runs",
    "operations": "Define each operation as a table at the top level of the file",
    "models": "Define each operation as a table at the top level of the file",
    "namespace": 'Write it at the top of the file as "$namespace"',
    "author": "Put it in attributes",
}
EXEC_SYNONYMS = dict.fromkeys("command cmd main shell script exec".split(), "run") | {
    "args": "Arguments are part of the command itself",
    "linux": 'Did you mean "run[linux]"?',
    "mac": 'Did you mean "run[mac]"?',
    "windows": 'Did you mean "run[windows]"?',
    "before": 'Did you mean "stage-dependencies"?',
    "pre": 'Did you mean "stage-dependencies"?',
    "pre-run": 'Did you mean "stage-dependencies"?',
    "after": 'Did you mean "finalize"?',
    "post": 'Did you mean "finalize"?',
    "post-run": 'Did you mean "finalize"?',
}
CONFIG_SYNONYMS = {
    "desc": "description",
    "help": "description",
    "minimum": "min",
    "maximum": "max",
    "value": "default",
    "values": "choices",
    "options": "choices",
    "enum": "choices",
    "arg": "target",
    "flag": "target",
    "env": "target",
    "file": "keys",
    "path": "keys",
}
