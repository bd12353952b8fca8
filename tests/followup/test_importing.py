"""A recording becomes a run of a history, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from imu.errors import RecordingError
from imu.followup.importing import Imported, import_recording
from imu.followup.run_facts import RunFacts
from imu.followup.standing import judged_and_kept
from imu.followup.story import told
from imu.recording import Recording
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.store import Account, Forbidden, Store, StoreError
from imu.training.next_session import next_words
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.unhurried

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
NOW = START + timedelta(hours=4)
VERSION = "test"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fresh_store(tmp_path, clock=lambda: NOW)


@pytest.fixture
def anna(store: Store) -> Account:
    return store.only_account()


@pytest.fixture
def athlete_id(store: Store, anna: Account) -> str:
    with store.seen_by(anna) as repository:
        return repository.sharing.athlete().athlete_id


@pytest.fixture
def recording(even: Simulation) -> Recording:
    return replace(even.recording, start=START)


def imported(
    store: Store,
    viewer: Account,
    athlete_id: str,
    recording: Recording,
    facts: RunFacts = RunFacts(surface="road", shoe="blue"),
) -> Imported:
    return import_recording(store, viewer, athlete_id, recording, facts=facts, analysis_version=VERSION)


def files_of(store: Store) -> dict[str, bytes]:
    return {key: store.blobs.read(key) for key in store.blobs.keys()}  # noqa: SIM118 - not a dict


def test_a_run_is_kept_with_all_that_its_analysis_says(
    store: Store, anna: Account, athlete_id: str, recording: Recording
) -> None:
    found = imported(store, anna, athlete_id, recording)
    with store.seen_by(anna) as repository:
        run = repository.runs.run(found.run_id)
        (listed,) = repository.runs.listed(athlete_id)
        assert repository.runs.summary(found.run_id) == found.summary
        assert repository.files.derived(found.run_id, "strides.parquet")[:4] == b"PAR1"
    assert found.is_new
    assert (run.surface, run.shoe, run.start) == ("road", "blue", START)
    assert len(run.segments) > 0
    assert listed.headline["left"]["cadence_spm"] == found.summary["running"]["left"]["cadence_spm"]["median"]
    assert replace(run, segments=listed.run.segments) == listed.run


def test_twice_changes_nothing(store: Store, anna: Account, athlete_id: str, recording: Recording) -> None:
    first = imported(store, anna, athlete_id, recording)
    before = files_of(store)
    again = imported(store, anna, athlete_id, replace(recording, notes="another note"))
    assert (again.run_id, again.is_new, again.summary) == (first.run_id, False, first.summary)
    assert files_of(store) == before
    with store.seen_by(anna) as repository:
        assert len(repository.runs.listed(athlete_id)) == 1


def test_what_is_told_of_a_run_that_is_there_is_kept_or_it_is_said_what_stands(
    store: Store, anna: Account, athlete_id: str, recording: Recording
) -> None:
    first = imported(store, anna, athlete_id, recording, RunFacts(surface="road"))
    assert first.facts_words == ""
    again = imported(
        store, anna, athlete_id, recording, RunFacts(surface="trail", shoe="blue", effort_cr10=3)
    )
    assert (again.run_id, again.is_new) == (first.run_id, False)
    assert again.facts_words == (
        "Kept with the run: shoe blue, effort 3. "
        "Its surface stays road, as it was told before: the first word of a run stands."
    )
    with store.seen_by(anna) as repository:
        run = repository.runs.run(first.run_id)
        revision = repository.sharing.by_id(athlete_id).revision
        log = [one.action for one in repository.sharing.audit(athlete_id)]
    assert (run.surface, run.shoe, run.effort_cr10) == ("road", "blue", 3)
    assert log[0] == "run told more of"
    assert imported(store, anna, athlete_id, recording, RunFacts()).facts_words == ""
    assert (
        imported(store, anna, athlete_id, recording).facts_words
        == "Kept with the run: surface road, shoe blue."
    )
    with store.seen_by(anna) as repository:
        assert (
            repository.sharing.by_id(athlete_id).revision == revision
        )  # the same words again change nothing


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"start": None}, RecordingError, "no start time"),
        ({"start": NOW + timedelta(hours=1)}, StoreError, "in the future"),
        ({"start": START + timedelta(minutes=2)}, StoreError, "overlaps run"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_nothing_is_written(
    store: Store,
    anna: Account,
    athlete_id: str,
    recording: Recording,
    change: dict[str, datetime | None],
    error: type[Exception],
    words: str,
) -> None:
    imported(store, anna, athlete_id, recording)
    before = files_of(store)
    with pytest.raises(error, match=words) as refused:
        imported(store, anna, athlete_id, replace(recording, **change))  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
    assert files_of(store) == before


def test_a_run_of_somebody_else_is_nobodys_business(
    store: Store, anna: Account, athlete_id: str, recording: Recording
) -> None:
    stranger = store.add_account("stranger", "coach")
    with pytest.raises(Forbidden):
        imported(store, stranger, athlete_id, recording)
    assert files_of(store) == {}
    found = imported(store, anna, athlete_id, recording)
    with store.seen_by(stranger) as repository, pytest.raises(Forbidden):
        repository.files.raw(found.run_id, "pelvis.parquet")


def test_the_runner_is_told_in_one_paragraph(
    store: Store, anna: Account, athlete_id: str, recording: Recording
) -> None:
    found = imported(store, anna, athlete_id, recording)
    with store.changed_by(anna) as repository:
        judgement = judged_and_kept(repository, athlete_id, analysis_version=VERSION)
        paragraph = told(repository.runs.run(found.run_id), judgement)
        (standing,) = repository.standings.squad(analysis_version=VERSION)
    assert paragraph.startswith("3 min of running")
    assert next_words(judgement.next, today=judgement.at.date()) in paragraph
    assert "\n" not in paragraph
    assert standing.is_current
    assert standing.content is not None
    assert standing.content["next"]["words"] == judgement.next.words


def test_a_run_may_begin_when_another_ends_whatever_the_clock_shows(
    store: Store, anna: Account, athlete_id: str, recording: Recording
) -> None:
    found = imported(store, anna, athlete_id, recording)
    with store.seen_by(anna) as repository:
        first = repository.runs.run(found.run_id)
        for hours in (-8, 8):
            there = timezone(timedelta(hours=hours))
            begin, end = first.start.astimezone(there), first.end.astimezone(there)
            repository.runs.refuse_impossible(athlete_id, "next", end, end + timedelta(minutes=9))
            repository.runs.refuse_impossible(athlete_id, "before", begin - timedelta(minutes=9), begin)
            with pytest.raises(StoreError, match="overlaps"):
                repository.runs.refuse_impossible(
                    athlete_id, "next", end - timedelta(seconds=1), end + timedelta(minutes=9)
                )


def test_exercises_that_the_sensors_counted_are_in_the_log(
    store: Store, anna: Account, athlete_id: str
) -> None:
    pattern = "stand:6,walk:10,stand:4,power_position_hold:60,stand:8"
    simulated = simulate(SimulationConfig(pattern=pattern, seed=3)).recording
    imported(store, anna, athlete_id, replace(simulated, start=START))
    with store.seen_by(anna) as repository:
        logged = repository.record(athlete_id).history.exercises
    assert [(one.exercise, one.counted_by_sensors) for one in logged] == [("power_position_hold", True)]
