"""A watch's outing counts once: as a run of its own, or as part of the one that sensors recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imu.errors import RecordingError, StoreError
from imu.followup import watch_fit
from imu.followup.exporting import fit_of, with_heart
from imu.followup.importing import Imported, import_recording
from imu.followup.one_run import one_run
from imu.followup.reprocessing import reprocess
from imu.followup.run_facts import RunFacts
from imu.followup.run_to_export import of_history
from imu.followup.watch_fit import unpacked
from imu.followup.watches import KeptActivity, take_in_watch
from imu.followup.workplaces import here
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from imu.signal.common_time import CommonTime, common_time
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.store import Account, Store
from imu.store.check import check
from imu.training.history import CheckIn
from imu.training.load import session_spike
from imu.training.sessions import sessions
from tests.formats.outings import Done, as_worn
from tests.formats.watches import an_hour, fit_bytes, gpx_text
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.unhurried

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
VERSION = "test"
BEFORE_S = -20.0  # the watch was started before the sensors
PATTERN = "stand:6,run:100@2.7,run:80@3.6,walk:30@1.4,run:120@3.0,stand:6"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fresh_store(tmp_path, clock=lambda: START + timedelta(hours=4))


@pytest.fixture
def anna(store: Store) -> Account:
    return store.only_account()


@pytest.fixture
def athlete_id(store: Store, anna: Account) -> str:
    with store.seen_by(anna) as repository:
        return repository.sharing.athlete().athlete_id


@pytest.fixture(scope="module")
def outing() -> Simulation:
    return simulate(SimulationConfig(pattern=PATTERN, seed=3, start=START))


@pytest.fixture(scope="module")
def watched(outing: Simulation) -> bytes:
    """Its FIT, up a slope of 3 %, by a clock that is 5 s slow."""
    done = Done(strides=outing.truth.strides, bouts=outing.truth.bouts)
    worn = as_worn(done, offset_s=BEFORE_S, seconds=370, seed=1)
    climbed = replace(
        worn,
        start=START + timedelta(seconds=BEFORE_S - 5),
        altitude_m=400 + 0.03 * worn.distance_m,
        heart_rate_bpm=np.full(370, 140.0),
    )
    return fit_bytes(climbed, positions=True)


def activity(content: bytes | str, name: str = "run.fit") -> Activity:
    raw = content.encode() if isinstance(content, str) else content
    (found,) = read_source(Source.of_bytes(name, raw), Answers())
    assert isinstance(found, Activity)
    return found


def kept(store: Store, anna: Account, athlete_id: str, one: Activity) -> KeptActivity:
    return take_in_watch(store, anna, athlete_id, one, facts=RunFacts(shoe="blue"), analysis_version=VERSION)


def recorded(store: Store, anna: Account, athlete_id: str, outing: Simulation) -> Imported:
    return import_recording(
        store, anna, athlete_id, outing.recording, facts=RunFacts(), analysis_version=VERSION
    )


def everything(store: Store) -> dict[str, bytes]:
    return {key: store.blobs.read(key) for key in store.blobs.keys()}  # noqa: SIM118 - not a dict


def test_alone_it_is_a_run_that_counts_as_load(
    store: Store, anna: Account, athlete_id: str, outing: Simulation, watched: bytes
) -> None:
    found = kept(store, anna, athlete_id, activity(watched))
    assert found.became == "new run"
    assert "gait is not judged" in found.words
    with store.seen_by(anna) as repository:
        run = repository.runs.run(found.run_ids[0])
        (session,) = sessions(repository.record(athlete_id).history, now=store.now())
        spike = session_spike(repository.record(athlete_id).history, now=store.now())
    assert run.running_s == pytest.approx(300, abs=15)
    assert session.running_s == run.running_s
    strides = outing.truth.strides
    ran = strides["activity"] == "run"
    assert (~ran).any()
    # What was walked between is no part of it: distance by time of running is the pace that screens show.
    assert run.distance_m == pytest.approx(strides.loc[ran, "stride_length_m"].sum() / 2, rel=0.03)
    assert sum(band.seconds for band in run.exposure) == pytest.approx(run.running_s, abs=15)
    assert run.top_speed_mps == pytest.approx(3.6, abs=0.5)
    assert (len(run.segments), run.trust, run.shoe) == (0, "usable", "blue")
    assert "no sensors were worn" in run.untrusted_because[0]
    assert spike is not None
    assert check(store).is_whole


def test_twice_changes_nothing(store: Store, anna: Account, athlete_id: str, watched: bytes) -> None:
    first = kept(store, anna, athlete_id, activity(watched))
    before = everything(store)
    again = kept(store, anna, athlete_id, activity(watched, name="copy.fit"))
    assert (again.became, again.run_ids) == ("known", first.run_ids)
    assert everything(store) == before


def test_the_original_is_kept_and_no_place_beside_it(
    store: Store, anna: Account, athlete_id: str, watched: bytes
) -> None:
    (run_id,) = kept(store, anna, athlete_id, activity(watched)).run_ids
    with store.seen_by(anna) as repository:
        (watch,) = repository.watches.of_run(run_id)
        assert watch.file is not None
        assert repository.files.raw(run_id, watch.file) == watched
        channels = unpacked(repository.files.derived(run_id, watch.table))
    assert "heart_rate_bpm" in channels
    assert not {"latitude_deg", "longitude_deg"} & set(channels)
    assert watch.alone


@pytest.mark.parametrize("first", ["sensors", "watch"])
def test_with_sensors_it_is_the_same_outing_whichever_comes_first(
    store: Store, anna: Account, athlete_id: str, outing: Simulation, watched: bytes, first: str
) -> None:
    if first == "sensors":
        run_id = recorded(store, anna, athlete_id, outing).run_id
        found = kept(store, anna, athlete_id, activity(watched))
        assert (found.became, found.run_ids) == ("attached", (run_id,))
        assert "found by cadence and speed" in found.words
    else:
        (old_id,) = kept(store, anna, athlete_id, activity(watched)).run_ids
        with store.changed_by(anna) as repository:
            felt = CheckIn(at=START + timedelta(hours=1), moment="after", pain=1, run_id=old_id)
            repository.care.add_check_in(athlete_id, felt)
        run_id = recorded(store, anna, athlete_id, outing).run_id
    with store.seen_by(anna) as repository:
        history = repository.record(athlete_id).history
        one = one_run(repository, run_id)
        run = repository.runs.run(run_id)
    assert [run.run_id for run in history.runs] == [run_id]
    assert run.shoe == "blue"  # told with the watch; of the recording nobody told it
    assert [answer.run_id for answer in history.check_ins] == ([run_id] if first == "watch" else [])
    (watch,) = one.watches
    # Its clock is 5 s slow, so it was begun 25 s before by the clocks; what it shows is 2 s late.
    assert watch.fit["by"] == "movement"
    assert watch.offset_s == pytest.approx(BEFORE_S - 2, abs=1)
    assert watch.facts["start"] == (START + timedelta(seconds=BEFORE_S - 5)).isoformat()
    slopes = run.segments.column("grade_percent")
    assert np.nanmedian(slopes) == pytest.approx(3.0, abs=0.3)
    assert check(store).is_whole
    before = everything(store)
    assert kept(store, anna, athlete_id, activity(watched)).became == "known"
    assert not recorded(store, anna, athlete_id, outing).is_new
    assert everything(store) == before


def test_an_upgrade_lays_it_on_again(
    store: Store, anna: Account, athlete_id: str, outing: Simulation, watched: bytes
) -> None:
    run_id = recorded(store, anna, athlete_id, outing).run_id
    kept(store, anna, athlete_id, activity(watched))
    with store.seen_by(anna) as repository:
        before = repository.runs.run(run_id)
        (watch,) = repository.watches.of_run(run_id)
    done = reprocess(store, anna, [athlete_id], derive=here, analysis_version="newer")
    assert not done.not_derived
    with store.seen_by(anna) as repository:
        assert repository.runs.run(run_id).segments == before.segments
        assert repository.watches.of_run(run_id) == (
            replace(watch, facts={**watch.facts, "read_by": "newer"}),
        )


def test_another_time_of_day_is_another_run(
    store: Store, anna: Account, athlete_id: str, outing: Simulation, watched: bytes
) -> None:
    recorded(store, anna, athlete_id, outing)
    later = replace(activity(watched), start=START + timedelta(hours=2))
    assert kept(store, anna, athlete_id, later).became == "new run"
    with store.seen_by(anna) as repository:
        assert len(repository.record(athlete_id).history.runs) == 2


def test_watch_and_phone_are_one_outing(store: Store, anna: Account, athlete_id: str) -> None:
    here = replace(an_hour(seconds=120), start=START)
    first = kept(store, anna, athlete_id, activity(fit_bytes(here)))
    second = kept(store, anna, athlete_id, activity(gpx_text(here), name="phone.gpx"))
    assert (first.became, second.became) == ("new run", "attached")
    assert second.run_ids == first.run_ids


def test_rides_and_the_future_are_refused(
    store: Store, anna: Account, athlete_id: str, watched: bytes
) -> None:
    run = activity(watched)
    with pytest.raises(RecordingError, match="neither a run nor a walk"):
        kept(store, anna, athlete_id, replace(run, sport="other"))
    with pytest.raises(StoreError, match="in the future"):
        kept(store, anna, athlete_id, replace(run, start=START + timedelta(days=2)))
    with store.seen_by(anna) as repository:
        assert repository.record(athlete_id).history.runs == ()


@pytest.fixture(scope="module")
def begun() -> Simulation:
    """The first of ten minutes of running; then the batteries were empty."""
    return simulate(SimulationConfig(pattern="stand:6,run:70@3.0", seed=3, start=START))


@pytest.fixture(scope="module")
def ten_minutes() -> bytes:
    return fit_bytes(replace(an_hour(seconds=600), start=START))


@pytest.mark.parametrize("first", ["sensors", "watch"])
def test_what_sensors_missed_of_an_outing_still_counts(
    store: Store, anna: Account, athlete_id: str, begun: Simulation, ten_minutes: bytes, first: str
) -> None:
    if first == "sensors":
        recorded(store, anna, athlete_id, begun)
        assert (
            "8.7 min of running, which count as load"
            in kept(store, anna, athlete_id, activity(ten_minutes)).words
        )
    else:
        kept(store, anna, athlete_id, activity(ten_minutes))
        recorded(store, anna, athlete_id, begun)
    with store.seen_by(anna) as repository:
        (run,) = repository.record(athlete_id).history.runs
    assert run.running_s == pytest.approx(594, abs=10)
    assert run.running_beside_s == pytest.approx(524, abs=10)
    assert run.distance_m == pytest.approx(594 * 3.2, rel=0.05)
    assert sum(band.seconds for band in run.exposure) == pytest.approx(run.running_s, abs=10)
    assert not any(leg.complete for leg in run.impact)
    reprocess(store, anna, [athlete_id], derive=here, analysis_version="newer")
    with store.seen_by(anna) as repository:
        again = repository.runs.run(run.run_id)
    assert replace(again, segments=run.segments) == run
    assert check(store).is_whole


@pytest.mark.parametrize("watch_at", [0, 1, 2])
def test_one_watch_over_two_recordings_is_part_of_both_and_counts_once(
    store: Store, anna: Account, athlete_id: str, begun: Simulation, ten_minutes: bytes, watch_at: int
) -> None:
    later = replace(begun.recording, start=START + timedelta(seconds=300))
    for at in range(3):
        if at == watch_at:
            kept(store, anna, athlete_id, activity(ten_minutes))
        else:
            one = begun.recording if at < 1 or (at == 1 and watch_at == 0) else later
            import_recording(store, anna, athlete_id, one, facts=RunFacts(), analysis_version=VERSION)
    with store.seen_by(anna) as repository:
        runs = repository.record(athlete_id).history.runs
        watched = [len(repository.watches.of_run(run.run_id)) for run in runs]
    assert watched == [1, 1]
    assert sum(run.running_s for run in runs) == pytest.approx(594, abs=15)
    assert runs[1].running_beside_s == 0
    assert kept(store, anna, athlete_id, activity(ten_minutes)).became == "known"


def test_others_may_write_while_a_watch_is_laid_on(
    store: Store,
    anna: Account,
    athlete_id: str,
    begun: Simulation,
    ten_minutes: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorded(store, anna, athlete_id, begun)
    written = []

    def slow(*told: Any, **more: Any) -> CommonTime:
        with store.changed_by(anna) as repository:
            felt = CheckIn(at=START + timedelta(hours=1), moment="after", pain=1)
            repository.care.add_check_in(athlete_id, felt)
        written.append(felt)
        return common_time(*told, **more)

    monkeypatch.setattr(watch_fit, "common_time", slow)
    assert kept(store, anna, athlete_id, activity(ten_minutes)).became == "attached"
    assert written


@pytest.mark.parametrize("first", ["sensors", "file"])
def test_our_own_fit_is_no_second_device(
    store: Store, anna: Account, athlete_id: str, begun: Simulation, tmp_path: Path, first: str
) -> None:
    run_id = recorded(store, anna, athlete_id, begun).run_id
    with store.seen_by(anna) as repository:
        written = fit_of(of_history(repository, run_id, scratch=tmp_path / "scratch", samples=False))
    if first == "file":
        with store.changed_by(anna) as repository:
            repository.runs.remove(run_id)
        assert kept(store, anna, athlete_id, activity(written)).became == "new run"
        recorded(store, anna, athlete_id, begun)
    else:
        assert kept(store, anna, athlete_id, activity(written)).became == "known"
    with store.seen_by(anna) as repository:
        (run,) = repository.record(athlete_id).history.runs
        assert (run.run_id, repository.watches.of_run(run_id)) == (run_id, ())
    assert check(store).is_whole


def test_the_heart_rate_of_a_watch_is_exported(
    store: Store, anna: Account, athlete_id: str, begun: Simulation, ten_minutes: bytes, tmp_path: Path
) -> None:
    run_id = recorded(store, anna, athlete_id, begun).run_id
    kept(store, anna, athlete_id, activity(ten_minutes))
    with store.seen_by(anna) as repository:
        run = of_history(repository, run_id, scratch=tmp_path, samples=False)
        (watch,) = repository.watches.of_run(run_id)
        told = unpacked(repository.files.derived(run_id, watch.table))["heart_rate_bpm"]
    there = activity(fit_of(run)).channels["heart_rate_bpm"]
    assert len(there.values) > 60
    assert set(there.values) <= set(told.values)
    strides = with_heart(run)
    middle = strides.iloc[len(strides) // 2]
    on_watch = middle["ic_time_s"] - watch.offset_s
    assert middle["heart_rate_bpm"] == pytest.approx(np.interp(on_watch, told.time_s, told.values), abs=1)
