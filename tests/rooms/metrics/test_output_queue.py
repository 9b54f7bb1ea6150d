"""The quick check for metrics in a block of output finds every block that has metrics."""

import output_samples
import pytest

from gage.metrics.output_parser import OutputParser
from gage.metrics.output_queue import can_have_metrics


@pytest.mark.parametrize("sample", list(output_samples.load_samples()), ids=lambda sample: sample.name)
def test_recognizes_output_with_metrics(sample: output_samples.OutputSample) -> None:
    for line in sample.lines:
        if OutputParser().parse_line(line).points:
            assert can_have_metrics(line.encode()), line


@pytest.mark.parametrize("text", ["hello 0.1\n", "saved 3 files\n", "done\n", "loss: none\n", ""])
def test_recognizes_output_without_metrics(text: str) -> None:
    assert not can_have_metrics(text.encode())
