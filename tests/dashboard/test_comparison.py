"""Two runs in numbers: what stands beside each other comes out."""

from dashboard.components.comparison import table
from imu.followup.two_runs import Side
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
