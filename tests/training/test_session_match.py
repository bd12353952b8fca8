"""Was the prescribed session done? Each answer from the bouts of a run."""

from dataclasses import replace

import pytest

from imu.training.history import Run
from imu.training.plan_file import default_plan
from imu.training.segments import Segment, Segments
from imu.training.session_match import Match, match_session
from imu.training.sessions import Session
from imu.training.stages import Stage, stages
from imu.training.top_speed import TopSpeed
from tests.training.athlete import TOP_MPS, planned, run

ROW = stages(default_plan(), profile="strain")
BY_ID = {stage.id: stage for stage in ROW}
TOP = TopSpeed(speed_mps=TOP_MPS, run_id="before-8", runs=3)


def match(done: Run, stage: Stage, *, top: TopSpeed | None = TOP) -> Match:
    session = Session(day=done.start.date(), runs=(done,))
    return match_session(session, stage, top=top, longest_30d_s=1560)


@pytest.mark.parametrize("stage", ROW, ids=lambda stage: stage.id)
def test_a_stage_done_as_planned_is_done(stage: Stage) -> None:
    assert match(planned(20, stage), stage).outcome == "done"


@pytest.mark.parametrize("at", range(9), ids=lambda at: ROW[at].id)
def test_the_next_ratio_of_walking_and_jogging_is_never_taken_for_this_one(at: int) -> None:
    assert match(planned(20, ROW[at + 1]), ROW[at]).outcome == "more"


@pytest.mark.parametrize("at", range(len(ROW) - 3), ids=lambda at: ROW[at].id)
def test_later_stages_differ_by_a_tenth_or_less_but_three_further_is_never_this_one(at: int) -> None:
    assert match(planned(20, ROW[at + 3]), ROW[at]).outcome != "done"


@pytest.mark.parametrize("at", range(1, len(ROW)), ids=lambda at: ROW[at].id)
def test_the_stage_before_is_never_more_than_this_one(at: int) -> None:
    assert match(planned(20, ROW[at - 1]), ROW[at]).outcome in ("less", "done")


@pytest.mark.parametrize("jog_s", [27.0, 30.0, 33.0])
def test_jogs_of_half_a_minute_are_found_whatever_the_detector_takes_off_their_ends(jog_s: float) -> None:
    done = run(20, *[("walk", 270 - jog_s + 30), ("run", jog_s)] * 4)
    found = match(done, BY_ID["1"])
    assert (found.outcome, found.jogs_done) == ("done", 4)


def test_three_jogs_of_four_are_less_and_say_so() -> None:
    found = match(run(20, *[("walk", 270.0), ("run", 30.0)] * 3), BY_ID["1"])
    assert found.outcome == "less"
    assert found.short_of == ("1 of 4 jogs of 30 s",)


def test_a_jog_that_is_too_long_is_more() -> None:
    found = match(run(20, *[("walk", 270.0), ("run", 30.0)] * 3, ("walk", 240.0), ("run", 60.0)), BY_ID["1"])
    assert found.outcome == "more"
    assert "a jog of 60 s instead of 30 s" in found.beyond


def test_breaks_that_are_too_short_are_more() -> None:
    assert match(run(20, *[("run", 30.0), ("walk", 40.0)] * 4), BY_ID["1"]).outcome == "more"


def test_a_traffic_light_does_not_end_a_long_run() -> None:
    assert match(run(20, ("run", 600.0), ("stand", 45.0), ("run", 600.0)), BY_ID["11"]).outcome == "done"


def test_a_walking_break_of_five_minutes_does() -> None:
    assert match(run(20, ("run", 600.0), ("walk", 300.0), ("run", 600.0)), BY_ID["11"]).outcome == "less"


def test_a_fast_finish_is_more() -> None:
    assert match(run(20, ("run", 1200.0), fast_s=30, fast_mps=6.0), BY_ID["11"]).outcome == "more"


def test_without_a_known_top_speed_repetitions_are_not_judged() -> None:
    assert match(planned(20, BY_ID["S1"]), BY_ID["S1"], top=None).outcome == "not_judged"


def test_a_recording_that_cannot_be_trusted_is_not_judged() -> None:
    assert match(replace(planned(20, BY_ID["1"]), trust="poor"), BY_ID["1"]).outcome == "not_judged"


def test_many_accelerations_are_more_in_a_stage_without_them() -> None:
    assert match(replace(planned(20, BY_ID["11"]), accelerations=9), BY_ID["11"]).outcome == "more"


def test_hills_are_more_before_their_stage_and_planned_from_it_on() -> None:
    hill = Segment(side="left", minute=5, strides=25, speed_mps=2.8, grade_percent=6)
    outcomes = [
        match(replace(planned(20, BY_ID[stage]), segments=Segments.of([hill, hill])), BY_ID[stage]).outcome
        for stage in ("11", "12")
    ]
    assert outcomes == ["more", "done"]


def test_a_recording_that_was_stopped_in_between_is_still_one_session() -> None:
    parts = [run(20, ("walk", 270.0), ("run", 30.0), run_id=f"part-{part}") for part in range(4)]
    session = Session(day=parts[0].start.date(), runs=tuple(parts))
    assert match_session(session, BY_ID["1"], top=TOP, longest_30d_s=None).outcome == "done"
