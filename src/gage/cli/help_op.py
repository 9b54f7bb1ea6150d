"""`gage run X --help-op`: what can be set, what it reads, and an example."""

from typing import TYPE_CHECKING

from gage.cli import looks

if TYPE_CHECKING:
    from gage.project.offers import Offered
    from gage.project.plan import Operation
    from gage.project.request import RunRequest
    from gage.types.values import JSONValue

PLACES = {"argument": "argument", "file": "variable", "env": "environment variable", "name": "in the command"}


def print_help(request: "RunRequest", as_json: bool) -> None:
    """Tell all about the operation or script that the request names."""
    from gage.project.plan import find_operation, settings_of

    operation = find_operation(request)
    found = settings_of(operation)
    options, note = [o for o in found.chosen if not o.hidden], found.note
    if as_json:
        looks.say_json(_as_json(operation, options, note))
        return
    _print_head(operation)
    _print_config(options, note)
    _print_rest(operation, request.target, options)


def _print_head(operation: "Operation") -> None:
    from gage.cli.preview import command_text

    op = operation.op
    version = f"  (version {op.version})" if op.version else ""
    looks.say(looks.paint(looks.safe(op.name + version), "bold"))
    if op.description:
        looks.say(looks.safe(op.description))
    if op.run:
        looks.say(f"Command: {looks.safe(command_text(op.run))}")


def _print_config(options: "list[Offered]", note: str) -> None:
    looks.say("")
    if note:
        looks.say(looks.safe(note))
    elif not options:
        looks.say("It has no config")
    else:
        looks.say("Config")
    for o in options:
        looks.say(f"  {looks.safe(_line(o))}")
        if o.setting.description:
            looks.say(f"      {looks.safe(o.setting.description)}")


def _line(o: "Offered") -> str:
    from gage.board.runs import show_value

    setting = o.setting
    parts = [setting.name if setting.value is None else f"{setting.name} = {show_value(setting.value)}"]
    if o.type:
        parts.append(o.type)
    if setting.choices:
        parts.append(f"one of {', '.join(map(show_value, setting.choices))}")
    if o.minimum is not None:
        parts.append(f"at least {o.minimum:g}")
    if o.maximum is not None:
        parts.append(f"at most {o.maximum:g}")
    if o.required:
        parts.append("required")
    parts.append(f"{PLACES[setting.target]} {setting.place}".strip())
    return "  ".join(parts)


def _print_rest(operation: "Operation", target: str, options: "list[Offered]") -> None:
    op = operation.op
    needed = [*op.depends, *(f"{d.kind}: {d.select or d.path or d.url}" for d in op.dependencies)]
    if needed:
        looks.say(f"\nDepends on\n  {looks.safe(', '.join(needed))}")
    looks.say(f"\nExample\n  {looks.safe(_example(target, options))}")


def _example(target: str, options: "list[Offered]") -> str:
    import shlex

    from gage.config.placeholders import word

    words = ["gage", "run", *([target] if target else [])]
    known = [o for o in options if o.setting.value is not None]
    words += [f"{o.setting.name}={word(o.setting.value)}" for o in known[:2]]
    return shlex.join(words)


def _as_json(operation: "Operation", options: "list[Offered]", note: str) -> "JSONValue":
    from gage.cli.preview import command_text

    op = operation.op
    return {
        "name": op.name,
        "description": op.description,
        "version": op.version,
        "command": command_text(op.run) if op.run else "",
        "config": [
            {
                "name": o.setting.name,
                "default": o.setting.default,
                "value": o.setting.value,
                "type": o.type,
                "choices": list(o.setting.choices),
                "min": o.minimum,
                "max": o.maximum,
                "required": o.required,
                "description": o.setting.description,
                "target": o.setting.target,
                "place": o.setting.place,
            }
            for o in options
        ],
        "depends": list(op.depends),
        "note": note,
    }
