"""`gage run --debug`: real debuggers on a pseudo-terminal and over a socket."""

import json
import os
import re
import socket
import subprocess
import sys
import venv
from contextlib import suppress
from pathlib import Path

import pexpect
import pytest
from waiting import wait_until

LOOP = "import time\nlr = 0.1\nprint('looping', flush=True)\nwhile True:\n    time.sleep(0.1)\n"


def gage_words(*words):
    return [sys.executable, "-m", "gage", *words]


def test_runs_pdb_on_a_terminal(gage, project):
    (project / "train.py").write_text(LOOP)
    words = gage_words("run", "train.py", "lr=0.3", "--yes", "--debug", "pdb")
    at = pexpect.spawn(words[0], words[1:], cwd=str(project), timeout=30, encoding="utf-8", env=dict(os.environ))
    at.expect_exact("(Pdb) ")
    at.send("p 1\x7f2 * 21\r")  # a character is taken back: the line is edited
    at.expect_exact("42\r\n")
    at.expect_exact("(Pdb) ")
    at.sendline("continue")
    at.expect_exact("looping")
    for _ in range(2):  # twice within seconds would end a run that is not debugged
        at.sendintr()
        at.expect_exact("(Pdb) ")
        at.sendline("p lr")
        at.expect_exact("0.3")
        at.expect_exact("(Pdb) ")
        at.sendline("continue")
    at.sendintr()
    at.expect_exact("(Pdb) ")
    at.sendline("quit")
    at.expect(pexpect.EOF)
    at.close()
    assert at.exitstatus == 0
    assert gage("show", "--json").json["status"] == "completed"


def test_runs_pdb_with_piped_input(gage, project):
    result = gage("run", "train.py", "lr=0.3", "--debug", "pdb", text="b 4\nc\np lr\nq\n")
    assert "(Pdb) 0.3" in result.out
    assert gage("show", "--json").json["command"][1:3] == ["-m", "pdb"]


class Adapter:
    """An editor's side of the debug adapter protocol: messages of JSON, each with its length in a header."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rwb")
        self.number = 0

    def send(self, command, **arguments):
        self.number += 1
        body = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments}).encode()
        self.file.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.file.flush()

    def until(self, kind, name):
        """The next message of a kind ("event", "response") and name."""
        while True:
            length = 0
            while line := self.file.readline().strip():
                length = int(line.partition(b":")[2])
            message = json.loads(self.file.read(length))
            if message["type"] == kind and message.get("event", message.get("command")) == name:
                return message


@pytest.mark.slow
def test_lets_an_editor_attach(gage, project):
    words = gage_words("run", "train.py", "lr=0.3", "--yes", "--debug")
    with subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        waiting = running.stderr.readline()
        assert re.fullmatch(r"gage: Waiting for a debugger on 127\.0\.0\.1:(\d+)\n", waiting)
        assert "launch.json" in running.stderr.readline()
        attach = json.loads(running.stderr.readline())
        mapping = attach["pathMappings"][0]
        assert mapping["localRoot"] == str(project)
        source = str(Path(mapping["remoteRoot"]) / "train.py")
        editor = _connected(attach["connect"]["port"])
        editor.send("initialize", adapterID="test", pathFormat="path")
        editor.until("response", "initialize")
        editor.send("attach", **{k: v for k, v in attach.items() if k not in ("name", "request")})
        editor.until("event", "initialized")
        line = (project / "train.py").read_text().splitlines().index('print("loss:", lr * epochs)') + 1
        editor.send("setBreakpoints", source={"path": str(project / "train.py")}, breakpoints=[{"line": line}])
        assert editor.until("response", "setBreakpoints")["body"]["breakpoints"][0]["verified"], source
        editor.send("configurationDone")
        thread = editor.until("event", "stopped")["body"]["threadId"]
        editor.send("stackTrace", threadId=thread)
        frame = editor.until("response", "stackTrace")["body"]["stackFrames"][0]
        assert frame["line"] == line
        editor.send("evaluate", expression="lr", frameId=frame["id"])
        assert editor.until("response", "evaluate")["body"]["result"] == "0.3"
        editor.send("continue", threadId=thread)
        assert running.stdout.readline() == "loss: 0.6\n"
        assert running.wait(30) == 0
        running.stderr.read()


def _connected(port):
    def connect():
        with suppress(ConnectionRefusedError):
            return Adapter(port)

    return wait_until(connect)


def test_uses_pdb_without_debugpy(gage, project, tmp_path):
    venv.create(tmp_path / "bare", with_pip=False)
    env = {"PATH": f"{tmp_path / 'bare' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    result = gage("run", "train.py", "--debug", "debugpy", env=env, code=2)
    assert "debugpy is not installed for python" in result.err and "python -m pip install debugpy" in result.err
    result = gage("run", "train.py", "--debug", env=env, text="c\nq\n")
    assert "using pdb instead" in result.err and "loss: 0.2" in result.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--", "sh", "-c", "echo x"), "Only a command that starts Python directly can be debugged: sh -c 'echo x'"),
        (("--", sys.executable, "-"), "Only a command that starts Python directly can be debugged"),
        (("--", sys.executable, "-c", "1"), "pdb cannot debug code passed with -c"),
        (("piped",), "Only a command that starts Python directly can be debugged: python train.py | cat"),
        (("notebook.ipynb",), "A notebook cannot be debugged as a run"),
        (("train.py", "--stage"), "--debug and --stage cannot be used together"),
        (("train.py", "--background"), "--debug and --background cannot be used together"),
        (("train.py", "--preview"), "--debug and --preview cannot be used together"),
        (("train.py", "--quiet"), "--debug and --quiet cannot be used together"),
    ],
)
def test_rejects_programs_that_cannot_be_debugged(gage, project, words, message):
    (project / "gage.toml").write_text('[piped]\nexec = "python train.py | cat"\n')
    (project / "notebook.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    assert message in gage("run", "--debug", "pdb", *words, code=2).err
    assert gage("list", "--json").json["total"] == 0


@pytest.mark.parametrize("command", ["python train.py", "python -X dev train.py", "python -m train"])
def test_debugs_an_operation(gage, project, command):
    (project / "gage.toml").write_text(f'[train]\nexec = "{command}"\nconfig = "train.py"\nmax-time = 1000\n')
    result = gage("run", "train", "lr=0.5", "--debug", "pdb", text="c\nq\n")
    assert "loss: 1.0" in result.out


def test_rejects_an_unknown_debugger(gage, project):
    assert "is not one of 'pdb', 'debugpy'" in gage("run", "train.py", "--debug=gdb", code=2).err
