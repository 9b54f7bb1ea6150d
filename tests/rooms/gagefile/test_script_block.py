"""Operations in the comment blocks of scripts."""

import pytest

from gage.gagefile.script_block import load_script_block
from gage.types.opdef import ConfigDef, Exec

SCRIPT = """\
#!/usr/bin/env python
# A script
# /// gage
# description = "Train"
# config = "train.py"
#
# [exec]
# run = ["python", "train.py"]
# ///
lr = 0.1
"""


def test_loads_operation_from_block():
    op, problems = load_script_block(SCRIPT, "train.py", "train")
    assert problems == []
    assert op is not None
    assert (op.name, op.description, op.origin) == ("train", "Train", "train.py")
    assert op.run == Exec(args=("python", "train.py"))
    assert op.config == (ConfigDef(keys=("train.py",)),)


def test_returns_none_for_a_script_without_block():
    assert load_script_block("lr = 0.1\n", "train.py", "train") == (None, [])


def test_spans_refer_to_the_whole_script():
    op, problems = load_script_block(SCRIPT.replace("description", "descripton"), "train.py", "train")
    assert op is None
    (problem,) = problems
    assert (problem.span.line, problem.span.column) == (4, 3)
    assert problem.hint == 'Did you mean "description"?'


def test_rejects_unclosed_block():
    op, (problem,) = load_script_block(SCRIPT.replace("# ///\n", ""), "train.py", "train")
    assert op is None
    assert problem.message == "Unclosed gage block"


@pytest.mark.parametrize(
    "text, line, message, hint",
    [
        (SCRIPT.replace("# config", "config"), 0, "This line of the gage block is not a comment", "Start it with #"),
        (SCRIPT.replace("# config", "#config"), 0, "A space is missing after #", "Add it: every line"),
        ("# /// gage\n# ///\n# /// gage\n# ///\n", 3, "The script has a second gage block", "Remove one of them"),
        ("#/// gage\n#///\n", 1, "Invalid start of a gage block", "Write # /// gage, from the first"),
        ("x = 1\n  // /// Gage ///\n", 2, "Invalid start of a gage block", "Write // /// gage, from"),
        (
            "# /// gage\n# [a]\n# exec = 1\n# ///\n",
            2,
            "A gage block is one operation without a name",
            "Remove the [a] header",
        ),
        ("# /// gage\n# exec: x\n# ///\n", 2, "A key needs = and a value", 'Write exec = "x"'),
    ],
)
def test_rejects_invalid_block(text, line, message, hint):
    op, (problem,) = load_script_block(text, "x.py", "x")
    assert op is None
    assert problem.message == message
    assert problem.hint.startswith(hint)
    assert problem.span.line == line or not line


def test_accepts_windows_line_ends():
    op, problems = load_script_block(SCRIPT.replace("\n", "\r\n"), "train.R", "train")
    assert problems == []
    assert op is not None


def test_accepts_comments_of_other_languages():
    text = SCRIPT.replace("# ", "// ").replace("#\n", "//\n")
    op, problems = load_script_block(text, "train.js", "train")
    assert problems == [] and op is not None and op.run == Exec(args=("python", "train.py"))
    assert load_script_block(SCRIPT.replace("# ///\n", "// ///\n"), "train.js", "train")[0] is None
    _, (problem,) = load_script_block(text.replace("description", "descripton"), "train.js", "train")
    assert (problem.span.line, problem.span.column) == (4, 4)
