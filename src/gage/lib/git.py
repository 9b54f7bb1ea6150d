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
_PIPE_BYTES = 1 << 20
"""As large as a pipe may be: Git is done at once, not when somebody reads."""
_REMOTE_SECTION = r'\s*\[remote\s+"(.*)"\]\s*'
_URL = r"\s*url\s*=\s*(.*?)\s*"


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
    """Questions to Git about a folder, under way. `answer` waits for them; `GitQuery.start` never does."""

    def __init__(self, top: Path, status: "subprocess.Popen[bytes]", diff: "subprocess.Popen[bytes]") -> None:
        self._top = top
        self._status = status
        self._diff = diff

    @classmethod
    def start(cls, folder: Path) -> "GitQuery | None":
        """Ask about `folder`; None when it is in no work tree or there is no Git."""
        top = next((p for p in (folder, *folder.parents) if os.path.lexists(p / ".git")), None)
        if top is None:
            return None
        try:
            status = _start_git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
            diff = _start_git(folder, "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", ".")
        except OSError:
            return None
        return cls(top, status, diff)

    def wait(self, seconds: float = 10.0) -> GitState | None:
        """Returns the state; None if Git did not answer in time or there is no work tree."""
        try:
            diff = self._read_diff(seconds)
            out = self._status.communicate(timeout=seconds)[0].decode("utf-8", "replace")
        except (subprocess.TimeoutExpired, OSError):
            self.cancel()
            return None
        if self._status.returncode:
            return None
        return _parse_status(out, _read_remote_url(self._top), diff)

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        for process in (self._status, self._diff):
            if process.poll() is None:
                process.kill()
            if process.stdout:
                process.stdout.close()
            process.wait()

    def _read_diff(self, seconds: float) -> bytes:
        """At most a byte over the limit; Git is stopped there, and when the time is over."""
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
    return {**env, "LC_ALL": "C"}


def _start_git(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    # a hostile repository's settings must not make Git start programs or write anything
    settings = ("-c", "core.fsmonitor=false", "-c", "diff.external=", "-c", "core.quotePath=false")
    return subprocess.Popen(
        ["git", "--no-optional-locks", "-C", str(folder), *settings, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=build_git_env(),
        pipesize=_PIPE_BYTES,
        start_new_session=True,  # a Ctrl-C is not for Git
    )


def _parse_status(status: str, remote: str, diff: bytes) -> GitState:
    lines = status.splitlines()
    head = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:])
    commit = head.get("branch.oid", "")
    return GitState(
        commit="" if commit == "(initial)" else commit,
        branch=head.get("branch.head", ""),
        remote=remote,
        changed_files=sum(1 for line in lines if line and not line.startswith("#")),
        diff=diff[:MAX_DIFF_BYTES],
        is_diff_truncated=len(diff) > MAX_DIFF_BYTES,
    )


def _read_remote_url(top: Path) -> str:
    """Returns the URL of `origin`, else of the first remote, read from the repository's config file."""
    try:
        text = (_find_git_dir(top) / "config").read_bytes()[: 1 << 20].decode("utf-8", "replace")
    except OSError:
        return ""
    urls: dict[str, str] = {}
    remote = ""
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            found = re.fullmatch(_REMOTE_SECTION, line)
            remote = found[1] if found else ""
        elif remote and (url := re.fullmatch(_URL, line)):
            urls.setdefault(remote, url[1].strip('"'))
    return urls.get("origin") or next(iter(urls.values()), "")


def _find_git_dir(top: Path) -> Path:
    """Returns the directory with the config: also for work trees and submodules, whose `.git` is a file."""
    git = top / ".git"
    if git.is_dir():
        return git
    try:
        named = top / git.read_text().removeprefix("gitdir:").strip()
        common = named / "commondir"
        return named / common.read_text().strip() if common.exists() else named
    except (OSError, ValueError):
        return git
