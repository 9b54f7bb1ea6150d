"""Creates stores with valid runs of any status for tests and benchmarks, thousands of runs per second."""

import hashlib
import json
import os
from pathlib import Path

from gage.index.database import SCHEMA_VERSION
from gage.index.location import resolve_index_path
from gage.lib import uuid7
from gage.lib.zipwrite import ZipWriter
from gage.store import opref
from gage.store.layout import RunPaths
from gage.store.store import RunStore
from gage.store.user_attrs import AttrChange, write_change
from gage.types.run import OpRef

MS = 1000
SECOND = 1_000_000
EXITS = {"completed": 0, "error": 1, "terminated": -15}


def make_run(
    store: RunStore | Path,
    op: str = "train",
    status: str = "completed",
    config: dict | None = None,
    *,
    id: str = "",
    namespace: str = "demo",
    version: str = "",
    label: str = "",
    tags: tuple[str, ...] = (),
    deleted: bool = False,
    archive: str = "",
    started: int | None = None,
    seconds: float = 1.0,
    files: dict[str, str | bytes] | None = None,
    output: str = "loss: 0.5\n",
    project: str = "/home/sam/demo",
    sealed: bool | None = None,
    run_dir: bool = True,
    members: dict[str, str | bytes] | None = None,
) -> str:
    """Writes a run as Gage writes it. Returns its ID.

    `status` is one of completed, error, terminated, staged, pending, running (locked by this process). By default,
    finished runs are sealed. `started` is in µs since the epoch. `files` are generated files; `members` are added to
    the metadata members or replace them. `run_dir=False` writes no run directory, which is faster.
    """
    store = store if isinstance(store, RunStore) else RunStore(store)
    store.ensure_exists()
    id = id or uuid7.generate()
    paths = RunPaths(store.root, id)
    meta = _build_members(id, OpRef(op, namespace, version), status, config or {}, started, seconds, output)
    if run_dir:
        meta["manifest"] = _write_files(paths.run_dir, files or {})
    else:
        meta.pop("manifest", None)  # else the run is incomplete, and read at each listing
    meta.update({name: _encode(data) for name, data in (members or {}).items()})
    if sealed if sealed is not None else status in EXITS:
        _write_zip(paths.meta_zip, meta)
    else:
        _write_folder(paths.meta_dir, meta)
    if project:
        paths.project_file.write_bytes(f"file:{project}".encode())
    changes: dict = {f"tag:{tag}": True for tag in tags}
    changes |= {"label": label} if label else {}
    changes |= {"deleted": True} if deleted else {}
    changes |= {"archive": archive} if archive else {}
    if changes:
        write_change(paths.user_dir, AttrChange("sam", changes))
    return id


def make_store(root: Path, count: int, seconds_apart: float = 60.0, **kwargs: object) -> RunStore:
    """Writes a store of `count` finished runs with different configs, labels and statuses; the newest started now."""
    store = RunStore(root)
    now = uuid7.parse_ms(uuid7.generate())
    for number in range(count):
        age = int((count - number) * seconds_apart * 1000)
        run = {
            "op": ("train", "evaluate", "prepare")[number % 3],
            "status": "error" if number % 17 == 0 else "completed",
            "config": {"lr": 0.001 * (number % 100 + 1), "epochs": number % 10 + 1, "name": f"net-{number % 7}"},
            "label": f"trial {number}" if number % 5 == 0 else "",
            "id": _generate_id(now - age),
            "started": (now - age) * MS,
            "run_dir": False,
        }
        make_run(store, **(run | kwargs))  # type: ignore[arg-type]
    return store


def locate_index(store: RunStore) -> Path:
    """Returns the path of the index of a store."""
    path = resolve_index_path(str(store.root), SCHEMA_VERSION)
    assert path is not None
    return Path(path)


def _generate_id(ms: int) -> str:
    id = uuid7.generate()
    text = f"{ms:012x}"
    return f"{text[:8]}-{text[8:]}{id[13:]}"


def _build_members(
    id: str, op: OpRef, status: str, config: dict, started: int | None, seconds: float, output: str
) -> dict[str, bytes]:
    created = started - 50 * MS if started else uuid7.parse_ms(id) * MS
    source = [["train.py", 120, hashlib.sha256(b"train").hexdigest()]]
    meta: dict[str, bytes] = {
        "schema": b"2",
        "id": id.encode(),
        "opref": opref.format(op).encode(),
        "opdef.json": b'{"exec": "python train.py"}',
        "config.json": json.dumps(config).encode(),
        "plan.json": b'{"command": "python train.py", "cwd": ""}',
        "run-cmd.json": b'{"argv": ["gage", "run", "train"], "cwd": "/home/sam/demo", "gage": "0.2.0", "parent": ""}',
        "proc/cmd.json": b'["python", "train.py"]',
        "proc/env.json": b'{"LANG": "C.UTF-8"}',
        "sys/platform.json": b'{"system": "Linux", "machine": "x86_64"}',
        "sys/python.json": b'{"version": "3.12.1"}',
        "sys/packages.json": b'{"numpy": "2.1.0", "torch": "2.6.0"}',
        "sourcecode.json": json.dumps(
            {"rule": "git", "limit": "", "digest": hashlib.sha256(op.name.encode()).hexdigest(), "files": source}
        ).encode(),
        "log/runner": b"2026-11-23T09:07:59+0000 Copied 1 source file\n",
        "initialized": str(created).encode(),
    }
    if status == "pending":
        return meta | {"proc/lock": _format_own_lock(), "proc/heartbeat": b""}
    meta |= {"manifest": b"", "staged": str(created + 20 * MS).encode()}
    if status == "staged":
        return meta
    start = created + 50 * MS
    meta |= {"started": str(start).encode(), "output/run": output.encode()}
    meta["output/run.index"] = (start // MS + 10).to_bytes(8, "big").__add__(b"\0") * output.count("\n")
    if status == "running":
        return meta | {"proc/lock": _format_own_lock(), "proc/heartbeat": b""}
    ended = start + int(seconds * SECOND)
    return meta | {"proc/exit": str(EXITS[status]).encode(), "stopped": str(ended).encode()}


def _format_own_lock() -> bytes:
    from gage.store.status import Lock

    return Lock.for_process(os.getpid()).format()


def _write_files(folder: Path, files: dict[str, str | bytes]) -> bytes:
    folder.mkdir(mode=0o700)
    lines = []
    for name, data in {"train.py": "print('loss: 0.5')\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_encode(data))
        kind = "s" if name == "train.py" else "g"
        lines.append(f"{kind} {hashlib.sha256(_encode(data)).hexdigest()} {len(_encode(data))} {name}\n")
    return "".join(lines).encode()


def _write_zip(path: Path, meta: dict[str, bytes]) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        writer = ZipWriter(fd)
        for name in sorted(meta, key=lambda name: -len(meta[name])):
            writer.add(name, meta[name])
        writer.finish()
    finally:
        os.close(fd)


def _write_folder(folder: Path, meta: dict[str, bytes]) -> None:
    for name, data in meta.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)


def _encode(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
