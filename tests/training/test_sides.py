"""The injured side against the other: by the runs before, and never by less than straps feign."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from imu.training.history import ImpactLoad, Injury, Run, Side
from imu.training.references import FEWEST_RUNS
from imu.training.sides import LEAST_CONTACT_S, LEAST_IMPACT_G, ByRun, SideBySide, side_by_side
from tests.training.histories import FIRST, run

BEFORE = [run(at) for at in range(FEWEST_RUNS)]
SINCE = [run(FEWEST_RUNS + at) for at in range(4)]
ONSET = (FIRST + timedelta(days=2 * FEWEST_RUNS - 1)).date()
SIDES: tuple[Side, ...] = ("left", "right")
INJURY = Injury(injury_id="i", side="right", site="hamstring", onset=ONSET)


def landing(one: Run, *, complete: bool = True) -> Run:
    impact = tuple(
        ImpactLoad(side=side, contacts=100, cumulative_g=600.0, damage_index=1.0, complete=complete)
        for side in SIDES
    )
    return replace(one, impact=impact)


def impacts(*, before: float, since: float, complete: bool = True) -> SideBySide | None:
    runs = [landing(one, complete=complete) for one in (*BEFORE, *SINCE)]
    told: ByRun = {
        one.run_id: {"left": 5.0, "right": 5.0 + (before if at < FEWEST_RUNS else since)}
        for at, one in enumerate(runs)
    }
    found = side_by_side(runs[:FEWEST_RUNS], runs[FEWEST_RUNS:], INJURY, impact_g=told)
    return next((one for one in found if one.quantity == "impact_g"), None)


def contacts(*differences_s: float, since_s: float) -> SideBySide:
    told: ByRun = {
        one.run_id: {"left": 0.25, "right": 0.25 + difference}
        for one, difference in zip((*BEFORE, *SINCE), (*differences_s, *[since_s] * 4), strict=True)
    }
    found = side_by_side(BEFORE, SINCE, INJURY, contact_time_s=told)
    return next(one for one in found if one.quantity == "contact_time_s")


def test_a_mean_of_three_runs_shows_a_change_that_no_single_run_can() -> None:
    usual = np.linspace(0.0, 0.030, FEWEST_RUNS)
    found = contacts(*usual, since_s=0.040)
    assert found.injured_side == "right"
    assert [one.is_usual for one in found.runs] == [True] * FEWEST_RUNS + [False] * 4
    assert len(found.recent) == 3
    assert found.change == pytest.approx(0.025)
    sd = float(np.std(usual, ddof=1))
    assert found.standard_error == pytest.approx(sd * (1 / 3 + 1 / FEWEST_RUNS) ** 0.5)
    assert found.detectable == pytest.approx(1.96 * (2 / 3) ** 0.5 * sd)
    assert found.is_detectable
    first = replace(found, runs=found.runs[: FEWEST_RUNS + 1])
    assert first.change == pytest.approx(found.change)
    assert first.detectable == pytest.approx(1.96 * 2**0.5 * sd)
    assert first.is_detectable is False


def test_before_the_first_run_since_it_says_what_one_run_will_have_to_show() -> None:
    found = contacts(*np.linspace(0.0, 0.030, FEWEST_RUNS), since_s=0.040)
    none_yet = replace(found, runs=found.runs[:FEWEST_RUNS])
    one = replace(found, runs=found.runs[: FEWEST_RUNS + 1])
    assert none_yet.detectable == one.detectable
    assert none_yet.is_detectable is None


@pytest.mark.parametrize(("since_g", "told"), [(-0.4, False), (1.4, False), (1.6, True), (-1.6, True)])
def test_runs_that_were_alike_to_the_digit_make_no_jolt_detectable_that_a_strap_feigns(
    since_g: float, told: bool
) -> None:
    found = impacts(before=0.0, since=since_g)
    assert found is not None
    assert found.usual_sd == 0.0
    assert found.detectable == LEAST_IMPACT_G
    assert found.is_detectable is told


def test_nor_a_contact_time_or_an_angle() -> None:
    assert contacts(*[0.001] * FEWEST_RUNS, since_s=0.009).detectable == LEAST_CONTACT_S
    steady = [run(at, day_sd_deg=0.0, segment_sd_deg=0.0, drop_deg={"left": 1.0}) for at in range(20)]
    angles = side_by_side(steady[:FEWEST_RUNS], steady[FEWEST_RUNS:], INJURY)
    assert [one.detectable for one in angles] == [2.0] * len(angles)


def test_with_too_few_runs_before_it_says_why_and_nothing_is_detectable() -> None:
    few = BEFORE[: FEWEST_RUNS - 1]
    told = side_by_side(few, SINCE, INJURY)[0]
    assert (told.usual, told.detectable, told.change, told.is_detectable) == (None, None, None, None)
    assert told.no_reference is not None
    assert f"{FEWEST_RUNS - 1} of {FEWEST_RUNS} runs" in told.no_reference


def test_peaks_that_are_lower_bounds_tell_nothing_of_the_other_leg() -> None:
    assert impacts(before=4.0, since=4.0) is not None
    assert impacts(before=4.0, since=4.0, complete=False) is None


def test_a_run_has_the_peaks_that_its_own_page_tells() -> None:
    found = impacts(before=1.0, since=2.0)
    assert found is not None
    assert {(one.other, one.injured) for one in found.runs} == {(5.0, 6.0), (5.0, 7.0)}


def test_legs_that_are_alike_to_the_last_digit_were_not_measured_apart() -> None:
    assert impacts(before=0.0, since=0.0) is None
