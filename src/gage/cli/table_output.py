"""The options that choose how a table is printed: for people, or as CSV, JSON, Markdown, LaTeX or Parquet."""

import sys
from functools import wraps
from typing import NamedTuple

import click

from gage.board.formatting import format_count
from gage.cli.command import CommandFunction, json_option, reject_together
from gage.cli.render import terminal
from gage.types.table import Table

FORMATS = ("table", "csv", "json", "markdown", "latex", "parquet")


class TableOutput(NamedTuple):
    """The chosen format, "" if none was chosen, and the file of `--parquet`."""

    format: str = ""
    path: str = ""

    @property
    def is_for_people(self) -> bool:
        """Returns whether the format rounds numbers and shows relative times."""
        return self.format in ("", "table", "markdown", "latex")

    def print_table(self, table: Table) -> None:
        """Prints a table in the chosen format, other than JSON, or writes it to a file."""
        if self.format == "parquet":
            self._write_parquet(table)
            return
        from gage.board import table_formats

        if self.format == "csv":
            table_formats.write_csv(table, sys.stdout)
        elif self.format in ("markdown", "latex"):
            write = table_formats.format_markdown if self.format == "markdown" else table_formats.format_latex
            sys.stdout.write(write(table))
        else:
            terminal.print_table(*table_formats.convert_to_text(table))

    def _write_parquet(self, table: Table) -> None:
        from gage.board.parquet_file import write_parquet

        mixed = write_parquet(table, self.path)
        terminal.print_stderr(f"Wrote {format_count(len(table.rows), 'row')} to {self.path}")
        if mixed:
            terminal.print_stderr(f"Values of several types are text: {', '.join(mixed)}")


def add_format_options(function: CommandFunction) -> CommandFunction:
    """Adds the options to a command, which gets a `TableOutput` as its argument `output`."""

    @wraps(function)
    def call(*args: object, **params: object) -> object:
        reject_together(*(f"--{name}" for name in FORMATS))
        chosen = {name: params.pop(f"as_{name}") for name in FORMATS}
        name = next((name for name, value in chosen.items() if value not in (False, None)), "")
        path = chosen["parquet"] if isinstance(chosen["parquet"], str) else ""
        return function(*args, output=TableOutput(name, path), **params)

    options = (
        click.option("--table", "as_table", is_flag=True, help="Print a table."),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV."),
        json_option,
        click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown table."),
        click.option("--latex", "as_latex", is_flag=True, help="Print a LaTeX table (package booktabs)."),
        click.option("--parquet", "as_parquet", metavar="FILE", help="Write a Parquet file."),
    )
    for option in reversed(options):
        call = option(call)
    return call
