"""A watch's FIT: every field in our units, both feet, steps; damage told, and what is whole kept."""

import io
import sys
from datetime import timedelta
from typing import Any

import fitdecode
import garmin_fit_sdk
import numpy as np
import pytest
from fit_tool.profile.profile_type import Sport
from hypothesis import given, settings, strategies as st

from imu.errors import RecordingError, RestrideError
from imu.formats import Activity
from imu.formats.fit_reader import FitReader
from tests.formats.conftest import Read
from tests.formats.watches import START, Worn, an_hour, fit_bytes

MINUTES = an_hour(seconds=240)
WHOLE = fit_bytes(MINUTES)


def only(found: list[Activity]) -> Activity:
    (one,) = found
    return one


def test_every_field_arrives_within_its_resolution(activities: Read) -> None:
    run = only(activities("run.fit", WHOLE))
    assert MINUTES.cadence_spm is not None
    assert (run.sport, run.start, run.duration_s) == ("run", START, 239)
    wanted = {
        "speed_mps": (MINUTES.speed_mps, 0.0005),
        "distance_m": (MINUTES.distance_m, 0.005),
        "cadence_spm": (MINUTES.cadence_spm, 0.02),
        "heart_rate_bpm": (MINUTES.heart_rate_bpm, 0.5),
        "altitude_m": (MINUTES.altitude_m, 0.1),
        "step_length_m": (MINUTES.dynamics["step_length"] / 1000, 5e-5),
        "contact_time_s": (MINUTES.dynamics["stance_time"] / 1000, 5e-5),
        "contact_time_left_share": (MINUTES.dynamics["stance_time_balance"] / 100, 5e-5),
        "vertical_oscillation_m": (MINUTES.dynamics["vertical_oscillation"] / 1000, 5e-5),
        "vertical_ratio": (MINUTES.dynamics["vertical_ratio"] / 100, 5e-5),
        "power_w": (MINUTES.dynamics["power"], 1),
        "developer:Form Power (Watts)": (MINUTES.developer["Form Power"][1], 1e-4),
    }
    for name, (values, within) in wanted.items():
        assert values is not None
        assert run.channels[name].values == pytest.approx(values, abs=1.01 * within), name
        assert np.array_equal(run.channels[name].time_s, MINUTES.time_s)


@pytest.mark.parametrize("both_feet", [False, True])
@pytest.mark.parametrize(
    ("speed_mps", "steps", "sport"),
    [
        (3.0, 166, Sport.RUNNING),
        (2.1, 150, Sport.RUNNING),
        (5.5, 200, Sport.RUNNING),
        (1.3, 110, Sport.WALKING),
        (1.9, 132, Sport.WALKING),
        (1.2, 104, Sport.RUNNING),  # somebody who walks most of a run
        (1.5, 164, Sport.RUNNING),  # and who runs at the pace of a walk
        (1.3, 160, Sport.RUNNING),
    ],
)
def test_cadence_is_of_both_feet_however_the_file_counts(
    activities: Read, both_feet: bool, speed_mps: float, steps: int, sport: Sport
) -> None:
    even = np.ones(60)
    worn = Worn(time_s=np.arange(60.0), speed_mps=speed_mps * even, cadence_spm=steps * even)
    walked = only(activities("walk.fit", fit_bytes(worn, sport=sport, both_feet=both_feet)))
    assert walked.channels["cadence_spm"].values == pytest.approx(steps * even)
    assert ("already that of both feet" if both_feet else "counts one foot") in " ".join(walked.notes)


def test_cadence_without_speed_is_judged_by_what_feet_can_do(activities: Read) -> None:
    worn = Worn(time_s=np.arange(60.0), speed_mps=np.ones(60), cadence_spm=np.full(60, 170.0))
    for both_feet in (False, True):
        content = fit_bytes(worn, both_feet=both_feet, skip=("speed", "distance"))
        run = only(activities("treadmill.fit", content))
        assert run.channels["cadence_spm"].values == pytest.approx(np.full(60, 170.0))


def test_a_bicycle_has_no_steps(activities: Read) -> None:
    worn = Worn(time_s=np.arange(60.0), speed_mps=np.full(60, 8.0), cadence_spm=np.full(60, 180.0))
    ride = only(activities("ride.fit", fit_bytes(worn, sport=Sport.CYCLING)))
    assert ride.sport == "other"
    assert "cadence_spm" not in ride.channels
    assert any("not of feet" in note for note in ride.notes)


def test_balance_is_the_left_foots_share(activities: Read) -> None:
    even = np.ones(60)
    worn = Worn(
        time_s=np.arange(60.0),
        speed_mps=3 * even,
        dynamics={"stance_time": 250 * even, "stance_time_balance": 47.5 * even},
    )
    run = only(activities("run.fit", fit_bytes(worn)))
    left_s = 2 * run.channels["contact_time_s"].values * run.channels["contact_time_left_share"].values
    assert left_s == pytest.approx(0.2375 * even)  # and the right foot 0.2625: it is longer on the ground


@pytest.mark.parametrize("written", ["step", "stride"])
def test_step_length_is_of_a_step(activities: Read, written: str) -> None:
    even = np.ones(60)
    step_mm = 1000 * 3.0 * 60 / 170
    worn = Worn(
        time_s=np.arange(60.0),
        speed_mps=3 * even,
        cadence_spm=170 * even,
        dynamics={"step_length": step_mm * even * (1 if written == "step" else 2)},
    )
    run = only(activities("run.fit", fit_bytes(worn)))
    assert run.channels["step_length_m"].values == pytest.approx(step_mm / 1000 * even, abs=1e-4)
    assert any("whole stride" in note for note in run.notes) == (written == "stride")


def test_without_a_session_the_records_say_what_it_was(activities: Read) -> None:
    run = only(activities("run.fit", fit_bytes(MINUTES, sport=None)))
    assert run.sport == "run"
    assert any("names no sport known here" in note for note in run.notes)
    bare = Worn(time_s=np.arange(60.0), speed_mps=np.full(60, 8.0), cadence_spm=np.full(60, 170.0))
    assert only(activities("unknown.fit", fit_bytes(bare, sport=None))).sport == "other"


def test_each_session_is_an_activity(activities: Read) -> None:
    first, second = activities("two.fit", fit_bytes(MINUTES, sessions=2))
    assert first.start == START
    assert second.start - first.start == pytest.approx(timedelta(seconds=120), abs=timedelta(seconds=2))
    assert len(first.channels["speed_mps"].values) + len(second.channels["speed_mps"].values) == 240
    assert [one.origin for one in (first, second)] == ["two.fit (part 1)", "two.fit (part 2)"]


def test_pauses_are_where_the_timer_stood(activities: Read) -> None:
    run = only(activities("run.fit", fit_bytes(MINUTES, pauses_s=[(50, 80), (120, 130)])))
    assert run.pauses_s == ((50, 80), (120, 130))
    assert run.duration_s == 239


def test_the_zone_is_the_watchs_own(activities: Read) -> None:
    run = only(activities("run.fit", fit_bytes(MINUTES, zone_h=5.5)))
    assert run.start == START
    assert run.start.utcoffset() == timedelta(hours=5.5)


@settings(max_examples=40)
@given(share=st.floats(0.0, 1.0, exclude_max=True))
def test_a_file_that_breaks_off_gives_what_stands_before(activities: Read, share: float) -> None:
    content = WHOLE[: int(share * len(WHOLE))]
    if len(content) < 12:
        return
    try:
        run = only(activities("run.fit", content))
    except RecordingError:
        assert share < 0.1  # before the second record
        return
    assert any("breaks off" in note for note in run.notes) or len(content) >= len(WHOLE) - 2
    speeds = run.channels["speed_mps"].values
    assert speeds == pytest.approx(MINUTES.speed_mps[: len(speeds)], abs=1e-3)
    assert len(speeds) >= (share - 0.1) * 240


def test_a_wrong_checksum_is_told_and_no_reason_to_refuse(activities: Read) -> None:
    changed = WHOLE[:-1] + bytes([WHOLE[-1] ^ 1])
    assert any("checksum" in note for note in only(activities("run.fit", changed)).notes)
    assert not any("checksum" in note for note in only(activities("run.fit", WHOLE)).notes)


def test_what_is_no_activity_is_refused_with_the_reason(activities: Read) -> None:
    worn = Worn(time_s=np.arange(1.0), speed_mps=np.ones(1))
    with pytest.raises(RecordingError, match="single moment"):
        activities("run.fit", fit_bytes(worn))
    with pytest.raises(RecordingError, match="no records of an activity"):
        activities("run.fit", WHOLE[:14])


def test_a_missing_library_is_named_with_what_to_do(
    activities: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "imu.formats.fit_reader")
    monkeypatch.setitem(sys.modules, "fitdecode", None)
    with pytest.raises(RestrideError, match=r"needs fitdecode; run: pip install 'restride\[formats\]'"):
        activities("run.fit", WHOLE)


def test_reading_a_message_at_once_changes_nothing() -> None:
    plain = fitdecode.FitReader(
        io.BytesIO(WHOLE), processor=None, error_handling=fitdecode.ErrorHandling.IGNORE
    )
    assert [_values(frame) for frame in FitReader(io.BytesIO(WHOLE))] == [_values(frame) for frame in plain]


def test_garmins_own_decoder_finds_the_same(activities: Read) -> None:
    run = only(activities("run.fit", WHOLE))
    messages, errors = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(WHOLE))).read()
    assert not errors
    records = messages["record_mesgs"]
    assert run.channels["speed_mps"].values == pytest.approx([one["enhanced_speed"] for one in records])
    assert run.channels["contact_time_s"].values == pytest.approx(
        [one["stance_time"] / 1000 for one in records]
    )
    assert run.channels["cadence_spm"].values == pytest.approx(
        [2 * (one["cadence"] + one["fractional_cadence"]) for one in records]
    )


@pytest.mark.unhurried
@settings(max_examples=80)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=20)
)
def test_no_damage_is_a_crash(activities: Read, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(WHOLE)
    for at, value in changes:
        damaged[at] = value
    try:
        found = activities("run.fit", bytes(damaged))
    except RecordingError:
        return
    for run in found:
        assert 0 < run.duration_s < 11 * 86400
        for channel in run.channels.values():
            assert np.isfinite(channel.values).all()
            assert (np.diff(channel.time_s) > 0).all()


def _values(frame: Any) -> Any:
    if frame.frame_type != fitdecode.FIT_FRAME_DATA:
        return frame.frame_type
    return [(one.name, one.value) for one in frame.fields]
