"""Runs commands of Gage faster: in forks of a process that has all its modules imported.

A fresh interpreter takes several times as long as most commands, and coverage doubles that. `tests/budgets` checks what
a fresh interpreter imports. A test that sets variables that Python itself reads must start a fresh one: see `can_run`.
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

STARTUP_VARIABLES = ("PYTHON", "LC_", "LANG", "_GAGE_COMPLETE", "COVERAGE_", "TZ")
"""Prefixes of the environment variables that an interpreter reads only when it starts."""


class ForkServer:
    """Runs `gage …` in forks of one process, which starts when it is first used."""

    def __init__(self) -> None:
        self._startup_variables: dict[str, str] | None = None

    def can_run(self, env: Mapping[str, str]) -> bool:
        """Returns whether a fork with this environment behaves like a fresh interpreter."""
        if self._startup_variables is None:
            self._start(env)
        return _select_startup_variables(env) == self._startup_variables

    def _start(self, env: Mapping[str, str]) -> None:
        self._startup_variables = _select_startup_variables(env)
        self._socket, server_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with server_socket:
            fd = server_socket.fileno()
            command = [sys.executable, __file__, str(fd)]
            self._process = subprocess.Popen(command, env=dict(env), pass_fds=[fd], start_new_session=True)

    def run(
        self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: bytes, timeout: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs `gage` with the arguments and waits for it.

        Raises `TimeoutExpired` after `timeout` seconds, and kills the command.
        """
        with (
            tempfile.TemporaryFile() as input_file,
            tempfile.TemporaryFile() as output_file,
            tempfile.TemporaryFile() as error_file,
        ):
            input_file.write(stdin)
            input_file.seek(0)
            request = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
            files = [input_file.fileno(), output_file.fileno(), error_file.fileno()]
            socket.send_fds(self._socket, [len(request).to_bytes(4, "big")], files)
            self._socket.sendall(request)
            self._socket.settimeout(None)
            pid = int.from_bytes(self._receive(4), "big")
            self._socket.settimeout(timeout)
            try:
                code = int.from_bytes(self._receive(4), "big", signed=True)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._socket.settimeout(None)
                self._receive(4)
                raise subprocess.TimeoutExpired(["gage", *arguments], timeout) from None
            output_file.seek(0)
            error_file.seek(0)
            return subprocess.CompletedProcess(["gage", *arguments], code, output_file.read(), error_file.read())

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            if not part:
                raise RuntimeError("The process that forks commands of Gage has ended")
            data += part
        return data

    def close(self) -> None:
        """Ends the process."""
        if self._startup_variables is not None:
            self._socket.close()
            self._process.wait(timeout=20)


def _select_startup_variables(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(STARTUP_VARIABLES)}


def _serve(connection: socket.socket) -> None:
    """Forks for each request until the other side closes the connection."""
    while True:
        size, files, _, _ = socket.recv_fds(connection, 4, 3)
        if not size:
            return
        request = b""
        while len(request) < int.from_bytes(size, "big"):
            request += connection.recv(65536)
        pid = os.fork()
        if not pid:
            connection.close()
            _run_command(json.loads(request), files)
        for file in files:
            os.close(file)
        connection.sendall(pid.to_bytes(4, "big"))
        _, status = os.waitpid(pid, 0)
        connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _run_command(request: dict, files: list[int]) -> None:
    """Does in this process what `python -m gage ARGUMENTS…` does, and exits."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    # Coverage measures this process already; the programs that it starts are not Gage.
    os.environ.update({name: value for name, value in request["env"].items() if not name.startswith("COVERAGE_")})
    sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w")))  # noqa: SIM115
    sys.argv = ["gage", *request["arguments"]]
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

        if coverage := Coverage.current():
            coverage.save()  # else each fork would write again what was measured until now
    _serve(socket.socket(fileno=int(sys.argv[1])))
