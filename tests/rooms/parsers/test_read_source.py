"""Parameters found in the source of Python programs, and values as far as they are known."""

import ast
import os
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.parsers.parser_spec import ParserSpec
from gage.parsers.read_source import read_source
from gage.types.errors import ConfigError


@pytest.fixture
def read_program(tmp_path):
    def read(main: str, name: str = "train.py", **others: str) -> ParserSpec | None:
        for module, text in others.items():
            path = tmp_path / (module.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        return read_source(tmp_path / name, dedent(main))

    return read


def list_names(spec):
    return [f"{p.command} {p.name}".strip() for p in spec.parameters]


def map_defaults(spec):
    return {p.name: p.default for p in spec.parameters}


def test_finds_no_parser(read_program):
    assert read_program("lr = 0.1\nprint(lr)\n") is None


def test_rejects_text_that_is_not_a_program(read_program):
    assert read_program("{}", "config.json") is None
    with pytest.raises(ConfigError):
        read_program("def f(:\n")


def test_follows_a_bound_method_under_another_name(read_program):
    spec = read_program("""
        import argparse
        p = argparse.ArgumentParser()
        add = p.add_argument
        add("--a", type=int, default=1)
        more = lambda *names, **how: p.add_argument(*names, **how)
        more("--b", default="x")
        p.parse_args()
    """)
    assert map_defaults(spec) == {"a": 1, "b": "x"}


def test_finds_arguments_of_imported_functions(read_program):
    spec = read_program(
        """
        import argparse
        from lib import data
        from lib.optim import add_optim as add
        def main():
            parser = argparse.ArgumentParser()
            data.add_data(parser)
            add(parser.add_argument_group("optim"), lr=0.5)
            return parser.parse_args()
        if __name__ == "__main__":
            main()
        """,
        lib____init__="",
        lib__data="ROOT = 'data'\ndef add_data(p):\n    p.add_argument('--root', default=ROOT)\n",
        lib__optim="def add_optim(g, lr):\n    g.add_argument('--lr', type=float, default=lr)\n",
    )
    assert map_defaults(spec) == {"root": "data", "lr": 0.5}


def test_only_parameters_of_the_script_have_a_line(read_program):
    spec = read_program(
        "from other import p\np.add_argument('--here')\np.parse_args()\n",
        other="import argparse\n\n\np = argparse.ArgumentParser()\np.add_argument('--there')\n",
    )
    assert [(p.name, p.line) for p in spec.parameters] == [("there", 0), ("here", 2)]


def test_default_is_unknown_if_branches_differ(read_program):
    spec = read_program("""
        import argparse, torch
        device = "cpu"
        if torch.cuda.is_available():
            device = "cuda"
        same = 1 if torch.cuda.is_available() else 1
        p = argparse.ArgumentParser()
        p.add_argument("--device", default=device)
        p.add_argument("--same", default=same)
        p.add_argument("--other", default="a" if torch.cuda.is_available() else "b")
        p.parse_args()
    """)
    assert map_defaults(spec) == {"device": None, "same": 1, "other": None}


def test_ignores_parsers_that_do_not_parse(read_program):
    spec = read_program("""
        import argparse
        unused = argparse.ArgumentParser()
        unused.add_argument("--never")
        base = argparse.ArgumentParser(add_help=False)
        base.add_argument("--shared")
        p = argparse.ArgumentParser(parents=[base])
        p.add_argument("--own")
        p.parse_args()
    """)
    assert list_names(spec) == ["shared", "own"]


def test_finds_a_parser_in_a_function_that_a_library_calls(read_program):
    spec = read_program("""
        import argparse, accelerate
        def worker():
            p = argparse.ArgumentParser()
            p.add_argument("--lr", type=float, default=0.1)
            args = p.parse_args()
        accelerate.notebook_launcher(worker)
    """)
    assert map_defaults(spec) == {"lr": 0.1}


def test_finds_nested_sub_commands_and_those_of_a_loop(read_program):
    spec = read_program("""
        import argparse
        p = argparse.ArgumentParser()
        sub = p.add_subparsers()
        for name in ("fit", "test"):
            sub.add_parser(name).add_argument("--cfg", default=name + ".yaml")
        db = sub.add_parser("db").add_subparsers()
        db.add_parser("init").add_argument("--force", action="store_true")
        p.parse_args()
    """)
    assert list_names(spec) == ["fit cfg", "test cfg", "db init force"]
    assert spec.commands == ("fit", "test", "db", "db init")
    assert spec.parameters[1].default == "test.yaml"


def test_finds_options_of_optparse(read_program):
    spec = read_program("""
        from optparse import OptionParser
        p = OptionParser()
        p.add_option("-n", "--number", type="int", dest="n", default=3, help="how many [%default]")
        options, args = p.parse_args()
    """)
    (number,) = spec.parameters
    assert (number.name, number.type, number.default, number.description) == ("number", "int", 3, "how many [3]")


def test_help_text_ends_at_an_unknown_part(read_program):
    spec = read_program("""
        import argparse, models
        p = argparse.ArgumentParser()
        p.add_argument("--arch", help="architecture: " + " | ".join(models.names))
        p.add_argument("--lr", default=0.1, help="100%% of %(default)s")
        p.add_argument("--odd", help="50% of it")
        p.add_argument("--dir", help="default: %s" % models.path)
        p.parse_args()
    """)
    assert [p.description for p in spec.parameters] == ["architecture", "100% of 0.1", "50% of it", "default"]


def test_merges_a_pair_of_flags_to_a_switch(read_program):
    spec = read_program("""
        import argparse
        def add_bool(parser, name, default):
            group = parser.add_mutually_exclusive_group()
            group.add_argument("--" + name, dest=name, action="store_true", help="mix")
            group.add_argument("--no-" + name, dest=name, action="store_false")
            parser.set_defaults(**{name: default})
        p = argparse.ArgumentParser()
        add_bool(p, "shuffle", True)
        p.parse_args()
    """)
    (shuffle,) = spec.parameters
    assert (shuffle.action, shuffle.flags, shuffle.off_flags) == ("switch", ("--shuffle",), ("--no-shuffle",))
    assert (shuffle.default, shuffle.description) == (True, "mix")


def test_does_not_run_the_program(read_program, tmp_path):
    read_program(
        f"import argparse, os\nopen({str(tmp_path / 'x')!r}, 'w')\nos.mkdir({str(tmp_path / 'y')!r})\n"
        "import other\np = argparse.ArgumentParser()\np.add_argument('--a')\np.parse_args()\n",
        other=f"open({str(tmp_path / 'z')!r}, 'w').write('')\n",
    )
    assert os.listdir(tmp_path) == ["other.py"]


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    x = [x]\n",
        "def f():\n    return f()\nf()\n",
        "x = [1]\nfor i in range(10**9):\n    x = x + x\n",
        "x = 'a'\nfor i in range(10**6):\n    x += x\n",
        "def f(n):\n  for i in range(999):\n    for j in range(999):\n      g(n)\ndef g(n):\n  f(n)\nf(1)\n",
        "x = 2 ** 10 ** 10\ny = 'a' * 10 ** 9\n",
        "import train\ntrain.x\nfrom train import *\n",
        "x = {}\nx['x'] = x\n",
        "class A(A):\n    pass\nclass B:\n    pass\nB.__bases__ = (B,)\n",
        "d = [0]\nfor a in d:\n    d.append(a)\n",
        "f = lambda: f()\nf()\n",
    ],
)
def test_ends_for_programs_that_do_not_end(read_program, text):
    tail = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', default=0.1)\np.parse_args()\n"
    spec = read_program(text + tail, train=text)
    assert spec is None or list_names(spec) in (["lr"], [])


def test_reads_modules_that_import_each_other(read_program):
    spec = read_program(
        "import argparse\nimport one\np = one.parser()\np.parse_args()\n",
        one="import two\nDEFAULT = 3\ndef parser():\n    return two.make()\n",
        two="import argparse\nimport one\ndef make():\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--n', type=int, default=one.DEFAULT)\n    return p\n",
    )
    assert map_defaults(spec) == {"n": 3}


def test_skips_unreadable_files(read_program, tmp_path):
    (tmp_path / "latin.py").write_bytes(b"x = '\xff'\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "loop.py").symlink_to("loop.py")
    spec = read_program("""
        import argparse, latin, broken, loop
        p = argparse.ArgumentParser()
        p.add_argument("--n", default=latin.x)
        p.parse_args()
    """)
    assert list_names(spec) == ["n"]


@given(st.text(max_size=200))
def test_reads_or_rejects_any_text(text):
    for name in ("x.py", "x.R", "x.sh"):
        try:
            read_source(Path("/nonexistent") / name, text)
        except ConfigError:
            pass


@pytest.mark.parametrize("name", ["argparse", "pdb", "unittest/main", "turtle", "timeit", "ast"])
def test_reads_programs_of_the_standard_library(read_program, name):
    spec = read_program((Path(ast.__file__).parent / f"{name}.py").read_text())
    assert spec is None or isinstance(spec, ParserSpec)


def test_choices_of_an_enumeration_are_its_values(read_program):
    spec = read_program("""
        import argparse, enum
        class Color(enum.Enum):
            RED = "red"
            BLUE = "blue"
        p = argparse.ArgumentParser()
        p.add_argument("--color", type=Color, choices=list(Color), default=Color.RED)
        p.parse_args()
    """)
    assert [(p.default, p.choices) for p in spec.parameters] == [("red", ("red", "blue"))]


def test_infers_types_from_defaults(read_program):
    spec = read_program("""
        import argparse
        def truth(v):
            return v.lower() in ("yes", "true", "1")
        p = argparse.ArgumentParser()
        for k, v in dict(lr=1e-4, n=-1, name="x", on=False, none=None).items():
            kind = type(v)
            if v is None:
                kind = str
            elif isinstance(v, bool):
                kind = truth
            p.add_argument(f"--{k}", default=v, type=kind)
        p.parse_args()
    """)
    types = {"lr": "float", "n": "int", "name": "str", "on": "bool", "none": "str"}
    assert {p.name: p.type for p in spec.parameters} == types


def test_option_with_two_types_has_no_type(read_program):
    spec = read_program("""
        import argparse, sys
        p = argparse.ArgumentParser()
        if len(sys.argv) > 3:
            p.add_argument("--x", action="store_true")
        else:
            p.add_argument("--x", type=int, default=3)
        p.parse_args()
    """)
    assert [(p.name, p.type, p.action, p.default) for p in spec.parameters] == [("x", "", "store", None)]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("import functools\nadd = functools.partial(lambda a, b: a + b, 1)\nx = add(b=2)", 3),
        ("class A: pass\na = A()\nsetattr(a, 'lr', 0.1)\nx = getattr(a, 'lr')", 0.1),
        ("class A:\n  @classmethod\n  def name(cls): return cls.__name__\nx = A.name()", "A"),
        ("class A:\n  def f(self): return 1\nclass B(A):\n  def f(self): return super().f() + 1\nx = B().f()", 2),
        ("class A:\n  lr = 0.1\nx = A(lr=0.2).lr", 0.2),
        ("def f(): return super()\nx = f()", None),
        ("import enum\nclass E(enum.Enum):\n  a = enum.auto()\n  b = enum.auto()\nx = E['b'].value", 2),
        ("import enum\nclass E(enum.StrEnum):\n  A = enum.auto()\nx = list(E.__members__.values())[0].value", "a"),
        ("import enum\nclass E(enum.Enum):\n  a = 'v'\nx = [E('v'), E.a]", ["a", "a"]),
        ("import enum\nclass E(enum.Enum):\n  a = 'v'\nx = {E.a: 1}", {"a": 1}),
        ("a, *b = [1, 2]\nx = b", None),
        ("(a, b), c = (1, 2), 3\nx = [a, b, c]", [1, 2, 3]),
        ("x = (y := 3) + y", 6),
        ("async def f(): return await g()\nasync def g(): return 1\nx = f()", 1),
        ("with open('f') as f:\n  x = 1", 1),
        ("try:\n  import nothing\nexcept ImportError:\n  x = 2\nelse:\n  x = 1", 1),
        ("import random\nmatch random.random():\n  case 0:\n    x = 1\n  case _:\n    x = 1", 1),
        ("import random\nmatch random.random():\n  case 0:\n    x = 1\n  case _:\n    x = 2", None),
        ("import random\ndef f():\n  if random.random():\n    return 1\n  else:\n    raise ValueError\nx = f()", 1),
        ("from pathlib import Path\nx = (Path('a') / 'b.txt').stem", "b"),
        ("from pathlib import Path\nx = Path('a') / 'b'", "a/b"),
        ("x = {**{'a': 1}, 'b': 2} | {'c': 3}", {"a": 1, "b": 2, "c": 3}),
        ("x = f'{1}-{2:03d}'", None),
        ("x = [*'ab', *range(2)]", ["a", "b", 0, 1]),
        ("import os\nx = [*os.listdir()]", None),
        ("import os\nx = [n for n in 'ab' if os.path.exists(n)]", None),
        ("x = {k: v for k, v in zip('ab', [1, 2])}", {"a": 1, "b": 2}),
        ("x = 'a' < 1", None),
        ("x = sorted({2, 1}, reverse=True)", [2, 1]),
        ("x = max([1, 'a'])", None),
        ("x = '%s' % ('ab',) * 2", "abab"),
        ("x = '%9999d' % 1", None),
        ("x = '{0.__class__}'.format(1)", None),
        ("x = '{}{b}'.format('a', b=1)", "a1"),
        ("x = 'a'.join([1])", None),
        ("x = 'a' * 10**6", None),
        ("x = [0] * 10**6", None),
        ("x = [1, 2]\nx.append(3)\nx.update([4])", [1, 2, 3, 4]),
        ("import os\nx = os.environ.get('LR', '1')", "1"),
        ("import os\nx = os.environ['LR']", None),
        ("x = isinstance(1, (int, str)) and not isinstance(1, str)", True),
        ("x = -[1]", None),
        ("x = 1\nfor i in range(3):\n  x = x * 2", 8),
        ("x = list('a' * 1000) + list('b' * 1000)", None),
    ],
)
def test_evaluates_code_like_python(read_program, code, value):
    tail = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x', default=x)\np.parse_args()\n"
    spec = read_program(f"{code}\n{tail}")
    assert [p.default for p in spec.parameters] == [value]


def test_calls_decorators_of_the_project(read_program):
    spec = read_program(
        """
        import argparse, lib.models
        p = argparse.ArgumentParser()
        p.add_argument("--model", choices=list(lib.models.REGISTRY))
        p.parse_args()
        """,
        lib____init__="",
        lib__models="""
            REGISTRY = {}
            def register(name):
                def add(cls):
                    REGISTRY[name] = cls
                    return cls
                return add
            @register("big")
            class Big: ...
            @register("small")
            def small(): ...
        """,
    )
    assert [p.choices for p in spec.parameters] == [("big", "small")]


def test_rejects_a_program_that_is_nested_too_deeply(read_program):
    with pytest.raises(ConfigError, match=r"train\.py is nested too deeply"):
        read_program("x = {}\nx['x'] = x\ny = {}\ny['x'] = y\nimport random\nif random.random():\n    x = y\n")


def test_a_text_default_that_is_not_a_number_stays_text(read_program):
    spec = read_program("""
        import argparse
        from distutils.util import strtobool
        p = argparse.ArgumentParser()
        p.add_argument("--n", type=int, default="auto")
        p.add_argument("--on", type=lambda text: strtobool(text))
        p.parse_args()
    """)
    assert [(p.type, p.default, p.bool_words) for p in spec.parameters] == [
        ("int", "auto", ("True", "")),
        ("bool", None, ("true", "false")),
    ]
