"""Builds an `OpDef` from a valid operation table: all short forms become the long one."""

from collections.abc import Mapping

from gage.gagefile.validators import SHORT_KINDS, parse_seconds
from gage.types.opdef import HOOKS, ConfigDef, DependencyDef, Exec, Hook, OpDef
from gage.types.values import JSONValue

RawTable = Mapping[str, JSONValue]


def build_operation(name: str, raw: RawTable, path: str, platform: str) -> OpDef:
    """Returns the operation of a valid table `raw` in the file `path`. `platform` is a `sys.platform`."""
    commands = _build_commands(raw.get("exec"), platform)
    sourcecode = raw.get("sourcecode")
    dependencies = [build_dependency(d) for d in _as_list(raw.get("depends")) + _as_list(raw.get("requires")) if d]
    limit = raw.get("max-time")
    return OpDef(
        name=name,
        run=commands.pop("run", None),
        hooks=commands,
        description=_as_text(raw.get("description")),
        version=_as_text(raw.get("version")),
        default=raw.get("default") is True,
        config=_build_config_entries(raw.get("config")),
        source=None if sourcecode is True or sourcecode is None else _as_texts(sourcecode or None),
        depends=tuple(f for d in dependencies if d.kind == "project-files" for f in d.files),
        digests={f: d.sha256 for d in dependencies if d.sha256 and d.kind == "project-files" for f in d.files},
        dependencies=tuple(d for d in dependencies if d.kind != "project-files"),
        env={k: _as_text(v) for k, v in _as_table(raw.get("env")).items()},
        label=_as_text(raw.get("label")),
        tags=_as_texts(raw.get("tags")),
        max_time=parse_seconds(limit) if isinstance(limit, int | float | str) else None,
        cwd=_as_text(raw.get("working-dir")),
        columns=_parse_columns(raw.get("listing")),
        raw=raw,
        origin=path,
    )


def has_command(op: OpDef) -> bool:
    """Returns whether the operation has a command for `run`, on this platform or another."""
    commands = op.raw.get("exec")
    return op.run is not None or (isinstance(commands, dict) and any(hook.startswith("run") for hook in commands))


def _build_commands(value: JSONValue, platform: str) -> dict[Hook, Exec]:
    if not isinstance(value, dict):
        return {"run": _build_exec(value)} if value else {}
    name = {"win32": "windows", "darwin": "mac"}.get(platform, "linux")
    commands: dict[Hook, Exec] = {}
    for hook in HOOKS:
        command = value.get(f"{hook}[{name}]", value.get(hook))
        if isinstance(command, dict):
            command = command.get(name)
        if command:
            commands[hook] = _build_exec(command)
    return commands


def _build_exec(value: JSONValue) -> Exec:
    return Exec(shell=value) if isinstance(value, str) else Exec(args=_as_texts(value))


def _build_config_entries(value: JSONValue) -> tuple[ConfigDef, ...]:
    """Returns the config entries. A key without a file, such as `#lr`, belongs to the last file before it."""
    entries = []
    file = ""
    for entry in [each for each in _as_list(value) if each]:
        config = _build_config_entry({"keys": entry} if isinstance(entry, str) else _as_table(entry))
        keys = []
        for key in config.keys:
            exclude = "-" * key.startswith("-")
            name = key.removeprefix("-")
            file = name.partition("#")[0] or file
            keys.append(f"{exclude}{file}{name}" if name.startswith("#") else key)
        entries.append(config._replace(keys=tuple(keys)))
    return tuple(entries)


def _build_config_entry(raw: RawTable) -> ConfigDef:
    low, high = raw.get("min"), raw.get("max")
    return ConfigDef(
        keys=_as_texts(raw.get("keys", raw.get("key"))),
        name=_as_text(raw.get("name")),
        default=raw.get("default"),
        description=_as_text(raw.get("description")),
        type=_as_text(raw.get("type")),
        choices=tuple(_as_list(raw.get("choices"))),
        required=raw.get("required") is True,
        minimum=float(low) if isinstance(low, int | float) else None,
        maximum=float(high) if isinstance(high, int | float) else None,
        target=_as_text(raw.get("target")),
        prefix=_as_text(raw.get("prefix")),
        strip_prefix=_as_text(raw.get("strip-prefix")),
        rename=_as_text(raw.get("rename")),
    )


def build_dependency(value: JSONValue) -> DependencyDef:
    """Returns the dependency of a valid value of `depends`."""
    if isinstance(value, str):
        return _parse_short_dependency(value)
    raw = _as_table(value)
    names = ("files", "files.select", "files-select", "select")
    globs = next((_as_texts(raw[name]) for name in names if name in raw), ())
    path, sha = _as_text(raw.get("path")), _as_text(raw.get("sha256")).lower()
    if "url" in raw:
        return DependencyDef("url", path=path, url=_as_text(raw["url"]), sha256=sha)
    if "runs-select" in raw:
        file = _as_text(raw.get("summary-filename"))
        return DependencyDef("runs-summary", select=_as_text(raw["runs-select"]), path=file)
    if any(k in raw for k in ("run-select", "run.select", "operation")):
        select = _as_text(raw.get("run-select", raw.get("run.select")))
        return DependencyDef("run-files", globs, select or f"operation={_as_text(raw.get('operation'))}")
    if raw.get("type") == "dvcfile":
        return DependencyDef("dvcfile", path=path)
    if path:
        files = tuple(f"{path}/{g}" for g in globs) if globs else (path,)
        return DependencyDef("project-files", files, sha256=sha)
    return DependencyDef("project-files", globs)


def _parse_short_dependency(text: str) -> DependencyDef:
    """Returns the dependency of a text such as `data.csv`, `dvcfile: data.csv`, `runfiles: operation=prepare`."""
    kind, _, rest = text.partition(":")
    if rest.startswith("//"):
        return DependencyDef("url", url=text)
    rest = rest.strip()
    match SHORT_KINDS.get(kind.strip()) if rest else None:
        case "run-files":
            return DependencyDef("run-files", select=rest)
        case "dvcfile":
            return DependencyDef("dvcfile", path=rest)
        case "file" | "dir":
            return DependencyDef("project-files", (rest,))
    return DependencyDef("project-files", (text,))


def _parse_columns(value: JSONValue) -> tuple[str, ...]:
    return _as_texts(value.get("columns", value.get("description")) if isinstance(value, dict) else value)


def _as_list(value: JSONValue) -> list[JSONValue]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _as_table(value: JSONValue) -> RawTable:
    return value if isinstance(value, dict) else {}


def _as_texts(value: JSONValue) -> tuple[str, ...]:
    return tuple(map(_as_text, _as_list(value)))


def _as_text(value: JSONValue) -> str:
    return "" if value is None else format_word(value)


def format_word(value: object) -> str:
    """Returns a plain value as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
