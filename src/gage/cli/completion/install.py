"""Installs and removes the completion script of a shell: plans the edits of files first, then applies them."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gage.cli.completion.shells import SHELLS
from gage.types.errors import UsageError

BLOCK_START = b"# >>> gage completion >>>"
BLOCK_END = b"# <<< gage completion <<<"


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A file to write, or to remove (`after` is None). `before` is None if it does not exist."""

    path: Path
    before: bytes | None
    after: bytes | None

    def describe(self, is_preview: bool) -> str:
        """Returns what was done, or would be, as a sentence."""
        verb, what = "write", ""
        if self.after is None:
            verb = "remove"
        elif BLOCK_START in self.after:
            verb, what = "add", "lines that load the script to "
        elif BLOCK_START in (self.before or b""):
            verb, what = "remove", "the lines that load the script from "
        done = {"write": "Wrote", "remove": "Removed", "add": "Added"}[verb]
        return f"{f'Would {verb}' if is_preview else done} {what}{self.path}"


def detect_shell() -> str:
    """Returns the shell that started this program, else the login shell. Raises UsageError for another shell."""
    for name in (*_ancestor_names(), Path(os.environ.get("SHELL", "")).name):
        shell = {"nu": "nushell"}.get(name.lstrip("-"), name.lstrip("-"))
        if shell in SHELLS:
            return shell
    raise UsageError("Cannot detect your shell", "Name it: gage completion --install bash")


def _ancestor_names() -> Iterator[str]:
    import psutil

    try:
        for process in psutil.Process().parents():
            yield process.name()
    except psutil.Error:
        return


def plan_install(shell: str) -> list[FileEdit]:
    """Returns the edits that install completion; none if it is installed."""
    script = get_script_path(shell)
    edits = [FileEdit(script, _read_bytes(script), SHELLS[shell]().source.encode())]
    start = get_startup_file(shell)
    if start is not None:
        edits.append(_add_block(start, shell, script))
    return [edit for edit in edits if edit.before != edit.after]


def plan_uninstall(shell: str) -> list[FileEdit]:
    """Returns the edits that undo the installation."""
    script, start = get_script_path(shell), get_startup_file(shell)
    edits = [FileEdit(script, _read_bytes(script), None)]
    if start is not None:
        before = _read_bytes(start)
        after = _remove_block(start, before) if before is not None else None
        edits.insert(0, FileEdit(start, before, after or None))
    return [edit for edit in edits if edit.before != edit.after]


def apply_edits(edits: list[FileEdit]) -> None:
    """Writes and removes the files. Raises `OSError`."""
    from gage.lib.files import write_atomic

    for edit in edits:
        if edit.after is None:
            edit.path.unlink(missing_ok=True)
            continue
        edit.path.parent.mkdir(parents=True, exist_ok=True)
        mode = edit.path.stat().st_mode & 0o7777 if edit.before is not None else None
        write_atomic(edit.path, edit.after)
        if mode is not None:
            edit.path.chmod(mode)


def get_script_path(shell: str) -> Path:
    """Returns the path of a shell's completion script."""
    if shell == "fish":
        return _xdg_directory("XDG_CONFIG_HOME", ".config") / "fish" / "completions" / "gage.fish"
    if shell == "nushell":
        config = _xdg_directory("XDG_CONFIG_HOME", ".config")
        if sys.platform == "darwin" and not os.environ.get("XDG_CONFIG_HOME"):  # pragma: no cover - only on macOS
            config = Path.home() / "Library" / "Application Support"
        return config / "nushell" / "autoload" / "gage.nu"
    return _xdg_directory("XDG_DATA_HOME", ".local/share") / "gage" / f"completion.{shell}"


def get_startup_file(shell: str) -> Path | None:
    """Returns the shell's start-up file, links resolved; None for a shell that finds scripts by itself."""
    if shell == "zsh":
        return Path(os.path.realpath(Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"))
    if shell == "bash":
        name = ".bash_profile" if sys.platform == "darwin" else ".bashrc"
        return Path(os.path.realpath(Path.home() / name))
    return None


def _xdg_directory(variable: str, default: str) -> Path:
    directory = os.environ.get(variable, "")
    return Path(directory) if os.path.isabs(directory) else Path.home() / default


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _add_block(path: Path, shell: str, script: Path) -> FileEdit:
    import shlex

    before = _read_bytes(path)
    rest = _remove_block(path, before or b"")
    gap = b"" if not rest else b"\n" if rest.endswith(b"\n") else b"\n\n"
    quoted = os.fsencode(shlex.quote(str(script)))
    block = b"%s\n[ -r %s ] && . %s\n%s\n" % (BLOCK_START, quoted, quoted, BLOCK_END)
    if before is not None and block in before:
        return FileEdit(path, before, before)
    return FileEdit(path, before, rest + gap + block)


def _remove_block(path: Path, text: bytes) -> bytes:
    """Returns the file without Gage's lines and the empty line before them."""
    start = text.find(BLOCK_START)
    if start < 0:
        return text
    end = text.find(BLOCK_END, start)
    if end < 0:
        raise UsageError(
            f"{path} contains the start of Gage's block but not its end", f"Remove the lines by hand: {path}"
        )
    after = text[end + len(BLOCK_END) :].removeprefix(b"\n")
    before = text[:start]
    return (before[:-1] if before.endswith(b"\n\n") else before) + after
