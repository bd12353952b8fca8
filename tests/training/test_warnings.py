"""Warnings: raised once, renewed, ended by the data, and what people do with them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from imu.errors import RestrideError
from imu.training.engine import plan_state
from imu.training.evidence import Evidence
from imu.training.history import CheckIn, History, Side
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.stages import stages
from imu.training.warnings import Act, ActKind, RaisedWarning, warnings
from tests.training.athlete import ENTERED, after, at, planned, run

PLAN = default_plan()
FIRST = stages(PLAN, profile="strain")[0]


@dataclass(frozen=True)
class Alarm:
    """What a chart hands over."""

    raised_by: str
    raised_at: datetime
    chart: str = "overstride_left"
    code: str = "overstriding_appeared"
    side: Side | None = "left"
    closed_at: datetime | None = None
    evidence: Evidence = Evidence(
        value=9.0, unit="deg", reference=6.0, compared_with="baseline", uncertainty=0.5, n=3, counted="runs",
        sentence="3.0° further ahead.", to_do="Look at the strap.",
    )  # fmt: skip

    @property
    def latest_at(self) -> datetime:
        return self.raised_at

    @property
    def run_ids(self) -> tuple[str, ...]:
        return (self.raised_by,)


def raised(history: History, *, day: int = 30, **more: object) -> list[RaisedWarning]:
    state = plan_state(history, PLAN, now=at(day))
    plan = state if isinstance(state, PlanState) else None
    return list(warnings(history, now=at(day), state=plan, **more))  # type: ignore[arg-type]


def test_a_runner_who_keeps_to_the_plan_without_pain_is_left_in_peace() -> None:
    assert raised(after(after(ENTERED, planned(12, FIRST)), planned(14, FIRST))) == []


@pytest.mark.parametrize("kind", ["acknowledged", "snoozed", "overruled"])
def test_what_answered_an_amber_warning_does_not_answer_a_red_one(kind: ActKind) -> None:
    amber = after(ENTERED, planned(12, FIRST), during=3)
    (key,) = [one.key for one in raised(amber, day=13)]
    act = Act(at=at(13), warning=key, kind=kind, by="anna", reason="known", until=at(60))
    assert [one.is_pressing for one in raised(amber, day=14, acts=[act])] == [False]
    (as_before,) = raised(after(amber, planned(14, FIRST), during=3), day=16, acts=[act])
    assert (as_before.level, as_before.is_pressing) == ("amber", False)

    red = after(amber, planned(14, FIRST), during=6)
    (warning,) = raised(red, day=16, acts=[act])
    assert (warning.level, warning.status, warning.is_pressing) == ("red", "open", True)
    assert warning.acts == (act,)
    answered = replace(act, at=at(16))
    (warning,) = raised(red, day=17, acts=[act, answered])
    assert (warning.status, warning.is_pressing) == (kind, False)


def test_a_calm_morning_after_a_red_run_opens_nothing_that_was_answered() -> None:
    run_of_day = planned(12, FIRST)
    evening, morning = run_of_day.end + timedelta(hours=1), run_of_day.end + timedelta(hours=20)
    told = [
        CheckIn(at=evening, run_id=run_of_day.run_id, moment="during", pain=6),
        CheckIn(at=morning, run_id=run_of_day.run_id, moment="next_morning", pain=0),
    ]
    amber = after(ENTERED, planned(10, FIRST), during=3)
    history = replace(amber, runs=(*amber.runs, run_of_day), check_ins=(*amber.check_ins, *told))
    (warning,) = raised(history, day=13)
    assert (warning.level, warning.graver_since) == ("red", evening)
    act = Act(at=evening + timedelta(hours=2), warning=warning.key, kind="acknowledged", by="anna")
    (warning,) = raised(history, day=14, acts=[act])
    assert warning.status == "acknowledged"


def test_pain_in_two_runs_in_a_row_is_one_warning_with_the_latest_evidence() -> None:
    history = after(after(ENTERED, planned(12, FIRST), during=2), planned(14, FIRST), during=5)
    (warning,) = raised(history, day=17)
    assert (warning.code, warning.level, warning.raised_by) == ("pain_response", "red", "run-12")
    assert warning.run_ids == ("run-12", "run-14")
    assert "5 of 10" in warning.evidence.sentence


RED = "Pain of the run of 2026-03-14: 5 of 10 in the run and after, 1 the next morning, at rest before 0."


def test_a_red_warning_stays_what_was_red_with_its_advice_and_tells_what_came_since() -> None:
    history = after(ENTERED, planned(12, FIRST), during=5, morning=1)
    (alone,) = raised(history, day=13)
    (warning,) = raised(after(history, planned(14, FIRST), during=2), day=17)
    assert (warning.level, warning.latest_at.date()) == ("red", at(14).date())
    assert warning.evidence.sentence == f"{RED} Since then amber, last on 2026-03-16."
    assert warning.evidence.to_do == alone.evidence.to_do
    assert warning.evidence.to_do.startswith("Rest until the pain is what it was before")
    assert warning.evidence.value == 5


def test_of_two_red_ones_the_latest_is_told() -> None:
    history = after(ENTERED, planned(12, FIRST), during=6)
    (warning,) = raised(after(history, planned(14, FIRST), during=5), day=17)
    assert warning.evidence.sentence.startswith("Pain of the run of 2026-03-16: 5 of 10")
    assert "Since then" not in warning.evidence.sentence


def test_a_red_flag_is_not_hidden_by_red_pain_that_came_after_it() -> None:
    """Without a plan nothing is on hold, and the warning alone says that a clinician comes first."""
    flag = CheckIn(at=at(1, 10), moment="during", pain=3, run_id="run-1", red_flags=("pop",))
    more = CheckIn(at=at(3, 10), moment="during", pain=6, run_id="run-3")
    runs = (run(1, ("run", 1800.0)), run(3, ("run", 600.0)))
    bands = PLAN.pain_profiles.of("strain")
    (warning,) = raised(History(runs=runs, check_ins=(flag, more)), day=4, bands=bands)
    assert "a pop" in warning.evidence.sentence
    assert warning.evidence.sentence.endswith("Since then red, last on 2026-03-05.")
    assert warning.evidence.to_do == "Stop running and show this to a clinician before the next run."


def test_a_green_run_ends_it_and_pain_after_that_is_a_new_one() -> None:
    history = after(after(ENTERED, planned(12, FIRST), during=2), planned(14, FIRST))
    (warning,) = raised(history, day=17)
    assert warning.status == "resolved"
    again = raised(after(history, planned(16, FIRST), during=2), day=18)
    assert [one.status for one in again] == ["open", "resolved"]


def test_red_pain_on_a_day_without_a_run_is_told() -> None:
    hurts = replace(ENTERED, check_ins=(*ENTERED.check_ins, CheckIn(at=at(5, 7), moment="after", pain=6)))
    assert [one.code for one in raised(hurts, day=13)] == ["pain_response"]


def test_more_than_the_plan_and_no_rest_day_are_plan_exceeded() -> None:
    history = after(after(ENTERED, planned(12, FIRST)), run(13, ("run", 1200.0)))
    (warning,) = raised(history, day=15)
    assert warning.code == "plan_exceeded"
    assert "no day of rest" in warning.evidence.sentence
    assert "20.0 min of running instead of 2 min" in warning.evidence.sentence


def test_running_before_the_entry_gate_is_plan_exceeded() -> None:
    (warning,) = raised(after(ENTERED, run(5, ("run", 600.0))), day=7)
    assert "entry gate" in warning.evidence.sentence


def test_a_load_spike_without_a_plan() -> None:
    usual = tuple(run(day, ("run", 1800.0)) for day in range(0, 40, 2))
    history = History(runs=(*usual, run(40, ("run", 3000.0))))
    (warning,) = raised(history, day=41)
    assert (warning.code, warning.level, warning.evidence.n) == ("load_spike", "red", 15)


def test_bad_data_raises_only_that_it_is_bad() -> None:
    usual = tuple(run(day, ("run", 1800.0)) for day in range(0, 40, 2))
    broken = replace(run(40, ("run", 9000.0)), trust="poor", untrusted_because=("left strap slipped",))
    alarm = Alarm(raised_by="run-40", raised_at=broken.end)
    (warning,) = raised(History(runs=(*usual, broken)), day=41, alarms=[alarm])
    assert (warning.code, warning.level) == ("data_not_trusted", "note")
    assert "left strap slipped" in warning.evidence.sentence


def test_a_broken_recording_does_not_end_what_a_good_one_raised() -> None:
    history = after(ENTERED, run(12, ("run", 1200.0)))
    broken = replace(planned(14, FIRST), trust="poor")
    found = {one.code: one.status for one in raised(after(history, broken), day=16)}
    assert found == {"plan_exceeded": "open", "data_not_trusted": "open"}


def test_a_chart_warns_amber_and_only_three_charts_may() -> None:
    history = after(ENTERED, planned(12, FIRST))
    alarm = Alarm(raised_by="run-12", raised_at=at(12, 9))
    (warning,) = raised(history, alarms=[alarm])
    assert (warning.key, warning.level, warning.side) == ("overstride_left:run-12", "amber", "left")
    with pytest.raises(ValueError, match="cadence"):
        raised(history, alarms=[replace(alarm, chart="cadence")])


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        ([], "open"),
        (["seen"], "seen"),
        (["seen", "acknowledged"], "acknowledged"),
        (["acknowledged", "seen"], "acknowledged"),
        (["overruled"], "overruled"),
        (["overruled", "reopened"], "open"),
    ],
)
def test_the_life_of_a_warning(acts: list[str], status: str) -> None:
    done = [_act(kind, hour) for hour, kind in enumerate(acts)]
    (warning,) = raised(after(ENTERED, planned(12, FIRST), during=5), day=15, acts=done)
    assert warning.status == status
    assert len(warning.acts) == len(acts)


def test_a_snoozed_warning_comes_back() -> None:
    history = after(ENTERED, planned(12, FIRST), during=5)
    snoozed = Act(at=at(13), warning="pain_response:run-12", kind="snoozed", by="runner", until=at(15))
    statuses = [raised(history, day=day, acts=[snoozed])[0].status for day in (14, 16)]
    assert statuses == ["snoozed", "open"]


def test_overruling_needs_a_reason_and_snoozing_an_end() -> None:
    with pytest.raises(RestrideError, match="reason"):
        Act(at=at(13), warning="w", kind="overruled", by="runner", reason=" ")
    with pytest.raises(RestrideError, match="future"):
        Act(at=at(13), warning="w", kind="snoozed", by="runner", until=at(12))


def _act(kind: str, hour: int) -> Act:
    reason = "the strap was new" if kind == "overruled" else None
    return Act(at=at(13, 8 + hour), warning="pain_response:run-12", kind=kind, by="runner", reason=reason)  # type: ignore[arg-type]
