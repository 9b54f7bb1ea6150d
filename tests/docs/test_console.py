"""The reader that the guide is tested with is not fooled."""

from pathlib import Path

import pytest
from console import Reader, follow, rewrite

PAGE = """\
```sh title="name.sh"
echo lusab-babad of /home/sam, 3 seconds ago
```

```console
$ sh name.sh
{printed}
$ echo lusab-babad
lusab-babad
```
"""


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(home=tmp_path, folder=tmp_path)


@pytest.mark.parametrize(
    ("expected", "printed"),
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
def test_equal_outputs_match(reader: Reader, expected: str, printed: str) -> None:
    assert reader.sees(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("completed", "error"),
        ("lusab-babad lusab-babad", "gutih-tugad babad-lusab"),
        ("a", "a\nb"),
        ("a.c", "abc"),
    ],
)
def test_different_outputs_do_not_match(reader: Reader, expected: str, printed: str) -> None:
    assert not reader.sees(expected, printed)


def test_replaces_a_name_by_the_same_run(reader: Reader) -> None:
    assert reader.sees("lusab-babad", "gutih-tugad")
    assert not reader.sees("lusab-babad", "babad-lusab")
    assert reader.run("echo lusab-babad") == ("gutih-tugad", 0)


def test_a_page_is_followed_and_rewritten(reader: Reader, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.format(printed="something else"))
    otherwise = follow(page, reader)
    assert [it.command for it in otherwise] == ["sh name.sh"]
    rewrite(page, otherwise, reader)
    assert page.read_text() == PAGE.format(printed="lusab-babad of /home/sam, 3 seconds ago")
    assert follow(page, Reader(home=tmp_path, folder=tmp_path)) == []


def test_requires_the_exit_code_of_a_failure(reader: Reader, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ exit 3\n```\n")
    with pytest.raises(AssertionError, match="exit code 3"):
        follow(page, reader)
    page.write_text("```console exit=3\n$ exit 3\n```\n")
    assert follow(page, reader) == []
