"""Executes a notebook: `python notebook train.ipynb`, which leaves `train.executed.ipynb` beside it.

By Jupyter's own nbclient where this Python has it and a kernel, else by Python alone. What cells write comes at once;
an error ends with its traceback, the cell's number and exit code 1.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    from nbclient import NotebookClient
    from nbformat import NotebookNode

    from gage.runner.inside.notebook.gage_cells import (
        MAY_FAIL,
        Cell,
        Failed,
        Notebook,
        execute,
        failure,
        forget,
        left,
        load,
        runnable,
        tags,
        write,
    )

    class Content(TypedDict, total=False):
        """What is looked at of a kernel's message."""

        name: str
        text: str
        data: dict[str, str | list[str]]

    class Message(TypedDict):
        """A kernel's message."""

        header: dict[str, str]
        content: Content

else:
    from gage_cells import MAY_FAIL, Failed, execute, failure, forget, left, load, runnable, tags, write

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main(path: str) -> int:
    """Execute the notebook at `path`; the exit code."""
    try:
        notebook = load(path)
        language = language_of(notebook)
        if has_jupyter(language):
            execute_by_kernel(path, language)
        elif language == "python":
            tell(f"nbclient and ipykernel are not installed for {sys.executable}: the cells run as plain Python")
            execute(path, notebook)
        else:
            raise Failed(f"A notebook in {language} needs nbclient and a kernel for it: pip install nbclient")
    except Failed as e:
        if str(e):
            tell(str(e))
        return e.code
    return 0


def tell(text: str) -> None:
    """A word of the executor's own, on standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"gage: {text}\n")
    sys.stderr.flush()


def language_of(notebook: Notebook) -> str:
    """The notebook's language in lower case."""
    about = notebook.get("metadata") or {}
    kernel, language = about.get("kernelspec") or {}, about.get("language_info") or {}
    return str(kernel.get("language") or language.get("name") or "python").lower()


def has_jupyter(language: str) -> bool:
    """Whether this Python can start a kernel."""
    from importlib.util import find_spec

    wanted = ["nbclient", "nbformat", *(["ipykernel"] if language == "python" else [])]
    return all(find_spec(name) for name in wanted)


def execute_by_kernel(path: str, language: str) -> None:
    """Execute with Jupyter. Raises Failed."""
    import tempfile

    import nbformat
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    forget(notebook.cells)
    with tempfile.TemporaryDirectory(prefix="gage-") as folder:
        begun: list[NotebookNode] = []
        client = _client(path, notebook, language, folder, begun)
        try:
            client.execute()
        except (CellExecutionError, DeadKernelError):
            raise _explained(notebook.cells, len(begun)) from None
        finally:
            write(path, nbformat.writes(notebook))


def _client(
    path: str, notebook: NotebookNode, language: str, private: str, begun: list[NotebookNode]
) -> NotebookClient:
    import nbformat
    from nbclient import NotebookClient

    class Client(NotebookClient):  # type: ignore[misc]
        def output(self, outs: list[NotebookNode], msg: Message, display_id: str, cell_index: int) -> NotebookNode:
            try:
                return super().output(outs, msg, display_id, cell_index)
            finally:
                show(msg["header"]["msg_type"], msg["content"])

    def note(cell: NotebookNode, **_: object) -> None:
        begun.append(cell)

    def keep(**_: object) -> None:
        write(path, nbformat.writes(notebook))

    def listen(**_: object) -> None:
        """A signal interrupts the cell, which then ends as it would in Jupyter."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: asyncio.ensure_future(client.km.interrupt_kernel()))

    folder = os.path.dirname(os.path.abspath(path))
    options: dict[str, object] = {
        "timeout": None,
        "resources": {"metadata": {"path": folder}},
        "on_cell_execute": note,
        "on_cell_executed": keep,
    }
    if os.name == "posix":
        options["on_notebook_start"] = listen
    if language == "python":
        options["km"] = _own_kernel(private)
    client = Client(notebook, **options)  # `listen` needs its name
    return client


def _own_kernel(private: str) -> object:
    """A kernel of this very Python, whatever others are installed; nobody else can reach it: its sockets are files of a
    private folder.
    """
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class Own(KernelSpecManager):  # type: ignore[misc]
        def get_kernel_spec(self, _: str) -> object:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    options = (
        {"transport": "ipc", "connection_file": os.path.join(private, "kernel.json")} if os.name == "posix" else {}
    )
    return AsyncKernelManager(kernel_name="python3", kernel_spec_manager=Own(), **options)


def show(kind: str, content: Content) -> None:
    """What a kernel says, as text."""
    if kind == "stream":
        stream = sys.stderr if content.get("name") == "stderr" else sys.stdout
        stream.write(content.get("text", ""))
        stream.flush()
    elif kind in ("display_data", "execute_result"):
        text = content.get("data", {}).get("text/plain", "")
        sys.stdout.write((text if isinstance(text, str) else "".join(text)) + "\n")
        sys.stdout.flush()


def _explained(cells: list[Cell], begun: int) -> Failed:
    """A cell's own traceback, and which cell it was; `begun` cells were begun."""
    wanted = runnable(cells)
    for number, cell in enumerate(wanted, 1):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error" and MAY_FAIL not in tags(cell):
                name, value = str(output.get("ename")), str(output.get("evalue"))
                if name == "SystemExit":
                    return left(value)
                found = output.get("traceback")
                lines = "\n".join(map(str, found)) if isinstance(found, list) else ""
                sys.stdout.flush()
                sys.stderr.write((lines if sys.stderr.isatty() else _COLOUR.sub("", lines)).rstrip() + "\n")
                return Failed(failure(number, len(wanted), f"{name}: {value}"))
    return Failed(failure(begun, len(wanted), "its kernel died (was there memory enough?)"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
