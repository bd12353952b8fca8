"""Charts for a notebook: panels in the looks of the page."""

import pytest

from imu.report import panels, style


def test_each_panel_has_its_name_above_and_the_last_one_the_axis() -> None:
    figure = panels("force (m/s²)", "rate (rad/s)", x="time (s)", heights=(1, 0.5))
    assert [note.text for note in figure.layout.annotations] == ["force (m/s²)", "rate (rad/s)"]
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text) == (None, "time (s)")
    upper, lower = (axis.domain[1] - axis.domain[0] for axis in (figure.layout.yaxis, figure.layout.yaxis2))
    assert upper == pytest.approx(2 * lower)


def test_sides_are_told_apart_without_colour_and_the_truth_is_dotted() -> None:
    left, right, true = style("left"), style("right"), style("true")
    assert len({one["line"]["dash"] for one in (left, right, true)}) == 3
    assert left["marker"]["symbol"] != right["marker"]["symbol"]


def test_an_unknown_look_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        style("rihgt")
