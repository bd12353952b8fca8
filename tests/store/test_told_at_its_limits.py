"""What an athlete tells and a clinician decides: the largest that is taken, the smallest that is refused."""

import json
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest

from imu.store import Account, Athlete, Forbidden, Store, StoreError
from imu.training.baseline import Baseline
from imu.training.history import CheckIn, Decision, Exercise, Injury
from imu.training.warnings import Act
from tests.store.conftest import NOON
from tests.store.filled import baseline

ANSWER = CheckIn(at=NOON, moment="after", pain=2)
STRAIN = Injury(injury_id="strain", side="left", site="hamstring", onset=NOON.date() - timedelta(days=9))
BRIDGE = Exercise(at=NOON, exercise="bridge", sets=3)


@pytest.fixture
def who(athlete: Athlete) -> str:
    return athlete.athlete_id


@pytest.mark.parametrize(
    "taken",
    [
        replace(ANSWER, pain=0),
        replace(ANSWER, pain=10, effort_cr10=10.0),
        replace(ANSWER, effort_cr10=0.0),
        replace(ANSWER, site="s" * 80, side="left"),
        replace(ANSWER, at=NOON + timedelta(minutes=5)),  # a clock that is a little ahead
    ],
)
def test_an_answer_at_the_edge_is_kept(store: Store, who: str, taken: CheckIn) -> None:
    with store.changed_by("anna") as repository:
        repository.care.add_check_in(who, taken)
    with store.seen_by("anna") as repository:
        assert repository.record(who).history.check_ins == (taken,)
        assert repository.sharing.audit(who)[0].detail == {"moment": "after"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (replace(ANSWER, pain=-1), "pain -1"),
        (replace(ANSWER, pain=11), "pain 11"),
        (replace(ANSWER, effort_cr10=10.1), "effort 10.1"),
        (replace(ANSWER, effort_cr10=-0.1), "effort -0.1"),
        (replace(ANSWER, site="s" * 81), "the site has 1 to 80"),
        (replace(ANSWER, site=""), "the site has 1 to 80"),
        (replace(ANSWER, at=NOON + timedelta(minutes=5, seconds=1)), "in the future"),
        (replace(ANSWER, run_id="r" * 32), "Anna has none"),
    ],
)
def test_an_answer_beyond_the_edge_is_refused(store: Store, who: str, answer: CheckIn, words: str) -> None:
    with pytest.raises(StoreError, match=words), store.changed_by("anna") as repository:
        repository.care.add_check_in(who, answer)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(BRIDGE, sets=1000, reps=1, hold_s=1000.0), None),
        (replace(BRIDGE, hold_s=0.5, pain_during=10, side="right"), None),
        (replace(BRIDGE, sets=0), "sets 0"),
        (replace(BRIDGE, reps=0), "reps 0"),
        (replace(BRIDGE, reps=1001), "reps 1001"),
        (replace(BRIDGE, hold_s=1000.5), "hold_s 1000"),
        (replace(BRIDGE, hold_s=0.0), "hold_s 0"),
        (replace(BRIDGE, sets=2.5), "sets 2.5: give a whole"),  # type: ignore[arg-type]
        (replace(BRIDGE, reps=2.5), "reps 2.5: give a whole"),  # type: ignore[arg-type]
        (replace(BRIDGE, pain_during=11), "pain 11"),
        (replace(BRIDGE, pain_during=2.5), "pain 2.5"),  # type: ignore[arg-type]
        (replace(BRIDGE, side="both"), "side 'both'"),  # type: ignore[arg-type]
        (replace(BRIDGE, exercise=""), "an exercise has"),
        (replace(BRIDGE, at=NOON + timedelta(hours=1)), "in the future"),
    ],
)
def test_an_exercise_is_what_somebody_can_do(
    store: Store, who: str, entry: Exercise, words: str | None
) -> None:
    if words is None:
        with store.changed_by("anna") as repository:
            repository.care.add_exercise(who, entry)
            assert repository.record(who).history.exercises == (entry,)
            assert repository.sharing.audit(who)[0].subject == "bridge"
    else:
        with pytest.raises(StoreError, match=words), store.changed_by("anna") as repository:
            repository.care.add_exercise(who, entry)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"site": ""}, "the site has"),
        ({"grade": "g" * 81}, "the grade has"),
        ({"side": "both"}, "side 'both'"),
        ({"profile": "odd"}, "profile 'odd'"),
        ({"resolved": STRAIN.onset - timedelta(days=1)}, "before it began"),
        ({"onset": NOON.date() + timedelta(days=2)}, "in the future"),
    ],
)
def test_an_injury_that_cannot_be_is_refused(
    store: Store, who: str, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(StoreError, match=words), store.changed_by("anna") as repository:
        repository.care.add_injury(who, replace(STRAIN, **changes))


def test_an_injury_may_be_over_the_day_it_began(store: Store, who: str) -> None:
    with store.changed_by("anna") as repository:
        repository.care.add_injury(who, replace(STRAIN, injury_id="i" * 32, resolved=STRAIN.onset))
        repository.care.add_injury(who, STRAIN)
        repository.care.resolve_injury(who, "strain", STRAIN.onset)
        with pytest.raises(StoreError, match="before it began"):
            repository.care.resolve_injury(who, "strain", STRAIN.onset - timedelta(days=1))
        with pytest.raises(StoreError, match="none of this name"):
            repository.care.resolve_injury(who, "sprain", STRAIN.onset)
        assert {one.resolved for one in repository.record(who).history.injuries} == {STRAIN.onset}
        actions = [one.action for one in repository.sharing.audit(who)]
    assert actions[:3] == ["injury over", "injury recorded", "injury recorded"]


def test_a_clinician_signs_a_plan_and_a_gate_and_a_runner_does_not(store: Store, who: str) -> None:
    ito = store.add_account("ito", "clinician")
    plans = resources.files("imu.training.plans")
    plan = json.loads(next(one for one in plans.iterdir() if one.name.endswith(".json")).read_text("utf-8"))
    with store.changed_by("anna") as repository:
        repository.sharing.grant(who, "ito", "clinical")
        assert repository.care.adopt_plan(who, plan, reason="as it comes") == 1
        own = repository.care.answer_gate(who, "squat", passed=True, at=NOON - timedelta(minutes=1))
    with store.changed_by(ito) as repository:
        assert repository.care.adopt_plan(who, plan, reason="  agreed ") == 2
        his = repository.care.answer_gate(who, "squat", passed=False, at=NOON)
        record = repository.record(who)
    with store.seen_by("anna") as repository:
        told = [one for one in repository.sharing.audit(who) if one.action == "gate answered"]
    assert [(one.by, one.subject) for one in told] == [("ito", "squat"), ("anna", "squat")]
    assert [(one.version, one.signed, one.reason) for one in record.plans] == [
        (1, False, "as it comes"),
        (2, True, "agreed"),
    ]
    assert [(one.by, one.clinician, one.passed) for one in (own, his)] == [
        ("anna", False, True),
        ("ito", True, False),
    ]
    assert record.history.gate_answers == (own, his)


def test_a_decision_has_a_reason_a_kind_and_a_time(store: Store, who: str) -> None:
    ito = store.add_account("ito", "clinician")
    hold = Decision(at=NOON, kind="hold", by="ito", reason=" wait for the scan ", stage="jog")
    with store.changed_by("anna") as repository:
        repository.sharing.grant(who, "ito", "clinical")
        with pytest.raises(Forbidden, match="decide as a clinician"):
            repository.care.decide(who, hold)
    with store.changed_by(ito) as repository:
        for wrong, words in (
            (replace(hold, reason=" "), "needs a reason"),
            (replace(hold, kind="shrug"), "decision 'shrug'"),  # type: ignore[arg-type]
            (replace(hold, at=NOON + timedelta(hours=1)), "in the future"),
            (replace(hold, stage="s" * 81), "a stage has"),
        ):
            with pytest.raises(StoreError, match=words):
                repository.care.decide(who, wrong)
        repository.care.decide(who, hold)
        (kept,) = repository.record(who).history.decisions
        assert (kept.kind, kept.reason, kept.stage, kept.by) == ("hold", "wait for the scan", "jog", ito.name)
    with store.seen_by("anna") as repository:
        told = next(one for one in repository.sharing.audit(who) if one.action == "decided")
    assert (told.by, told.subject, told.detail) == ("ito", "hold", {"stage": "jog"})


def test_an_answer_to_a_warning_has_a_time_with_a_zone(store: Store, anna: Account, who: str) -> None:
    seen = Act(at=NOON, warning="w" * 120, kind="acknowledged", by=anna.name)
    with store.changed_by(anna) as repository:
        for wrong, words in (
            (replace(seen, warning="w" * 121), "the key of a warning has 1 to 120"),
            (replace(seen, kind="shrugged"), "'shrugged'"),  # type: ignore[arg-type]
            (replace(seen, at=NOON.replace(tzinfo=None)), "no time zone"),
            (replace(seen, at=NOON + timedelta(hours=1)), "in the future"),
        ):
            with pytest.raises(StoreError, match=words):
                repository.care.act(who, wrong)
        repository.care.act(who, seen)
        assert repository.sharing.audit(who)[0].action == "warning acknowledged"


def test_a_coach_keeps_the_first_baseline_and_does_not_choose_another(store: Store, who: str) -> None:
    coach = store.add_account("lee", "coach")
    first = baseline(NOON)
    moved = replace(first, frozen_at=NOON - timedelta(days=1))
    with store.changed_by("anna") as repository:
        repository.sharing.grant(who, "lee", "training")

    def keep(viewer: str, kept: Baseline, *, on_purpose: bool, reason: str = " ten runs ") -> None:
        with store.changed_by(viewer) as repository:
            repository.care.keep_baseline(
                who, "overstride_left", kept, on_purpose=on_purpose, reason=reason, analysis_version="1"
            )

    keep(coach.name, first, on_purpose=False)
    with pytest.raises(Forbidden, match="write symptoms"):
        keep(coach.name, moved, on_purpose=True)
    with pytest.raises(StoreError, match="needs a reason"):
        keep("anna", moved, on_purpose=True, reason=" ")
    keep("anna", moved, on_purpose=True)
    with store.seen_by("anna") as repository:
        kept = repository.record(who).baselines
        log = repository.sharing.audit(who)
    assert [(one.chart, one.baseline, one.on_purpose, one.reason, one.replaced_at) for one in kept] == [
        ("overstride_left", first, False, "ten runs", NOON),
        ("overstride_left", moved, True, "ten runs", None),
    ]
    assert [(one.by, one.action) for one in log[:2]] == [("anna", "baseline kept"), ("lee", "baseline kept")]
