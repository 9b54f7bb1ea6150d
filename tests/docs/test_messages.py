"""Checks the wording of commands, options, topics, errors and hints."""

import re
from collections import defaultdict
from pathlib import Path

import click
import pytest
from messages import (
    SourceText,
    check_command,
    find_commands,
    find_messages,
    find_quoted_commands,
    find_texts,
    split_command,
)
from source_tree import PROJECT

from gage.cli.command import GageCommand
from gage.cli.command_index import ALIASES, COMMANDS, GROUPS
from gage.cli.commands.help import TOPICS
from gage.cli.main import run_gage
from gage.cli.render import help_pages

METAVARS = {
    "RUN": "a run: by index, name or ID",
    "REPORT": "a report: its name or file",
    "BATCH": "the runs of one batch",
    "BOARD": "a board: by name or path",
    "OPERATION": "an operation of the Gage file",
    "SCRIPT": "a script of the project",
    "ARGUMENT": "an argument of a program",
    "COMMAND": "a command of Gage, or any command",
    "TOPIC": "a topic of the manual",
    "NAME": "a name",
    "VALUE": "a config value, the value of a variable, or the function in the cells of a pivot table",
    "TEXT": "free text",
    "TAG": "a tag",
    "ID": "the ID of something that is not a run",
    "FILTER": "which runs: 'gage help filters'",
    "DIR": "a folder",
    "PATH": "a file, or a folder",
    "FILE": "a file that is written",
    "CMD": "a command line",
    "TIME": "a duration",
    "N": "an integer",
    "WEIGHT": "a number from 0 to 1",
    "PORT": "a port of this machine",
    "HOST": "an address of this machine",
    "SECTION": "a part of what is recorded about a run",
    "KIND": "one of the words that the help lists",
    "METRIC": "the name of a metric, or a glob",
    "SPEC": "conditions on a version",
}
"""Metavars that commands may use → their one meaning."""
SHARED_OPTIONS = {"--where", "--yes", "--json", "--limit"}
"""Options that must have the same help in all commands."""
LOWERCASE_NAMES = re.compile(r"[\w-]*(?:[./]\w|\[)|(?:pdb|debugpy|finalize|initialized|opref|nbclient|runs-dir)\b")
"""Names that stay in lower case at the beginning of a sentence."""
INTENDED_MISTAKES = {"li", "list --where", "list --limt 3", "login"}
"""Invalid commands that the manual shows on purpose: incomplete and mistyped commands, and one of another tool."""
ROOT_CONTEXT = click.Context(run_gage, info_name="gage", help_option_names=["-h", "--help"])
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs" / "guide").glob("*.md"))]
TEXTS = [
    *PAGES,
    *sorted((PROJECT / "docs").glob("*.md")),
    *sorted((PROJECT / "src" / "gage" / "cli" / "topics").glob("*.md")),
]
MESSAGES = list(find_messages())
BANNED_PHRASES = re.compile(
    r"(?<![Tt]here )\bis no (?!longer)|\b(?:is|are|was|were|be|been|being) (?:told|said|asked|kept)\b|\banew\b"
    r"|\bas it is\b|\bgo(?:es)? before\b|things to look at|\bSay something\b|\b[Nn]obody\b|of its machine"
    r"|\bthat there (?:is|are)\b|\bwhat is (?:told|said|asked|wanted|meant|missing)\b|\bits like\b|there is none\b"
    r"|\b[Tt]ells? all\b|, too\b|\bgo(?:es)? on with\b|\ball told\b"
)
"""Phrases of a private dialect, such as "X is no Y" for "X is not a Y"."""
commands = pytest.mark.parametrize("name", COMMANDS)
topics = pytest.mark.parametrize("topic", TOPICS)


@commands
def test_command_has_a_short_and_a_long_description_and_one_group(name: str) -> None:
    short, long = COMMANDS[name], _get_command(name).help or ""
    assert short[0].isupper() and not short.endswith(".")
    assert long[0].isupper() and all(part.rstrip().endswith(".") for part in long.split("\n\n"))
    assert sum(name in names for _, names in GROUPS) == 1


@commands
def test_option_help_is_a_sentence(name: str) -> None:
    for option in _list_options(name):
        assert option.help and option.help[0].isupper() and option.help.endswith("."), option.opts
        assert not option.multiple or "(repeatable" in option.help, option.opts


@commands
def test_options_use_listed_metavars(name: str) -> None:
    words = {word for p in _get_command(name).params if p.metavar for word in re.findall(r"[A-Za-z]\w*", p.metavar)}
    choices = {c for p in _get_command(name).params for c in re.findall(r"[a-z]+", p.metavar or "")}
    assert words - choices <= METAVARS.keys()
    without_metavar = [
        option.opts
        for option in _list_options(name)
        if not (option.is_flag or option.count or option.metavar or isinstance(option.type, click.Choice))
    ]
    assert without_metavar == []


@commands
def test_examples_of_a_command_are_valid(name: str) -> None:
    command = _get_command(name)
    assert command.examples
    for example in command.examples:
        assert re.search(rf"\bgage ({name}|{'|'.join(ALIASES)})\b", "\n".join(command.examples))
        for words in find_commands(example):
            word, *rest = split_command(words)
            named_command = run_gage.get_command(ROOT_CONTEXT, word)
            assert named_command is not None, example
            named_command.make_context(word, rest, parent=ROOT_CONTEXT)


def test_options_have_the_same_help_and_letter_in_all_commands() -> None:
    helps, letters = defaultdict(set), defaultdict(set)
    for name in COMMANDS:
        for option in _list_options(name):
            long = next((flag for flag in option.opts if flag.startswith("--")), option.opts[0])
            helps[long].add((option.help, option.metavar))
            letters[long] |= {flag for flag in option.opts if not flag.startswith("--")}
    assert {name for name in SHARED_OPTIONS if len(helps[name]) != 1} == set()
    assert {name: short for name, short in letters.items() if len(short) > 2} == {}


@topics
def test_topic_follows_the_rules_of_punctuation(topic: str) -> None:
    wrong_blocks = []
    for block in help_pages.parse_blocks(help_pages.read_topic(topic)):
        text = block.text
        if block.kind == "title":
            is_right = text[:1].isupper() or topic == "gagefile"
        elif block.kind == "text":
            is_right = text.endswith((".", ":", "?")) and not text.startswith(" ")
        elif block.kind == "row" and topic != "gagefile":
            last = block.cells[-1]
            is_right = (last.startswith("`") or _starts_well(last)) and (". " in last or not last.endswith("."))
        else:
            is_right = True
        if not is_right:
            wrong_blocks.append(block)
    assert wrong_blocks == []
    assert TOPICS[topic][0].isupper() and not TOPICS[topic].endswith(".")


@topics
def test_topics_name_existing_commands_and_options(topic: str) -> None:
    assert _list_wrong_commands(help_pages.read_topic(topic)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_name_existing_commands_and_options(page: Path) -> None:
    assert _list_wrong_commands(page.read_text("utf-8")) == []


def test_message_is_a_sentence_without_full_stop() -> None:
    assert len(MESSAGES) > 300
    assert [str(message) for message in MESSAGES if not (_starts_well(message.text) and _ends_well(message.text))] == []


def test_hints_name_existing_commands_and_options() -> None:
    faults = [(str(message), fault) for message in MESSAGES for fault in _list_faults(message)]
    assert faults == []


def test_source_quotes_existing_commands_and_options() -> None:
    faults = [(str(text), check_command(words)) for text in find_texts() for words in find_quoted_commands(text.text)]
    assert len(faults) > 50
    assert [(text, fault) for text, fault in faults if fault] == []


def test_messages_have_no_banned_phrase() -> None:
    assert [str(message) for message in MESSAGES if BANNED_PHRASES.search(message.text)] == []


@commands
def test_help_has_no_banned_phrase(name: str) -> None:
    texts = [COMMANDS[name], _get_command(name).help or "", *(option.help or "" for option in _list_options(name))]
    assert [text for text in texts if BANNED_PHRASES.search(text)] == []


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_page_has_no_banned_phrase(page: Path) -> None:
    assert BANNED_PHRASES.findall(page.read_text("utf-8")) == []


def _list_faults(message: SourceText) -> list[str]:
    """Returns what is wrong with the commands that a message mentions, and with their quotes."""
    faults = []
    for words in find_commands(message.text):
        if message.role == "hint" or words.split(" ")[0] in COMMANDS:
            faults.append(check_command(words))
            faults.append(
                ""
                if re.search(rf"(: (\w+ )?|'|\n|[$(|])gage {re.escape(words)}", message.text)
                else "say ': gage …' or quote it"
            )
    if "`" in message.text.replace("`...`", ""):
        faults.append("commands are in '', not in ``")
    return [fault for fault in faults if fault]


def _starts_well(text: str) -> bool:
    first = text.lstrip("'\"([{<`")[:1]
    return not first.islower() or bool(LOWERCASE_NAMES.match(text.lstrip("'\"")))


def _ends_well(text: str) -> bool:
    return not text.endswith("!") and (not text.endswith(".") or ". " in text or text.endswith(("...", " .")))


def _list_wrong_commands(text: str) -> list[tuple[str, str]]:
    code = re.findall(r"`(gage [^`\n]+)`", text) + re.findall(r"^\$ (.*)$", text, re.MULTILINE)
    commands = [words for each in code for words in find_commands(each)]
    return [(words, fault) for words in commands if words not in INTENDED_MISTAKES and (fault := check_command(words))]


def _get_command(name: str) -> GageCommand:
    command = run_gage.get_command(ROOT_CONTEXT, name)
    assert isinstance(command, GageCommand)
    return command


def _list_options(name: str) -> list[click.Option]:
    return [p for p in _get_command(name).params if isinstance(p, click.Option) and not p.hidden]
