"""Programs that are asked for their settings, and started with the words for chosen ones."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from gage.parsers import build_args, parser_lookup
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.types.values import JSONValue


class Asked:
    """A program in a folder of its own."""

    def __init__(self, folder: Path, source: str, *args: str, name: str = "train.py") -> None:
        self.folder = folder
        self.script = folder / name
        self.script.write_text(source)
        self.command = [sys.executable, name, *args]

    def find(self) -> ParserSpec | None:
        """What it takes, asked or read."""
        return parser_lookup.find_parser_spec(self.command, self.script, self.folder, self.folder, {})

    def ask(self) -> ParserSpec:
        """What it takes; it has to have been asked."""
        found = self.find()
        assert found is not None
        assert found.origin == "introspected", found.note
        return found

    def settings(self) -> dict[str, Parameter]:
        """Its parameters by name, `command.name` for those of a sub-command."""
        return {f"{p.command} {p.name}".strip(): p for p in self.ask().parameters}

    def insert(self, values: Mapping[str, JSONValue]) -> list[str]:
        """Its command with the words for the values."""
        return build_args.insert_args(self.command, 2, self.ask(), values)

    def run(self, values: Mapping[str, JSONValue]) -> object:
        """What it prints as JSON when it is started with the values."""
        done = subprocess.run(self.insert(values), cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{self.insert(values)[2:]}: {done.stderr or done.stdout}"
        return json.loads(done.stdout)

    def files(self) -> set[str]:
        """All that is in its folder."""
        return {os.path.relpath(os.path.join(at, f), self.folder) for at, _, fs in os.walk(self.folder) for f in fs}
