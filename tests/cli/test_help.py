"""`gage help`."""

from pathlib import Path

import pytest

from gage.cli.command_index import MAX_HELP_WIDTH
from gage.cli.commands.help import TOPIC_SYNONYMS, TOPICS
from gage.cli.render import help_pages

PAGE = """\
# The title

A paragraph whose second line
goes on with `gage run train.py` and `code`.

- an item
- another, which is long

| name | meaning |
|---|---|
| `a \\| b` | The first |
| `c` | The second is long, too |

```toml title="gage.toml"
[train]
```
"""
SEEN = """\
THE TITLE

A paragraph whose second line
goes on with
'gage run train.py' and code.

  - an item
  - another, which is long

  a | b  The first
  c      The second is long,
         too

  gage.toml:
    [train]"""


def test_lists_and_shows_all_topics(gage):
    pages = {page.stem for page in Path(help_pages.__file__).parents[1].glob("topics/*.md")}
    assert pages == set(TOPICS) - {"gagefile"}
    commands = gage("help").out
    assert commands.startswith("TOPICS\n") and "COMMANDS" in commands
    for topic in TOPICS:
        assert f"  {topic} " in commands
        first, *rest = gage("help", topic).out.splitlines()
        assert first == first.upper() and rest
    assert "gage config --help" in gage("help", "config").out
    assert gage("help", "list").out == gage("list", "--help").out == gage("help", "ls").out


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [80, 120])
def test_topics_fit_the_terminal(topic, width):
    lines = help_pages.render_markdown(help_pages.read_topic(topic), width).split("\n")
    assert [line for line in lines if len(line) > min(width, MAX_HELP_WIDTH)] == []


def test_renders_markdown():
    assert help_pages.render_markdown(PAGE, 30) == SEEN


def test_rejects_an_unknown_topic(gage):
    text = gage("help", "fliters", code=1).err
    assert text.startswith("gage: Unknown topic 'fliters'\nDid you mean: gage help filters\nTopics: runs, filters, ")
    assert "Did you mean" not in gage("help", "qqqqq", code=1).err


def test_finds_the_topic_of_a_related_word(gage):
    for word, topic in (("where", "filters"), ("statuses", "runs"), ("sweep", "batches"), ("Env", "environment")):
        assert f"Did you mean: gage help {topic}\n" in gage("help", word, code=1).err
    assert set(TOPIC_SYNONYMS.values()) <= set(TOPICS) and not set(TOPIC_SYNONYMS) & set(TOPICS)


def test_searches_topics_and_commands(gage):
    matches = gage("help", "--search", "FLAG_").out
    assert matches.startswith("gage help config\n  ") and "\n\ngage help environment\n  FLAG_NAME" in matches
    assert "gage label --help\n  " in gage("help", "--search", "Set the  label of runs").out
    assert "second line goes on" in list(help_pages.extract_sentences(PAGE))[1]
    assert gage("help", "--search", "zzzz", code=1).err.startswith("gage: No match for 'zzzz'\n")
    assert "Missing search text" in gage("help", "--search", " ", code=1).err
    assert "cannot be used together" in gage("help", "runs", "--search", "x", code=2).err
