"""Conditions on versions, as PEP 440 has them."""

import pytest

from gage.lib.pep440 import fits, parse


@pytest.mark.parametrize(
    ("version", "conditions", "expected"),
    [
        ("0.2.0", ">=0.2", True),
        ("0.2.0", ">=0.2,<1", True),
        ("0.2.0", "==0.2", True),
        ("0.2.0", "== 0.2.* , !=0.2.1", True),
        ("0.2.1", "!=0.2.*", False),
        ("0.10.0", ">0.9", True),
        ("0.2.5", "~=0.2.1", True),
        ("0.3.0", "~=0.2.1", False),
        ("0.9", "~=0.2", True),
        ("1.0", "~=0.2", False),
        ("0.2.0rc1", ">=0.2", False),
        ("0.2.0rc1", "<0.2", False),
        ("0.2.0rc1", ">=0.2b2", True),
        ("0.2.0.dev3", ">=0.2a1", False),
        ("0.2.0.dev3", "<0.2.0.dev4", True),
        ("0.2.post1", ">0.2", False),
        ("0.2.post1", ">=0.2", True),
        ("0.2.0", "===0.2.0", True),
        ("0.2.0+cu12", "==0.2.0", True),
    ],
)
def test_fits(version, conditions, expected):
    assert fits(version, conditions) is expected


@pytest.mark.parametrize(
    "conditions", ["", "0.2", ">=", ">=x", ">=0.2;<1", "~=1", ">=0.2.*", ">=0.2,", "=0.2", "==a.*"]
)
def test_what_is_no_condition(conditions):
    with pytest.raises(ValueError):
        fits("0.2.0", conditions)


def test_order():
    texts = "1.0.dev1 1.0a1 1.0a2 1.0b1 1.0rc1 1.0 1.0.post1 1.1".split()
    assert sorted(texts, key=parse) == texts
