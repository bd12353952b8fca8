"""No line of a page parts what is read as one."""

import pytest

from imu.report.markup import element
from imu.report.unparted import unparted

_HELD = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("ran 24 min of running, 3.5 km.", "ran 24_min of running, 3.5_km."),
        ("further ahead (± 0.5°) than usual", "further ahead (±_0.5°) than usual"),
        ("16.1 ± 1.1°, compared with 11.4°", "16.1_±_1.1°, compared with 11.4°"),
        ("+3.0° ± 0.2°", "+3.0°_±_0.2°"),
        ("about 5 % quicker steps at 3,1 m/s", "about 5_% quicker steps at 3,1_m/s"),
        ("178 steps/min, 5:44 min/km", "178_steps/min, 5:44_min/km"),
    ],
)
def test_a_number_stays_with_its_unit_and_its_error(text: str, held: str) -> None:
    assert unparted(text) == held.replace("_", _HELD)


@pytest.mark.parametrize(
    "text", ["the first 3 minutes", "in 3 gates", "2 hours", "run 7 more", "10 mice", ""]
)
def test_other_words_may_stand_on_the_next_line(text: str) -> None:
    assert unparted(text) == text


def test_the_page_of_a_run_holds_together_whatever_is_written_on_it() -> None:
    assert element("p", "3.0° further ahead (± 0.2°)") == f"<p>3.0° further ahead (±{_HELD}0.2°)</p>"
