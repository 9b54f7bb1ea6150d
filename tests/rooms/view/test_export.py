"""The page as a file that needs no server."""

import base64
import hashlib
import json
import re

import pytest
from stores import make_run

from gage.store.store import RunStore
from gage.types.errors import NotFound, UsageError
from gage.view import export
from gage.view.stores import ViewedStores


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Makes a stand-in for the built page."""
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "export.js").write_text("const a = '</script>';\n")
    (tmp_path / "built" / "export.css").write_text("body { margin: 0 }\n")
    return tmp_path / "built"


def read_answers(page: str):
    return json.loads(re.search(r'<script type="application/json" id="answers">(.*?)</script>', page)[1])


def test_only_the_script_and_the_style_of_the_page_are_allowed(built) -> None:
    page = export.build_page({}, built)
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page)[1].replace("&#x27;", "'")
    for tag, directive in (('script type="module"', "script-src"), ("style", "style-src")):
        text = re.search(rf"<{tag}>(.*?)</{tag.split()[0]}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "connect-src" not in policy


def test_values_of_runs_cannot_end_the_data(root, built) -> None:
    text = "</script><script>alert(1)</script><!--"
    make_run(root, config={"x": text}, label=text)
    answers = export.collect_answers(ViewedStores((RunStore(root),)))
    page = export.build_page(answers, built)
    assert "alert(1)</script>" not in page and "<!--" not in page
    assert read_answers(page)["pages"][0]["run"]["config"]["x"] == text


def test_has_nothing_of_other_runs_and_no_paths(root, built) -> None:
    chosen = make_run(root, config={"lr": 0.1})
    make_run(root, config={"secret_project": 1})
    stores = ViewedStores((RunStore(root),), ids=(chosen,))
    text = json.dumps(export.collect_answers(stores))
    assert "secret_project" not in text and str(root) not in text
    answers = json.loads(text)
    assert [row["id"] for row in answers["runs"]["rows"]] == [chosen]
    assert [page["run"]["id"] for page in answers["pages"]] == [chosen]


def test_a_store_without_runs_is_not_exported(root) -> None:
    with pytest.raises(NotFound):
        export.collect_answers(ViewedStores((RunStore(root),)))


def test_too_many_runs_are_not_exported(root, monkeypatch) -> None:
    monkeypatch.setattr(export, "MAX_RUNS", 1)
    for _ in range(2):
        make_run(root)
    with pytest.raises(UsageError, match="2 runs match"):
        export.collect_answers(ViewedStores((RunStore(root),)))


def test_a_page_that_is_not_built_is_an_error(tmp_path) -> None:
    with pytest.raises(UsageError, match="not built"):
        export.build_page({}, tmp_path)


@pytest.mark.parametrize(("name", "file"), [("runs.html", "runs.html"), ("site", "site/index.html")])
def test_writes_a_file_or_a_directory(root, built, tmp_path, monkeypatch, name, file) -> None:
    make_run(root)
    monkeypatch.setattr(export, "build_page", lambda answers: "page")
    path = export.export_page(ViewedStores((RunStore(root),)), tmp_path / name)
    assert path == tmp_path / file and path.read_text() == "page"
