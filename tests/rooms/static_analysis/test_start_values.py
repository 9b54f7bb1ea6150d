"""Defaults that a program computes when it starts."""

from pathlib import Path

import pytest

from gage.static_analysis.start_values import find_start_values

OPTION = "p.add_argument('-s', '--my-seed', default={})\n"


@pytest.mark.parametrize(
    ("before", "default"),
    [
        ("import random", "random.randrange(9)"),
        ("import numpy as np", "int(np.random.rand())"),
        ("from random import randint as r", "r(1, 9)"),
        ("import time", "f'run-{time.strftime(1)}'"),
        ("import time\nNOW = time.time()\nNAME = str(NOW)", "NAME"),
        ("from datetime import datetime as d", "d.now().year"),
        ("import os", "os.getpid()"),
        ("import os", "os.path.abspath('out')"),
        ("from pathlib import Path", "Path('x').exists()"),
        ("", "Path(__file__).parent"),
        ("import secrets", "lambda: secrets.token_hex()"),
        ("import time", "time.time"),
        ("def f():\n    import glob\n    n = len(glob.glob('*'))\n    return n", "f()"),
        ("import other", "other.count()"),
        ("from other import count", "count()"),
    ],
)
def test_finds_defaults_that_are_computed_at_the_start(before, default):
    other = b"import glob\ndef count(): return len(glob.glob('*'))\n"
    texts = {Path("x.py"): f"{before}\n{OPTION.format(default)}".encode(), Path("other.py"): other}
    assert find_start_values(texts) == {"s", "my_seed"}


@pytest.mark.parametrize(
    "default", ["1", "str(Path('a') / 'b')", "os.environ.get('A')", "N", "other.lr", "' '.join(N)"]
)
def test_knows_other_defaults(default):
    text = f"import os, time, other\nN = 3\nstart = time.time()\n{OPTION.format(default)}"
    assert find_start_values({Path("x.py"): text.encode(), Path("other.py"): b"lr = 0.1"}) == set()


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n  seed: int = field(default_factory=lambda: random.random())",
        "def main(lr=0.1, seed=random.random()): ...",
        "def main(lr=0.1, *, n, seed=random.random()): ...",
        "flags.DEFINE_integer('seed', random.random(), 'a seed')",
        "p.set_defaults(seed=random.random())",
        "p.add_argument(dest='seed', default=random.random())",
    ],
)
def test_finds_defaults_of_other_parsers(text):
    assert find_start_values({Path("x.py"): f"import random\n{text}\n".encode()}) >= {"seed"}


def test_source_code_with_errors_has_no_defaults():
    assert find_start_values({Path("x.py"): b"import random\ndef ("}) == set()
