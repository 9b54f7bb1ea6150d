"""Executes the cells of a notebook one after the other in this process. Needs no Jupyter.

What a cell prints, and the value of its last expression, is recorded as text.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import json
import linecache
import os
import re
import sys
import traceback
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from gage.runner.notebook_executor import gage_notebook
else:
    import gage_notebook

_IGNORED_MAGIC = re.compile(r"^%(?:matplotlib|config|load_ext|reload_ext|autoreload|%time|%capture)\b", re.M)


def execute_with_python(path: str, notebook: gage_notebook.Notebook) -> None:
    """Executes the notebook at `path`. Raises NotebookFailed."""
    path = os.path.abspath(path)
    os.chdir(os.path.dirname(path))
    sys.path[0], sys.argv = os.path.dirname(path), [path]
    os.environ.setdefault("MPLBACKEND", "Agg")
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.__dict__["display"] = print
    cells = gage_notebook.select_cells(notebook["cells"])
    gage_notebook.clear_outputs(notebook["cells"])
    for number, cell in enumerate(cells, 1):
        cell["execution_count"] = number
        out, err = (_RecordedStream(stream, cell["outputs"]) for stream in (sys.stdout, sys.stderr))
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):  # type: ignore[type-var]
                _execute_source(module, gage_notebook.read_source(cell), f"<cell {number}>")
        except SystemExit as e:
            raise gage_notebook.build_exit_error("" if e.code is None else str(e.code)) from None
        except Exception as e:  # of the user's cell
            reason = _record_error(e, f"<cell {number}>", cell["outputs"])
            if gage_notebook.MAY_FAIL_TAG not in gage_notebook.read_tags(cell):
                sys.stderr.write("\n".join(map(str, cell["outputs"][-1]["traceback"])))  # type: ignore[call-overload]
                raise gage_notebook.build_cell_error(number, len(cells), reason) from None
        finally:
            gage_notebook.write_executed(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _execute_source(module: types.ModuleType, text: str, name: str) -> None:
    """Executes the text of a cell, and prints the value of its last statement if that is an expression."""
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    try:
        ast.parse(text)
    except SyntaxError:
        text = _IGNORED_MAGIC.sub(r"#\g<0>", text)
    body = ast.parse(text, name).body
    for tree, mode in ((ast.Module(body[:-1], []), "exec"), (ast.Interactive(body[-1:]), "single")):
        code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        coroutine = eval(code, module.__dict__)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(coroutine)


def _record_error(error: Exception, name: str, outputs: list[gage_notebook.Output]) -> str:
    """Adds an error, with the part of its traceback that begins in the cell, to the outputs. Returns its summary."""
    at = error.__traceback__
    while at is not None and at.tb_frame.f_code.co_filename != name:
        at = at.tb_next
    lines = "".join(traceback.format_exception(type(error), error, at)).split("\n")
    kind = type(error).__name__
    outputs.append({"output_type": "error", "ename": kind, "evalue": str(error), "traceback": lines})
    return f"{kind}: {error}".splitlines()[0]


class _RecordedStream:
    """A stream that also adds what is written to the outputs of a cell."""

    def __init__(self, stream: TextIO, outputs: list[gage_notebook.Output]) -> None:
        self._stream = stream
        self._outputs = outputs

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        name = "stderr" if self._stream is sys.__stderr__ else "stdout"
        if not self._outputs or self._outputs[-1].get("name") != name:
            self._outputs.append({"output_type": "stream", "name": name, "text": ""})
        self._outputs[-1]["text"] = f"{self._outputs[-1]['text']}{text}"
        self._stream.write(text)
        self._stream.flush()
        return len(text)
