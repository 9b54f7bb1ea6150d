"""Executes a notebook with nbclient and a Jupyter kernel."""

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

    from gage.runner.notebook_executor import gage_notebook

    class Content(TypedDict, total=False):
        """The parts of a kernel message's content that are used here."""

        name: str
        text: str
        data: dict[str, str | list[str]]

    class Message(TypedDict):
        """A message of the kernel."""

        header: dict[str, str]
        content: Content

else:
    import gage_notebook

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # "\x1b[1;31m"


def execute_with_jupyter(path: str, language: str) -> None:
    """Executes the notebook at `path`. Raises NotebookFailed."""
    import tempfile

    import nbformat
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    gage_notebook.clear_outputs(notebook.cells)
    with tempfile.TemporaryDirectory(prefix="gage-") as directory:
        started: list[NotebookNode] = []
        client = _create_client(path, notebook, language, directory, started)
        try:
            client.execute(cleanup_kc=True)  # as the kernel manager is not nbclient's own, the kernel would go on
        except (CellExecutionError, DeadKernelError):
            raise _find_error(notebook.cells, len(started)) from None
        finally:
            gage_notebook.write_executed(path, nbformat.writes(notebook))


def _create_client(
    path: str, notebook: NotebookNode, language: str, private_dir: str, started: list[NotebookNode]
) -> NotebookClient:
    """Returns a client that prints what cells write, saves the notebook after each, and adds each to `started`."""
    import nbformat
    from nbclient import NotebookClient

    class Client(NotebookClient):  # type: ignore[misc]
        def output(self, outs: list[NotebookNode], msg: Message, display_id: str, cell_index: int) -> NotebookNode:
            try:
                return super().output(outs, msg, display_id, cell_index)
            finally:
                _print_output(msg["header"]["msg_type"], msg["content"])

    def record_start(cell: NotebookNode, **_: object) -> None:
        started.append(cell)

    def save(**_: object) -> None:
        gage_notebook.write_executed(path, nbformat.writes(notebook))

    def interrupt_on_signal(**_: object) -> None:
        """Lets a signal interrupt the cell, which then ends as in Jupyter."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: asyncio.ensure_future(client.km.interrupt_kernel()))

    options: dict[str, object] = {
        "timeout": None,
        "resources": {"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
        "on_cell_execute": record_start,
        "on_cell_executed": save,
        "on_notebook_start": interrupt_on_signal,
    }
    if language == "python":
        options["km"] = _configure_kernel(private_dir)
    client = Client(notebook, **options)  # not returned at once: `interrupt_on_signal` uses the variable
    return client


def _configure_kernel(private_dir: str) -> object:
    """Returns a manager for a kernel of this Python, whichever kernels are installed.

    The kernel's sockets are files of a private directory, so that no other user can reach it.
    """
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class OwnKernelSpecs(KernelSpecManager):  # type: ignore[misc]
        def get_kernel_spec(self, _: str) -> object:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=OwnKernelSpecs(),
        transport="ipc",
        connection_file=os.path.join(private_dir, "kernel.json"),
    )


def _print_output(kind: str, content: Content) -> None:
    """Prints output of a cell as text."""
    if kind == "stream":
        stream = sys.stderr if content.get("name") == "stderr" else sys.stdout
        stream.write(content.get("text", ""))
        stream.flush()
    elif kind in ("display_data", "execute_result"):
        text = content.get("data", {}).get("text/plain", "")
        sys.stdout.write((text if isinstance(text, str) else "".join(text)) + "\n")
        sys.stdout.flush()


def _find_error(cells: list[gage_notebook.Cell], started: int) -> gage_notebook.NotebookFailed:
    """Prints the traceback of the cell that failed and returns the error. `started` is the number of started cells."""
    selected = gage_notebook.select_cells(cells)
    for number, cell in enumerate(selected, 1):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error" and gage_notebook.MAY_FAIL_TAG not in gage_notebook.read_tags(cell):
                name, value = str(output.get("ename")), str(output.get("evalue"))
                if name == "SystemExit":
                    return gage_notebook.build_exit_error(value)
                traceback = output.get("traceback")
                lines = "\n".join(map(str, traceback)) if isinstance(traceback, list) else ""
                sys.stdout.flush()
                sys.stderr.write((lines if sys.stderr.isatty() else _COLOUR.sub("", lines)).rstrip() + "\n")
                return gage_notebook.build_cell_error(number, len(selected), f"{name}: {value}")
    return gage_notebook.build_cell_error(started, len(selected), "its kernel died (out of memory?)")
