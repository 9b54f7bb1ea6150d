"""Module-level constants: which are parameters, and that writing one changes no other byte."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.formats.python import apply as apply_bytes
from gage.formats.python import decode
from gage.formats.python_constants import format_literal
from gage.formats.python_values import apply, read
from gage.types.errors import ConfigError

SOURCE = '''\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Doc."""
import sys
lr = 0.1  # the rate
epochs: int = 3
name = "été"; other = 'x'
layers = [1, 2,
          3]
shape = (1, -2)
table = {"a": 1, "b": None}
big = float("inf")
_private = 1
loss = 1.0
computed = lr * 2
count = 0
best = None
def f():
    global count
    count += 1
    lr = 5
for i in range(3):
    loss *= 0.5
if __name__ == "__main__":
    best = 1
'''


def test_finds_parameters():
    values = {name: f.value for name, f in read(SOURCE).items() if not f.is_hidden}
    assert values == {
        "lr": 0.1,
        "epochs": 3,
        "name": "été",
        "other": "x",
        "layers": [1, 2, 3],
        "shape": [1, -2],
        "table.a": 1,
        "table.b": None,
        "big": math.inf,
    }
    assert read(SOURCE)["lr"].line == 5


def test_preserves_all_other_bytes():
    new = apply(SOURCE, {"lr": -1e-3, "name": 'a"b\n', "layers": [], "other": "é"})
    expected = SOURCE.replace("0.1  #", "-0.001  #").replace('"été"', repr('a"b\n'))
    assert new == expected.replace("[1, 2,\n          3]", "[]").replace("'x'", "'é'")


def list_names(source):
    return [name for name, f in read(source).items() if not f.is_hidden]


def test_ignores_names_that_are_assigned_again():
    assert list_names("n = 5\nm = [n for n in range(3)]\n") == ["n"]
    assert list_names("n = 5\nm = [(n := x) for x in range(3)]\n") == []
    assert list_names("n = 5\nfrom other import n\n") == []
    assert list_names("n = 5\nimport numpy as n\n") == []
    assert list_names("a = 5\ntry:\n    pass\nexcept OSError as a:\n    pass\n") == []
    assert list_names("a = 5\nmatch x:\n    case [a, *b]:\n        pass\n") == []
    assert list_names("a = 5\ndef f(a):\n    a = 1\n") == ["a"]
    assert list_names("class a:\n    b = 1\na = 1\nb = 2\n") == ["b"]
    assert list_names("a, b = 1, 2\na = b = 3\n") == []


def test_offers_names_that_a_branch_assigns_again():
    source = "device = 'cuda' # which\nddp = False\nif ddp:\n    if True:\n        device = f'cuda:{0}'\n"
    source += "else:\n    ddp = 1\n"
    values = read(source)
    assert list(values) == ["device", "ddp"]
    assert values["device"].description == "which; may be assigned again in line 5"
    assert apply(source, {"device": "cpu"}) == source.replace("'cuda' #", "'cpu' #")
    assert list_names("f = None\ntry:\n    f = 1\nexcept OSError:\n    f += 2\n") == ["f"]
    assert list_names("if __name__ == '__main__':\n    n = 1\n    if n:\n        n = 2\n") == ["n"]
    assert list_names("if x:\n    n = 1\nelse:\n    n = 2\n") == []
    assert list_names("if x:\n    n = 1\nn = 2\n") == []
    assert list_names("n = 1\nif x:\n    for n in range(3):\n        pass\n") == []
    assert list_names("n = 1\nfor i in range(3):\n    if i:\n        n = 2\n") == []
    assert list_names("n = 1\nif x:\n    def f():\n        global n\n        n = 2\n") == []
    assert list_names("n = 1\nprint(n)\nn = 2\n") == []
    assert list_names("n = 1\nwith x:\n    with y:\n        n = 2\n") == []


def test_reads_annotated_assignments():
    source = "a: str = None\nb: Optional[int] = None\nc: float | None = None\nd: 'str' = None\ne: list[int] = []\n"
    fields = read(source + "f: dict[str, int] = {}\ng: int\n")
    assert {name: f.type for name, f in fields.items()} == {
        "a": "str",
        "b": "int",
        "c": "float",
        "d": "",
        "e": "",
        "f": "",
    }


def test_preserves_tuples():
    source = "a = (1, 2)\nb = 1, 2\nc = [(1, 2), (3, 4)]\nd = ()\n"
    new = apply(source, {"a": [3], "b": [], "c": [[5, 6], [7, 8], [9, 0]], "d": [1, 2]})
    assert new == "a = (3,)\nb = ()\nc = [(5, 6), (7, 8), (9, 0)]\nd = (1, 2)\n"


def test_reads_very_long_lines_and_expressions():
    source = "a = 1; " + "x = " + "+".join(["1"] * 800) + "; " + "b = 2; " * 20_000 + "c = 3\n"
    assert list_names(source) == ["a", "c"]
    assert apply(source, {"a": 10, "c": 30}) == source.replace("a = 1;", "a = 10;").replace("c = 3\n", "c = 30\n")


@pytest.mark.parametrize(
    "data, new",
    [
        (b"\xef\xbb\xbfa = 1\n", b"\xef\xbb\xbfa = 2\n"),
        (b"# coding: latin-1\nx = '\xe9'\na = 1\n", b"# coding: latin-1\nx = '\xe9'\na = 2\n"),
        (
            b"#!/bin/x\n# -*- coding: cp1252 -*-\r\na = 1 # \x80\r\n",
            b"#!/bin/x\n# -*- coding: cp1252 -*-\r\na = 2 # \x80\r\n",
        ),
        (b"x = 1\n# coding: latin-1\na = 1\n", b"x = 1\n# coding: latin-1\na = 2\n"),
    ],
)
def test_preserves_encodings(data, new):
    assert apply_bytes(data, {"a": 2}) == new
    assert "a" in read(decode(data))


@pytest.mark.parametrize(
    "data, message",
    [
        (b"a = 1 # \xe9\n", "The file is not UTF-8 text (line 1)"),
        (b"# coding: nothing\na = 1\n", "Unknown encoding 'nothing' in the first lines of the file"),
        (b"# coding: hex\na = 1\n", "Unknown encoding 'hex' in the first lines of the file"),
        (b"# coding: ascii\na = 1\n", "The values have characters that the file's encoding ascii does not have"),
    ],
)
def test_rejects_text_that_python_cannot_hold(data, message):
    with pytest.raises(ConfigError) as error:
        apply_bytes(data, {"a": "é"})
    assert error.value.message == message


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_preserves_line_ends(newline):
    source = f"a = 1{newline}b = 2{newline}\tc = 3".replace(f"{newline}\tc = 3", "")
    assert apply(source, {"b": 5}) == source.replace("2", "5")


def test_form_feed_does_not_end_a_line():
    assert apply("a = 1\n\x0cb = 2\n", {"b": 3}) == "a = 1\n\x0cb = 3\n"


def test_rejects_text_that_is_not_python():
    for use in (lambda: read("x = ("), lambda: apply("x = (", {"x": 1}), lambda: read("\x00")):
        with pytest.raises(ConfigError) as error:
            use()
        assert error.value.message.startswith("The file cannot be read as Python")


def test_rejects_unknown_name():
    with pytest.raises(ConfigError):
        apply(SOURCE, {"loss": 2.0})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(VALUES, VALUES)
@settings(deadline=None)
def test_reads_back_applied_values(first, second):
    source = f"# é\nbefore = 1; x = {format_literal(first)}  # after\nafter = 2\n"
    new = apply(source, {"x": second})
    assert new.startswith("# é\nbefore = 1; x = ")
    assert new.endswith("  # after\nafter = 2\n")
    assert repr(read(new)["x"].value) == repr(second)


def test_applies_a_dict_in_another_order():
    assert apply("x = {'a': 1, 'b': 2}\n", {"x": {"b": 2, "a": 1}}) == "x = {'b': 2, 'a': 1}\n"


def map_values(source):
    return {name: f.value for name, f in read(source).items() if not f.is_hidden}


def test_evaluates_constant_expressions():
    source = "a = 60 * 60\nb = -1\nc = 2 ** 10\nd = 1e-3 / 2\ne = 'x' + 'y'\nf = not True\ng = 1 << 4\nh = -(1 + 2)\n"
    assert map_values(source) == {
        "a": 3600,
        "b": -1,
        "c": 1024,
        "d": 0.0005,
        "e": "xy",
        "f": False,
        "g": 16,
        "h": -3,
    }
    assert apply(source, {"a": 3600, "h": 5}) == source.replace("-(1 + 2)", "5")


TOO_MUCH = ("1 / 0", "2 ** 100000", "1 << 10 ** 9", "10 ** 400 * 1.0", "(-8) ** 0.5", "'a' * 9")
NOTHING = ("1 @ 2", "[1] + [2]", "x", "f()", "b'x'", "...", "-'a'", "1j", "~1.5")


@pytest.mark.parametrize("text", [*TOO_MUCH, *NOTHING])
def test_ignores_expressions_that_are_not_constant(text):
    assert map_values(f"a = {text}\n") == {}


def test_reads_tuple_and_annotated_assignments():
    source = "a, b = 1, [2]\n(c, d) = (3, x)\ne, *f = 1, 2\ng, h = 1, 2, 3;i: 'int' = 5\n"
    source += "[j, (k, l)] = [1, (2, 3)]\nm: int\nm = 4\n"
    assert map_values(source) == {"a": 1, "b": [2], "c": 3, "i": 5, "j": 1, "k": 2, "l": 3, "m": 4}
    assert apply(source, {"a": 7, "c": 8}).startswith("a, b = 7, [2]\n(c, d) = (8, x)\n")


def test_reads_infinity_by_its_name():
    source = "from math import inf\na = -inf\nb = [1, inf]\n"
    assert map_values(source) == {"a": float("-inf"), "b": [1, float("inf")]}
    assert apply(source, {"a": 1}) == "from math import inf\na = 1\nb = [1, inf]\n"
    assert map_values("inf = 9\na = inf\nb = 2\n") == {"inf": 9, "b": 2}


def test_ignores_names_that_accumulate():
    source = "a = []\nb = {}\nc = {'x': {}}\nd = [3]\ne = {'k': 1}\nf = [1]\n"
    changes = "a.append(1)\nb['k'] = 1\nc['x']['y'] = 2\ndef g():\n    d.extend([1])\n    f = []\n    f.append(2)\n"
    assert map_values(source + changes) == {"e.k": 1, "f": [1]}
    assert map_values("a = {'k': 1}\ndel a['k']\n") == {}
    assert map_values("class C:\n    x = []\n    y = 1\n    z = 2\nC.x.append(1)\nC.y = 3\n") == {"C.z": 2}


def test_reads_dicts_with_computed_values():
    source = "cfg = {'lr': 0.1, 'opt': {'name': 'sgd', 'on': f()}, 'n': 2}\nodd = {1: 2}\nspread = {**cfg, 'a': 1}\n"
    assert map_values(source) == {"cfg.lr": 0.1, "cfg.opt.name": "sgd", "cfg.n": 2}
    assert apply(source, {"cfg.opt.name": "x", "cfg.lr": 1}) == source.replace("'sgd'", "'x'").replace("0.1", "1")
    assert apply("a = {'x': 1}\n", {"a": {"y": 2}}) == "a = {'y': 2}\n"
    with pytest.raises(ConfigError, match="cannot be set as a whole"):
        apply(source, {"cfg.opt": {"name": 1, "z": 2}})


def test_reads_calls_that_hold_constants():
    source = (
        "c = dict(lr=0.1, opt=dict(name='sgd'), n=f())\nargs = SimpleNamespace(lr=1, seed=2)\nargs.seed = g()\n"
        "e = EasyDict({'width': 3})\nd = Path('data')\nm = Model(dim=3)\nk = dict(a, b=1)\nu = Path(x, 'y')\n"
    )
    assert map_values(source) == {"c.lr": 0.1, "c.opt.name": "sgd", "args.lr": 1, "e.width": 3, "d": "data"}
    new = apply(source, {"c.opt.name": "adam", "args.lr": 5, "e.width": 4, "d": "/big"})
    assert new == source.replace("'sgd'", "'adam'").replace("lr=1,", "lr=5,").replace(": 3}", ": 4}").replace(
        "'data'", "'/big'"
    )


CLASSES = """\
@dataclasses.dataclass(frozen=True)
class Config:
    lr: float = 0.1  # rate
    name: Optional[str] = None
    sizes: list[int] = field(default_factory=lambda: [1, 2])
    depth: int = dataclasses.field(default=3)
    path: str = field(default_factory=make)
    def f(self):
        return 1
class CFG:
    width = 3
    lr = 1
class Model(nn.Module):
    hidden = 4
class Net:
    kernel = 3
    def forward(self):
        return 1
class Point(NamedTuple):
    x: int = 0
class _Own:
    y = 1
"""


def test_reads_fields_of_classes():
    fields = {name: f for name, f in read(CLASSES).items() if not f.is_hidden}
    assert {name: f.value for name, f in fields.items()} == {
        "Config.lr": 0.1,
        "Config.name": None,
        "Config.sizes": [1, 2],
        "Config.depth": 3,
        "CFG.width": 3,
        "CFG.lr": 1,
        "Point.x": 0,
    }
    assert (fields["Config.name"].type, fields["Config.lr"].description) == ("str", "rate")
    assert [n for n, f in fields.items() if not f.aliases] == ["Config.lr", "CFG.lr"]
    assert fields["Config.depth"].aliases == ("depth",)
    new = apply(CLASSES, {"Config.sizes": [3], "Config.depth": 4})
    assert new == CLASSES.replace("[1, 2]", "[3]").replace("default=3", "default=4")


def test_reads_the_main_block():
    source = "if __name__ == '__main__':\n    lr = 0.1\n    n = 2\n    n += 1\nif x:\n    y = 1\n"
    assert map_values(source) == {"lr": 0.1}


def test_comments_are_descriptions():
    source = "a = 1  # the rate\nb = 2  # type: ignore\nc = 3; d = 4  # four\ne = [  # no\n  1]\nf = '# x'\n"
    fields = read(source)
    assert [fields[n].description for n in "abcdef"] == ["the rate", "", "", "four", "", ""]
