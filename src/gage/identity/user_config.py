"""What a user says once for all projects: `gage/config.toml` in their configuration folder. Knows no project."""

import os
from pathlib import Path
from typing import NamedTuple

from gage.types.errors import ConfigError

USER_SETTINGS = ("user", "runs-dir")
MAX_CONFIG_BYTES = 1 << 20


class UserConfig(NamedTuple):
    """The settings, "" where the file has none: `user` signs changes, `runs_dir` is the folder for runs of any project
    that names none, as an absolute path.
    """

    user: str = ""
    runs_dir: str = ""


def user_config_path() -> Path | None:
    """The file, which need not exist: below `XDG_CONFIG_HOME`, else below `~/.config`; None for a user without a home.
    The places are those of the XDG Base Directory Specification.
    """
    try:
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "gage", "config.toml")
    except RuntimeError:
        return None


def load_user_config() -> UserConfig:
    """Read the file. Raises `ConfigError`, with the place, if it is there and cannot be used."""
    path = user_config_path()
    try:
        text = path.read_bytes()[: MAX_CONFIG_BYTES + 1] if path else b""
    except (FileNotFoundError, NotADirectoryError):
        text = b""
    except (OSError, ValueError) as e:
        raise ConfigError(f"Cannot read {path}: {getattr(e, 'strerror', None) or e}", _HINT) from None
    return _parsed(text, str(path)) if text.strip() else UserConfig()


_HINT = "Correct the file or remove it: see 'gage help environment'"


def _parsed(text: bytes, path: str) -> UserConfig:
    import tomllib

    try:
        if len(text) > MAX_CONFIG_BYTES:
            raise ValueError(f"it is larger than {MAX_CONFIG_BYTES:,} bytes")
        table = tomllib.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as e:  # tomllib's and Unicode's errors are ValueErrors
        raise ConfigError(f"{path} cannot be used: {e}", _HINT) from None
    for name, value in table.items():
        if name not in USER_SETTINGS:
            raise ConfigError(f"{path} has {name!r}, which is no setting of a user", _allowed(name))
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ConfigError(f"{name} must be a text in {path}, got {value!r}", f"For example {_EXAMPLES[name]}")
    return UserConfig(table.get("user", ""), _folder(table.get("runs-dir", ""), path))


_EXAMPLES = {"user": 'user = "Robin"', "runs-dir": 'runs-dir = "~/runs"'}


def _allowed(name: str) -> str:
    from gage.lib.suggest import find_closest

    near = find_closest(name, USER_SETTINGS)
    return f"Did you mean {near!r}?" if near else f"Settings are {', '.join(USER_SETTINGS)}"


def _folder(text: str, path: str) -> str:
    if not text:
        return ""
    try:
        folder = Path(text).expanduser()
    except RuntimeError:  # no such user
        folder = Path(text)
    if not folder.is_absolute():
        raise ConfigError(
            f"{path} has a runs-dir that is not a whole path: {text!r}", f"For example {_EXAMPLES['runs-dir']}"
        )
    return str(folder)
