"""Outputs in the manner of many tools (`tests/samples/outputs`): what a person reads in them is what Gage reads."""

import outputs
import pytest

KNOWN = {
    "sklearn random forest and search": "settings that look like measurements",
    "R": "a name and a number, and nothing that tells of progress",
    "pytorch cifar tutorial": "a sentence about one class of many",
    "reinforcement by hand": "a name that no measure has, in a sentence",
    "java weka": "a name that no measure has, aligned",
    "prophet and cmdstan": "names of columns that are no words",
    "chatty": "a name with something in parentheses",
    "dopamine": "a name that ends with what is counted",
}
"""Outputs that are not read right, and why; docs/metrics.md says the same."""
CASES = list(outputs.cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_person_reads(case: outputs.Case) -> None:
    scored = outputs.score(case)
    if case.name in KNOWN:
        assert not scored.is_perfect, "it is read right now: it need not be listed any more"
    else:
        assert scored.is_perfect, str(scored)


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) and set(KNOWN) <= {case.name for case in CASES}
