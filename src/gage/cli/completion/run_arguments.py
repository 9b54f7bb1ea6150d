"""Completes the arguments of `gage run`: operations, scripts, and the parameters of the one that is named."""

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gage.board.formatting import format_value
from gage.cli.completion.context import CompletionContext, CompletionItems, get_words, make_item
from gage.cli.global_options import get_current_dir

if TYPE_CHECKING:
    from gage.project.parameter_spec import ParameterSpec

MAX_ENTRIES = 500
"""Entries of a directory that are read."""

MAX_DESCRIBED_SCRIPTS = 30
MAX_HEAD_BYTES = 2048
"""Scripts that are read for a description, and the bytes read of each."""

IGNORED_DIRECTORIES = ("__pycache__", "node_modules")

_DOCSTRING = re.compile(r'^(?:\s*#[^\n]*\n|\s*\n)*[rR]?(?:"""|\'\'\')\s*([^\n]*)')
_COMMENT = re.compile(r"^(?:#!.*\n)?(?:\s*\n)*(?:#|//)\s?(?!!|\s*///|\s*-\*-)([^\n]*[A-Za-z][^\n]*)")


def complete_run_arguments(context: CompletionContext) -> CompletionItems:
    """Returns operations and scripts for the first word, then parameters."""
    from gage.cli.run.run_options import split_target

    if context.ctx.params.get("start"):
        return []
    earlier = context.ctx.params.get("restart") or context.ctx.params.get("resume_from")
    if earlier:
        return _complete_run_config(context, str(earlier))
    words = get_words(context)
    target, assigned = split_target(words)
    if words or "=" in context.word:
        return _complete_config(context, target, assigned)
    items = [*_complete_operations(context), *_complete_scripts(context.word)]
    return items or _complete_config(context, "", ())


def _complete_run_config(context: CompletionContext, word: str) -> CompletionItems:
    """Returns `name=` for the config of the restarted run; after `name=` the value it had."""
    from gage.assignments.placeholders import format_value as format_argument
    from gage.cli.run_selection import RunSelection

    config = RunSelection((word,)).find_one().config
    name, equals, start = context.word.partition("=")
    if equals:
        value = format_argument(config[name]) if name in config else ""
        return [make_item(f"{name}={value}", "as before")] if value and value.startswith(start) else []
    assigned = {each.partition("=")[0] for each in get_words(context)}
    names = [n for n in sorted(config) if n.startswith(name) and n not in assigned]
    return [make_item(f"{n}=", format_value(config[n]), is_open=True) for n in names]


def _complete_operations(context: CompletionContext) -> CompletionItems:
    from gage.project.find import find_project

    gagefile = find_project(get_current_dir()).gagefile
    operations = gagefile.operations.values() if gagefile else ()
    return [
        make_item(op.name, op.description or (op.run.shell or " ".join(op.run.args) if op.run else ""))
        for op in operations
        if op.name.startswith(context.word)
    ]


def _complete_scripts(word: str) -> CompletionItems:
    """Returns scripts and directories in the directory that the word names."""
    directory, slash, start = word.rpartition("/")
    try:
        with os.scandir(directory + slash or ".") as scan:
            entries = [e for e, _ in zip(scan, range(MAX_ENTRIES), strict=False) if _is_candidate(e.name, start)]
    except OSError:
        return []
    items: CompletionItems = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        path = directory + slash + entry.name
        if entry.is_dir():
            items.append(make_item(f"{path}/", "directory", is_open=True))
        elif _is_script(entry):
            items.append(make_item(path, _describe_script(path) if len(items) < MAX_DESCRIBED_SCRIPTS else ""))
    return [*(i for i in items if not i.is_open), *(i for i in items if i.is_open)]


def _is_candidate(name: str, start: str) -> bool:
    return name.startswith(start) and name not in IGNORED_DIRECTORIES and (bool(start) or not name.startswith("."))


def _is_script(entry: "os.DirEntry[str]") -> bool:
    from gage.project.operation import INTERPRETERS

    if not entry.is_file():
        return False
    suffix = os.path.splitext(entry.name)[1].lower()
    if suffix in INTERPRETERS:
        return bool(INTERPRETERS[suffix])
    return os.access(entry.path, os.X_OK) and _read_head(entry.path).startswith("#!")


def _describe_script(path: str) -> str:
    """Returns the first line of a script's docstring, or of the comment at its top."""
    text = _read_head(path)
    match = _DOCSTRING.match(text) if path.endswith(".py") else None
    match = match or _COMMENT.match(text)
    return match[1].strip().removesuffix('"""').removesuffix("'''") if match else "script"


def _read_head(path: str) -> str:
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return file.read(MAX_HEAD_BYTES).decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return ""


def _complete_config(context: CompletionContext, target: str, assigned: Iterable[str]) -> CompletionItems:
    """Returns `name=` for parameters that are not set yet; after `name=` the choices, or the default."""
    from gage.project.operation import find_operation
    from gage.project.request import RunRequest
    from gage.project.run_config import find_parameters

    specs = find_parameters(find_operation(RunRequest(target, cwd=get_current_dir())), may_start=False).specs
    name, equals, start = context.word.partition("=")
    if not equals:
        names = {word.partition("=")[0] for word in assigned}
        return [
            make_item(f"{spec.config.name}=", _describe_parameter(spec), is_open=True)
            for spec in specs
            if not spec.is_hidden
            and spec.config.name.startswith(name)
            and not names & {spec.config.name, *spec.aliases}
        ]
    matching = [spec for spec in specs if spec.has_name(name)]
    values = [each for spec in matching for each in _list_choices(spec)]
    items = [make_item(f"{name}={value}", about) for value, about in values if value.startswith(start)]
    if start and any(spec.value_type in ("int", "float", "number") for spec in matching):
        from gage.batch.search_space import FUNCTION_NAMES

        functions = (function for function in FUNCTION_NAMES if function.startswith(start))
        items += [make_item(f"{name}={function}[", "several values", is_open=True) for function in functions]
    return items


def _list_choices(spec: "ParameterSpec") -> list[tuple[str, str]]:
    from gage.assignments.placeholders import format_value as format_argument

    setting = spec.config
    default = "" if setting.value is None else format_argument(setting.value)
    if setting.choices:
        values = [format_argument(choice) for choice in setting.choices]
    elif spec.type in ("bool", "boolean"):
        values = ["true", "false"]
    else:
        values = [default] if default else []
    return [(value, "default" if value == default else "") for value in values]


def _describe_parameter(spec: "ParameterSpec") -> str:
    setting = spec.config
    value = "required" if spec.required else "" if setting.value is None else format_value(setting.value)
    return ", ".join(filter(None, (value, setting.description)))
