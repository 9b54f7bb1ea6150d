"""The whole idea of Gage in one file that you can read.

    python minigage.py run train.py lr=0.1      run a script as a run
    python minigage.py list                     list the runs, latest first

A run is a directory with a copy of the source code, in which the script runs, and metadata beside it. All of it is
plain files, as described in docs/store-format.md: Gage lists and checks a store written by this file, and this file
lists a store written by Gage. Comments say where Gage does more.
"""

import ast
import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from subprocess import PIPE

RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SKIPPED_FOLDERS = {"__pycache__", "node_modules", "venv", "build", "dist"}


def main(words):
    """Executes the command line. Returns the exit code."""
    project = Path.cwd()
    store = Path(os.environ.get("GAGE_RUNS") or project / ".gage" / "runs")
    match words:
        case ["run", script, *assignments]:
            return run(project, store, script, dict(word.split("=", 1) for word in assignments))
        case ["list"]:
            return show_list(store)
    print(__doc__)
    return 2


def run(project, store, script, assignments):
    """Creates a run of the script with other values, carries it out and seals it. Returns the script's exit code.

    Each step writes a marker last, so the store can still be read if the process is killed at any moment.
    """
    id = new_id()
    folder, meta = store / id, Meta(store / f"{id}.meta")
    values = config_values((project / script).read_text(), assignments)
    create(project, store, folder, meta, script, values)
    files = stage_sourcecode(project, folder, meta)
    apply_config(folder / script, values)
    meta.mark("staged")
    code = execute(project, folder, meta, script)
    finish(folder, meta, files)
    return code


def create(project, store, folder, meta, script, values):
    """Creates the run, which exists once the marker `initialized` is written."""
    folder.mkdir(parents=True)
    meta.write("schema", "2")
    meta.write("id", folder.name)
    meta.write("opref", f'2 "" {json.dumps(script) if " " in script else script} ""')
    meta.write_json("opdef.json", {"exec": f"python {script}"})
    meta.write_json("config.json", values)
    meta.write_json(
        "run-cmd.json", {"argv": sys.argv, "cwd": str(project), "gage": "mini", "parent": "", "project-id": ""}
    )
    meta.write_json("proc/cmd.json", [sys.executable, script])
    (store / f"{folder.name}.project").write_text(f"file:{project}\n")
    meta.mark("initialized")


def stage_sourcecode(project, folder, meta):
    """Copies the project's text files. Returns their paths.

    Gage asks Git which files belong to the project, also copies data files that the script names, and uses reflinks,
    which take no space, where the file system supports them.
    """
    listing = []
    for root, folders, names in os.walk(project):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS]
        for path in (Path(root, name) for name in names):
            name, data = path.relative_to(project).as_posix(), path.read_bytes()
            if len(data) <= 1_000_000 and b"\0" not in data:
                listing.append([name, len(data), hashlib.sha256(data).hexdigest()])
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
    listing.sort()
    digest = hashlib.sha256("".join(f"{name}\0{digest}\n" for name, _, digest in listing).encode()).hexdigest()
    meta.write_json("sourcecode.json", {"rule": "text files", "limit": "", "digest": digest, "files": listing})
    return {name for name, _, _ in listing}


def execute(project, folder, meta, script):
    """Runs the script in the run directory. Returns its exit code.

    The script runs in its own process, without a wrapper. Gage also gives it a terminal if it has one itself, passes
    Ctrl-C on to all of its processes, and masks secrets.
    """
    meta.write_json("proc/lock", {"host": host(), "boot": boot(), "pid": os.getpid(), "start": started(os.getpid())})
    meta.mark("started")
    env = {**os.environ, "RUN_ID": folder.name, "RUN_DIR": str(folder), "PROJECT_DIR": str(project)}
    (meta.folder / "output").mkdir()
    with (
        open(meta.folder / "output/run", "wb") as lines,
        open(meta.folder / "output/run.index", "wb") as index,
        subprocess.Popen([sys.executable, script], cwd=folder, env=env, stdout=PIPE, stderr=PIPE) as program,
    ):
        files = (lines, index, threading.Lock())
        errors = threading.Thread(target=keep, args=(program.stderr, sys.stderr, 1, *files))
        errors.start()
        keep(program.stdout, sys.stdout, 0, *files)
        errors.join()
    meta.write("proc/exit", str(program.returncode))
    return program.returncode


def keep(pipe, screen, flags, lines, index, one_at_a_time):
    """Prints and stores the lines that the program writes, with the time and the stream of each."""
    for line in pipe:
        screen.buffer.write(line)
        screen.flush()
        unfinished = 0 if line.endswith(b"\n") else 4
        with one_at_a_time:
            lines.write(line)
            index.write(struct.pack(">QB", time.time_ns() // 1_000_000, flags | unfinished))


def finish(folder, meta, source):
    """Lists every file in the manifest and seals the metadata, which never changes afterwards."""
    entries = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        data, name = path.read_bytes(), path.relative_to(folder).as_posix()
        kind = "s" if name in source else "g"  # source or generated
        entries.append(f"{kind} {hashlib.sha256(data).hexdigest()} {len(data)} {name}\n")
    meta.write("manifest", "".join(entries))
    meta.mark("stopped")
    meta.seal()


class Meta:
    """The metadata of an unfinished run: small files, each written under a temporary name and renamed."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".tmp-{path.name}")
        aside.write_text(text)
        aside.rename(path)

    def write_json(self, name, value):
        self.write(name, json.dumps(value, sort_keys=True))

    def mark(self, name):
        self.write(name, str(time.time_ns() // 1000))

    def seal(self):
        """Replaces the directory by a zip file. The rename is the moment at which the run is sealed."""
        aside = self.folder.with_name(f".tmp-{self.folder.name}.zip")
        members = sorted(path for path in self.folder.rglob("*") if path.is_file())
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as file:
            for path in members:
                if path.relative_to(self.folder).as_posix() != "proc/lock":
                    file.write(path, path.relative_to(self.folder))
        aside.rename(self.folder.with_name(f"{self.folder.name}.zip"))
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.folder.rmdir()


def config_values(source, assignments):
    """Returns the constants of the script (`name = value`) with the assigned values. Rejects unknown names."""
    found = {name: ast.literal_eval(node) for name, node in assigned(source)}
    for name, text in assignments.items():
        if name not in found:
            sys.exit(f"Unknown parameter {name}. Parameters: {', '.join(found)}")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def assigned(source):
    """Yields name and syntax node of each literal that the script assigns outside of functions and classes."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                ast.literal_eval(statement.value)
            except ValueError:
                continue
            yield statement.targets[0].id, statement.value


def apply_config(script, values):
    """Writes values into the run's copy of the script, never into yours. Preserves comments and layout."""
    source = script.read_text()
    lines = source.encode().splitlines(keepends=True)
    for name, node in reversed(list(assigned(source))):
        if ast.literal_eval(node) != values[name]:
            head = lines[node.lineno - 1][: node.col_offset]
            tail = lines[node.end_lineno - 1][node.end_col_offset :]
            lines[node.lineno - 1 : node.end_lineno] = [head + repr(values[name]).encode() + tail]
    script.write_bytes(b"".join(lines))


def show_list(store):
    """Prints a line for each run, latest first, also for those that cannot be read. Gage uses an index for this."""
    ids = {match[0] for entry in os.listdir(store) if (match := RUN_ID.match(entry))} if store.exists() else ()
    for id in sorted(ids, reverse=True):
        try:
            user = attributes(store / f"{id}.user")
            member = reader(store / f"{id}.meta")
            if member("initialized") is None or user.get("deleted") or user.get("purged"):
                continue
            config = " ".join(f"{name}={value}" for name, value in json.loads(member("config.json")).items())
            operation = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', member("opref"))[2].strip('"')  # after format, namespace
            print(f"{name_of(id)}  {status(member):<10}  {operation}  {user.get('label', '')}  {config}")
        except Exception as error:
            print(f"{name_of(id)}  damaged     {error}")
    return 0


def reader(meta):
    """Returns a function from a member's name to its text (None: missing), for sealed and unsealed runs."""
    sealed = meta.with_name(f"{meta.name}.zip")
    if not sealed.exists():
        return lambda name: (meta / name).read_text() if (meta / name).exists() else None
    with zipfile.ZipFile(sealed) as file:
        return {name: file.read(name).decode("utf-8", "replace") for name in file.namelist()}.get


def status(member):
    """Returns the status of a run. A run is running only while its process is alive."""
    if member("stopped") is not None:
        code = int(member("proc/exit") or 1)
        return "completed" if code == 0 else "terminated" if code in (-1, -2, -9, -15, 129, 130, 137, 143) else "error"
    lock = json.loads(member("proc/lock") or "{}")
    here = (lock.get("host"), lock.get("boot")) == (host(), boot())
    if here and lock["start"] == started(lock["pid"]):
        return "running" if member("started") else "pending"
    return "staged" if member("staged") and not member("started") else "terminated"


def attributes(folder):
    """Returns the user attributes of a run: applies a small file for each change, in the order of their names."""
    state = {}
    for path in sorted(folder.glob("*.json")):
        change = json.loads(path.read_text())
        state = {name: value for name, value in state.items() if name not in change.get("delete", ())}
        state = {**state, **change.get("set", {})}
    return state


def new_id():
    """Returns a UUID of version 7, whose text sorts by creation time."""
    bits = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) & ~(3 << 62) | 7 << 76 | 2 << 62
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", f"{bits:032x}")


def name_of(id):
    """Returns the name of a run: the last four bytes of its ID as two pronounceable words."""
    number, words = int(id[-8:], 16), []
    c, v = "bdfghjklmnprstvz", "aiou"
    for half in (number >> 16, number & 0xFFFF):
        words.append(c[half >> 12] + v[half >> 10 & 3] + c[half >> 6 & 15] + v[half >> 4 & 3] + c[half & 15])
    return "-".join(words)


def host():
    """Returns the scope of process IDs: the machine and, in a container, its namespace."""
    space = re.sub(r"\D", "", os.readlink("/proc/self/ns/pid")) if os.path.exists("/proc/self/ns/pid") else "4026531836"
    return socket.gethostname() + (f"/{space}" if space != "4026531836" else "")


def boot():
    """Returns an ID that changes when the machine boots, so that process IDs from before are not valid."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def started(pid):
    """Returns when a process started, in seconds since boot; None if it does not exist."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
