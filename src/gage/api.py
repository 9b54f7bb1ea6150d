"""For people's own Python: `gage.log(loss=0.5)` and `gage.summary(best=0.1)`. Does nothing outside of a run.

Values go into a file of JSON lines of this process's own in the run directory, which is all that Gage asks of any
language: docs/protocol.md. A thread writes them twice a second, so a call costs what adding to a list costs.
"""

import atexit
import json
import os
import threading
import time
from collections.abc import Mapping
from typing import SupportsFloat

WRITE_INTERVAL = 0.5
"""Seconds between writes: what was logged before is not lost when the process is killed."""
MAX_QUEUED_CALLS = 100_000
"""Calls that may wait; the next one writes them itself."""

Number = SupportsFloat
Call = tuple[int | None, float, Mapping[str, float]]


def log(values: Mapping[str, Number] | None = None, /, *, step: int | None = None, **more: Number) -> None:
    """Log numbers of one step: `log(loss=0.5, step=3)` or `log({"train/loss": 0.5})`. From any thread or process.

    Numbers are what `float` takes: also arrays and tensors of one element. Without `step`, the order of calls counts.
    Raises TypeError or ValueError for what is no number, also outside of a run.
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
    """Say what the run came to: numbers become its metrics, all else its attributes. The last word on a name counts."""
    said = {**(values or {}), **more}
    _log.write_summary({name: _to_json_value(value) for name, value in said.items()})


def _to_json_value(value: object) -> object:
    """A value as JSON has it: numbers of other libraries as numbers, what is neither as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    try:
        return float(value)  # type: ignore[arg-type]  # tried, not known
    except (TypeError, ValueError):
        return str(value)


class MetricLog:
    """This process's log. Its file and its thread are made by the first call."""

    def __init__(self) -> None:
        self._reset()
        self._is_registered = False

    def _reset(self) -> None:
        """A forked process has a log of its own; what waits in this one is its parent's to write."""
        self._run_dir = _find_run_dir()
        self._queued: list[Call] = []
        self._encoded_names: dict[str, str] = {}
        self._fd = -1
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, call: Call) -> None:
        if not self._run_dir:
            return
        self._queued.append(call)
        if self._thread is None:
            self._start_thread()
        if len(self._queued) > MAX_QUEUED_CALLS:
            self.write()

    def write_summary(self, said: Mapping[str, object]) -> None:
        if self._run_dir:
            self._register_hooks()
            self.write((json.dumps({"summary": said, "time": time.time()}) + "\n").encode())

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._register_hooks()
                self._thread = threading.Thread(target=self._write_forever, name="gage-log", daemon=True)
                self._thread.start()

    def _register_hooks(self) -> None:
        """Be told of the end of this process, and of its forks."""
        if not self._is_registered:
            self._is_registered = True
            atexit.register(self.write)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self._reset)

    def _write_forever(self) -> None:
        while True:
            time.sleep(WRITE_INTERVAL)
            self.write()

    def write(self, more: bytes = b"") -> None:
        """Write what waits. A disk that is full costs values, never the program."""
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

                warnings.warn(f"Gage cannot keep what is logged: {e.strerror}", stacklevel=3)

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
    """The directory of the run that this process is part of, "" when it is part of none."""
    folder, run = os.environ.get("RUN_DIR", ""), os.environ.get("RUN_ID", "")
    return folder if run and os.path.basename(folder) == run and os.path.isdir(folder) else ""


def _create_file(folder: str) -> int:
    """A file that no other process on any machine writes to."""
    name = (
        f"{os.uname().nodename if hasattr(os, 'uname') else 'host'}-{os.getpid()}-{os.urandom(3).hex()}.metrics.jsonl"
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    return os.open(os.path.join(folder, name), flags, 0o666)


_log = MetricLog()
