"""Plots of curves as text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stores import make_run

from gage.cli.render import terminal
from gage.cli.render.plot import CURVE_COLORS, AxisScale, Curve, _ticks, draw_plot

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(st.integers(0, 10**9), NUMBERS), max_size=30), st.integers(20, 200), st.booleans())
@example([(0, 1.7e308), (0, -1.7e308)], 20, False)
@example([(0, 5e-324), (0, 0.0)], 20, False)
def test_any_curve_fits_the_width_or_is_rejected(points, width, log):
    curve = Curve("run", [float(x) for x, _ in points], [y for _, y in points])
    try:
        lines = draw_plot([curve], width, 20, log, whole=True)
    except ValueError as e:
        assert "no finite values" in str(e) or "no values above 0" in str(e)
        return
    assert len(lines) <= 20
    assert all(len(line) <= max(width, 40) for line in lines)


def test_terminal_supports_all_curve_colours():
    assert set(CURVE_COLORS) <= set(terminal.ANSI_CODES)


@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0.0967, 5.76, False, [1, 2, 3, 4, 5]),
        (0, 1, False, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-3, 3, False, [-3, -2, -1, 0, 1, 2, 3]),
        (0.0967, 10, True, [0.1, 1, 10]),
        (2, 2, False, []),
    ],
)
def test_axis_ticks_are_round_numbers(low, high, log, ticks):
    assert _ticks(AxisScale(low, high, 80, log)) == pytest.approx(ticks)


def test_labels_steps_with_whole_numbers():
    under = draw_plot([Curve("run", [1, 2], [1, 2])], 60, 12, whole=True)[-2]
    assert under.split() == ["1", "2"]
    under = draw_plot([Curve("run", [1, 6], [1, 2])], 60, 12, whole=True)[-2]
    assert under.split() == ["1", "3", "6"]
    assert under.index("3") < 35


def test_labels_a_single_point_once():
    lines = draw_plot([Curve("run", [3.0], [0.25])], 40, 12, whole=True)
    assert "".join(lines).count("0.25") == 1
    assert lines[-2].split() == ["3"]


def test_says_which_metric_to_plot(gage, project):
    (project / "train.py").write_text("print('step 1: speed=3 val_loss=2')\n")
    gage("run", "train.py", "--yes")
    assert gage("plot", code=2).err == "gage: Missing metric\nTry: gage plot val_loss\n"
    assert gage("plot", "1", code=2).err == "gage: Missing metric\nTry: gage plot 1 val_loss\n"


def test_legend_names_the_metric_and_what_differs(gage, project):
    root = project / ".gage" / "runs"
    for lr in (0.1, 0.2):
        make_run(root, config={"lr": lr, "seed": 1}, files={"log.csv": "step,loss\n1,0.5\n2,0.4\n"})
    for words in (("1:2", "loss"), ("loss", "1:2"), ("1", "loss", "2")):
        legend = gage("plot", *words).out.splitlines()[-2:]
        assert "A " in legend[0] and "loss  lr=0.2" in legend[0] and "loss  lr=0.1" in legend[1]
        assert "seed" not in legend[0]


def test_curves_that_end_at_one_place_keep_their_letters():
    curves = [Curve(f"c{n}", [1.0, 2.0], [0.5, 0.4]) for n in range(4)]
    plot = "".join(draw_plot(curves, 60, 20)[:-4])
    assert all(letter in plot for letter in "ABCD")
