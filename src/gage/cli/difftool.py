"""Opens the source code of two runs in the user's difftool, as `git difftool --dir-diff` does."""

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from gage.cli.render import terminal
from gage.lib.git import build_git_env
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.compare.facts import RunFacts


def open_difftool(name: str, before: "RunFacts", after: "RunFacts", cwd: Path) -> int:
    """Writes the source code of both into directories, starts the difftool `name` ("": Git's `diff.tool`) on them, and
    returns its exit code. Raises UsageError without a difftool, NotFound if it cannot be started.
    """
    import tempfile

    name = name or _read_setting(cwd, "diff.tool")
    if not name:
        raise UsageError("No difftool is configured", "Try: git config --global diff.tool NAME, or --tool=NAME")
    command = _read_setting(cwd, f"difftool.{name}.cmd")
    with tempfile.TemporaryDirectory(prefix="gage-diff-", ignore_cleanup_errors=True) as directory:
        trees = [Path(directory, side, os.path.basename(facts.name)) for side, facts in (("A", before), ("B", after))]
        for tree, facts in zip(trees, (before, after), strict=True):
            _write_tree(tree, facts)
        local, remote = map(str, trees)
        program = _read_setting(cwd, f"difftool.{name}.path") or name
        words = ["sh", "-c", command] if command else [program, local, remote]
        try:
            env = {**os.environ, "LOCAL": local, "REMOTE": remote, "MERGED": remote, "BASE": remote}
            code = subprocess.run(words, cwd=cwd, env=env, check=False).returncode
        except OSError as e:
            hint = f"Try: git config --global difftool.{name}.cmd COMMAND"
            raise NotFound(f"Cannot start the difftool {name}: {e.strerror}", hint) from None
    return code if code >= 0 else 128 - code


def _write_tree(tree: Path, facts: "RunFacts") -> None:
    """Writes the source code, read-only: what the user edited there would be lost."""
    tree.mkdir(parents=True)
    for path in facts.sections.get("source", {}):
        content = facts.read_source(path)
        if content.data is not None:
            file = tree / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.data)
            file.chmod(0o444)
        else:
            terminal.print_stderr(f"{facts.name}: {path} is left out: {content.note}")


def list_difftools(cwd: Path) -> list[str]:
    """Returns the names of the difftools that Git's settings define."""
    names = _run_git_config(cwd, "--name-only", "--get-regexp", r"^difftool\..*\.(cmd|path)$").splitlines()
    return sorted({name.split(".", 1)[1].rsplit(".", 1)[0] for name in names})


def _read_setting(cwd: Path, key: str) -> str:
    return _run_git_config(cwd, "--get", key).rstrip("\n")


def _run_git_config(cwd: Path, *words: str) -> str:
    """Returns what `git config` prints, "" if a setting is missing or there is no Git."""
    try:
        done = subprocess.run(["git", "config", *words], cwd=cwd, env=build_git_env(), capture_output=True, check=False)
    except OSError:
        return ""
    return os.fsdecode(done.stdout)
