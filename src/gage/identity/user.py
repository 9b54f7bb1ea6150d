"""Who the user is: a name to put beside what they change. Knows no attribute and starts no program."""

import os
from pathlib import Path

from gage.identity.user_config import load_user_config
from gage.types.errors import ConfigError

MAX_AUTHOR_LENGTH = 200


def get_author() -> str:
    """The name to sign changes with: `GAGE_USER`, else `user` of the user's config, else `user.name` of their Git
    configuration, else the login name. Never empty, one line, and never raises.
    """
    for source in (_variable, _own_name, _git_name, _login_name):
        if name := _clean(source()):
            return name
    return "unknown"


def _clean(name: str) -> str:
    """`name` on one line, without characters that no terminal should get."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:MAX_AUTHOR_LENGTH].strip()


def _variable() -> str:
    return os.environ.get("GAGE_USER", "")


def _own_name() -> str:
    try:
        return load_user_config().user
    except ConfigError:
        return ""  # whoever looks for runs is told


def _git_name() -> str:
    """`user.name` of the first Git configuration file of the user that has one; includes are not followed."""
    for path in _git_files():
        try:
            text = path.read_bytes()[:65536].decode("utf-8", "replace")
        except OSError:
            continue
        if name := _name_in(text):
            return name
    return ""


def _git_files() -> list[Path]:
    """In the order in which Git lets them win."""
    if os.environ.get("GIT_CONFIG_GLOBAL"):
        return [Path(os.environ["GIT_CONFIG_GLOBAL"])]
    try:
        home = Path.home()
    except RuntimeError:
        return []
    return [home / ".gitconfig", Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "git", "config")]


def _name_in(text: str) -> str:
    section, found = "", ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line[1:].partition("]")[0].strip().lower()
        elif section == "user":
            key, equals, value = line.partition("=")
            if equals and key.strip().lower() == "name":
                found = _unquoted(value)
    return found


def _unquoted(value: str) -> str:
    """A value of Git's configuration without its quotes, escapes and comment."""
    out, quoted, escaped = "", False, False
    for c in value.strip():
        if escaped:
            out, escaped = out + c, False
        elif c == "\\":
            escaped = True
        elif c == '"':
            quoted = not quoted
        elif c in "#;" and not quoted:
            break
        else:
            out += c
    return out.strip()


def _login_name() -> str:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if name := os.environ.get(variable):
            return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return ""
