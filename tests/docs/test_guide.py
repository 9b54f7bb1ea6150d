"""The guide and the README say what really happens."""

import os
from pathlib import Path

import pytest
from console import Reader, follow, rewrite
from tree import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs" / "guide").glob("*.md"))]
UPDATE = os.environ.get("GAGE_UPDATE_DOCS")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_a_page_print_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "sam" / "digits"
    project.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    reader = Reader(home=project.parent, folder=project)
    otherwise = follow(page, reader)
    if UPDATE:
        rewrite(page, otherwise, reader)
    else:
        said = [f"$ {it.command}\n--- the page says\n{it.expected}\n--- it printed\n{it.text}\n" for it in otherwise]
        assert not said, f"{page.name}: `make docs` puts what was printed into the page\n\n" + "\n".join(said)
