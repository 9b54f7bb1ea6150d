"""The quick test of a whole output lets no output pass by that has metrics."""

import outputs
import pytest

from gage.metrics.output_parser import OutputParser
from gage.metrics.output_queue import can_have_metrics


@pytest.mark.parametrize("case", list(outputs.cases()), ids=lambda case: case.name)
def test_lines_with_metrics_are_never_passed_by(case: outputs.Case) -> None:
    for line in case.lines:
        if OutputParser().parse_line(line).points:
            assert can_have_metrics(line.encode()), line


@pytest.mark.parametrize("text", ["hello 0.1\n", "saved 3 files\n", "done\n", "loss: none\n", ""])
def test_output_without_metrics_is_recognized(text: str) -> None:
    assert not can_have_metrics(text.encode())
