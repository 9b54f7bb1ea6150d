"""Values of a command line, converted to the type of their parameter."""

import pytest

from gage.assignments.parse import parse_assignments
from gage.project.convert_value import convert_value
from gage.project.parameter_spec import ParameterSpec
from gage.types.errors import ConfigError
from gage.types.values import ConfigValue


def convert(text, type="float"):
    config = ConfigValue("lr", 0.1, 0.1, False, "file", "lr")
    return convert_value(ParameterSpec(config, type), "lr", parse_assignments([f"lr={text}"])["lr"])


@pytest.mark.parametrize("text", ["1.8e308", "-1e400", "1e-400"])
def test_rejects_numbers_that_a_float_cannot_hold(text):
    with pytest.raises(ConfigError, match="a float cannot hold it"):
        convert(text)
    assert convert(text, "str") == text


def test_takes_zero_and_infinity():
    assert [convert("0.0"), convert("0e5"), convert("inf"), convert("1e-300")] == [0, 0, float("inf"), 1e-300]
