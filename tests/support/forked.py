"""Commands of Gage in a hurry: a process that has everything imported forks for each of them.

A fresh interpreter takes several times as long as most commands, and coverage doubles that. What a fresh one loads is
the business of tests/budgets; where a test gives variables that Python itself heeds, a fresh one is taken anyway.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HEEDED = ("PYTHON", "LC_", "LANG", "_GAGE_COMPLETE", "COVERAGE_", "TZ")
"""Beginnings of the names of variables that an interpreter looks at when it starts."""


class Forked:
    """Forks `gage …` from one process that waits for words. Started when it is first used."""

    def __init__(self) -> None:
        self._heeded: dict[str, str] | None = None

    def fits(self, env: Mapping[str, str]) -> bool:
        """Whether a fork with these variables is as good as a fresh interpreter."""
        if self._heeded is None:
            self._start(env)
        return _heeded(env) == self._heeded

    def _start(self, env: Mapping[str, str]) -> None:
        self._heeded = _heeded(env)
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with its:
            words = [sys.executable, __file__, str(its.fileno())]
            self._process = subprocess.Popen(words, env=dict(env), pass_fds=[its.fileno()], start_new_session=True)
        self._socket = mine

    def run(
        self, words: Sequence[str], cwd: Path, env: Mapping[str, str], text: bytes, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Type `gage words…`, wait for its end. Raises `TimeoutExpired` and kills it after `timeout` seconds."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(text)
            given.seek(0)
            asked = json.dumps({"words": list(words), "cwd": str(cwd), "env": dict(env)}).encode()
            files = [given.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(self._socket, [len(asked).to_bytes(4, "big")], files)
            self._socket.sendall(asked)
            self._socket.settimeout(None)
            pid = int.from_bytes(self._received(4), "big")
            self._socket.settimeout(timeout)
            try:
                code = int.from_bytes(self._received(4), "big", signed=True)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._socket.settimeout(None)
                self._received(4)
                raise subprocess.TimeoutExpired(["gage", *words], timeout) from None
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(["gage", *words], code, out.read(), err.read())

    def _received(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            part = self._socket.recv(count - len(got))
            if not part:
                raise RuntimeError("The process that forks commands of Gage is gone")
            got += part
        return got

    def close(self) -> None:
        """End the process."""
        if self._heeded is not None:
            self._socket.close()
            self._process.wait(timeout=20)


def _heeded(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(HEEDED)}


def _serve(channel: socket.socket) -> None:
    """Fork for each request until the other side is gone."""
    while True:
        head, files, _, _ = socket.recv_fds(channel, 4, 3)
        if not head:
            return
        asked = b""
        while len(asked) < int.from_bytes(head, "big"):
            asked += channel.recv(65536)
        pid = os.fork()
        if not pid:
            channel.close()
            _be_gage(json.loads(asked), files)
        for file in files:
            os.close(file)
        channel.sendall(pid.to_bytes(4, "big"))
        _, status = os.waitpid(pid, 0)
        channel.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _be_gage(asked: dict, files: list[int]) -> None:
    """What `python -m gage words…` does, from here on. Does not come back."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.setsid()
    os.chdir(asked["cwd"])
    os.environ.clear()
    # This process is measured as it is; the programs that it starts are not Gage.
    os.environ.update({name: value for name, value in asked["env"].items() if not name.startswith("COVERAGE_")})
    sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w")))  # noqa: SIM115
    sys.argv = ["gage", *asked["words"]]
    code = 1
    try:
        from gage.__main__ import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    from importlib import import_module

    from gage.cli.command_index import COMMANDS

    import_module("gage.cli.main")
    for name in COMMANDS:
        import_module(f"gage.cli.commands.{name}")
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        from coverage import Coverage

        if measured := Coverage.current():
            measured.save()  # what has been seen so far, so that it is not written once more by each fork
    _serve(socket.socket(fileno=int(sys.argv[1])))
