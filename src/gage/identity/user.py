"""The user: the settings for all projects (`gage/config.toml` in the configuration directory), and the name that is
recorded with changes to attributes and comments. Knows no project, and starts no program.
"""

import codecs
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.types.errors import ConfigError

if TYPE_CHECKING:
    from gage.identity.listing_settings import UserListing
    from gage.types.values import JSONValue

USER_SETTINGS = ("user", "runs-dir", "list")
MAX_CONFIG_BYTES = 1 << 20
MAX_AUTHOR_LENGTH = 200

_HINT = "Correct the file or remove it: see 'gage help environment'"
_EXAMPLES = {"user": 'user = "Robin"', "runs-dir": 'runs-dir = "~/runs"'}


class UserConfig(NamedTuple):
    """The user's settings, "" where unset: `user` is the author of changes, `runs_dir` the absolute path of the runs
    directory of projects that set none, `listing` what `gage list` shows (None = not set).
    """

    user: str = ""
    runs_dir: str = ""
    listing: "UserListing | None" = None


def locate_user_config() -> Path | None:
    """Returns the path of the file, which need not exist, or None for a user without a home directory.

    It is below `XDG_CONFIG_HOME`, else `~/.config`, as the XDG Base Directory Specification says.
    """
    try:
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "gage", "config.toml")
    except RuntimeError:
        return None


def load_user_config() -> UserConfig:
    """Returns the settings of the file, empty ones if it does not exist. Raises ConfigError if it is not valid."""
    path = locate_user_config()
    try:
        text = path.read_bytes()[: MAX_CONFIG_BYTES + 1] if path else b""
    except (FileNotFoundError, NotADirectoryError):
        text = b""
    except (OSError, ValueError) as e:
        raise ConfigError(f"Cannot read {path}: {getattr(e, 'strerror', None) or e}", _HINT) from None
    return _parse(text, str(path)) if text.strip() else UserConfig()


def _parse(text: bytes, path: str) -> UserConfig:
    import tomllib

    try:
        if len(text) > MAX_CONFIG_BYTES:
            raise ValueError(f"it is larger than {MAX_CONFIG_BYTES:,} bytes")
        table = tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:  # tomllib's and Unicode's errors are ValueErrors
        raise ConfigError(f"{path} is not valid: {e}", _HINT) from None
    for name, value in table.items():
        if name not in USER_SETTINGS:
            raise ConfigError(f"{_locate(text, path, name)} has an unknown setting {name!r}", _suggest(name))
        if name != "list" and (not isinstance(value, str) or not value.strip() or not value.isprintable()):
            where = _locate(text, path, name)
            raise ConfigError(
                f"{name} must be a non-empty string in {where}, got {value!r}", f"For example {_EXAMPLES[name]}"
            )
    listing = _parse_listing(table["list"], text, path) if "list" in table else None
    return UserConfig(table.get("user", ""), _parse_directory(table.get("runs-dir", ""), path), listing)


def _parse_listing(value: "JSONValue", text: bytes, path: str) -> "UserListing":
    from gage.identity.listing_settings import find_problems, parse_listing

    for problem in find_problems(value):
        where, name = _locate(text, path, ".".join(problem.keys)), ".".join(problem.keys)
        if problem.known:
            hint = _suggest(problem.keys[-1], problem.known)
            raise ConfigError(f"{where} has an unknown setting {name!r}", hint)
        raise ConfigError(f"{name} {problem.message} in {where}{problem.detail}", problem.hint)
    return parse_listing(value)


def _locate(text: bytes, path: str, name: str) -> str:
    """Returns the path, with the line of a setting if it is found."""
    from gage.formats import toml

    try:
        values = toml.read(text.removeprefix(codecs.BOM_UTF8))
    except ConfigError:
        return path
    line = next((value.line for key, value in values.items() if key == name or key.startswith(f"{name}.")), None)
    return path if line is None else f"{path}:{line}"


def _suggest(name: str, known: Sequence[str] = USER_SETTINGS) -> str:
    from gage.lib.suggest import suggest_closest

    return suggest_closest(name, known, f"Settings are {', '.join(known)}")


def _parse_directory(text: str, path: str) -> str:
    if not text:
        return ""
    directory = Path(os.path.expanduser(text))
    if not directory.is_absolute():
        raise ConfigError(
            f"runs-dir must be an absolute path in {path}, got {text!r}", f"For example {_EXAMPLES['runs-dir']}"
        )
    return str(directory)


def get_author() -> str:
    """Returns the name of the author of a change: `GAGE_USER`, else `user` of the user config, else `user.name` of
    Git's configuration, else the login name. Always one line and never empty. Never raises.
    """
    sources = (_read_variable, _read_user_config, _read_git_config, _read_login_name)
    return next(filter(None, (_clean(read_name()) for read_name in sources)), "unknown")


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
            continue  # missing or not readable
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
    before_comment = re.match(r'(?:"(?:\\.|[^"\\])*"|\\.|[^"\\#;])*', value.strip())
    return re.sub(r'\\(.)|"', r"\1", before_comment[0] if before_comment else "").strip()


def _read_login_name() -> str:
    """As `getpass.getuser`, which would import `termios`."""
    for name in map(os.environ.get, ("LOGNAME", "USER", "LNAME", "USERNAME")):
        if name:
            return name
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):
        return ""
