"""Charts across runs: what they find, what they keep silent about, and that they say how sure they are."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from imu.training.baseline import NoBaseline
from imu.training.chart import CHARTS, Chart, charts
from imu.training.history import History, Run
from imu.training.warnings import warnings
from tests.test_words import judging
from tests.training.histories import after, run, usual

USUAL = usual(22)


def drawn(history: History) -> dict[str, Chart]:
    return {chart.charted.name: chart for chart in charts(history, now=after(history))}


def changed(**kind: object) -> tuple[Run, ...]:
    return tuple(run(at, **kind) for at in range(22, 40))  # type: ignore[arg-type]


def test_at_most_three_charts_may_warn() -> None:
    assert len(CHARTS) == 3


def test_overstriding_of_one_leg_is_found_on_that_leg_only() -> None:
    found = drawn(History(runs=USUAL + changed(ahead_deg={"right": 4.5})))
    (alarm,) = found["overstride_right"].open_alarms
    assert (alarm.code, alarm.side, alarm.direction) == ("overstriding_appeared", "right", "more")
    assert found["overstride_left"].alarms == ()
    assert found["drop_asymmetry"].alarms == ()


def test_the_evidence_of_an_alarm_is_complete_and_true() -> None:
    history = History(runs=USUAL + changed(ahead_deg={"left": 4.5}))
    (alarm,) = drawn(history)["overstride_left"].open_alarms
    evidence = alarm.evidence
    assert evidence.reference is not None
    assert evidence.uncertainty is not None
    assert evidence.value - evidence.reference == pytest.approx(4.5, abs=3 * evidence.uncertainty)
    assert (evidence.n, evidence.counted) == (3, "runs")
    assert "changed from your baseline" in evidence.sentence
    assert judging(f"{evidence.sentence} {evidence.to_do} {evidence.compared_with}") == []
    assert history.runs[19].start <= alarm.began_at <= history.runs[25].start
    assert alarm.began_at <= alarm.raised_at


def test_a_warning_names_the_runs_that_its_evidence_is_of_and_when_the_newest_was() -> None:
    """Renewed by every run while it is open; one that is over keeps those that it was about."""
    runs = USUAL + changed(ahead_deg={"left": 4.5})
    for history in (History(runs=runs), History(runs=runs[:-5])):
        (alarm,) = drawn(history)["overstride_left"].open_alarms
        (warning,) = warnings(history, now=after(history), state=None, alarms=[alarm])
        last = history.runs[-3:]
        assert warning.run_ids == tuple(one.run_id for one in last)
        assert len(warning.run_ids) == warning.evidence.n
        assert warning.latest_at == last[-1].start > warning.raised_at
        assert warning.raised_by not in warning.run_ids
        assert all(warning.is_about(run_id) for run_id in (warning.raised_by, *warning.run_ids))
        assert not warning.is_about(runs[0].run_id)
        said_by = {one.run_id for one in runs if warning.is_said_by(one.run_id)}
        assert said_by == {warning.raised_by}  # a later run says how far it is itself
    back = History(runs=runs + tuple(run(at) for at in range(40, 60)))
    (closed,) = drawn(back)["overstride_left"].alarms
    assert closed.closed_at is not None
    assert closed.raised_at < closed.latest_at < closed.closed_at


def test_reaching_less_far_is_no_warning() -> None:
    assert drawn(History(runs=USUAL + changed(ahead_deg={"left": -5})))["overstride_left"].alarms == ()


@pytest.mark.parametrize(("side", "direction"), [("left", "more"), ("right", "less")])
def test_drop_of_either_side_changes_the_difference(side: str, direction: str) -> None:
    (alarm,) = drawn(History(runs=USUAL + changed(drop_deg={side: 5.0})))["drop_asymmetry"].open_alarms
    assert alarm.direction == direction
    assert f"more in {side} stance" in alarm.evidence.sentence


def test_more_drop_of_both_sides_is_no_asymmetry() -> None:
    both = drawn(History(runs=USUAL + changed(drop_deg={"left": 5.0, "right": 5.0})))
    assert both["drop_asymmetry"].alarms == ()


def test_recordings_that_are_not_to_be_trusted_never_warn() -> None:
    poor = tuple(replace(one, trust="poor") for one in changed(ahead_deg={"left": 9}, drop_deg={"left": 9}))
    found = drawn(History(runs=USUAL + poor))
    assert [chart.alarms for chart in found.values()] == [(), (), ()]
    assert all(point.not_judged and point.z is None for point in found["overstride_left"].points[12:])


def test_a_warning_closes_when_the_runs_are_back() -> None:
    back = tuple(run(at) for at in range(40, 60))
    found = drawn(History(runs=USUAL + changed(ahead_deg={"left": 5}) + back))["overstride_left"]
    (alarm,) = found.alarms
    assert alarm.closed_at is not None
    assert found.open_alarms == ()


@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("leg", "chart"), [("left", "overstride_left"), ("right", "overstride_right"), ("drop", "drop_asymmetry")]
)
def test_an_open_warning_whose_last_runs_are_back_says_so(leg: str, chart: str) -> None:
    kind = {"drop_deg": {"left": 6.0}} if leg == "drop" else {"ahead_deg": {leg: 6.0}}
    back = tuple(run(at) for at in range(40, 60))
    eased = []
    for days in range(1, len(back)):
        found = drawn(History(runs=USUAL + changed(**kind) + back[:days]))[chart]
        (alarm,) = found.alarms
        assert alarm.evidence.reference is not None
        still = abs(alarm.evidence.value - alarm.evidence.reference) > 2.0
        if found.open_alarms and not still:
            assert "less than is told as a change" in alarm.evidence.sentence
            assert "changed from your baseline" in alarm.evidence.sentence
            assert "ends by itself" in alarm.evidence.to_do
            assert judging(f"{alarm.evidence.sentence} {alarm.evidence.to_do}") == []
            eased.append(days)
        else:
            assert still  # one that is over still tells of the runs it was about
            assert "In the last 3 runs" in alarm.evidence.sentence
            assert "less than is told" not in alarm.evidence.sentence
    assert eased


def test_an_open_warning_whose_last_runs_went_the_other_way_says_so() -> None:
    swung = tuple(run(at, ahead_deg={"left": -5.0}) for at in range(40, 43))
    found = drawn(History(runs=USUAL + changed(ahead_deg={"left": 7.0}) + swung))["overstride_left"]
    (alarm,) = found.open_alarms
    assert alarm.evidence.reference is not None
    assert alarm.evidence.value - alarm.evidence.reference < -2.0
    assert "the other way." in alarm.evidence.sentence
    assert "Go on as you do" not in alarm.evidence.to_do


def test_a_new_shoe_is_learnt_before_its_runs_are_judged() -> None:
    found = drawn(History(runs=USUAL + changed(ahead_deg={"left": 4.0, "right": 4.0}, shoe="new")))
    assert found["overstride_left"].alarms == ()
    reasons = [point.not_judged for point in found["overstride_left"].points[12:16]]
    assert reasons == [
        *(f"the baseline is still learning this setting (shoe new), run {k} of 3" for k in (1, 2, 3)),
        None,
    ]


def test_a_change_that_was_there_before_a_new_shoe_stays_visible() -> None:
    runs = [*USUAL, *changed(ahead_deg={"left": 6})]
    runs[28:] = [replace(one, shoe="new") for one in runs[28:]]
    (alarm,) = drawn(History(runs=tuple(runs)))["overstride_left"].open_alarms
    assert alarm.evidence.uncertainty is not None
    assert 1 < alarm.evidence.uncertainty < 3  # the shoe's own error is in it, and nothing absurd


def test_without_a_baseline_nothing_is_judged_and_the_reason_is_there() -> None:
    chart = drawn(History(runs=USUAL[:5]))["overstride_left"]
    assert isinstance(chart.baseline, NoBaseline)
    assert chart.points == ()
    assert charts(History(), now=after(History(runs=USUAL)))[0].alarms == ()


def test_a_kept_baseline_is_used_as_it_is() -> None:
    history = History(runs=USUAL)
    kept = drawn(history)["overstride_left"].baseline
    assert not isinstance(kept, NoBaseline)
    later = History(runs=USUAL[15:])
    (chart, *_) = charts(later, now=after(later), kept={"overstride_left": kept})
    assert chart.baseline == kept


@pytest.mark.unhurried
@settings(max_examples=6, deadline=None)
@given(st.sets(st.integers(0, 39)), st.sampled_from([0.0, 4.5]))
def test_same_history_same_answer_and_a_run_that_has_not_come_changes_nothing(
    poor: set[int], ahead_deg: float
) -> None:
    runs = tuple(
        replace(one, trust="poor") if at in poor else one
        for at, one in enumerate(USUAL + changed(ahead_deg={"left": ahead_deg}))
    )
    then = after(History(runs=runs[:30]))
    seen = tuple(one for one in runs if one.end <= then)
    assert charts(History(runs=runs), now=then) == charts(History(runs=seen), now=then)
