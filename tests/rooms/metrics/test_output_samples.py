"""Gage finds the metrics that a person reads in outputs of many tools (`tests/samples/outputs`)."""

import output_samples
import pytest

KNOWN_MISTAKES = {
    "pytorch cifar tutorial": "a sentence about one class of many",
    "reinforcement by hand": "an unknown metric name in a sentence",
    "prophet and cmdstan": "column names that are not words",
    "dopamine": "a name that ends with the counted thing",
    "a c++ solver": "an unknown metric name in a sentence",
}
"""Outputs with mistakes, and why; docs/metrics.md lists the same."""
SAMPLES = list(output_samples.load_samples())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_finds_the_metrics_of_a_sample(sample: output_samples.OutputSample) -> None:
    score = output_samples.score_sample(sample)
    if sample.name in KNOWN_MISTAKES:
        assert not score.is_perfect, "has no mistakes now: remove it from KNOWN_MISTAKES"
    else:
        assert score.is_perfect, str(score)


def test_sample_names_are_unique() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) and set(KNOWN_MISTAKES) <= {
        sample.name for sample in SAMPLES
    }
