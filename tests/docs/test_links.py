"""Links between pages have existing targets."""

import re
from pathlib import Path

import pytest
from source_tree import PROJECT, list_project_files

PAGES = [path for path in list_project_files() if path.suffix == ".md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_resolve(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link and not link.startswith("#")]
    dead = [link for link in targets if not (page.parent / link.partition("#")[0]).exists()]
    assert dead == []
