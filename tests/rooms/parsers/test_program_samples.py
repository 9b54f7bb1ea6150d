"""What is found of real-life-like programs, name by name; what is known not to be found is listed, and nothing else."""

import pytest
from programs import AT_RUN_TIME, READ_KINDS, Sample, as_product, missed, read_only, samples

SAMPLES = samples()
AT_RUN = "None for " + repr(AT_RUN_TIME)

WHEN_READ = {
    "argparse_all_missing.py": {"defaults": ["device: " + AT_RUN]},
    "argparse_rest_and_pairs.py": {"defaults": ["port: " + AT_RUN]},
    # classes that register themselves when a folder's modules are imported
    "argparse_stages/train.py": {
        "names": ["hidden is not found", "tied is not found"],
        "choices": ["kind: [] for ['attn', 'rnn']"],
    },
    "argparse_distributed.py": {"defaults": ["device: " + AT_RUN, "output_dir: " + AT_RUN]},
    "argparse_gan.py": {"defaults": ["n_cpu: " + AT_RUN]},
    "argparse_missing_packages.py": {"defaults": ["apex-level: " + AT_RUN]},
}
"""What reading the source does not find."""

BY_THE_PRODUCT = {
    # packages are missing that these need before they parse
    "argparse_all_missing.py": {"defaults": ["device: " + AT_RUN]},
    "argparse_distributed.py": {"defaults": ["device: " + AT_RUN, "output_dir: " + AT_RUN]},
    "argparse_gan.py": {"defaults": ["n_cpu: " + AT_RUN]},
    "argparse_missing_packages.py": {"defaults": ["apex-level: " + AT_RUN]},
}
"""What is not found when programs are asked, too."""


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.kind in READ_KINDS], ids=lambda sample: sample.name)
def test_reading(sample: Sample):
    assert _misses(sample, read_only(sample)) == WHEN_READ.get(sample.name, {})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_product(sample: Sample):
    assert _misses(sample, as_product(sample)) == BY_THE_PRODUCT.get(sample.name, {})


def _misses(sample, found):
    return {facet: wrong for facet, wrong in missed(sample.settings, found).items() if wrong}


def test_has_enough_samples():
    assert len(SAMPLES) >= 60
    assert len({s.kind for s in SAMPLES}) >= 14
