"""Pages that read what charts found say the same as if all had been drawn for them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from imu.followup import kept_charts
from imu.followup.episode import compared_ids, episode_of
from imu.followup.judgement import judge
from imu.followup.seasons import keep_season
from imu.followup.standing import judged, judged_and_kept
from imu.simulate.season import tell
from imu.store import Account, Repository, Store
from imu.training.chart import Chart
from imu.training.history import CheckIn
from imu.training.plan_state import PlanState
from imu.training.said import Said
from tests.store.conftest import NOON, Clock

VERSION = "test"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Store]:
    made = Store.at(tmp_path_factory.mktemp("charts"), clock=clock)
    yield made
    made.close()


@pytest.fixture(scope="module")
def anna(store: Store) -> Account:
    return store.add_account("anna", "runner")


@pytest.fixture(scope="module")
def athlete_id(store: Store, anna: Account) -> str:
    """Hurt, on the way back, with a change that a chart found."""
    season = tell("overstride", until=NOON.date() - timedelta(days=1))
    found = keep_season(store, anna, season, analysis_version=VERSION)
    with store.changed_by(anna) as repository:
        judged_and_kept(repository, found, analysis_version=VERSION)
    return found


@pytest.fixture
def repository(store: Store, anna: Account) -> Iterator[Repository]:
    with store.seen_by(anna) as found:
        yield found


def without_terms(charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    return tuple(
        replace(
            chart,
            points=tuple(
                replace(one, comparison=one.comparison and replace(one.comparison, terms=()))
                for one in chart.points
            ),
        )
        for chart in charts
    )


@pytest.mark.unhurried
def test_what_was_kept_is_what_would_be_drawn(repository: Repository, athlete_id: str) -> None:
    record, found = judged(repository, athlete_id, analysis_version=VERSION)
    anew = judge(repository.record(athlete_id), now=repository.now())
    assert any(chart.alarms for chart in anew.charts)
    assert not any(len(run.segments) for run in record.history.runs)  # so they were not read
    assert found.charts == without_terms(anew.charts)
    assert isinstance(found.state, PlanState)
    assert isinstance(anew.state, PlanState)
    # The runs that a session is made of have segments in one of both.
    assert found.state.events == anew.state.events
    assert found.state.gates == anew.state.gates
    assert replace(found, charts=(), state=anew.state) == replace(anew, charts=())


def test_an_episode_is_the_same_from_the_segments_of_a_few_runs(
    repository: Repository, athlete_id: str
) -> None:
    record, found = judged(repository, athlete_id, analysis_version=VERSION)
    compared = repository.runs.some(athlete_id, compared_ids(record.history, now=found.at))
    assert 0 < len(compared) < len(record.history.runs)
    whole = repository.record(athlete_id)
    every = repository.runs.some(athlete_id, [run.run_id for run in whole.history.runs])
    expected = episode_of(whole, judge(whole, now=found.at), compared=every, notes=())
    assert expected is not None
    assert any(one.runs for one in expected.sides)
    seen = episode_of(record, found, compared=compared, notes=())
    assert seen is not None
    assert replace(seen, state=expected.state) == expected


def test_after_a_change_charts_are_drawn_anew(store: Store, anna: Account, athlete_id: str) -> None:
    with store.changed_by(anna) as repository:
        before = repository.standings.detail(athlete_id, analysis_version=VERSION)
        repository.care.add_check_in(
            athlete_id, CheckIn(at=NOON - timedelta(minutes=1), moment="next_morning", pain=0)
        )
        assert before is not None
        assert repository.standings.detail(athlete_id, analysis_version=VERSION) is None
        record, _found = judged(repository, athlete_id, analysis_version=VERSION)
        assert any(len(run.segments) for run in record.history.runs)
        judged_and_kept(repository, athlete_id, analysis_version=VERSION)
        assert repository.standings.detail(athlete_id, analysis_version=VERSION) is not None


def test_what_holds_no_longer_is_not_read(store: Store, anna: Account, athlete_id: str, clock: Clock) -> None:
    with store.seen_by(anna) as repository:
        assert repository.standings.detail(athlete_id, analysis_version="another") is None
        clock.forward(hours=2)
        assert repository.standings.detail(athlete_id, analysis_version=VERSION) is None


@pytest.mark.parametrize("text", ["", "x", "eJyLjgUAARUAuQ==", "bm90IHBhY2tlZA=="])
def test_what_is_not_a_pack_is_drawn_anew(text: str) -> None:
    assert kept_charts.unpacked(text) in (None, ())


def test_sentences_of_kept_charts_still_know_what_they_were_made_of(
    repository: Repository, athlete_id: str
) -> None:
    charts = judge(repository.record(athlete_id), now=repository.now()).charts
    alarms = [alarm for chart in charts for alarm in chart.alarms]
    found = kept_charts.unpacked(kept_charts.packed(charts))
    assert found is not None
    assert alarms
    for alarm, again in zip(alarms, (one for chart in found for one in chart.alarms), strict=True):
        assert isinstance(alarm.evidence.sentence, Said)
        assert isinstance(again.evidence.sentence, Said)
        assert again.evidence.sentence == alarm.evidence.sentence
        assert again.evidence.sentence.pattern == alarm.evidence.sentence.pattern
