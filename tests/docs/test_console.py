"""Tests of the code that runs the console blocks of pages (`tests/support/console.py`)."""

from pathlib import Path

import pytest
from console import DocumentReader, execute_page, update_page

PAGE = """\
```sh title="name.sh"
echo lusab-babad of /home/sam, 3 seconds ago
```

```console
$ sh name.sh
{output}
$ echo lusab-babad
lusab-babad
```
"""


@pytest.fixture
def reader(tmp_path: Path) -> DocumentReader:
    return DocumentReader(home=tmp_path, directory=tmp_path)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ("one ... three", "one two three"),
        ("first\n...\nlast", "first\n2\n3\nlast"),
        ("lusab-babad   completed  now", "gutih-tugad  completed    12 seconds ago"),
        ("lusab-babad lusab-babad", "gutih-tugad gutih-tugad"),
        ("took 1.5 s", "took 12 s"),
        ("events.out.tfevents.1795445540.vm.gage-output", "events.out.tfevents.1.my.host-2.gage-output"),
        ("", ""),
    ],
)
def test_matches_output_of_the_same_form(reader: DocumentReader, expected: str, output: str) -> None:
    assert reader.matches(expected, output)


@pytest.mark.parametrize(
    ("expected", "output"),
    [
        ("completed", "error"),
        ("lusab-babad lusab-babad", "gutih-tugad babad-lusab"),
        ("a", "a\nb"),
        ("a.c", "abc"),
    ],
)
def test_does_not_match_different_output(reader: DocumentReader, expected: str, output: str) -> None:
    assert not reader.matches(expected, output)


def test_a_run_name_stands_for_the_same_run_on_a_page(reader: DocumentReader) -> None:
    assert reader.matches("lusab-babad", "gutih-tugad")
    assert not reader.matches("lusab-babad", "babad-lusab")
    assert reader.run("echo lusab-babad") == ("gutih-tugad", 0)


def test_executes_and_updates_a_page(reader: DocumentReader, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.format(output="something else"))
    differences = execute_page(page, reader)
    assert [difference.command for difference in differences] == ["sh name.sh"]
    update_page(page, differences, reader)
    assert page.read_text() == PAGE.format(output="lusab-babad of /home/sam, 3 seconds ago")
    assert execute_page(page, DocumentReader(home=tmp_path, directory=tmp_path)) == []


def test_requires_the_exit_code_of_a_failure(reader: DocumentReader, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ exit 3\n```\n")
    with pytest.raises(AssertionError, match="exit code 3"):
        execute_page(page, reader)
    page.write_text("```console exit=3\n$ exit 3\n```\n")
    assert execute_page(page, reader) == []


def test_answers_questions_and_shows_them_only_where_a_page_does(reader: DocumentReader, tmp_path: Path) -> None:
    (tmp_path / "ask.sh").write_text("printf 'Plan\\nContinue? (Y/n) '; read answer; echo got $answer\n")
    page = tmp_path / "page.md"
    page.write_text("```console\n$ sh ask.sh\nPlan\nContinue? (Y/n) y\ngot y\n$ sh ask.sh\ngot y\n```\n")
    assert execute_page(page, reader) == []
