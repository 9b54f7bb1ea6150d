"""Line plots as SVG: valid XML for any numbers and names, round ticks, gaps, bands and legends."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.board.axis import PlotScale, extend_range, format_ticks, list_ticks
from gage.board.svg_plot import COLORS, MAX_STYLES, LinePlot, PlotLine, build_plot_css, compute_band, draw_svg

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


def draw(*lines, **settings):
    title, log = settings.pop("title", "loss"), settings.pop("log", False)
    return draw_svg(LinePlot(title, "step", lines, log=log), **settings)


def texts(low, high, **settings):
    return [tick.text for tick in list_ticks(low, high, 5, **settings)]


def test_ticks_are_round_and_have_the_digits_that_they_need():
    assert texts(0, 1) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert texts(0.91, 0.9345) == ["0.910", "0.915", "0.920", "0.925", "0.930"]
    assert texts(0, 100_000) == ["0", "20k", "40k", "60k", "80k", "100k"]
    assert texts(10_000, 10_010) == ["10,000", "10,002", "10,004", "10,006", "10,008", "10,010"]
    assert texts(1e-8, 5e-8) == ["1e-08", "2e-08", "3e-08", "4e-08", "5e-08"]
    assert texts(3, 3) == ["3"]
    assert texts(-1.7e308, 1.7e308) == ["-1.7e+308", "1.7e+308"]


def test_a_logarithmic_axis_has_powers_of_ten_or_multiples_of_them():
    assert texts(0.001, 10, log=True) == ["0.001", "0.01", "0.1", "1", "10"]
    assert texts(5, 50, log=True) == ["5", "10", "20", "50"]
    assert texts(2, 2.1, log=True) == ["2", "2.02", "2.04", "2.06", "2.08", "2.1"]
    assert len(texts(1e-300, 1e300, log=True)) <= 7


def test_times_have_steps_that_people_use():
    assert texts(0, 5000, kind="duration") == ["0", "20m", "40m", "1h", "1h20m"]
    assert texts(0, 0.5, kind="duration") == ["0", "0.1s", "0.2s", "0.3s", "0.4s", "0.5s"]
    assert format_ticks([90061], "duration") == ["1d1h1m1s"]
    assert len(texts(1.7e9, 1.7e9 + 86_400 * 3, kind="time")[0]) == len("11-14 22:13")
    assert texts(1e300, 2e300, kind="time")[0] == "1e+300"


def test_a_scale_has_no_place_for_what_an_axis_cannot_show():
    assert PlotScale(0, 10, 0, 100).locate(5) == 50
    assert PlotScale(0, 10, 0, 100).locate(math.nan) is None
    assert PlotScale(1, 100, 0, 100, log=True).locate(10) == 50
    assert PlotScale(1, 100, 0, 100, log=True).locate(0) is None
    assert PlotScale(2, 2, 0, 100).locate(2) == 50
    assert extend_range(1, 1) == (0.9, 1.1) and extend_range(0, 0) == (-0.5, 0.5)
    assert extend_range(1, 1, log=True) == (pytest.approx(0.5, 1e-3), pytest.approx(2, 1e-3))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20), st.text(max_size=30), st.booleans())
def test_is_valid_xml_for_any_numbers_and_names(points, name, log):
    xs, ys = [x for x, _ in points], [y for _, y in points]
    svg = draw(PlotLine(name, xs, ys, raw=ys, low=ys, high=ys), PlotLine(name + "2", xs, ys), title=name, log=log)
    ElementTree.fromstring(svg)
    paths = "".join(re.findall(r' d="([^"]*)"', svg))
    assert "nan" not in paths and "inf" not in paths


def test_escapes_names():
    svg = draw(PlotLine("<script>alert(1)</script>\x1b[31m\u202e\"'", [0, 1], [0, 1]), title='"><img src=x>')
    assert "<script" not in svg and "<img" not in svg and "\x1b" not in svg and "\u202e" not in svg
    ElementTree.fromstring(svg)


def test_a_value_that_is_not_finite_is_a_gap_and_a_lone_point_a_dot():
    svg = draw(PlotLine("a", [0, 1, 2, 3, 4, 5], [1, 2, math.nan, 3, math.inf, 2]), standalone=False)
    paths = re.findall(r'<path  d="(M[^"]*)"', svg)
    assert len(paths) == 1 and paths[0].count("M") == 1
    assert svg.count("<circle") == 2


def test_a_logarithmic_axis_leaves_out_values_up_to_zero():
    svg = draw(PlotLine("a", [0, 1, 2, 3, 4], [1, 10, 0, -1, 100]), log=True, standalone=False)
    assert svg.count("<circle") == 1
    assert "No values above 0" in draw(PlotLine("a", [0], [-1]), log=True)
    assert "No values" in draw(PlotLine("a", [], [])) and "No values" in draw()


def test_the_legend_names_lines_that_can_be_told_apart_and_counts_the_others():
    lines = [PlotLine(f"run {i}", [0, 1], [i, i + 1]) for i in range(MAX_STYLES + 7)]
    svg = draw(*lines)
    assert svg.count('class="gp-name"') == MAX_STYLES and "and 7 more, in grey" in svg
    assert svg.count('<g class="gp-line gp-other">') == 7
    assert 'stroke-dasharray="6 3"' in svg
    long = draw(PlotLine("x" * 300, [0, 1], [0, 1]))
    assert re.search(r'class="gp-name"[^>]*>x{50,200}…<', long)
    assert 'class="gp-name"' not in draw(PlotLine("", [0, 1], [0, 1]))


def test_a_file_has_its_own_style_and_a_page_shares_one():
    line = PlotLine("a", [0, 1], [0, 1])
    assert "<style>" in draw(line) and 'xmlns="http' in draw(line)
    assert "<style>" not in draw(line, standalone=False)
    css = build_plot_css()
    assert "prefers-color-scheme:dark" in css and all(color in css for theme in COLORS.values() for color in theme)


def test_a_band_is_mean_and_deviation_where_all_lines_have_a_value():
    lines = [PlotLine("", [0, 1, 2], [1.0, 2.0, 9.0]), PlotLine("", [0, 1], [3.0, 2.0])]
    band = compute_band(lines, "both")
    assert (band.name, band.xs, band.ys) == ("both", [0, 1], [2.0, 2.0])
    assert band.low[0] == pytest.approx(2 - math.sqrt(2)) and band.high[1] == 2.0
    assert 'class="gp-band"' in draw(band)
    single = compute_band(lines[:1], "one")
    assert single.ys == [1.0, 2.0, 9.0] and single.low == ()
    assert math.isnan(compute_band([PlotLine("", [0], [math.nan]), PlotLine("", [0], [1.0])], "gap").ys[0])


def test_the_band_of_a_logarithmic_plot_ends_at_its_axis():
    line = PlotLine("a", [0, 1], [1.0, 2.0], low=[-1.0, 1.0], high=[3.0, 4.0])
    assert 'class="gp-band"' in draw(line, log=True)
    assert 'class="gp-band"' not in draw(PlotLine("a", [0, 1], [1.0, 2.0], low=[math.nan] * 2, high=[math.nan] * 2))
