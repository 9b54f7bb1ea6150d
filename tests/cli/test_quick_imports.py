"""Click is imported with stand-ins for modules of the standard library, each of which works like the module."""

import subprocess
import sys

import pytest

MODULES = ("gettext", "inspect", "platform", "urllib.parse")


def run_python(code: str) -> str:
    """Runs `code` after `load_click()` in a Python of its own; returns what it prints."""
    code = f"from gage.cli.quick_imports import load_click\nload_click()\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_imports_click_without_the_modules() -> None:
    code = "import sys\nbefore = set(sys.modules)\nfrom gage.cli.quick_imports import load_click\nload_click()\n"
    code += f"print('click' in sys.modules, sorted(set({MODULES}) & set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "True []\n"


@pytest.mark.parametrize("name", MODULES)
def test_later_imports_find_the_real_module(name: str) -> None:
    code = (
        f"import sys\nimport {name}\nprint({name}.__file__ == {name}.__spec__.origin, {name} is sys.modules['{name}'])"
    )
    assert run_python(code) == "True True"


def test_click_uses_the_real_module_through_a_stand_in() -> None:
    code = (
        "import click\nsignature = click.core.inspect.signature\nimport inspect\nprint(signature is inspect.signature)"
    )
    assert run_python(code) == "True"


def test_leaves_modules_that_are_imported_already() -> None:
    code = "import inspect\nfrom gage.cli.quick_imports import load_click\nload_click()\nimport click\n"
    code += "print(click.core.inspect is inspect)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "True\n"


@pytest.mark.parametrize("text", ["one line", "  indented\ttab ", "", "two\n    lines\n      of help\n"])
def test_cleans_docstrings_as_inspect_does(text: str) -> None:
    code = "import click, inspect\n"
    code += f"print(click.core.inspect.cleandoc({text!r}) == inspect.cleandoc({text!r}))"
    assert run_python(code) == "True"


def test_click_translates_its_messages() -> None:
    code = "import gettext\ngettext.gettext = lambda text: f'<{text}>'\ngettext.ngettext = lambda one, many, n: many\n"
    code += "import click\nprint(click.core._('Aborted!'), click.core.ngettext('day', 'days', 2))"
    assert run_python(code) == "<Aborted!> days"


def test_pathlib_makes_urls() -> None:
    assert run_python("from pathlib import Path\nprint(Path('/a b').as_uri())") == "file:///a%20b"


def test_subprocess_decodes_text_by_the_locale() -> None:
    code = "from gage.cli.quick_imports import load_subprocess\nload_subprocess()\nimport subprocess, sys\n"
    code += (
        "print('locale' in sys.modules, subprocess.run(['echo', 'é'], capture_output=True, text=True).stdout.strip())"
    )
    assert run_python(code) == "False é"
