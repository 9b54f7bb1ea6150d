"""Gage speaks with one voice: its commands, options, topics, errors and hints."""

import re
from collections import defaultdict
from pathlib import Path

import click
import pytest
from tree import PROJECT
from voice import Said, fault_of, named_commands, quoted_commands, sayings, texts, words_of

from gage.cli.command import GageCommand
from gage.cli.command_index import ALIASES, COMMANDS, GROUPS
from gage.cli.commands.help import TOPICS
from gage.cli.main import run_gage
from gage.cli.render import help_pages

METAVARS = {
    "RUN": "names a run: by index, name or ID",
    "BATCH": "runs that were made together",
    "OPERATION": "an operation of the Gage file",
    "SCRIPT": "a script of the project",
    "COMMAND": "a command, of Gage or any",
    "TOPIC": "a topic of the manual",
    "NAME": "what something is called",
    "VALUE": "a config value, or that of a variable",
    "TEXT": "any words",
    "TAG": "a tag",
    "ID": "the ID of something that is no run",
    "FILTER": "which runs: 'gage help filters'",
    "DIR": "a folder",
    "PATH": "a file, or a folder",
    "FILE": "a file that is written",
    "CMD": "a command line",
    "TIME": "a length of time",
    "N": "an integer",
    "WEIGHT": "a number from 0 to 1",
    "KIND": "one of some words that the help names",
    "METRIC": "the name of a metric, or a glob",
    "SPEC": "conditions on a version",
}
"""The words for what a command takes, each for one thing."""
SAME = {"--where", "--yes", "--json", "--limit"}
"""Options that say the same wherever they are."""
PROPER = re.compile(r"[\w-]*(?:[./]\w|\[)|(?:pdb|debugpy|finalize|initialized|opref|nbclient|runs-dir)\b")
"""Names that are written as they are, also at the beginning."""
NOT_RIGHT = {"li", "list --where", "list --limt 3"}
"""What the manual shows on purpose: the beginning of a command, and a mistake."""
TOP = click.Context(run_gage, info_name="gage", help_option_names=["-h", "--help"])
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs" / "guide").glob("*.md"))]
TEXTS = [
    *PAGES,
    *sorted((PROJECT / "docs").glob("*.md")),
    *sorted((PROJECT / "src" / "gage" / "cli" / "topics").glob("*.md")),
]
SAYINGS = list(sayings())
BANNED = re.compile(
    r"(?<![Tt]here )\bis no (?!longer)|\b(?:is|are|was|were|be|been|being) (?:told|said|asked|kept)\b|\banew\b"
    r"|\bas it is\b|\bgo(?:es)? before\b|things to look at|\bSay something\b|\b[Nn]obody\b|of its machine"
    r"|\bthat there (?:is|are)\b|\bwhat is (?:told|said|asked|wanted|meant|missing)\b|\bits like\b|there is none\b"
    r"|\b[Tt]ells? all\b|, too\b|\bgo(?:es)? on with\b|\ball told\b"
)
"""Phrases of a private dialect: "X is no Y" is "X is not a Y", "is told" names neither who tells nor how."""
commands = pytest.mark.parametrize("name", COMMANDS)
topics = pytest.mark.parametrize("topic", TOPICS)


@commands
def test_every_command_has_a_description(name: str) -> None:
    short, long = COMMANDS[name], _command(name).help or ""
    assert short[0].isupper() and not short.endswith(".")
    assert long[0].isupper() and all(part.rstrip().endswith(".") for part in long.split("\n\n"))
    assert sum(name in names for _, names in GROUPS) == 1


@commands
def test_option_help_is_a_sentence(name: str) -> None:
    for option in _options(name):
        assert option.help and option.help[0].isupper() and option.help.endswith("."), option.opts
        assert not option.multiple or "(repeatable" in option.help, option.opts


@commands
def test_metavars_are_from_the_list(name: str) -> None:
    words = {word for p in _command(name).params if p.metavar for word in re.findall(r"[A-Za-z]\w*", p.metavar)}
    choices = {c for p in _command(name).params for c in re.findall(r"[a-z]+", p.metavar or "")}
    assert words - choices <= METAVARS.keys()
    untold = [
        o.opts for o in _options(name) if not (o.is_flag or o.count or o.metavar or isinstance(o.type, click.Choice))
    ]
    assert untold == []


@commands
def test_the_examples_are_right(name: str) -> None:
    command = _command(name)
    assert command.examples
    for example in command.examples:
        assert re.search(rf"\bgage ({name}|{'|'.join(ALIASES)})\b", "\n".join(command.examples))
        for words in named_commands(example):
            word, *rest = words_of(words)
            found = run_gage.get_command(TOP, word)
            assert found is not None, example
            found.make_context(word, rest, parent=TOP)


def test_an_option_is_the_same_everywhere() -> None:
    helps, letters = defaultdict(set), defaultdict(set)
    for name in COMMANDS:
        for option in _options(name):
            long = next((o for o in option.opts if o.startswith("--")), option.opts[0])
            helps[long].add((option.help, option.metavar))
            letters[long] |= {o for o in option.opts if not o.startswith("--")}
    assert {name for name in SAME if len(helps[name]) != 1} == set()
    assert {name: found for name, found in letters.items() if len(found) > 2} == {}


@topics
def test_a_topic_is_well_written(topic: str) -> None:
    faults = []
    for block in help_pages.parse_blocks(help_pages.read_topic(topic)):
        text = block.text
        if block.kind == "title":
            right = text[:1].isupper() or topic == "gagefile"
        elif block.kind == "text":
            right = text.endswith((".", ":", "?")) and not text.startswith(" ")
        elif block.kind == "row" and topic != "gagefile":
            last = block.cells[-1]
            right = (last.startswith("`") or _starts_well(last)) and (". " in last or not last.endswith("."))
        else:
            right = True
        if not right:
            faults.append(block)
    assert faults == []
    assert TOPICS[topic][0].isupper() and not TOPICS[topic].endswith(".")


@topics
def test_topics_name_existing_commands_and_options(topic: str) -> None:
    assert _wrong_names(help_pages.read_topic(topic)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_name_existing_commands_and_options(page: Path) -> None:
    assert _wrong_names(page.read_text("utf-8")) == []


def test_a_message_is_a_sentence_without_full_stop() -> None:
    assert len(SAYINGS) > 300
    assert [str(said) for said in SAYINGS if not (_starts_well(said.text) and _ends_well(said.text))] == []


def test_hints_name_existing_commands_and_options() -> None:
    faults = [(str(said), fault) for said in SAYINGS for fault in _faults(said)]
    assert faults == []


def test_source_quotes_existing_commands_and_options() -> None:
    found = [(str(said), fault_of(words)) for said in texts() for words in quoted_commands(said.text)]
    assert len(found) > 50
    assert [(said, fault) for said, fault in found if fault] == []


def test_messages_have_no_banned_phrase() -> None:
    found = [str(said) for said in SAYINGS if BANNED.search(said.text)]
    assert found == []


@commands
def test_help_has_no_banned_phrase(name: str) -> None:
    texts = [COMMANDS[name], _command(name).help or "", *(option.help or "" for option in _options(name))]
    assert [text for text in texts if BANNED.search(text)] == []


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_page_has_no_banned_phrase(page: Path) -> None:
    assert BANNED.findall(page.read_text("utf-8")) == []


def _faults(said: Said) -> list[str]:
    """What is wrong with the commands that a message names, and with how it names them."""
    found = []
    for words in named_commands(said.text):
        if said.role == "hint" or words.split(" ")[0] in COMMANDS:
            found.append(fault_of(words))
            found.append(
                ""
                if re.search(rf"(: (\w+ )?|'|\n|[$(|])gage {re.escape(words)}", said.text)
                else "say ': gage …' or quote it"
            )
    if "`" in said.text.replace("`...`", ""):
        found.append("commands are in '', not in ``")
    return [fault for fault in found if fault]


def _starts_well(text: str) -> bool:
    first = text.lstrip("'\"([{<`")[:1]
    return not first.islower() or bool(PROPER.match(text.lstrip("'\"")))


def _ends_well(text: str) -> bool:
    return not text.endswith("!") and (not text.endswith(".") or ". " in text or text.endswith(("...", " .")))


def _wrong_names(text: str) -> list[tuple[str, str]]:
    code = re.findall(r"`(gage [^`\n]+)`", text) + re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    named = [words for each in code for words in named_commands(each)]
    return [(words, fault) for words in named if words not in NOT_RIGHT and (fault := fault_of(words))]


def _command(name: str) -> GageCommand:
    found = run_gage.get_command(TOP, name)
    assert isinstance(found, GageCommand)
    return found


def _options(name: str) -> list[click.Option]:
    return [p for p in _command(name).params if isinstance(p, click.Option) and not p.hidden]
