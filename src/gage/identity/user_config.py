"""Reads the user's settings for all projects: `gage/config.toml` in the configuration directory. Knows no project."""

import os
from pathlib import Path
from typing import NamedTuple

from gage.types.errors import ConfigError

USER_SETTINGS = ("user", "runs-dir")
MAX_CONFIG_BYTES = 1 << 20


class UserConfig(NamedTuple):
    """The user's settings, "" where unset: `user` is the author of changes, `runs_dir` the absolute path of the runs
    directory of projects that set none.
    """

    user: str = ""
    runs_dir: str = ""


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


_HINT = "Correct the file or remove it: see 'gage help environment'"


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
            raise ConfigError(f"{path} has an unknown setting {name!r}", _suggest_setting(name))
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ConfigError(
                f"{name} must be a non-empty string in {path}, got {value!r}", f"For example {_EXAMPLES[name]}"
            )
    return UserConfig(table.get("user", ""), _parse_directory(table.get("runs-dir", ""), path))


_EXAMPLES = {"user": 'user = "Robin"', "runs-dir": 'runs-dir = "~/runs"'}


def _suggest_setting(name: str) -> str:
    from gage.lib.suggest import find_closest

    near = find_closest(name, USER_SETTINGS)
    return f"Did you mean {near!r}?" if near else f"Settings are {', '.join(USER_SETTINGS)}"


def _parse_directory(text: str, path: str) -> str:
    if not text:
        return ""
    try:
        directory = Path(text).expanduser()
    except RuntimeError:  # no such user
        directory = Path(text)
    if not directory.is_absolute():
        raise ConfigError(
            f"runs-dir must be an absolute path in {path}, got {text!r}", f"For example {_EXAMPLES['runs-dir']}"
        )
    return str(directory)
