"""Finds the name of the user, which is recorded with changes to attributes and comments. Starts no program."""

import os
from pathlib import Path

from gage.identity.user_config import load_user_config
from gage.types.errors import ConfigError

MAX_AUTHOR_LENGTH = 200


def get_author() -> str:
    """Returns the name of the author of a change: `GAGE_USER`, else `user` of the user config, else `user.name` of
    Git's configuration, else the login name. Always one line and never empty. Never raises.
    """
    for source in (_read_variable, _read_user_config, _read_git_config, _read_login_name):
        if name := _clean(source()):
            return name
    return "unknown"


def _clean(name: str) -> str:
    """Returns the name on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:MAX_AUTHOR_LENGTH].strip()


def _read_variable() -> str:
    return os.environ.get("GAGE_USER", "")


def _read_user_config() -> str:
    try:
        return load_user_config().user
    except ConfigError:
        return ""  # reported where the runs directory is found


def _read_git_config() -> str:
    """Returns `user.name` of the first of the user's Git configuration files that sets it. Ignores includes."""
    for path in _list_git_files():
        try:
            text = path.read_bytes()[:65536].decode("utf-8", "replace")
        except OSError:
            continue
        if name := _parse_git_name(text):
            return name
    return ""


def _list_git_files() -> list[Path]:
    """Returns the user's Git configuration files, the one with precedence first."""
    if os.environ.get("GIT_CONFIG_GLOBAL"):
        return [Path(os.environ["GIT_CONFIG_GLOBAL"])]
    try:
        home = Path.home()
    except RuntimeError:
        return []
    return [home / ".gitconfig", Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "git", "config")]


def _parse_git_name(text: str) -> str:
    section, name = "", ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line[1:].partition("]")[0].strip().lower()
        elif section == "user":
            key, equals, value = line.partition("=")
            if equals and key.strip().lower() == "name":
                name = _unquote(value)
    return name


def _unquote(value: str) -> str:
    """Returns a value of Git's configuration without its quotes, escapes and comment."""
    unquoted, quoted, escaped = "", False, False
    for c in value.strip():
        if escaped:
            unquoted, escaped = unquoted + c, False
        elif c == "\\":
            escaped = True
        elif c == '"':
            quoted = not quoted
        elif c in "#;" and not quoted:
            break
        else:
            unquoted += c
    return unquoted.strip()


def _read_login_name() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if name := os.environ.get(variable):
            return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return ""
