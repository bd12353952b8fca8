"""The one line about the last run: what it found, and which leg it says nothing of."""

from dataclasses import replace

import pytest

from imu.followup.judgement import judge
from imu.followup.story import finding
from imu.store import Athlete, AthleteRecord
from imu.store.rights import OWN
from imu.training.history import History, Run
from imu.training.segments import Segments
from tests.training.histories import after, run, usual

ATHLETE = Athlete(athlete_id="1", name="Anna", is_own=True, simulated=True, revision=1, rights=OWN)


def found_in(last: Run) -> str:
    history = History(runs=(*usual(11), last))
    record = AthleteRecord(athlete=ATHLETE, history=history, plans=(), baselines=(), acts=())
    return finding(last, judge(record, now=after(history)))


def without_most_of_the_left(whole: Run, *, left: int) -> Run:
    kept = [one for one in whole.segments if one.side == "right"]
    kept += [one for one in whole.segments if one.side == "left"][:left]
    return replace(whole, segments=Segments.of(kept))


def test_both_legs_judged_are_one_sentence() -> None:
    assert found_in(run(11)).count("at this speed") == 1
    assert "not judged" not in found_in(run(11))


@pytest.mark.parametrize(("left", "why"), [(2, "2 level, steady segments"), (0, "nothing worn shows it")])
def test_a_leg_whose_packets_were_lost_is_named_with_the_reason(left: int, why: str) -> None:
    told = found_in(without_most_of_the_left(run(11), left=left))
    judged, _, unjudged = told.partition(". ")
    assert "right" in judged.lower()
    assert unjudged.startswith("The left shank angle at contact: not judged, ")
    assert why in unjudged
