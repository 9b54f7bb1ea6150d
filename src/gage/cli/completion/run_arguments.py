"""Completes the arguments of `gage run`: operations, scripts, and the parameters of the one that is named."""

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gage.cli.completion.context import CompletionContext, CompletionItems, get_words, make_item

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
    from gage.cli.run.run_single import split_target

    if context.ctx.params.get("start"):
        return []
    earlier = context.ctx.params.get("restart") or context.ctx.params.get("resume_from")
    if earlier:
        return _complete_run_config(context, str(earlier))
    words = get_words(context)
    target, assigned = split_target(words)
    if words or "=" in context.word:
        return _complete_config(context, target, assigned)
    found = [*_complete_operations(context), *_complete_scripts(context.word)]
    return found or _complete_config(context, "", ())


def _complete_run_config(context: CompletionContext, word: str) -> CompletionItems:
    """Returns `name=` for the config of the restarted run; after `name=` the value it had."""
    from gage.assignments.placeholders import value_to_text as text_of
    from gage.board.formatting import format_value
    from gage.cli import run_selection

    config = run_selection.find_run(run_selection.open_store(), word).config
    name, equals, start = context.word.partition("=")
    if equals:
        value = text_of(config[name]) if name in config else ""
        return [make_item(f"{name}={value}", "as before")] if value and value.startswith(start) else []
    given = {each.partition("=")[0] for each in get_words(context)}
    wanted = [n for n in sorted(config) if n.startswith(name) and n not in given]
    return [make_item(f"{n}=", format_value(config[n]), is_open=True) for n in wanted]


def _complete_operations(context: CompletionContext) -> CompletionItems:
    from gage.cli.global_options import get_current_dir
    from gage.project.find import find_project

    gagefile = find_project(get_current_dir()).gagefile
    found = gagefile.operations.values() if gagefile else ()
    return [
        make_item(op.name, op.description or (op.run.shell or " ".join(op.run.args) if op.run else ""))
        for op in found
        if op.name.startswith(context.word)
    ]


def _complete_scripts(word: str) -> CompletionItems:
    """Returns scripts and directories in the directory that the word names."""
    folder, slash, start = word.rpartition("/")
    try:
        with os.scandir(folder + slash or ".") as found:
            entries = [e for e, _ in zip(found, range(MAX_ENTRIES), strict=False) if _is_candidate(e.name, start)]
    except OSError:
        return []
    items: CompletionItems = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        path = folder + slash + entry.name
        if entry.is_dir():
            items.append(make_item(f"{path}/", "directory", is_open=True))
        elif _is_script(entry):
            items.append(make_item(path, _describe_script(path) if len(items) < MAX_DESCRIBED_SCRIPTS else ""))
    return [*(i for i in items if not i.is_open), *(i for i in items if i.is_open)]


def _is_candidate(name: str, start: str) -> bool:
    return name.startswith(start) and name not in IGNORED_DIRECTORIES and (bool(start) or not name.startswith("."))


def _is_script(entry: "os.DirEntry[str]") -> bool:
    from gage.project.script import INTERPRETERS

    if not entry.is_file():
        return False
    suffix = os.path.splitext(entry.name)[1].lower()
    if suffix in INTERPRETERS:
        return bool(INTERPRETERS[suffix])
    return os.access(entry.path, os.X_OK) and _read_head(entry.path).startswith("#!")


def _describe_script(path: str) -> str:
    """Returns the first line of a script's docstring, or of the comment at its top."""
    text = _read_head(path)
    found = _DOCSTRING.match(text) if path.endswith(".py") else None
    found = found or _COMMENT.match(text)
    return found[1].strip().removesuffix('"""').removesuffix("'''") if found else "script"


def _read_head(path: str) -> str:
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            return file.read(MAX_HEAD_BYTES).decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return ""


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _complete_config(context: CompletionContext, target: str, assigned: Iterable[str]) -> CompletionItems:
    """Returns `name=` for parameters that are not set yet; after `name=` the choices, or the default."""
    from gage.cli.global_options import get_current_dir
    from gage.project.operation import find_operation
    from gage.project.request import RunRequest
    from gage.project.run_config import find_parameters

    found = find_parameters(find_operation(RunRequest(target, cwd=get_current_dir())), may_start=False).specs
    name, equals, start = context.word.partition("=")
    if not equals:
        given = {word.partition("=")[0] for word in assigned}
        wanted = [
            o
            for o in found
            if not o.is_hidden and o.config.name.startswith(name) and not given & {o.config.name, *o.aliases}
        ]
        return [make_item(f"{o.config.name}=", _describe_parameter(o), is_open=True) for o in wanted]
    chosen = next((o for o in found if name in (o.config.name, *o.aliases)), None)
    values = _list_choices(chosen) if chosen else []
    return [make_item(f"{name}={value}", about) for value, about in values if value.startswith(start)]


def _list_choices(offered: "ParameterSpec") -> list[tuple[str, str]]:
    from gage.assignments.placeholders import value_to_text

    setting = offered.config
    default = "" if setting.value is None else value_to_text(setting.value)
    if setting.choices:
        values = [value_to_text(choice) for choice in setting.choices]
    elif offered.type in ("bool", "boolean"):
        values = ["true", "false"]
    else:
        values = [default] if default else []
    return [(value, "default" if value == default else "") for value in values]


def _describe_parameter(offered: "ParameterSpec") -> str:
    from gage.board.formatting import format_value

    setting = offered.config
    value = "required" if offered.required else "" if setting.value is None else format_value(setting.value)
    return ", ".join(filter(None, (value, setting.description)))
