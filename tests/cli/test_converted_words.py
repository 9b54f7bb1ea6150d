"""Words that a converter of the program turns into true or false."""

import json
import sys

import pytest


@pytest.mark.parametrize(
    ("converter", "word", "is_known"),
    [
        ("lambda s: s == 'True'", "true", True),
        ("lambda s: s == 'True'", "True", True),
        ("lambda s: s in ('True', 'true')", "TRUE", True),
        ("lambda s: s in ('True', 'true')", "yes", True),
        ("lambda s: s != 'False'", "false", True),
        ("lambda s: s != 'False'", "False", True),
        ("{'on': True, 'off': False}.__getitem__", "off", True),
        ("lambda s: s.lower() in ('1', 'on')", "ON", True),
        ("lambda s: s.lower() in ('1', 'on')", "tRuE", False),
    ],
)
def test_records_what_the_converter_returns(gage, project, converter, word, is_known):
    option = f"p.add_argument('--c', type={converter}, default=False)"
    text = f"import argparse\np = argparse.ArgumentParser()\n{option}\nprint(p.parse_args().c)\n"
    (project / "x.py").write_text(text)
    result = gage("run", "--", sys.executable, "x.py", "--c", word)
    config = json.loads(gage("show", "1", "--json").out)["config"]
    assert config == ({"c": result.out.strip() == "True"} if is_known else {})
    assert ("Not recorded as config" in result.err) is not is_known
