"""Reads the Git state of a directory in background processes, which are started early and read late."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAX_DIFF_BYTES = 1 << 20

_REDIRECTING_VARIABLES = frozenset(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES"
    " GIT_COMMON_DIR GIT_NAMESPACE GIT_EXTERNAL_DIFF".split()
)
_EMPTY_DIFF = rb"(?m)^diff --git [^\n]*\n(?=diff --git |\Z)"
"""A file of which only the time has changed: Git lists it unless it may refresh the index."""
_PIPE_BYTES = 1 << 20
"""As large as a pipe may be: Git is done at once, not when somebody reads."""


@dataclass(frozen=True, slots=True)
class GitState:
    """The state of a work tree. `dirty` counts changed tracked files; `diff` is cut at 1 MB (`diff_cut`).

    `remote` is the URL as Git has it, with any password that is in it.
    """

    commit: str
    branch: str
    remote: str
    changed_files: int
    diff: bytes = b""
    is_diff_truncated: bool = False


class GitQuery:
    """Git processes that read the state of a directory. `wait` returns it; `start` never waits."""

    def __init__(self, folder: Path) -> None:
        self._status = _start_git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
        self._remotes = _start_git(folder, "config", "--local", "--get-regexp", r"^remote\..*\.url$")
        self._diff = _start_git(folder, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", ".")

    @classmethod
    def start(cls, folder: Path) -> "GitQuery | None":
        """Starts to read the state of `folder`; returns None if it is in no work tree or there is no Git."""
        if not any(os.path.lexists(p / ".git") for p in (folder, *folder.parents)):
            return None
        try:
            return cls(folder)
        except OSError:
            return None

    def wait(self, seconds: float = 10.0) -> GitState | None:
        """Returns the state; None if Git did not answer in time or there is no work tree."""
        try:
            diff = self._read_diff(seconds)
            status, remotes = (p.communicate(timeout=seconds)[0] for p in (self._status, self._remotes))
        except (subprocess.TimeoutExpired, OSError):
            self.cancel()
            return None
        if self._status.returncode:
            return None
        return _parse_state(status.decode("utf-8", "replace"), remotes.decode("utf-8", "replace"), diff)

    def cancel(self) -> None:
        """Ends the processes, as their results are not needed."""
        for process in (self._status, self._remotes, self._diff):
            if process.poll() is None:
                process.kill()
            if process.stdout:
                process.stdout.close()
            process.wait()

    def _read_diff(self, seconds: float) -> bytes:
        """Returns at most a byte over the limit. Stops Git there, and when the time is over."""
        import threading

        assert self._diff.stdout
        timer = threading.Timer(seconds, self._diff.kill)
        timer.start()
        try:
            data = self._diff.stdout.read(MAX_DIFF_BYTES + 1)
        finally:
            timer.cancel()
            self._diff.kill()
            self._diff.stdout.close()
            self._diff.wait()
        return data


def build_git_env() -> dict[str, str]:
    """Returns the user's variables without those of a Git hook, which name another repository."""
    env = {name: value for name, value in os.environ.items() if name not in _REDIRECTING_VARIABLES}
    return {**env, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _start_git(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    # a hostile repository's settings must not make Git start programs or write anything
    settings = ("core.fsmonitor=false", "diff.external=", "core.quotePath=false", "diff.autoRefreshIndex=false")
    return subprocess.Popen(
        ["git", "--no-optional-locks", "-C", str(folder), *(w for each in settings for w in ("-c", each)), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=build_git_env(),
        pipesize=_PIPE_BYTES,
        start_new_session=True,  # a Ctrl-C is not for Git
    )


def _parse_state(status: str, remotes: str, diff: bytes) -> GitState:
    lines = status.splitlines()
    head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:])
    commit = head.get("branch.oid", "")
    urls: dict[str, str] = {}
    for line in remotes.splitlines():
        name, _, url = line.partition(" ")
        urls.setdefault(name, url)  # Git fetches from the first URL of a remote; it pushes to the others as well
    return GitState(
        commit="" if commit == "(initial)" else commit,
        branch=head.get("branch.head", ""),
        remote=urls.get("remote.origin.url") or next(iter(urls.values()), ""),
        changed_files=sum(1 for line in lines if line and not line.startswith("#")),
        diff=re.sub(_EMPTY_DIFF, b"", diff[:MAX_DIFF_BYTES]),
        is_diff_truncated=len(diff) > MAX_DIFF_BYTES,
    )
