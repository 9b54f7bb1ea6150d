"""Compares the parameters that Gage finds in realistic programs with those a person finds; lists known mistakes."""

import sys

import pytest
from program_samples import (
    AT_RUN_TIME,
    READ_KINDS,
    Sample,
    find_as_gage_run,
    find_in_source,
    list_mistakes,
    load_samples,
)

SAMPLES = load_samples()
STARTING_SAMPLES = [s for s in SAMPLES if s.kind != "hydra" or sys.version_info < (3, 14)]
"""Those whose parser works: Hydra 1.3 does not start under Python 3.14."""
UNKNOWN_DEFAULT = "None for " + repr(AT_RUN_TIME)

MISTAKES_IN_SOURCE = {
    "argparse_all_missing.py": {"defaults": ["device: " + UNKNOWN_DEFAULT]},
    "argparse_rest_and_pairs.py": {"defaults": ["port: " + UNKNOWN_DEFAULT]},
    # classes that register themselves when the modules of a directory are imported
    "argparse_stages/train.py": {
        "names": ["hidden is not found", "tied is not found"],
        "choices": ["kind: [] for ['attn', 'rnn']"],
    },
    "argparse_distributed.py": {"defaults": ["device: " + UNKNOWN_DEFAULT, "output_dir: " + UNKNOWN_DEFAULT]},
    "argparse_gan.py": {"defaults": ["n_cpu: " + UNKNOWN_DEFAULT]},
    "argparse_missing_packages.py": {"defaults": ["apex-level: " + UNKNOWN_DEFAULT]},
}
"""What Gage does not find in the source: sample → facet → differences."""

MISTAKES_OF_GAGE_RUN = {
    # these import missing packages before they parse arguments
    "argparse_all_missing.py": {"defaults": ["device: " + UNKNOWN_DEFAULT]},
    "argparse_distributed.py": {"defaults": ["device: " + UNKNOWN_DEFAULT, "output_dir: " + UNKNOWN_DEFAULT]},
    "argparse_gan.py": {"defaults": ["n_cpu: " + UNKNOWN_DEFAULT]},
    "argparse_missing_packages.py": {"defaults": ["apex-level: " + UNKNOWN_DEFAULT]},
}
"""What `gage run` does not find either."""


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.kind in READ_KINDS], ids=lambda sample: sample.name)
def test_finds_parameters_in_source(sample: Sample):
    assert _list_mistakes(sample, find_in_source(sample)) == MISTAKES_IN_SOURCE.get(sample.name, {})


@pytest.mark.parametrize("sample", STARTING_SAMPLES, ids=lambda sample: sample.name)
def test_gage_run_finds_parameters(sample: Sample):
    assert _list_mistakes(sample, find_as_gage_run(sample)) == MISTAKES_OF_GAGE_RUN.get(sample.name, {})


def _list_mistakes(sample, parameters):
    mistakes = list_mistakes(sample.parameters, parameters)
    return {facet: differences for facet, differences in mistakes.items() if differences}


def test_has_enough_samples():
    assert len(SAMPLES) >= 60
    assert len({s.kind for s in SAMPLES}) >= 14
