"""Every example in a topic of `gage help` does what it says. `make docs` puts what is printed into the topics."""

import os
from pathlib import Path

import pytest
from console import Reader, follow, rewrite
from tree import PROJECT

TOPICS = sorted((PROJECT / "src" / "gage" / "cli" / "topics").glob("*.md"))
UPDATE = os.environ.get("GAGE_UPDATE_DOCS")
FILES = {
    "train.py": 'lr = 0.1\nepochs = 3\n\nassert lr > 0\nprint(f"loss: {lr * epochs:.2f}")\n',
    "old_train.py": 'print("long ago")\n',
    "data/points.csv": "1\n2\n6\n",
    "data/more.csv": "7\n",
    "data/.nocopy": "",
}
BEFORE = (
    "gage run train.py --yes --label 'first try'",
    "gage run train.py lr=-1 --yes",
    "gage run train.py epochs=5 --yes --tag paper",
)
"""What the reader of a topic has done already."""


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_commands_of_a_topic_print_what_it_shows(topic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "sam" / "digits"
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TERM", "dumb")
    reader = Reader(home=project.parent, folder=project)
    if "```console" in topic.read_text("utf-8"):
        for command in BEFORE:
            reader.run(command)
    otherwise = follow(topic, reader)
    if UPDATE:
        rewrite(topic, otherwise, reader)
    else:
        said = [f"$ {it.command}\n--- the topic says\n{it.expected}\n--- it printed\n{it.text}\n" for it in otherwise]
        assert not said, f"{topic.name}: `make docs` puts what was printed into it\n\n" + "\n".join(said)
