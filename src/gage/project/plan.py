"""A request → a `RunPlan`: decides everything about the run, and creates nothing."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from gage import __version__
from gage.assignments import parse, placeholders
from gage.lib import secrets
from gage.lib.python_lookup import locate_python
from gage.lib.suggest import join_some
from gage.project import dependency_discovery, operation_parameters, source_selection
from gage.project.command_line import add_values_and_arguments, parse_exec
from gage.project.operation import Operation, find_operation
from gage.project.outside_links import group_links
from gage.project.program_args import format_unknown_notice
from gage.project.request import RunRequest
from gage.project.run_config import RunConfig, resolve_config
from gage.types.errors import ConfigError, UsageError
from gage.types.opdef import Exec, OpDef
from gage.types.plan import ConfigValue, Dependency, FilePatch, RunCommand, RunPlan, SourcePlan
from gage.types.run import Attribute, OpRef
from gage.types.values import JSONValue


def plan_run(request: RunRequest) -> RunPlan:
    """Returns the plan of a run. Raises NotFound, UsageError or ConfigError."""
    operation = find_operation(request)
    reject_unsupported_dependencies(operation.op)
    config = resolve_config(operation, request)
    selected = select_operation_source(operation, request)
    dependencies = find_dependencies(operation, request, selected, [*config.values, *config.start_values])
    return build_plan(operation, request, config, selected, *dependencies)


def select_operation_source(operation: Operation, request: RunRequest) -> SourcePlan:
    """Returns the source code of a run."""
    op, project = operation.op, operation.project.dir
    selected = source_selection.select_source(project, op.source, request.store, op.config)
    if op.source is None and operation.script is not None:
        return source_selection.add_script(selected, project, operation.script)
    return selected


def build_plan(
    operation: Operation,
    request: RunRequest,
    config: RunConfig,
    selected: SourcePlan,
    dependencies: Iterable[Dependency],
    notices: Iterable[str],
) -> RunPlan:
    """Returns the plan of a run with this config, source code and these dependencies. Raises ConfigError."""
    op, project, gagefile = operation.op, operation.project.dir, operation.project.gagefile
    config = _without_uncopied_files(config, selected)
    values = {c.name: c.value for c in config.values}
    command = _build_command(operation, config, values)
    dependencies = tuple(dependencies)
    _reject_text_that_is_not_utf8((request.label, *request.tags, *request.attributes))
    env = {**op.env, **operation_parameters.build_environment(config.specs), **request.env}
    unknown, secret = format_unknown_notice(config.args), _describe_secret_files(selected, dependencies)
    notes = (config.note, unknown, selected.limit, secret)
    return RunPlan(
        op=OpRef(op.name, gagefile.namespace if gagefile else "", op.version),
        opdef=op.raw,
        project_dir=str(project),
        command=command,
        arguments=config.args.rest,
        request=RunCommand(request.argv, str(request.cwd), __version__, request.parent),
        cwd=op.cwd,
        project_id=gagefile.project_id if gagefile else "",
        source=selected,
        config_values=tuple(config.values),
        patches=_build_patches(config, project, selected),
        dependencies=dependencies,
        hooks={hook: placeholders.fill_placeholders(e, values) for hook, e in op.hooks.items()},
        env=env,
        interpreter=_find_interpreter(operation, command, env),
        label=_fill_label(request, op, values),
        tags=tuple(dict.fromkeys((*op.tags, *request.tags))),
        attributes=_collect_attributes(op, request, values),
        is_introspected=config.program is not None and config.program.origin == "introspected",
        max_time=request.max_time if request.max_time is not None else op.max_time,
        notices=(
            *notices,
            *filter(None, notes),
            *_list_unknown_placeholders(op._replace(label="") if request.label else op, values),
        ),
    )


def _reject_text_that_is_not_utf8(texts: Iterable[str]) -> None:
    for text in texts:
        if any("\ud800" <= c <= "\udfff" for c in text):
            raise UsageError(f"{text!r} is not UTF-8", "Check the encoding of your terminal")


def _describe_secret_files(selected: SourcePlan, dependencies: Iterable[Dependency]) -> str:
    """Returns which files are not copied as they may hold secrets, "" if none."""
    copied = {dependency.path for dependency in dependencies}
    names = [s.path for s in selected.skipped if s.reason == source_selection.MAY_HOLD_SECRETS and s.path not in copied]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} may hold secrets and is not copied; to copy it: --depends {names[0]}"
    return f"Files that may hold secrets are not copied: {join_some(names, 3)}; to copy one: --depends {names[0]}"


def _collect_attributes(op: OpDef, request: RunRequest, values: Mapping[str, JSONValue]) -> dict[str, Attribute]:
    """Returns the attributes of the operation and the command line, which takes precedence, without secrets. Raises
    UsageError.
    """
    hidden = secrets.find_secret_values(values, os.environ)

    def mask(name: str, value: JSONValue) -> JSONValue:
        if isinstance(value, str):
            return secrets.mask_secret_values(secrets.mask_value(name, value), hidden)
        return value

    defined = cast(Mapping[str, JSONValue], op.raw.get("attributes", {})).items()
    assigned = parse.parse_assignments(request.attributes).items()
    return {name: Attribute(value, "operation") for name, value in defined} | {
        name: Attribute(mask(name, each.value), "command line") for name, each in assigned
    }


def _without_uncopied_files(config: RunConfig, selected: SourcePlan) -> RunConfig:
    """Returns the config without the values that an option's file has, if it is not source code and none is set."""
    if not any(spec.option for spec in config.specs):
        return config
    paths = {file.path for file in selected.files}
    kept = (s for s in config.specs if not s.option or s.config.set_by_user or s.config.location.split("#")[0] in paths)
    return config._replace(specs=tuple(kept))


def _build_patches(config: RunConfig, project: Path, selected: SourcePlan) -> tuple[FilePatch, ...]:
    """Returns the values to write into files. Raises ConfigError for a file that is not part of the run."""
    patches = operation_parameters.build_patches(config.specs, project)
    paths = {f.path for f in selected.files}
    for patch in patches:
        if patch.path not in paths:
            raise ConfigError(
                f"Cannot set {', '.join(patch.values)}: {patch.path} is not part of the source code",
                f'Add "{patch.path}" to sourcecode in the Gage file',
            )
    return patches


def reject_unsupported_dependencies(op: OpDef) -> None:
    """Raises ConfigError for dependencies that this version does not support."""
    if op.dependencies:
        kinds = ", ".join(dict.fromkeys(d.kind for d in op.dependencies))
        raise ConfigError(
            f"Operation {op.name} depends on {kinds}, which is not supported yet",
            "Name files of the project in depends, or use --depends PATH",
        )


def _build_command(operation: Operation, config: RunConfig, values: Mapping[str, JSONValue]) -> Exec:
    """Returns the command with placeholders filled in and arguments added."""
    run = operation.op.run
    assert run is not None
    named = placeholders.find_placeholders(run)
    args = config.args
    free = [spec for spec in config.specs if spec.config.name not in named and not args.sets(spec)]
    filled = placeholders.fill_placeholders(run, values)
    return add_values_and_arguments(filled, free, config.program, args.arguments, args.command)


def _fill_label(request: RunRequest, op: OpDef, values: Mapping[str, JSONValue]) -> str:
    """Returns the label with placeholders filled in and secrets masked. Raises UsageError for an unknown placeholder in
    `--label`.
    """
    unknown = placeholders.list_unknown(Exec(shell=request.label), values)
    if unknown:
        message = f"--label uses {{{unknown[0]}}}, which is not a parameter of {op.name}"
        raise UsageError(message, placeholders.suggest_placeholder(unknown[0], values))
    label = placeholders.fill_text(request.label or op.label, values)
    return secrets.mask_secret_values(label, secrets.find_secret_values(values, os.environ))


def _list_unknown_placeholders(op: OpDef, values: Mapping[str, JSONValue]) -> list[str]:
    """Returns notices on placeholders of the operation's commands and label that stay as they are."""
    if not op.origin:
        return []  # the user has just typed the command
    texts = [("command", each) for each in (op.run, *op.hooks.values()) if each]
    texts.append(("label", Exec(shell=op.label)))
    return [
        f"The {what} of {op.name} uses {{{name}}}, which is not a parameter: it stays as it is"
        for what, text in texts
        for name in placeholders.list_unknown(text, values)
    ]


def _find_interpreter(operation: Operation, command: Exec, env: Mapping[str, str]) -> str:
    """Returns the path of the Python that runs the program, "" if there is none."""
    python = locate_python(parse_exec(command), operation.start_dir, {**os.environ, **env}, guess=False)
    return python if python is not None and os.path.exists(python) else ""


def find_dependencies(
    operation: Operation, request: RunRequest, selected: SourcePlan, values: Sequence[ConfigValue]
) -> tuple[list[Dependency], list[str]]:
    """Returns the project files that the program reads, and notices. Raises NotFound, UsageError."""
    project = operation.project.dir
    explicit = [
        *dependency_discovery.list_explicit_dependencies(project, request.cwd, request.depends),
        *dependency_discovery.list_declared_dependencies(project, operation.op.depends, operation.op.digests),
    ]
    discovered, notices = dependency_discovery.discover_dependencies(operation, selected, values, request.store)
    merged = {dependency.path: dependency for dependency in (*discovered, *explicit)}
    notices = {path: notice for path, notice in notices.items() if path not in merged}
    dependencies = [merged[path] for path in sorted(merged)]
    links = [
        f"{what} out of the project: the run gets a link to {where}, not a copy, "
        "so what the program writes there changes the original"
        for what, where, _ in group_links(dependencies, merged)
    ]
    return dependencies, [*notices.values(), *links]
