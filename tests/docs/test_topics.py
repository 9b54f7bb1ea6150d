"""Runs the examples in the topics of `gage help`, and compares their output. `make docs` updates the topics."""

import os
import re
from pathlib import Path

import pytest
from console import DocumentReader, execute_page, format_differences, update_page
from source_tree import PROJECT

from gage.gagefile.load import parse_gagefile

TOPICS = sorted((PROJECT / "src" / "gage" / "cli" / "topics").glob("*.md"))
UPDATE = os.environ.get("GAGE_UPDATE_DOCS")
PROJECT_FILES = {
    "train.py": 'lr = 0.1\nepochs = 3\n\nassert lr > 0\nprint(f"loss: {lr * epochs:.2f}")\n',
    "old_train.py": 'print("long ago")\n',
    "data/points.csv": "1\n2\n6\n",
    "data/more.csv": "7\n",
    "data/.nocopy": "",
}
EARLIER_COMMANDS = (
    "gage run train.py --yes --label 'first try'",
    "gage run train.py lr=-1 --yes",
    "gage run train.py epochs=5 --yes --tag paper",
)
"""Commands that a reader has run before reading a topic."""


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_commands_of_a_topic_print_what_it_shows(topic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "sam" / "digits"
    for name, text in PROJECT_FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TERM", "dumb")
    reader = DocumentReader(home=project.parent, directory=project)
    if "```console" in topic.read_text("utf-8"):
        for command in EARLIER_COMMANDS:
            reader.run(command)
    differences = execute_page(topic, reader)
    if UPDATE:
        update_page(topic, differences, reader)
    else:
        assert not differences, f"{topic.name}: `make docs` updates the topic\n\n{format_differences(differences)}"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_gage_files_that_a_topic_only_shows_have_no_problem(topic: Path) -> None:
    for text in re.findall(r"```toml\n(.*?)```", topic.read_text("utf-8"), re.DOTALL):
        assert parse_gagefile(text, "gage.toml").diagnostics == ()


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_topic_shows_commands_only_where_they_are_executed(topic: Path) -> None:
    assert re.findall(r"^```(?:sh|bash|shell)?\n(?=[^`\n])(?:.*\n)*?```$", topic.read_text("utf-8"), re.MULTILINE) == []
