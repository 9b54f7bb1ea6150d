"""Runs the commands of the guide and of the README, and compares their output with the pages."""

import os
from pathlib import Path

import pytest
from console import DocumentReader, execute_page, format_differences, update_page
from source_tree import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs" / "guide").glob("*.md"))]
UPDATE = os.environ.get("GAGE_UPDATE_DOCS")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "sam" / "digits"
    project.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    reader = DocumentReader(home=project.parent, directory=project)
    differences = execute_page(page, reader)
    if UPDATE:
        update_page(page, differences, reader)
    else:
        assert not differences, f"{page.name}: `make docs` updates the page\n\n{format_differences(differences)}"
