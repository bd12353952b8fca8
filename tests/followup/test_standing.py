"""A baseline that nobody chose rests on the first runs that may make one, also when these change later."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from imu.followup.judgement import Judgement, judge
from imu.followup.seasons import keep_season
from imu.followup.standing import WEEKS, judged_and_kept, judged_anew
from imu.simulate.season import Season, SeasonOptions, live
from imu.store import Account, AthleteRecord, KeptBaseline, Store, standings
from imu.training.history import CheckIn
from tests.store.fresh import fresh_store

VERSION = "test"


@pytest.fixture(scope="module")
def season() -> Season:
    return live(SeasonOptions(days=60, seed=4))


@pytest.fixture
def store(tmp_path: Path, season: Season) -> Store:
    return fresh_store(tmp_path, clock=lambda: season.until + timedelta(days=3))


@pytest.fixture
def viewer(store: Store) -> Account:
    return store.add_account("anna", "runner")


@pytest.fixture
def athlete_id(store: Store, viewer: Account, season: Season) -> str:
    return keep_season(store, viewer, season, analysis_version=VERSION)


def kept(store: Store, viewer: Account, athlete_id: str) -> dict[str, KeptBaseline]:
    with store.changed_by(viewer) as repository:
        judged_and_kept(repository, athlete_id, analysis_version=VERSION)
        return repository.record(athlete_id).in_force


def test_the_first_baseline_is_kept_once(store: Store, viewer: Account, athlete_id: str) -> None:
    first, again = kept(store, viewer, athlete_id), kept(store, viewer, athlete_id)
    assert {"overstride_left", "overstride_right"} <= set(first)
    assert first == again
    assert not any(one.on_purpose for one in first.values())


def test_pain_told_later_about_one_of_its_runs_makes_another(
    store: Store, viewer: Account, athlete_id: str
) -> None:
    before = kept(store, viewer, athlete_id)["overstride_left"]
    painful = before.baseline.run_ids[4]
    with store.changed_by(viewer) as repository:
        at = repository.runs.run(painful).end + timedelta(minutes=5)
        repository.care.add_check_in(athlete_id, CheckIn(at=at, moment="after", pain=6, run_id=painful))
    after = kept(store, viewer, athlete_id)["overstride_left"]
    assert painful not in after.baseline.run_ids
    assert after.baseline.run_ids[:4] == before.baseline.run_ids[:4]
    assert "came in later" in after.reason
    with store.seen_by(viewer) as repository:
        versions = [one for one in repository.record(athlete_id).baselines if one.chart == "overstride_left"]
    assert [one.replaced_at is None for one in versions] == [False, True]


def test_one_that_was_chosen_stays(store: Store, viewer: Account, athlete_id: str) -> None:
    before = kept(store, viewer, athlete_id)["overstride_left"]
    moved = replace(before.baseline, frozen_at=datetime(2026, 1, 20, tzinfo=UTC))
    with store.changed_by(viewer) as repository:
        repository.care.keep_baseline(
            athlete_id,
            "overstride_left",
            moved,
            on_purpose=True,
            reason="new shoes",
            analysis_version=VERSION,
        )
        painful = repository.runs.run(before.baseline.run_ids[4])
        told = CheckIn(at=painful.end + timedelta(minutes=5), moment="after", pain=6, run_id=painful.run_id)
        repository.care.add_check_in(athlete_id, told)
    assert kept(store, viewer, athlete_id)["overstride_left"].baseline == moved


def test_lists_get_twelve_weeks_and_the_last_answer_and_no_place_where_it_is_not_shared(
    store: Store, viewer: Account, athlete_id: str
) -> None:
    with store.changed_by(viewer) as repository:
        at = repository.now() - timedelta(hours=1)
        repository.care.add_check_in(athlete_id, CheckIn(at=at, moment="after", pain=2, site="left heel"))
        judged_and_kept(repository, athlete_id, analysis_version=VERSION)
    coach = store.add_account("kim", "coach")
    with store.changed_by(viewer) as repository:
        repository.sharing.grant(athlete_id, coach.name, "training")
        ran_min = sum(one.run.running_s for one in repository.runs.listed(athlete_id)) / 60
    for who, site in ((viewer, "left heel"), (coach, None)):
        with store.seen_by(who) as repository:
            content = repository.standings.one(athlete_id, analysis_version=VERSION).content
        assert content is not None
        assert content["last_check_in"]["pain"] == 2
        assert content["last_check_in"]["site"] == site
        assert len(content["weeks"]) == WEEKS
        assert sum(content["weeks"]) == pytest.approx(ran_min, abs=WEEKS * 0.05)


@pytest.mark.parametrize("changes", [1, 3])
def test_others_may_write_while_somebody_is_judged_and_what_they_wrote_is_judged_too(
    store: Store, viewer: Account, athlete_id: str, changes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def interrupted(record: AthleteRecord, **given: Any) -> Judgement:
        if len(told) < changes and "drawn" not in given:
            told.append(len(told) + 1)
            with store.changed_by(viewer) as repository:
                at = repository.now() - timedelta(minutes=10 - told[-1])
                repository.care.add_check_in(athlete_id, CheckIn(at=at, moment="after", pain=told[-1]))
        return judge(record, **given)

    monkeypatch.setattr("imu.followup.standing.judge", interrupted)
    judged_anew(store, viewer, athlete_id, analysis_version=VERSION)
    with store.seen_by(viewer) as repository:
        kept = repository.standings.one(athlete_id, analysis_version=VERSION)
    assert len(told) == changes
    assert kept.is_current
    assert kept.content is not None
    assert kept.content["last_check_in"]["pain"] == changes


def test_another_build_of_the_same_version_says_it_in_its_own_words(
    store: Store, viewer: Account, athlete_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade nobody reads for an hour what the program before it said."""

    def is_current() -> bool:
        with store.seen_by(viewer) as repository:
            (listed,) = repository.standings.squad(analysis_version=VERSION)
            one = repository.standings.one(athlete_id, analysis_version=VERSION).is_current
            assert listed.is_current is one
            assert bool(repository.standings.detail(athlete_id, analysis_version=VERSION)) is one
        assert bool(store.jobs.stale_standings(analysis_version=VERSION)) is not one
        return one

    monkeypatch.setattr(standings, "commit", lambda: "c0ffee" * 7)
    judged_anew(store, viewer, athlete_id, analysis_version=VERSION)
    assert is_current()
    monkeypatch.setattr(standings, "commit", lambda: "decade" * 7)
    assert not is_current()
    judged_anew(store, viewer, athlete_id, analysis_version=VERSION)
    assert is_current()
