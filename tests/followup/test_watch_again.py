"""What a version misread in the file of a watch is mended by `restride reprocess` of the next one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from imu.errors import RecordingError
from imu.followup import watch_again
from imu.followup.importing import import_recording
from imu.followup.reprocessing import Reprocessed, reprocess
from imu.followup.run_facts import RunFacts
from imu.followup.watches import KeptActivity, take_in_watch
from imu.followup.workplaces import here
from imu.formats import Activity, Answers, Source, outing
from imu.formats.content import Sport
from imu.formats.reading import read_source
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, KeptWatch
from imu.store.check import check
from imu.training.history import Run
from tests.formats.watches import an_hour, fit_bytes, gpx_text, history_of, tcx_text
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.unhurried

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
FACTS = RunFacts(shoe="blue", surface="trail", effort_cr10=6.0)


class Home:
    """A store of one runner, as a test looks at it."""

    def __init__(self, folder: Path) -> None:
        ticks = count()  # what is kept first leads
        self.store = fresh_store(folder, clock=lambda: START + timedelta(hours=4, milliseconds=next(ticks)))
        self.anna: Account = self.store.only_account()
        with self.store.seen_by(self.anna) as repository:
            self.athlete_id = repository.sharing.athlete().athlete_id

    def take_in(self, content: bytes | str, *, sport: Sport | None = None) -> str:
        (kept,) = self.take_in_all(content, sport=sport)
        return kept.run_ids[0]

    def take_in_all(
        self, content: bytes | str, *, sport: Sport | None = None, facts: RunFacts = FACTS
    ) -> list[KeptActivity]:
        raw = content if isinstance(content, bytes) else content.encode()
        return [
            take_in_watch(self.store, self.anna, self.athlete_id, found, facts=facts, analysis_version="old")
            for found in read_source(Source.of_bytes("run", raw), Answers(sport=sport))
            if isinstance(found, Activity)
        ]

    def again(self, version: str = "new", **options: Any) -> Reprocessed:
        return reprocess(
            self.store, self.anna, [self.athlete_id], derive=here, analysis_version=version, **options
        )

    def sensors(self) -> str:
        """A run of 70 s that sensors recorded."""
        begun = simulate(SimulationConfig(pattern="stand:6,run:70@3.0", seed=3, start=START))
        return import_recording(
            self.store, self.anna, self.athlete_id, begun.recording, facts=RunFacts(), analysis_version="new"
        ).run_id

    def write_over(self, run_id: str, content: bytes, *, ending: str = "") -> str:
        """Change what is kept as the file of a run's watch."""
        with self.store.changed_by(self.anna) as repository:
            (file,) = (
                one.file
                for one in repository.watches.of_run(run_id)
                if one.file is not None and one.file.endswith(ending)
            )
            repository.files.write_raw(self.athlete_id, run_id, file, content)
        return file

    def run(self, run_id: str) -> Run:
        with self.store.seen_by(self.anna) as repository:
            return repository.runs.run(run_id)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def misread(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A version that takes one foot's cadence for that of both, so that a run looks like a walk."""
    monkeypatch.setattr(outing, "_both_feet", lambda told, *_rest: told)
    return monkeypatch


@pytest.fixture(scope="module")
def ten_minutes() -> bytes:
    return fit_bytes(replace(an_hour(seconds=600), start=START))


@pytest.mark.parametrize("write", [fit_bytes, gpx_text, tcx_text])
def test_a_run_of_a_watch_alone(home: Home, misread: pytest.MonkeyPatch, write: Any) -> None:
    run_id = home.take_in(write(replace(an_hour(seconds=300), start=START)), sport="run")
    before = home.run(run_id)
    assert before.running_s < 10
    misread.undo()
    assert home.again().runs == [run_id]
    after = home.run(run_id)
    assert after.running_s == pytest.approx(300, abs=10)
    assert (after.start, after.shoe, after.surface, after.effort_cr10) == (START, "blue", "trail", 6.0)
    with home.store.seen_by(home.anna) as repository:
        (listed,) = repository.runs.listed(home.athlete_id)
    assert listed.analysis_version == "new"
    assert listed.headline["overall"]["cadence_spm"] == pytest.approx(175, abs=10)
    assert check(home.store).is_whole
    assert home.again() == Reprocessed()
    assert home.again(everything=True).runs == [run_id]
    assert home.run(run_id) == after


def test_a_watch_on_a_recording(home: Home, misread: pytest.MonkeyPatch, ten_minutes: bytes) -> None:
    run_id = home.sensors()
    assert home.take_in(ten_minutes) == run_id
    assert home.run(run_id).running_beside_s == 0
    misread.undo()
    assert home.again().runs == [run_id]  # its own analysis is new already
    after = home.run(run_id)
    assert after.running_beside_s == pytest.approx(524, abs=10)
    assert home.again("newer").runs == [run_id]
    assert home.run(run_id) == after
    assert home.again("newer") == Reprocessed()


def test_a_phone_beside_the_watch_stays_where_it_lay(home: Home) -> None:
    run_id = home.take_in(fit_bytes(replace(an_hour(seconds=120), start=START)))
    later = replace(an_hour(seconds=300), start=START + timedelta(seconds=30))
    assert home.take_in(gpx_text(later)) == run_id
    before = home.run(run_id)
    with home.store.seen_by(home.anna) as repository:
        watches = repository.watches.of_run(run_id)
    home.again()
    assert home.run(run_id) == before
    with home.store.seen_by(home.anna) as repository:
        assert [one.offset_s for one in repository.watches.of_run(run_id)] == [
            one.offset_s for one in watches
        ]


def test_a_file_that_a_new_version_makes_nothing_of_fails_nothing_and_is_named(
    home: Home, ten_minutes: bytes
) -> None:
    broken = home.take_in(ten_minutes)
    whole = home.take_in(fit_bytes(replace(an_hour(seconds=120), start=START + timedelta(hours=1))))
    before = home.run(broken)
    file = home.write_over(broken, b"nothing of the kind")
    found = home.again()
    assert (sorted(found.runs), found.not_derived) == (sorted([broken, whole]), [])
    assert [(one.run_id, one.file) for one in found.unreadable] == [(broken, file)]
    assert home.run(broken) == before
    with home.store.seen_by(home.anna) as repository:
        assert repository.watches.read_otherwise(home.athlete_id, than="new") == ()
    assert home.again() == Reprocessed(unreadable=found.unreadable)  # said once more, and nothing is to do
    home.write_over(broken, ten_minutes)
    assert home.again("newer").unreadable == []
    assert home.run(broken) == before


def test_a_ride_of_a_new_version_stays_the_run_that_it_was_until_somebody_says_what_it_is(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    worn = replace(an_hour(seconds=600), start=START)
    is_told = fit_bytes(worn, sport=None)
    run_id = home.take_in(is_told)
    before = home.run(run_id)
    monkeypatch.setattr(outing, "_guessed", lambda *_of_file: "other")
    (one,) = home.again().unreadable
    assert (one.run_id, "neither a run nor a walk" in one.because) == (run_id, True)
    assert home.run(run_id) == before
    (mended,) = home.take_in_all(is_told, sport="run")
    assert (mended.became, mended.run_ids) == ("read again", (run_id,))
    assert home.again("newer").unreadable == []
    assert home.run(run_id).running_s == pytest.approx(before.running_s, abs=10)
    assert [one.became for one in home.take_in_all(is_told, sport="run")] == ["known"]


def test_a_broken_file_brought_again_is_mended(home: Home, ten_minutes: bytes) -> None:
    run_id = home.take_in(ten_minutes)
    before = home.run(run_id)
    file = home.write_over(run_id, ten_minutes[:40])
    assert home.again().unreadable
    assert [one.became for one in home.take_in_all(ten_minutes)] == ["read again"]
    with home.store.seen_by(home.anna) as repository:
        assert repository.files.raw(run_id, file) == ten_minutes
    assert (home.again("newer").unreadable, home.run(run_id)) == ([], before)


def test_what_is_told_with_a_file_brought_again_is_not_lost(home: Home, ten_minutes: bytes) -> None:
    (first,) = home.take_in_all(ten_minutes, facts=RunFacts(surface="track"))
    (run_id,) = first.run_ids
    home.write_over(run_id, ten_minutes[:40])
    assert home.again().unreadable
    (mended,) = home.take_in_all(ten_minutes, facts=FACTS)
    assert (mended.became, mended.words) == ("read again", f"is read again, as run {run_id[:8]}.")
    run = home.run(run_id)
    assert (run.shoe, run.effort_cr10) == (FACTS.shoe, FACTS.effort_cr10)
    assert run.surface == "track"  # as somebody told before


def test_a_file_that_is_still_not_understood_is_not_called_read(
    home: Home, ten_minutes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = home.take_in(ten_minutes)
    home.write_over(run_id, ten_minutes[:40])
    assert home.again().unreadable

    def refuse(watch: KeptWatch, _content: bytes) -> Activity:
        raise RecordingError(watch.file or "", "breaks off")

    monkeypatch.setattr(watch_again, "_of_file", refuse)
    (brought,) = home.take_in_all(ten_minutes)
    assert (brought.became, brought.words) == ("known", f"is there already, as run {run_id[:8]}.")


def test_beside_a_watch_that_cannot_be_read_the_other_one_and_the_sensors_are(
    home: Home, misread: pytest.MonkeyPatch, ten_minutes: bytes
) -> None:
    run_id = home.sensors()
    home.take_in(gpx_text(replace(an_hour(seconds=600, seed=2), start=START)))
    home.take_in(ten_minutes)
    home.write_over(run_id, b"nothing of the kind", ending=".fit")
    misread.undo()
    found = home.again()
    assert (found.runs, found.not_derived) == ([run_id], [])
    assert [one.run_id for one in found.unreadable] == [run_id]
    assert home.run(run_id).running_beside_s == pytest.approx(524, abs=10)  # by the phone


@pytest.mark.parametrize("is_derived", [False, True])
def test_a_run_whose_watch_lost_its_file_is_counted_once(
    home: Home, ten_minutes: bytes, *, is_derived: bool
) -> None:
    run_id = home.sensors()
    home.take_in(ten_minutes)
    for key in list(home.store.blobs.keys()):
        if key.endswith(".fit") or (key.endswith("shank_left.parquet") and not is_derived):
            home.store.blobs.remove(key)
    found = home.again("newer")
    assert (found.runs, [one.run_id for one in found.not_derived]) == ([], [run_id])
    assert "restore a backup" in found.not_derived[0].because
    assert [one.run_id for one in home.again("newer").not_derived] == [run_id]  # and is tried again


def test_a_history_in_one_file_takes_its_own_space_and_an_erased_run_leaves_no_place(home: Home) -> None:
    texts = [
        gpx_text(replace(an_hour(seconds=60), start=START + timedelta(minutes=10 * at))).replace(
            'lat="47.', f'lat="3{at}.'
        )
        for at in range(4)
    ]
    whole = history_of(texts[:3])
    first, *others = home.take_in_all(whole)
    blobs = home.store.blobs
    originals = [key for key in blobs.keys() if key.endswith(".gpx")]  # noqa: SIM118 - not a dict
    assert len(originals) == 3
    assert sum(len(blobs.read(key)) for key in originals) < 1.1 * len(whole)
    with home.store.changed_by(home.anna) as repository:
        repository.runs.remove(first.run_ids[0])
        repository.files.remove(home.athlete_id, first.run_ids[0])
    assert not any(b'lat="30.' in blobs.read(key) for key in blobs.keys())  # noqa: SIM118
    # The next export of the same history has one more; what is here already is not taken twice.
    later = home.take_in_all(history_of(texts[1:]))
    assert [one.became for one in later] == ["known", "known", "new run"]
    assert home.again().runs == [run_id for one in (*others, later[2]) for run_id in one.run_ids]
    assert check(home.store).is_whole
