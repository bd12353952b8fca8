"""A run on its way to other programs: which one is meant, and what a baseline says of it."""

import pytest

from imu.followup.run_to_export import overstride_of
from imu.training.overstride import OverstrideIndex, overstride_index
from tests.training.histories import run
from tests.training.test_overstride import CONTACT


def test_a_leg_with_a_baseline_has_the_index_that_the_rules_give_it() -> None:
    later = run(30, ahead_deg={"left": 6})
    rule = overstride_index(later, (CONTACT,))
    assert isinstance(rule, OverstrideIndex)
    assert overstride_of(later, {"overstride_left": CONTACT}) == {"left": rule.value}
    assert rule.value > 60


@pytest.mark.parametrize("of", [run(30), run(30, shoe="new")])
def test_without_a_baseline_that_judges_it_no_index_is_told(of: object) -> None:
    from imu.training.history import Run

    assert isinstance(of, Run)
    assert overstride_of(of, {}) == {}
    found = overstride_of(of, {"overstride_left": CONTACT})
    assert ("left" in found) == (of.shoe != "new")
