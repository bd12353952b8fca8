"""Two runs in numbers: what stands beside each other comes out."""

from types import SimpleNamespace

from flask import Flask, g

from dashboard.components.comparison import table
from imu.followup.two_runs import PACE, Side
from imu.report.metrics import STRIDE_LENGTH
from imu.training.two_runs import Difference


def drawn(*, at_matched_speed: bool) -> str:
    found = Difference(value=0.067, standard_error=0.02, runs=10, at_matched_speed=at_matched_speed)
    side = Side(
        metric=STRIDE_LENGTH, side="both", first=2.305, second=2.372, difference=found, not_matched=None
    )
    return str(table([side], injured=None)).replace("\\xa0", " ")


def test_a_difference_is_that_of_the_numbers_beside_it() -> None:
    told = drawn(at_matched_speed=False)
    first, second = (f"{value:.2f} m" for value in (2.305, 2.372))
    assert first in told
    assert second in told
    assert f"{round(2.372, 2) - round(2.305, 2):+.2f} m" in told


def test_at_matched_speed_it_is_what_remains() -> None:
    assert "+0.07 m" in drawn(at_matched_speed=True)


def test_a_difference_of_pace_is_in_the_unit_of_the_paces_beside_it() -> None:
    """8:03 and 8:00 min/mi are 3 s apart, not the 2 s that they differ by on a kilometre."""
    found = Difference(value=-2.0, standard_error=None, runs=0, at_matched_speed=False)
    side = Side(metric=PACE, side="both", first=300.0, second=298.0, difference=found, not_matched=None)
    with Flask("test").test_request_context():
        g._login_user = SimpleNamespace(account=SimpleNamespace(units="mi", language="en"))
        told = str(table([side], injured=None)).replace("\\xa0", " ")
    assert all(words in told for words in ("8:03 min/mi", "8:00 min/mi", "−3 s/mi"))
