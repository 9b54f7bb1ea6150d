"""A checked operation table → `OpDef`: all short forms become the long one."""

from collections.abc import Mapping, Sequence

from gage.gagefile.validators import SHORT_KINDS, seconds
from gage.types.opdef import HOOKS, ConfigDef, DependencyDef, Exec, Hook, OpDef
from gage.types.values import JSONValue

Raw = Mapping[str, JSONValue]


def opdef(name: str, raw: Raw, line: int, path: str, platform: str) -> OpDef:
    """The operation of a table that was checked before, at a line of the file. `platform` is a `sys.platform`."""
    commands = _commands(raw.get("exec"), platform)
    sourcecode = raw.get("sourcecode")
    dependencies = tuple(_dependency(d) for d in _list(raw.get("depends")) + _list(raw.get("requires")) if d != {})
    limit = raw.get("max-time")
    return OpDef(
        name=name,
        run=commands.pop("run", None),
        hooks=commands,
        description=_text(raw.get("description")),
        version=_text(raw.get("version")),
        default=raw.get("default") is True,
        config=_configs(raw.get("config")),
        source=_source(sourcecode),
        depends=tuple(f for d in dependencies if d.kind == "project-files" for f in d.files),
        dependencies=tuple(d for d in dependencies if d.kind != "project-files"),
        env={k: _word(v) for k, v in _table(raw.get("env")).items()},
        label=_text(raw.get("label")),
        tags=tuple(_text(t) for t in _list(raw.get("tags"))),
        max_time=seconds(limit) if isinstance(limit, (int, float, str)) else None,
        cwd=_text(raw.get("working-dir")),
        columns=_columns(raw.get("listing")),
        raw=raw,
        origin=path,
        line=line,
    )


def has_command(op: OpDef) -> bool:
    """Whether something is to be run, on this platform or another."""
    commands = op.raw.get("exec")
    return op.run is not None or (isinstance(commands, Mapping) and any(k.startswith("run") for k in commands))


def _commands(value: JSONValue, platform: str) -> dict[Hook, Exec]:
    if not isinstance(value, Mapping):
        return {"run": _exec(value)} if value else {}
    name = {"win32": "windows", "darwin": "mac"}.get(platform, "linux")
    found: dict[Hook, Exec] = {}
    for hook in HOOKS:
        command = value.get(f"{hook}[{name}]", value.get(hook))
        if isinstance(command, Mapping):
            command = command.get(name)
        if command:
            found[hook] = _exec(command)
    return found


def _exec(value: JSONValue) -> Exec:
    if isinstance(value, str):
        return Exec(shell=value)
    return Exec(args=tuple(_word(v) for v in _list(value)))


def _configs(value: JSONValue) -> tuple[ConfigDef, ...]:
    """The entries; a key without a file, such as `#lr`, is one of the file that was named last."""
    found = []
    file = ""
    for entry in _list(value):
        if entry == {}:
            continue
        config = _config(entry)
        keys = []
        for key in config.keys:
            out = "-" * key.startswith("-")
            name = key.removeprefix("-")
            file = name.partition("#")[0] or file
            keys.append(f"{out}{file}{name}" if name.startswith("#") else key)
        found.append(config._replace(keys=tuple(keys)))
    return tuple(found)


def _config(value: JSONValue) -> ConfigDef:
    if isinstance(value, str):
        return ConfigDef(keys=(value,))
    raw = _table(value)
    low, high = raw.get("min"), raw.get("max")
    return ConfigDef(
        keys=tuple(_text(k) for k in _list(raw.get("keys", raw.get("key")))),
        name=_text(raw.get("name")),
        default=raw.get("default"),
        description=_text(raw.get("description")),
        type=_text(raw.get("type")),
        choices=tuple(_list(raw.get("choices"))),
        required=raw.get("required") is True,
        minimum=float(low) if isinstance(low, (int, float)) else None,
        maximum=float(high) if isinstance(high, (int, float)) else None,
        target=_text(raw.get("target")),
        prefix=_text(raw.get("prefix")),
        strip_prefix=_text(raw.get("strip-prefix")),
        rename=_text(raw.get("rename")),
    )


def _source(value: JSONValue) -> tuple[str, ...] | None:
    if value is None or value is True:
        return None
    return () if value is False else tuple(_text(v) for v in _list(value))


def _dependency(value: JSONValue) -> DependencyDef:
    if isinstance(value, str):
        return _short_dependency(value)
    raw = _table(value)
    files = next((raw[k] for k in ("files", "files.select", "files-select", "select") if k in raw), None)
    globs = tuple(_text(f) for f in _list(files))
    path, sha = _text(raw.get("path")), _text(raw.get("sha256")).lower()
    if "url" in raw:
        return DependencyDef("url", path=path, url=_text(raw["url"]), sha256=sha)
    if "runs-select" in raw:
        return DependencyDef("runs-summary", select=_text(raw["runs-select"]), path=_text(raw.get("summary-filename")))
    if any(k in raw for k in ("run-select", "run.select", "operation")):
        select = _text(raw.get("run-select", raw.get("run.select")))
        return DependencyDef("run-files", globs, select or f"operation={_text(raw.get('operation'))}")
    if raw.get("type") == "dvcfile":
        return DependencyDef("dvcfile", path=path)
    if path:
        files = tuple(f"{path}/{g}" for g in globs) if globs else (path,)
        return DependencyDef("project-files", files, sha256=sha)
    return DependencyDef("project-files", globs)


def _short_dependency(text: str) -> DependencyDef:
    """`data.csv`, `dvcfile: data.csv`, `runfiles: operation=prepare`."""
    kind, colon, rest = text.partition(":")
    if rest.startswith("//"):
        return DependencyDef("url", url=text)
    if not colon or kind.strip() not in SHORT_KINDS:
        return DependencyDef("project-files", (text,))
    rest = rest.strip()
    match SHORT_KINDS[kind.strip()]:
        case "run-files":
            return DependencyDef("run-files", select=rest)
        case "dvcfile":
            return DependencyDef("dvcfile", path=rest)
        case _:
            return DependencyDef("project-files", (rest,))


def _columns(value: JSONValue) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = value.get("columns", value.get("description"))
    return tuple(_text(c) for c in _list(value))


def _list(value: JSONValue) -> list[JSONValue]:
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [value]


def _table(value: JSONValue) -> Raw:
    return value if isinstance(value, Mapping) else {}


def _text(value: JSONValue) -> str:
    return "" if value is None else _word(value)


def _word(value: JSONValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
