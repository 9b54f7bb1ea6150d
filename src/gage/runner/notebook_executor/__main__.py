"""Executes a notebook: `python notebook_executor train.ipynb` writes `train.executed.ipynb` beside it.

Jupyter's nbclient executes it if this Python has nbclient and a kernel, plain Python otherwise. Output of cells is
shown at once. An error ends the execution with its traceback, the cell's number and exit code 1.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gage.runner.notebook_executor.gage_jupyter import execute_with_jupyter
    from gage.runner.notebook_executor.gage_notebook import Notebook, NotebookFailed, load_notebook
    from gage.runner.notebook_executor.gage_plain_python import execute_with_python
else:
    from gage_jupyter import execute_with_jupyter
    from gage_notebook import NotebookFailed, load_notebook
    from gage_plain_python import execute_with_python


def main(path: str) -> int:
    """Executes the notebook at `path` and returns the exit code."""
    try:
        notebook = load_notebook(path)
        language = read_language(notebook)
        if has_jupyter(language):
            execute_with_jupyter(path, language)
        elif language == "python":
            missing = f"nbclient and ipykernel are not installed for {sys.executable}"
            print_message(f"{missing}: cells run as plain Python, without IPython's magics")
            execute_with_python(path, notebook)
        else:
            raise NotebookFailed(f"A notebook in {language} needs nbclient and a kernel for it: pip install nbclient")
    except NotebookFailed as e:
        if str(e):
            print_message(str(e))
        return e.code
    return 0


def print_message(text: str) -> None:
    """Prints a message of the executor on standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"gage: {text}\n")
    sys.stderr.flush()


def read_language(notebook: Notebook) -> str:
    """Returns the notebook's language in lower case."""
    metadata = notebook.get("metadata") or {}
    kernel, language = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    return str(kernel.get("language") or language.get("name") or "python").lower()


def has_jupyter(language: str) -> bool:
    """Returns whether this Python can start a kernel."""
    from importlib.util import find_spec

    modules = ["nbclient", "nbformat", *(["ipykernel"] if language == "python" else [])]
    return all(find_spec(name) for name in modules)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
