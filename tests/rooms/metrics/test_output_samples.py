"""Outputs in the style of many tools (`tests/samples/outputs`): Gage finds what a person reads in them."""

import outputs
import pytest

KNOWN_MISTAKES = {
    "sklearn random forest and search": "settings that look like measurements",
    "R": "a name and a number, and nothing that tells of progress",
    "pytorch cifar tutorial": "a sentence about one class of many",
    "reinforcement by hand": "a name that no measure has, in a sentence",
    "java weka": "a name that no measure has, aligned",
    "prophet and cmdstan": "names of columns that are no words",
    "chatty": "a name with something in parentheses",
    "dopamine": "a name that ends with what is counted",
}
"""Outputs with mistakes, and why; docs/metrics.md lists the same."""
CASES = list(outputs.cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_finds_what_a_person_reads(case: outputs.Case) -> None:
    scored = outputs.score(case)
    if case.name in KNOWN_MISTAKES:
        assert not scored.is_perfect, "all is found now: remove it from KNOWN_MISTAKES"
    else:
        assert scored.is_perfect, str(scored)


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) and set(KNOWN_MISTAKES) <= {case.name for case in CASES}
