"""A notebook file: reads it, writes the executed copy, and selects the cells that run. Executes nothing."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    Output = dict[str, object]

    class Cell(TypedDict, total=False):
        """The parts of a cell that are used here."""

        cell_type: str
        source: str | list[str]
        metadata: dict[str, list[str]]
        outputs: list[Output]
        execution_count: int | None

    class Notebook(TypedDict):
        """The parts of a notebook that are used here."""

        cells: list[Cell]
        metadata: dict[str, dict[str, str]]


EXECUTED_SUFFIX = ".executed.ipynb"
MAY_FAIL_TAG = "raises-exception"
SKIP_TAG = "skip-execution"


class NotebookFailed(Exception):
    """A notebook cannot go on. The text is the message, `code` the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def load_notebook(path: str) -> Notebook:
    """Returns the notebook as JSON. Raises NotebookFailed."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            notebook = json.load(file)
        if not isinstance(notebook["cells"], list):
            raise KeyError("cells")
    except OSError as e:
        raise NotebookFailed(f"Cannot read {path}: {e.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise NotebookFailed(f"{path} is not a notebook of format 4") from None
    return notebook  # type: ignore[no-any-return]


def write_executed(path: str, text: str) -> None:
    """Writes the executed notebook beside the notebook at `path`, atomically."""
    target = path[: -len(".ipynb")] + EXECUTED_SUFFIX
    aside = os.path.join(os.path.dirname(target), f".tmp-{os.getpid()}-{os.path.basename(target)}")
    with open(aside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(aside, target)


def select_cells(cells: list[Cell]) -> list[Cell]:
    """Returns the cells that are executed, in order. In messages, the first has number 1."""
    return [
        c for c in cells if c.get("cell_type") == "code" and read_source(c).strip() and SKIP_TAG not in read_tags(c)
    ]


def clear_outputs(cells: list[Cell]) -> None:
    """Removes the outputs of an earlier execution."""
    for cell in cells:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None


def read_source(cell: Cell) -> str:
    """Returns the text of a cell."""
    text = cell.get("source") or ""
    return text if isinstance(text, str) else "".join(text)


def read_tags(cell: Cell) -> list[str]:
    """Returns the tags of a cell."""
    return list((cell.get("metadata") or {}).get("tags") or ())


def build_cell_error(number: int, count: int, reason: str) -> NotebookFailed:
    """Returns the error for a cell that failed."""
    return NotebookFailed(f"Cell {number} of {count} failed: {reason}")


def build_exit_error(value: str) -> NotebookFailed:
    """Returns the error for a cell that called `sys.exit(value)`."""
    if value in ("", "None", "0"):
        return NotebookFailed("", 0)
    return NotebookFailed("", int(value)) if value.lstrip("-").isdigit() else NotebookFailed(value)
