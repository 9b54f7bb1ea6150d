"""The Python API: `gage.log(loss=0.5)` and `gage.summary(best=0.1)`. Does nothing outside a run.

Each process writes its own file of JSON lines in the run directory (docs/protocol.md). A thread writes twice a second,
so that a call only adds to a list.
"""

import atexit
import json
import os
import threading
import time
from collections.abc import Mapping
from typing import SupportsFloat

WRITE_INTERVAL = 0.5
"""Seconds between writes. If the process is killed, only newer values are lost."""
MAX_QUEUED_CALLS = 100_000
"""Calls in the queue; the next call writes them itself."""

Number = SupportsFloat
Call = tuple[int | None, float, Mapping[str, float]]


def log(values: Mapping[str, Number] | None = None, /, *, step: int | None = None, **more: Number) -> None:
    """Logs the numbers of a step: `log(loss=0.5, step=3)` or `log({"train/loss": 0.5})`. From any thread or process.

    Accepts whatever `float` accepts, such as tensors of one element. Without `step`, calls are counted.
    Raises TypeError or ValueError for a value that is not a number, also outside a run.
    """
    if values:
        more = {**values, **more}
    for name, value in more.items():
        if value.__class__ is not float:
            more[name] = float(value)
    if step is not None and step.__class__ is not int:
        step = int(step)
    _log.add((step, time.time(), more))  # type: ignore[arg-type]  # all are floats now


def summary(values: Mapping[str, object] | None = None, /, **more: object) -> None:
    """Sets the results of the run: numbers become metrics, other values attributes. The last value of a name counts."""
    results = {**(values or {}), **more}
    _log.write_summary({name: _to_json_value(value) for name, value in results.items()})


def _to_json_value(value: object) -> object:
    """Returns a value as JSON: numbers of other libraries as numbers, other objects as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    try:
        return float(value)  # type: ignore[arg-type]  # may fail
    except (TypeError, ValueError):
        return str(value)


class MetricLog:
    """The log of this process. The first call creates its file and its thread."""

    def __init__(self) -> None:
        self._reset()
        self._is_registered = False

    def _reset(self) -> None:
        """Starts an empty log. A forked process needs one of its own: the parent writes the queued values."""
        self._run_dir = _find_run_dir()
        self._queued: list[Call] = []
        self._encoded_names: dict[str, str] = {}
        self._fd = -1
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, call: Call) -> None:
        """Queues values for the thread that writes them. Does nothing outside of a run."""
        if not self._run_dir:
            return
        self._queued.append(call)
        if self._thread is None:
            self._start_thread()
        if len(self._queued) > MAX_QUEUED_CALLS:
            self.write()

    def write_summary(self, results: Mapping[str, object]) -> None:
        """Writes the results of a run. Does nothing outside of a run."""
        if self._run_dir:
            self._register_exit_hooks()
            self.write((json.dumps({"summary": results, "time": time.time()}) + "\n").encode())

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._register_exit_hooks()
                self._thread = threading.Thread(target=self._write_forever, name="gage-log", daemon=True)
                self._thread.start()

    def _register_exit_hooks(self) -> None:
        """Registers a last write at exit, and a new log for forked processes."""
        if not self._is_registered:
            self._is_registered = True
            atexit.register(self.write)
            os.register_at_fork(after_in_child=self._reset)

    def _write_forever(self) -> None:
        while True:
            time.sleep(WRITE_INTERVAL)
            self.write()

    def write(self, more: bytes = b"") -> None:
        """Writes the queued values. On a full disk, values are lost, but the program continues."""
        with self._lock:
            calls, self._queued = self._queued, []
            data = "".join(map(self._to_json, calls)).encode() + more
            if not data:
                return
            try:
                if self._fd < 0:
                    self._fd = _create_file(self._run_dir)
                while data:
                    data = data[os.write(self._fd, data) :]
            except OSError as e:
                import warnings

                warnings.warn(f"Gage cannot write logged values: {e.strerror}", stacklevel=3)

    def _to_json(self, call: Call) -> str:
        step, when, values = call
        names = self._encoded_names
        parts = [f'{{"time":{when:.6f}' if step is None else f'{{"step":{step},"time":{when:.6f}']
        for name, value in values.items():
            key = names.get(name)
            if key is None:
                key = names[name] = json.dumps(name)
            parts.append(f"{key}:{value!r}" if value - value == 0 else f"{key}:{json.dumps(value)}")
        return ",".join(parts) + "}\n"


def _find_run_dir() -> str:
    """Returns the directory of the run that this process belongs to, "" if there is none."""
    directory, run = os.environ.get("RUN_DIR", ""), os.environ.get("RUN_ID", "")
    return directory if run and os.path.basename(directory) == run and os.path.isdir(directory) else ""


def _create_file(directory: str) -> int:
    """Creates a file that no other process on any machine writes to, and returns its descriptor."""
    name = f"{os.uname().nodename}-{os.getpid()}-{os.urandom(3).hex()}.metrics.jsonl"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC
    return os.open(os.path.join(directory, name), flags, 0o666)


_log = MetricLog()
