"""Finished runs by the thousand, in no time: what a run of a small training script leaves behind, written straight
to its sealed form. For the index's tests and for measurements; what Gage itself writes is tested elsewhere.
"""

import json
import os
import random
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

EPOCH_MS = 1_795_000_000_000
"""When the first run was made; each is a second later."""

_DIGEST = "5f" * 32
_FILLER = {
    "opdef.json": {"exec": "python train.py", "config": "train.py", "default": True},
    "plan.json": {"command": ["python", "train.py"], "cwd": "", "hooks": {}, "env": [], "max-time": None},
    "proc/cmd.json": ["python", "train.py"],
    "proc/env.json": {f"VARIABLE_{i}": "some value of the environment" for i in range(40)},
    "sys/platform.json": {"system": "Linux", "machine": "x86_64", "release": "6.1.0"},
    "sys/python.json": {"version": "3.11.7", "executable": "/usr/bin/python3"},
    "sys/packages.json": {f"package-{i}": f"1.{i}.0" for i in range(60)},
    "sys/hardware.json": {"cpu": "Some CPU", "cores": 8, "memory": 1 << 34, "gpus": []},
    "sys/git.json": {"commit": "c0ffee" * 6, "branch": "main", "remote": "", "dirty": False},
    "inputs.json": [],
}
_SHARED = [(name, json.dumps(value).encode()) for name, value in _FILLER.items()]


def run_id(number: int, seed: int = 0) -> str:
    """The ID of the run `number`; the same for the same `seed`."""
    tail = random.Random(f"{seed} {number}").getrandbits(62)
    text = f"{EPOCH_MS + number * 1000:012x}7{number % 4096:03x}{tail | 1 << 63:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def config_of(number: int) -> dict[str, object]:
    """The config of the run `number`."""
    return {"lr": number % 100 / 1000, "epochs": number % 7, "name": ("adam", "sgd")[number % 2], "seed": number}


def finished_run(root: Path | str, number: int, config: Mapping[str, object] | None = None, **change: str) -> str:
    """Put one finished run into the store at `root`. `change` has contents of other members. Returns its ID."""
    id = run_id(number)
    made = (EPOCH_MS + number * 1000) * 1000
    members = {
        "schema": "2",
        "id": id,
        "opref": f"2 project {('train', 'evaluate')[number % 10 == 9]} 1",
        "config.json": json.dumps(config_of(number) if config is None else config),
        "run-cmd.json": json.dumps({"argv": ["gage", "run"], "cwd": "/", "gage": "1", "parent": "", "project-id": ""}),
        "sourcecode.json": json.dumps({"rule": "git", "limit": "", "digest": _DIGEST, "files": [["train.py", 5, _DIGEST]]}),
        "manifest": f"s {_DIGEST} 5 train.py\n",
        "log/runner": "2026-11-23T10:44:01+0000 Started\n" * 8,
        "output/run": "epoch 1 loss 0.5\n" * 20,
        "proc/exit": "0",
        "initialized": str(made),
        "staged": str(made + 10_000),
        "started": str(made + 20_000),
        "stopped": str(made + 900_000),
    } | change
    os.mkdir(f"{root}/{id}")
    with open(f"{root}/{id}.project", "w") as file:
        file.write("file:/home/sam/project\n")
    with open(f"{root}/{id}.meta.zip", "wb") as file:
        file.write(stored_zip([(name, text.encode()) for name, text in members.items()] + _SHARED))
    return id


def finished_runs(root: Path | str, count: int, first: int = 0) -> list[str]:
    """Put `count` finished runs into the store at `root`, which is made if it is not there. Returns their IDs."""
    os.makedirs(root, exist_ok=True)
    return [finished_run(root, number) for number in range(first, first + count)]


def say(root: Path | str, id: str, number: int = 0, **change: object) -> str:
    """Put one change of user attributes beside a run, as another tool that copies files would. Returns its path."""
    folder = f"{root}/{id}.user"
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/{run_id(number, seed=1)}.json"
    with open(path, "w") as file:
        json.dump({"author": "sam", "time": (EPOCH_MS + number) * 1000, "set": change, "delete": []}, file)
    return path


def stored_zip(members: list[tuple[str, bytes]]) -> bytes:
    """An archive of `members` that are not compressed."""
    files, directory = bytearray(), bytearray()
    for name, data in members:
        rest = (0, 0, 0, 0x5A21, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += struct.pack("<4s2B5H3L5H2L", b"PK\x01\x02", 20, 3, 20, *rest, 0, 0, 0, 0x81A40000, len(files))
        directory += name.encode()
        files += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *rest) + name.encode() + data
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(files), 0)
    return bytes(files + directory + end)
