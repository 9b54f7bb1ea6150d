"""The cells of a notebook, executed by Python alone, one after the other. Knows no Jupyter."""

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
    from typing import TextIO, TypedDict

    Output = dict[str, object]

    class Cell(TypedDict, total=False):
        """What is looked at of a cell."""

        cell_type: str
        source: str | list[str]
        metadata: dict[str, list[str]]
        outputs: list[Output]
        execution_count: int | None

    class Notebook(TypedDict):
        """What is looked at of a notebook."""

        cells: list[Cell]
        metadata: dict[str, dict[str, str]]


EXECUTED = ".executed.ipynb"
MAY_FAIL = "raises-exception"
LEFT_OUT = "skip-execution"

_HARMLESS = re.compile(r"%(matplotlib|config|load_ext|reload_ext|autoreload)\b")
_TIMERS = re.compile(r"%%(time|capture)\b")
_MAGIC = re.compile(r"[ \t]*(%|!|\?|[\w.]+\?$)")


class Failed(Exception):
    """A notebook cannot go on; the text says why, `code` is the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def load(path: str) -> Notebook:
    """The notebook as JSON. Raises Failed."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            notebook = json.load(file)
        if not isinstance(notebook["cells"], list):
            raise KeyError("cells")
    except OSError as e:
        raise Failed(f"{path} cannot be read: {e.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise Failed(f"{path} is no notebook of version 4") from None
    return notebook  # type: ignore[no-any-return]


def write(path: str, text: str) -> None:
    """Put the executed notebook beside the notebook, whole or not at all."""
    target = path[: -len(".ipynb")] + EXECUTED
    aside = os.path.join(os.path.dirname(target), f".tmp-{os.getpid()}-{os.path.basename(target)}")
    with open(aside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    os.replace(aside, target)


def runnable(cells: list[Cell]) -> list[Cell]:
    """The cells that are executed, in their order; the first has number 1."""
    return [c for c in cells if c.get("cell_type") == "code" and source(c).strip() and LEFT_OUT not in tags(c)]


def forget(cells: list[Cell]) -> None:
    """What cells put out another time is none of this run's."""
    for cell in cells:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None


def source(cell: Cell) -> str:
    """The text of a cell."""
    text = cell.get("source") or ""
    return text if isinstance(text, str) else "".join(text)


def tags(cell: Cell) -> list[str]:
    """The tags of a cell."""
    return list((cell.get("metadata") or {}).get("tags") or ())


def failure(number: int, count: int, what: str) -> str:
    """What is said of a cell that failed."""
    return f"Cell {number} of {count} failed: {what}"


def left(value: str) -> Failed:
    """A cell called `sys.exit`."""
    if value in ("", "None", "0"):
        return Failed("", 0)
    return Failed("", int(value)) if value.lstrip("-").isdigit() else Failed(value)


def execute(path: str, notebook: Notebook) -> None:
    """Execute the cells one after the other in this process. Raises Failed."""
    path = os.path.abspath(path)
    folder = os.path.dirname(path)
    os.chdir(folder)
    sys.path[0], sys.argv = folder, [path]
    os.environ.setdefault("MPLBACKEND", "Agg")
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    wanted = runnable(notebook["cells"])
    forget(notebook["cells"])
    for number, cell in enumerate(wanted, 1):
        cell["execution_count"] = number
        try:
            _run(module, cell, number, len(wanted))
        finally:
            write(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _run(module: types.ModuleType, cell: Cell, number: int, count: int) -> None:
    """Execute one cell, its output written through and kept."""
    real = sys.stdout, sys.stderr
    name = f"<cell {number}>"
    text = _python(source(cell), number, count)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    try:
        sys.stdout, sys.stderr = _Kept(real[0], "stdout", cell), _Kept(real[1], "stderr", cell)
        module.__dict__["display"] = _shower(cell, number)
        value = _value(module, text, name)
        if value is not None and not text.rstrip().endswith(";"):
            _display(cell, "execute_result", value, number)
    except SystemExit as e:
        raise left("" if e.code is None else str(e.code)) from None
    except Exception as e:
        # what is of the executor itself does not belong there
        e.__traceback__ = _from_cell(e.__traceback__, name)
        lines = traceback.format_exception(type(e), e, e.__traceback__)
        what = "".join(traceback.format_exception_only(type(e), e)).strip()
        cell["outputs"].append(
            {
                "output_type": "error",
                "ename": type(e).__name__,
                "evalue": str(e),
                "traceback": "".join(lines).split("\n"),
            }
        )
        if MAY_FAIL not in tags(cell):
            real[0].flush()
            real[1].write("".join(lines))
            raise Failed(failure(number, count, what.splitlines()[-1])) from None
    finally:
        sys.stdout, sys.stderr = real


def _python(text: str, number: int, count: int) -> str:
    """The cell without what changes nothing; Failed for what only IPython can do."""
    lines = text.split("\n")
    try:
        ast.parse(text)
        return text
    except SyntaxError:
        pass
    for at, line in enumerate(lines):
        if _HARMLESS.match(line.lstrip()) or (at == 0 and _TIMERS.match(line)):
            lines[at] = "#" + line
        elif _MAGIC.match(line):
            raise Failed(failure(number, count, f"{line.strip()!r} needs IPython: pip install nbclient ipykernel"))
    return "\n".join(lines)


def _value(module: types.ModuleType, text: str, name: str) -> object:
    """Execute the text; the value of its last line, if that is an expression."""
    tree = ast.parse(text, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    _evaluate(module, tree, name, "exec")
    return _evaluate(module, ast.Expression(last.value), name, "eval") if isinstance(last, ast.Expr) else None


def _evaluate(module: types.ModuleType, tree: ast.AST, name: str, mode: str) -> object:
    code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # type: ignore[call-overload]
    value = eval(code, module.__dict__)
    return asyncio.run(value) if code.co_flags & 0x80 else value


def _shower(cell: Cell, number: int) -> Callable[..., None]:
    """What `display` is in a cell."""

    def display(*values: object) -> None:
        for value in values:
            _display(cell, "display_data", value, number)

    return display


def _display(cell: Cell, kind: str, value: object, number: int) -> None:
    text = repr(value)
    kept: Output = {"output_type": kind, "data": {"text/plain": text}, "metadata": {}}
    cell["outputs"].append({**kept, "execution_count": number} if kind == "execute_result" else kept)
    real = sys.stdout.real if isinstance(sys.stdout, _Kept) else sys.stdout
    real.write(text + "\n")
    real.flush()


def _from_cell(at: types.TracebackType | None, name: str) -> types.TracebackType | None:
    """The part of a traceback that begins in the cell; none for a cell that is no Python."""
    while at is not None and at.tb_frame.f_code.co_filename != name:
        at = at.tb_next
    return at


class _Kept(io.TextIOBase):
    """A stream that is written through, and kept as output of a cell."""

    def __init__(self, real: TextIO, name: str, cell: Cell) -> None:
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
