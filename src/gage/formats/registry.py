"""Which file holds settings in which format. Loads a format when a file of it is met."""

import os

from gage.formats.config_source import ConfigSource

FORMAT_BY_SUFFIX = {
    ".py": "python",
    ".ipynb": "notebook",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonc": "json",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
    ".env": "env",
    ".sh": "shell",
    ".bash": "shell",
}
"""File suffix → format. A file `.env` or `.env.local` is an environment file too."""


def find_config_source(name: str) -> ConfigSource | None:
    """What reads a file of this name; None when its format is none that holds settings."""
    match format_name(name):
        case "python":
            from gage.formats import python

            return python
        case "notebook":
            from gage.formats import notebook

            return notebook
        case "toml":
            from gage.formats import toml

            return toml
        case "yaml":
            from gage.formats import yaml

            return yaml
        case "json":
            from gage.formats import json

            return json
        case "ini":
            from gage.formats import ini

            return ini
        case "env":
            from gage.formats import dotenv

            return dotenv
        case "shell":
            from gage.formats import shell

            return shell
    return None


def format_name(name: str) -> str:
    """The format of a file of this name, "" for none."""
    base = os.path.basename(name).lower()
    if base == ".env" or base.startswith(".env."):
        return "env"
    return FORMAT_BY_SUFFIX.get(os.path.splitext(base)[1], "")
