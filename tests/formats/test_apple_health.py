"""What a runner gets from an Apple Health export."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from imu.errors import RecordingError
from imu.formats import Activity, Answers, apple_health
from imu.formats.reading import read_source
from imu.formats.source import Source
from tests.formats.apple import (
    BROKEN_GRAMMAR,
    GRAMMAR,
    PHONE,
    START,
    STEADY,
    WATCH,
    Kind,
    Run,
    export_xml,
    record,
    told,
    workout,
)


def activities(content: bytes) -> list[Activity]:
    found = list(read_source(Source.of_bytes("export.xml", content), Answers()))
    assert all(isinstance(one, Activity) for one in found)
    return [one for one in found if isinstance(one, Activity)]


def only(content: bytes) -> Activity:
    (activity,) = activities(content)
    return activity


def with_kind(wanted: str, unit: str, value: float) -> Sequence[Kind]:
    return [
        replace(kind, unit=unit, value=lambda _at: value) if kind.type == wanted else kind for kind in STEADY
    ]


def median(activity: Activity, channel: str) -> float:
    return float(np.median(activity.channels[channel].values))


def test_a_run_has_its_time_way_and_what_the_watch_measured() -> None:
    run = only(export_xml())

    assert run.start == START
    assert run.sport == "run"
    assert run.duration_s == 600
    assert run.distance_m == pytest.approx(1800)
    assert run.device == "Anna’s Apple Watch"
    assert median(run, "speed_mps") == pytest.approx(3.0, abs=1e-3)
    assert median(run, "contact_time_s") == pytest.approx(0.248)
    assert median(run, "vertical_oscillation_m") == pytest.approx(0.087)
    assert median(run, "power_w") == 231
    assert run.channels["heart_rate_bpm"].values[[0, -1]] == pytest.approx([140, 149.917], abs=1e-3)
    assert run.channels["heart_rate_bpm"].time_s[:3].tolist() == [0, 5, 10]


def test_steps_and_metres_of_the_phone_in_the_pocket_are_not_added_to_those_of_the_watch() -> None:
    run = only(export_xml())

    assert median(run, "cadence_spm") == pytest.approx(170)
    assert run.channels["distance_m"].values[-1] == pytest.approx(1800, abs=0.01)


def test_what_the_recording_app_has_not_comes_from_who_has_most() -> None:
    run = only(export_xml(Run(source="Some App")))

    assert median(run, "cadence_spm") in (pytest.approx(170), pytest.approx(165))
    assert len(run.channels["cadence_spm"].values) == 10


@pytest.mark.parametrize(
    ("kind", "unit", "value", "channel", "expected"),
    [
        ("RunningSpeed", "mi/hr", 6.7108, "speed_mps", 3.0),
        ("RunningSpeed", "m/s", 3.0, "speed_mps", 3.0),
        ("RunningStrideLength", "cm", 105.88, "step_length_m", 1.0588),
        ("RunningStrideLength", "ft", 3.4738, "step_length_m", 1.0588),
        ("RunningVerticalOscillation", "in", 3.4252, "vertical_oscillation_m", 0.087),
        ("RunningGroundContactTime", "s", 0.248, "contact_time_s", 0.248),
    ],
)
def test_a_unit_is_the_one_that_stands_beside_the_value(
    kind: str, unit: str, value: float, channel: str, expected: float
) -> None:
    run = only(export_xml(Run(kinds=with_kind(kind, unit, value))))

    assert median(run, channel) == pytest.approx(expected, rel=1e-4)


def test_a_unit_that_is_not_known_is_left_out_and_named() -> None:
    run = only(export_xml(Run(kinds=with_kind("RunningVerticalOscillation", "smoot", 8.7))))

    assert "vertical_oscillation_m" not in run.channels
    assert any("smoot" in note for note in run.notes)


def test_stride_length_is_a_step_as_apple_documents_it() -> None:
    run = only(export_xml())

    assert median(run, "step_length_m") == pytest.approx(1.0588, abs=1e-4)
    assert not any("Stride length" in note for note in run.notes)


def test_a_whole_stride_is_told_by_speed_and_cadence_and_halved() -> None:
    run = only(export_xml(Run(kinds=with_kind("RunningStrideLength", "m", 2.1176))))

    assert median(run, "step_length_m") == pytest.approx(1.0588, abs=1e-4)
    assert any("halved" in note for note in run.notes)


def test_a_length_that_is_neither_is_left_out() -> None:
    run = only(export_xml(Run(kinds=with_kind("RunningStrideLength", "m", 0.5))))

    assert "step_length_m" not in run.channels
    assert any("neither as step nor as stride" in note for note in run.notes)


def test_the_grammar_that_some_phones_write_wrongly_does_not_matter() -> None:
    assert only(export_xml(grammar=BROKEN_GRAMMAR)).distance_m == pytest.approx(1800)


def test_characters_that_xml_forbids_do_not_matter() -> None:
    content = export_xml().replace(b"<Me ", b'<Me note="tab\x0bulator" ')

    assert only(content).distance_m == pytest.approx(1800)


def test_the_run_has_the_zone_it_was_run_in() -> None:
    inside = '  <MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>\n'
    run = only(export_xml(Run(inside=inside)))

    assert run.start == START
    assert run.start.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Mars/Olympus", "", "/etc/localtime", "Europe"])
def test_a_zone_that_there_is_not_is_left_alone(zone: str) -> None:
    run = only(export_xml(Run(inside=f'  <MetadataEntry key="HKTimeZone" value="{zone}"/>\n')))

    assert run.start.utcoffset() == timedelta(hours=1)


def test_pauses_are_told() -> None:
    def event(kind: str, minute: float) -> str:
        at = told(START + timedelta(minutes=minute))
        return f'<WorkoutEvent type="HKWorkoutEventType{kind}" date="{at}"/>'

    inside = event("Pause", 2) + event("Resume", 3) + event("Segment", 4) + event("MotionPaused", 9)
    run = only(export_xml(Run(inside=inside)))

    assert run.pauses_s == ((120.0, 180.0), (540.0, 600.0))


def test_the_way_of_old_exports_stands_in_the_workout_itself() -> None:
    content = export_xml(Run(inside="<!-- -->")).replace(
        b"<Workout ", b'<Workout totalDistance="1.1185" totalDistanceUnit="mi" '
    )

    assert only(content).distance_m == pytest.approx(1800, abs=0.1)


def test_without_a_told_way_it_is_that_of_the_records() -> None:
    assert only(export_xml(Run(inside="<!-- -->"))).distance_m == pytest.approx(1800, abs=0.01)


def test_runs_come_in_order_of_time_and_other_sports_not_at_all() -> None:
    later = Run(start=START + timedelta(days=2), minutes=5)
    found = activities(
        export_xml(later, Run(), more=workout(Run(start=START + timedelta(days=1)), kind="Yoga"))
    )

    assert [one.start for one in found] == [START, later.start]
    assert [one.duration_s for one in found] == [600, 300]


def test_the_same_outing_written_by_an_app_again_is_one() -> None:
    again = Run(start=START + timedelta(seconds=4), minutes=9.9, kinds=(), source="Some App")

    run = only(export_xml(Run(), again))

    assert run.device == "Anna’s Apple Watch"
    assert any("Some App" in note for note in run.notes)


def test_a_sum_over_the_day_is_no_record_of_the_run() -> None:
    day = record("StepCount", "count", 14_000, START, START + timedelta(hours=12))

    assert median(only(export_xml(more=day)), "cadence_spm") == pytest.approx(170)


@pytest.mark.parametrize("value", ["nan", "inf", "-5", "1e999", "", "fast", "1,5"])
def test_what_is_no_number_is_counted_and_left_out(value: str) -> None:
    run = only(export_xml(more=record("HeartRate", "count/min", value, START, START)))

    assert len(run.channels["heart_rate_bpm"].values) == 120
    assert any("1 records of HeartRate" in note for note in run.notes)


@pytest.mark.parametrize(
    "date",
    ["0000-01-01 00:00:00 +0000", "9999-12-31 23:59:59 -0100", "2025-01-14", "2025-13-01 00:00:00 +0000"],
)
def test_a_run_on_no_day_is_refused(date: str) -> None:
    content = re.sub(rb'(<Workout [^>]*startDate=)"[^"]*"', rb'\1"' + date.encode() + b'"', export_xml())

    with pytest.raises(RecordingError, match="none with a readable beginning and end"):
        activities(content)


def test_an_export_without_a_run_says_what_else_it_has() -> None:
    content = export_xml().replace(b"HKWorkoutActivityTypeRunning", b"HKWorkoutActivityTypeYoga")

    with pytest.raises(RecordingError, match=r"export\.xml: holds no running workout, 1 of other sports"):
        activities(content)


def test_a_copy_that_broke_off_is_refused_with_its_line() -> None:
    with pytest.raises(RecordingError, match=r"line \d+: is damaged or incomplete .* export it again"):
        activities(export_xml()[:-200])


@pytest.mark.parametrize(
    "grammar",
    [
        '<!DOCTYPE HealthData [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n',
        '<!DOCTYPE HealthData [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n',
        '<!DOCTYPE HealthData SYSTEM "http://127.0.0.1:9/grammar">\n',
    ],
)
def test_entities_are_never_followed(grammar: str) -> None:
    content = export_xml(grammar=grammar).replace(b"</HealthData>", b"<Note>&a;&b;</Note></HealthData>")

    with pytest.raises(RecordingError, match="is damaged or incomplete"):
        activities(content)


def test_one_endless_attribute_is_refused_in_time() -> None:
    content = export_xml().replace(b'locale="de_DE"', b'locale="' + b"x" * (40 << 20) + b'"')

    with pytest.raises(RecordingError, match="MB without an element"):
        activities(content)


def test_progress_reaches_the_end() -> None:
    shares: list[float] = []
    source = replace(Source.of_bytes("export.xml", export_xml()), progress=shares.append)

    list(apple_health.read(source, Answers()))

    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_source_name_of_any_kind_is_harmless() -> None:
    assert only(export_xml(Run(source='"><Record/>\x85' + WATCH + PHONE))).distance_m == pytest.approx(1800)


def test_the_grammar_is_not_taken_for_the_file() -> None:
    assert not apple_health.sniff(Source.of_bytes("grammar.dtd", GRAMMAR.encode()))
