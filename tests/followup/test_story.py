"""What is told of the last run: what it found, which leg it says nothing of, and what comes next."""

from dataclasses import replace

import pytest

from imu.followup.judgement import judge
from imu.followup.story import finding, told
from imu.store import Athlete, AthleteRecord
from imu.store.rights import OWN
from imu.training.history import History, Run
from imu.training.segments import Segments
from tests.training.athlete import ENTERED, ROW, after as and_then, at, planned
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
    words = found_in(without_most_of_the_left(run(11), left=left))
    judged, _, unjudged = words.partition(". ")
    assert "right" in judged.lower()
    assert unjudged.startswith("The left shank angle at contact: not judged, ")
    assert why in unjudged


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (11, "Next, from 2026-03-15 on: Stage 1"),
        (12, "Next, from tomorrow on: Stage 1"),
        (13, "Next: Stage 1"),
    ],
    ids=["it took the session of today", "on the day of rest", "after it"],
)
def test_what_comes_next_is_told_with_the_day_from_which_it_may_be_run(day: int, said: str) -> None:
    done = planned(11, ROW["1"])
    record = AthleteRecord(athlete=ATHLETE, history=and_then(ENTERED, done), plans=(), baselines=(), acts=())
    assert said in told(done, judge(record, now=at(day, 20)))
