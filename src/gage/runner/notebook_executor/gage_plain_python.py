"""Executes the cells of a notebook one after the other in this process. Needs no Jupyter."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import linecache
import os
import re
import sys
import traceback
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from gage.runner.notebook_executor import gage_notebook
else:
    import gage_notebook

_IGNORED_MAGIC = re.compile(r"%(matplotlib|config|load_ext|reload_ext|autoreload)\b")  # "%matplotlib inline"
_IGNORED_CELL_MAGIC = re.compile(r"%%(time|capture)\b")  # "%%time"
_MAGIC = re.compile(r"[ \t]*(%|!|\?|[\w.]+\?$)")  # "%timeit f()", "!ls", "model?"


def execute_with_python(path: str, notebook: gage_notebook.Notebook) -> None:
    """Executes the notebook at `path`. Raises NotebookFailed."""
    path = os.path.abspath(path)
    directory = os.path.dirname(path)
    os.chdir(directory)
    sys.path[0], sys.argv = directory, [path]
    os.environ.setdefault("MPLBACKEND", "Agg")
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    cells = gage_notebook.select_cells(notebook["cells"])
    gage_notebook.clear_outputs(notebook["cells"])
    for number, cell in enumerate(cells, 1):
        cell["execution_count"] = number
        try:
            _execute_cell(module, cell, number, len(cells))
        finally:
            gage_notebook.write_executed(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _execute_cell(module: types.ModuleType, cell: gage_notebook.Cell, number: int, count: int) -> None:
    """Executes one cell, and stores its output in the cell while it is shown."""
    real = sys.stdout, sys.stderr
    name = f"<cell {number}>"
    text = _to_plain_python(gage_notebook.read_source(cell), number, count)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    try:
        sys.stdout, sys.stderr = _CellStream(real[0], "stdout", cell), _CellStream(real[1], "stderr", cell)
        module.__dict__["display"] = _create_display(cell, number)
        value = _evaluate_cell(module, text, name)
        if value is not None and not text.rstrip().endswith(";"):
            _add_result(cell, "execute_result", value, number)
    except SystemExit as e:
        raise gage_notebook.build_exit_error("" if e.code is None else str(e.code)) from None
    except Exception as e:
        e.__traceback__ = _skip_executor_frames(e.__traceback__, name)
        lines = traceback.format_exception(type(e), e, e.__traceback__)
        summary = "".join(traceback.format_exception_only(type(e), e)).strip()
        cell["outputs"].append(
            {
                "output_type": "error",
                "ename": type(e).__name__,
                "evalue": str(e),
                "traceback": "".join(lines).split("\n"),
            }
        )
        if gage_notebook.MAY_FAIL_TAG not in gage_notebook.read_tags(cell):
            real[0].flush()
            real[1].write("".join(lines))
            raise gage_notebook.build_cell_error(number, count, summary.splitlines()[-1]) from None
    finally:
        sys.stdout, sys.stderr = real


def _to_plain_python(text: str, number: int, count: int) -> str:
    """Comments out magics that plain Python does not need. Raises NotebookFailed for those that need IPython."""
    lines = text.split("\n")
    try:
        ast.parse(text)
        return text
    except SyntaxError:
        pass  # it may contain magics
    for at, line in enumerate(lines):
        if _IGNORED_MAGIC.match(line.lstrip()) or (at == 0 and _IGNORED_CELL_MAGIC.match(line)):
            lines[at] = "#" + line
        elif _MAGIC.match(line):
            raise gage_notebook.build_cell_error(
                number, count, f"{line.strip()!r} needs IPython: pip install nbclient ipykernel"
            )
    return "\n".join(lines)


def _evaluate_cell(module: types.ModuleType, text: str, name: str) -> object:
    """Executes the text and returns the value of its last statement if that is an expression."""
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    _evaluate(module, tree, name, "exec")
    return _evaluate(module, ast.Expression(last.value), name, "eval") if isinstance(last, ast.Expr) else None


def _evaluate(module: types.ModuleType, tree: ast.AST, name: str, mode: str) -> object:
    code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # type: ignore[call-overload]
    value = eval(code, module.__dict__)
    return asyncio.run(value) if code.co_flags & 0x80 else value


def _create_display(cell: gage_notebook.Cell, number: int) -> Callable[..., None]:
    """Returns the function `display` of a cell."""

    def display(*values: object) -> None:
        for value in values:
            _add_result(cell, "display_data", value, number)

    return display


def _add_result(cell: gage_notebook.Cell, kind: str, value: object, number: int) -> None:
    """Adds a value to the outputs of the cell and prints it."""
    text = repr(value)
    output: gage_notebook.Output = {"output_type": kind, "data": {"text/plain": text}, "metadata": {}}
    cell["outputs"].append({**output, "execution_count": number} if kind == "execute_result" else output)
    real = sys.stdout.real if isinstance(sys.stdout, _CellStream) else sys.stdout
    real.write(text + "\n")
    real.flush()


def _skip_executor_frames(at: types.TracebackType | None, name: str) -> types.TracebackType | None:
    """Returns the part of a traceback that begins in the cell; None for a cell with a syntax error."""
    while at is not None and at.tb_frame.f_code.co_filename != name:
        at = at.tb_next
    return at


class _CellStream(io.TextIOBase):
    """A stream that also adds what is written to the outputs of a cell."""

    def __init__(self, real: TextIO, name: str, cell: gage_notebook.Cell) -> None:
        self.real = real
        self.name = name
        self.cell = cell

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return str(self.real.encoding)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return bool(self.real.isatty())

    def fileno(self) -> int:
        return int(self.real.fileno())

    def write(self, text: str) -> int:
        outputs = self.cell["outputs"]
        if not outputs or outputs[-1].get("name") != self.name:
            outputs.append({"output_type": "stream", "name": self.name, "text": ""})
        outputs[-1]["text"] = f"{outputs[-1]['text']}{text}"
        self.real.write(text)
        self.real.flush()
        return len(text)

    def flush(self) -> None:
        self.real.flush()
