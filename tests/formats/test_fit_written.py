"""What we write as FIT, read by two decoders that are not ours: fitdecode, and Garmin's own SDK."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import fitdecode
import numpy as np
import pandas as pd
import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given, settings, strategies as st

from imu.formats import Activity, Answers, Source, recognised
from imu.formats.fit_fields import NATIVE, OWN, OWN_OF_SESSION
from imu.formats.fit_file import FitRun, Lap, fit_bytes

START = datetime(2026, 3, 2, 7, 30, 0, 250_000, timezone(timedelta(hours=1)))
FIRST_S = 0.75  # then the wall clock shows a whole second

# Column: name of the FIT field, our unit to FIT's, and half of what its last digit is worth.
RESOLUTION = {
    "speed_mps": ("enhanced_speed", 1, 0.0005),
    "distance_m": ("distance", 1, 0.005),
    "contact_time_s": ("stance_time", 1000, 0.05),
    "contact_time_left_share": ("stance_time_balance", 100, 0.005),
    "step_length_m": ("step_length", 1000, 0.05),
    "vertical_oscillation_m": ("vertical_oscillation", 1000, 0.05),
    "heart_rate_bpm": ("heart_rate", 1, 0.5),
}
USUAL = {
    "speed_mps": (0, 12),
    "distance_m": (0, 200_000),
    "cadence_spm": (0, 300),
    "contact_time_s": (0.05, 1.5),
    "contact_time_left_share": (0.3, 0.7),
    "step_length_m": (0.1, 3),
    "vertical_oscillation_m": (0, 0.3),
    "heart_rate_bpm": (30, 230),
    "shank_angle_ic_left_deg": (-30, 40),
    "shank_angle_ic_right_deg": (-30, 40),
    "pelvic_drop_left_deg": (-20, 20),
    "pelvic_drop_right_deg": (-20, 20),
    "contact_time_left_s": (0.05, 1.5),
    "contact_time_right_s": (0.05, 1.5),
}


def run_of(seconds: pd.DataFrame, **other: Any) -> FitRun:
    given: dict[str, Any] = {"name": "run", "start": START, "duration_s": 10.5, "of_run": {}} | other
    return FitRun(seconds=seconds, **given)


def table(rows: int, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"time_s": FIRST_S + np.arange(rows), **columns})


def by_fitdecode(content: bytes) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    with fitdecode.FitReader(
        BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as frames:
        for frame in frames:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                told = {one.name: one.value for one in frame.fields if one.value is not None}
                found.setdefault(frame.name, []).append(told)
    return found


def by_garmin(content: bytes) -> dict[str, list[dict[str, Any]]]:
    """Developer fields by the names that their descriptions give them."""
    decoder = Decoder(Stream.from_byte_array(bytearray(content)))
    assert decoder.check_integrity()
    messages: Any
    messages, errors = Decoder(Stream.from_byte_array(bytearray(content))).read(
        convert_datetimes_to_dates=True
    )
    assert not errors
    described = messages.get("field_description_mesgs", [])
    names = {at: "".join(one["field_name"]) for at, one in enumerate(described)}
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, told in messages.items():
        for one in told:
            own = one.pop("developer_fields", {})
            found.setdefault(kind.removesuffix("_mesgs"), []).append(
                one | {names[at]: value for at, value in own.items()}
            )
    return found


DECODERS = pytest.mark.parametrize("decoded", [by_fitdecode, by_garmin])


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Seconds with any of the columns, and holes in any of them."""
    rows = draw(st.integers(1, 8))
    names = draw(st.lists(st.sampled_from(sorted(USUAL)), unique=True))
    columns = {
        name: draw(
            st.lists(
                st.one_of(st.just(np.nan), st.floats(*USUAL[name])),
                min_size=rows,
                max_size=rows,
            )
        )
        for name in names
    }
    return table(rows, **columns)


@pytest.mark.unhurried
@DECODERS
@settings(max_examples=60)
@given(seconds=tables())
def test_every_value_comes_back_within_its_resolution_and_none_that_is_not_known(
    decoded: Any, seconds: pd.DataFrame
) -> None:
    records = decoded(fit_bytes(run_of(seconds)))["record"]
    assert len(records) == len(seconds)
    for record, (_at, row) in zip(records, seconds.iterrows(), strict=True):
        when = START + timedelta(seconds=float(row["time_s"]))
        assert record.pop("timestamp") == when
        for name, (field, factor, half) in RESOLUTION.items():
            value = row.get(name, np.nan)
            assert (field in record) == np.isfinite(value), name
            if np.isfinite(value):
                assert record[field] == pytest.approx(value * factor, abs=half * 1.0001, rel=1e-12)
        for name, own in OWN.items():
            value = row.get(name, np.nan)
            assert (own.name in record) == np.isfinite(value), name
            if np.isfinite(value):
                assert record[own.name] == pytest.approx(value * own.factor, rel=1e-6, abs=1e-30)
        steps = row.get("cadence_spm", np.nan)
        assert ("cadence" in record) == np.isfinite(steps)
        if np.isfinite(steps):
            both_feet = 2 * (record["cadence"] + record["fractional_cadence"])
            assert both_feet == pytest.approx(steps, abs=1 / 128 + 1e-9)


@DECODERS
def test_what_no_field_can_hold_is_left_out_and_not_cut_off(decoded: Any) -> None:
    seconds = table(
        3,
        heart_rate_bpm=[255.0, 300.0, -1.0],  # 255 means "invalid"
        step_length_m=[6.5536, -0.1, 1.0],
        speed_mps=[np.inf, -1.0, 2.0],
        cadence_spm=[600.0, -10.0, 160.0],
    )
    first, second, third = decoded(fit_bytes(run_of(seconds)))["record"]
    assert set(first) == set(second) == {"timestamp"}
    assert third["step_length"] == 1000
    assert third["enhanced_speed"] == 2
    assert third["cadence"] == 80
    assert "heart_rate" not in third


@DECODERS
def test_cadence_is_of_one_foot_and_the_balance_of_the_left_one(decoded: Any) -> None:
    seconds = table(1, cadence_spm=[171.5], contact_time_left_share=[0.52], step_length_m=[1.1])
    (record,) = decoded(fit_bytes(run_of(seconds)))["record"]
    assert record["cadence"] == 85
    assert record["fractional_cadence"] == 0.75
    assert record["stance_time_balance"] == 52
    assert record["step_length"] == 1100


@DECODERS
def test_an_activity_has_all_that_readers_ask_for(decoded: Any) -> None:
    way = np.linspace(0, 30, 10)
    seconds = table(10, distance_m=way, speed_mps=[3.0] * 10)
    laps = [
        Lap(start_s=0, end_s=4.5, activity="stand"),
        Lap(start_s=4.5, end_s=7.5, activity="walk"),
        Lap(start_s=7.5, end_s=10.5, activity="run"),
    ]
    of_run = {"distance_m": 30.0, "cadence_spm": 171.5, "speed_mps": 3.0, "overstride_index_left": 61.5}
    found = decoded(
        fit_bytes(
            run_of(
                seconds,
                laps=laps,
                of_run=of_run,
                strides=40,
                surface="treadmill",
                sensors=["MetaMotionS shank left"],
                software="0.1.0",
            )
        )
    )
    (file_id,), (session,), (activity,) = found["file_id"], found["session"], found["activity"]
    begin, end = (datetime(2026, 3, 2, 6, 30, at, tzinfo=UTC) for at in (0, 10))
    assert file_id["type"] == "activity"
    assert file_id["time_created"] == begin
    assert [(one["timestamp"], one["event_type"]) for one in found["event"]] == [
        (begin, "start"),
        (end, "stop_all"),
    ]
    assert {one["event"] for one in found["event"]} == {"timer"}
    assert [one.get("product_name") for one in found["device_info"]] == ["Restride", "MetaMotionS shank left"]
    assert found["device_info"][0]["software_version"] == 0.1
    assert [one["sport"] for one in found["lap"]] == ["generic", "walking", "running"]
    assert [one["total_elapsed_time"] for one in found["lap"]] == [4.5, 3, 3]
    assert [one["message_index"] for one in found["lap"]] == [0, 1, 2]
    assert sum(one["total_distance"] for one in found["lap"]) == pytest.approx(30, abs=0.02)
    assert session["sport"] == "running"
    assert session["sub_sport"] == "treadmill"
    assert session["start_time"] == begin
    assert session["total_elapsed_time"] == session["total_timer_time"] == 10.5
    assert session["total_distance"] == 30
    assert session["total_strides"] == 40
    assert session["num_laps"] == 3
    assert session["avg_running_cadence"] == 85
    assert session["avg_fractional_cadence"] == 0.75
    assert session["enhanced_avg_speed"] == 3
    assert session["overstride_index_left"] == 61.5
    assert "overstride_index_right" not in session
    assert activity["num_sessions"] == 1
    assert activity["timestamp"] == end


def test_the_wall_clock_of_the_runner_is_told() -> None:
    """As Garmin's SDK reads it: seconds since 1989 of the clock on the wall."""
    (activity,) = by_garmin(fit_bytes(run_of(table(1))))["activity"]
    wall = datetime(1989, 12, 31) + timedelta(seconds=activity["local_timestamp"])
    assert wall == datetime(2026, 3, 2, 7, 30, 10)


def test_developer_fields_are_described_by_name_unit_and_message() -> None:
    seconds = table(1, pelvic_drop_left_deg=[4.5])
    found = by_garmin(fit_bytes(run_of(seconds, of_run={"overstride_index_right": 50.0})))
    (application,) = found["developer_data_id"]
    assert len(application["application_id"]) == 16
    described = [
        ("".join(one["field_name"]), "".join(one["units"]), one["native_mesg_num"])
        for one in found["field_description"]
    ]
    assert described == [("pelvic_drop_left", "deg", 20), ("overstride_index_right", "points", 18)]


def test_without_measures_of_our_own_no_developer_is_named() -> None:
    assert "developer_data_id" not in by_garmin(fit_bytes(run_of(table(2, speed_mps=[1.0, 2.0]))))


def test_the_same_run_gives_the_same_bytes_and_another_run_another_number() -> None:
    one, same, other = (fit_bytes(run_of(table(2), name=name)) for name in ("a", "a", "b"))
    assert one == same
    numbers = [by_garmin(content)["file_id"][0]["serial_number"] for content in (one, other)]
    assert numbers[0] != numbers[1]


def test_developer_fields_are_announced_as_fit_2() -> None:
    assert fit_bytes(run_of(table(1)))[1] >> 4 == 2


def test_numbers_of_developer_fields_are_unique() -> None:
    numbers = [one.number for one in (*OWN.values(), *OWN_OF_SESSION.values())]
    assert len(set(numbers)) == len(numbers)
    assert set(NATIVE) == set(RESOLUTION)


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        fit_bytes(run_of(table(1), start=datetime(2026, 3, 2)))


def test_our_own_reader_finds_every_column_again() -> None:
    """What is exported here and imported there is the same, by the same names."""
    columns = {
        name: np.linspace(low + 0.4 * (high - low), low + 0.5 * (high - low), 60)
        for name, (low, high) in USUAL.items()
    }
    seconds = table(60, **columns)
    source = Source.of_bytes("run.fit", fit_bytes(run_of(seconds, duration_s=61.0)))
    reader = recognised(source)
    assert reader is not None
    (activity,) = reader.read(source, Answers())
    assert isinstance(activity, Activity)
    channel = activity.channels["speed_mps"]
    assert activity.start + timedelta(seconds=channel.time_s[0]) == START + timedelta(seconds=FIRST_S)
    np.testing.assert_allclose(np.diff(channel.time_s), 1)
    assert activity.sport == "run"
    halves = {name: half / factor for name, (_field, factor, half) in RESOLUTION.items()}
    halves["cadence_spm"] = 1 / 128
    for name, half in halves.items():
        np.testing.assert_allclose(activity.channels[name].values, seconds[name], atol=half * 1.001)
    for name, own in OWN.items():
        told = activity.channels[f"developer:{own.name} ({own.unit})"].values
        np.testing.assert_allclose(told, seconds[name] * own.factor, rtol=1e-6)
