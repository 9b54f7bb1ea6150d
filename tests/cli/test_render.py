"""Parts of the output that depend on the terminal, or that few programs lead to."""

import io
import math
import sys

import pytest

from gage.batch.workers import TrialResult
from gage.cli.render import help_pages, terminal
from gage.cli.render.config_table import describe_origin
from gage.cli.render.plot import AxisScale, _ticks
from gage.cli.run.batch_progress import BatchProgress
from gage.cli.run.operation_help import _example_value
from gage.lib import uuid7
from gage.metrics.smoothing import smooth_values
from gage.project.parameter_spec import ParameterSpec
from gage.project.run_config import RunConfig
from gage.types.values import ConfigValue


class Terminal(io.StringIO):
    """A terminal whose size is unknown."""

    def isatty(self):
        return True


def test_width_of_a_terminal_of_unknown_size(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal.detect_width(Terminal()) == 80
    monkeypatch.setenv("COLUMNS", "120")
    assert terminal.detect_width(Terminal()) == 120
    assert terminal.detect_width(io.StringIO()) is None


def test_replaces_unusual_spaces():
    assert terminal.escape("a\u2003b\u3000c") == "a b c"


def test_formats_truth_values_in_tables(capsys):
    terminal.print_table((terminal.Column("x", "X"),), [(True,), (False,), (None,)])
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == ["X", "yes", "", ""]


def test_paints_code_on_a_terminal(monkeypatch):
    monkeypatch.setattr(terminal, "supports_color", lambda stream: True)
    assert help_pages._paint_code("Use `gage list`", "'") == "Use \x1b[1mgage list\x1b[0m"


def test_describes_the_origin_and_example_of_a_parameter():
    spec = ParameterSpec(ConfigValue("mode", None, None, False, "name", "", choices=("fast", "slow")), how="named")
    assert describe_origin(spec, RunConfig(())) == "named in the Gage file"
    assert _example_value(spec) == "fast"


def test_counts_failed_runs_of_a_batch(capsys):
    progress = BatchProgress([(uuid7.generate(), {}), (uuid7.generate(), {})], False, True)
    progress.trial_ended(TrialResult(0, "terminated", None, "It was killed"))
    assert progress._format_status(0.0).startswith("1 of 2 runs, 1 failed")


def test_axis_without_room_between_its_ends_has_no_ticks():
    assert _ticks(AxisScale(1e16, 1e16 + 2, 80, False)) == []
    assert _ticks(AxisScale(-sys.float_info.max, sys.float_info.max, 80, False)) == []


def test_smoothing_leaves_out_what_is_not_finite():
    smooth = smooth_values([1.0, math.nan, 1.0], 0.5)
    assert smooth[0] == smooth[2] == pytest.approx(1.0) and math.isnan(smooth[1])


def test_escapes_characters_that_change_the_direction_of_text():
    from gage.cli.render.print_output import escape_control_bytes

    assert (
        escape_control_bytes("a\u202eb\u2066c\x9b\x00\x1b[31mé".encode())
        == b"a\\u202eb\\u2066c\\x9b\\x00\x1b[31m\xc3\xa9"
    )
