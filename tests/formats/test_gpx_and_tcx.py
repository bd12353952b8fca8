"""GPX and TCX of a watch: what positions can tell, one foot's cadence, and no harm from XML."""

import gzip
import re
import tracemalloc
from dataclasses import replace
from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from imu.errors import RecordingError
from imu.formats import Answers
from tests.formats.conftest import Read
from tests.formats.watches import START, Worn, an_hour, gpx_text, tcx_text

MINUTES = an_hour(seconds=300)
GPX, TCX = gpx_text(MINUTES), tcx_text(MINUTES)
BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'


def test_gpx_speed_comes_from_positions_smoothed_and_told(activities: Read) -> None:
    (run,) = activities("run.gpx", GPX)
    assert (run.sport, run.start, run.duration_s, run.name) == ("run", START, 299, "Morning run")
    assert run.channels["speed_mps"].values == pytest.approx(MINUTES.speed_mps, abs=0.5)
    assert run.distance_m == pytest.approx(MINUTES.distance_m[-1], rel=0.01)
    assert any("from its positions" in note for note in run.notes)
    assert MINUTES.heart_rate_bpm is not None
    assert run.channels["heart_rate_bpm"].values == pytest.approx(MINUTES.heart_rate_bpm, abs=0.5)


def test_a_fast_stretch_is_found_and_none_is_made_up(activities: Read) -> None:
    time_s = np.arange(600.0)
    steady = Worn(time_s=time_s, speed_mps=np.full(600, 3.0))
    fast = Worn(time_s=time_s, speed_mps=np.where((time_s >= 200) & (time_s < 260), 4.0, 3.0))
    speeds = [activities("run.gpx", gpx_text(one))[0].channels["speed_mps"].values for one in (steady, fast)]
    assert speeds[0] == pytest.approx(np.full(600, 3.0), abs=0.03)
    assert speeds[1][210:250] == pytest.approx(np.full(40, 4.0), abs=0.05)
    assert speeds[1].max() < 4.2  # the parabola overshoots a jump a little
    assert speeds[1][:190] == pytest.approx(np.full(190, 3.0), abs=0.05)


@pytest.mark.parametrize("grade_percent", [-6.0, 0.0, 4.0])
def test_slope_is_rise_over_way(activities: Read, grade_percent: float) -> None:
    time_s = np.arange(400.0)
    worn = Worn(
        time_s=time_s,
        speed_mps=np.full(400, 3.0),
        altitude_m=500 + grade_percent / 100 * 3.0 * time_s
        + 0.3 * np.random.default_rng(4).standard_normal(400),
    )  # fmt: skip
    for name, text in (("run.gpx", gpx_text(worn)), ("run.tcx", tcx_text(worn))):
        (run,) = activities(name, text)
        slope = run.channels["grade_percent"]
        assert slope.values == pytest.approx(np.full(len(slope.values), grade_percent), abs=0.8)
        assert slope.time_s[0] > 15
        assert slope.time_s[-1] < 385


def test_no_slope_where_there_was_no_way(activities: Read) -> None:
    still = Worn(time_s=np.arange(60.0), speed_mps=np.zeros(60), altitude_m=500 + np.arange(60.0) % 7)
    (stood,) = activities("stood.gpx", gpx_text(still))
    assert "grade_percent" not in stood.channels
    assert stood.distance_m == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("row", [0, 150, 299])
@pytest.mark.parametrize("wrong", ["1999-08-22T00:00:00Z", "2046-04-07T00:00:00Z"])
def test_a_point_of_another_year_costs_only_itself(activities: Read, row: int, wrong: str) -> None:
    at = (START + timedelta(seconds=row)).strftime("%Y-%m-%dT%H:%M:%S")
    for name, text in (("run.gpx", GPX), ("run.tcx", TCX)):
        damaged, count = re.subn(rf"<(time|Time)>{at}[^<]*<", rf"<\1>{wrong}<", text)
        assert count == 1
        (run,) = activities(name, damaged)
        assert run.start == START + timedelta(seconds=int(row == 0))
        assert run.duration_s == pytest.approx(299 - (row in (0, 299)))
        assert any("1 records have an impossible time" in note for note in run.notes)


@pytest.mark.parametrize("one_foot", [True, False])
def test_cadence_is_of_both_feet(activities: Read, one_foot: bool) -> None:
    assert MINUTES.cadence_spm is not None
    for name, text in (
        ("run.gpx", gpx_text(MINUTES, one_foot=one_foot)),
        ("run.tcx", tcx_text(MINUTES, one_foot=one_foot)),
    ):
        (run,) = activities(name, text)
        assert run.channels["cadence_spm"].values == pytest.approx(MINUTES.cadence_spm, abs=2)


def test_tcx_says_speed_way_heart_and_device(activities: Read) -> None:
    (run,) = activities("run.tcx", TCX)
    assert (run.sport, run.start, run.device) == ("run", START, "Some Watch")
    assert run.channels["speed_mps"].values == pytest.approx(MINUTES.speed_mps, abs=0.001)
    assert run.distance_m == pytest.approx(MINUTES.distance_m[-1], abs=0.1)
    assert "latitude_deg" not in run.channels


def test_a_tcx_that_breaks_off_gives_what_stands_before(activities: Read) -> None:
    (run,) = activities("run.tcx", TCX[: len(TCX) // 2])
    assert 120 < len(run.channels["speed_mps"].values) < 150
    assert any("breaks off" in note for note in run.notes)
    with pytest.raises(RecordingError, match=r"line \d+: is no whole XML"):
        activities("run.tcx", TCX[:400])
    with pytest.raises(RecordingError, match=r"line \d+: is no whole XML"):
        activities("run.gpx", GPX[: len(GPX) // 2])


def test_a_hole_is_a_pause_and_adds_no_way(activities: Read) -> None:
    head, tail = GPX.split("</trkpt>\n", 150)[:150], GPX.split("</trkpt>\n", 200)[200]
    text = "</trkpt>\n".join(head) + "</trkpt>\n</trkseg><trkseg>" + tail
    (run,) = activities("run.gpx", text)
    assert run.pauses_s == ((149, 200),)
    assert run.distance_m == pytest.approx(
        MINUTES.distance_m[-1] - (MINUTES.distance_m[200] - MINUTES.distance_m[149]), rel=0.01
    )


def test_routes_and_courses_are_no_outings(activities: Read) -> None:
    with pytest.raises(RecordingError, match="no track with times"):
        activities("route.gpx", '<gpx version="1.1" creator="x"><rte><rtept lat="1" lon="2"/></rte></gpx>')
    with pytest.raises(RecordingError, match="no activity with times"):
        activities("course.tcx", "<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>")


def test_the_zone_is_the_one_that_was_given(activities: Read) -> None:
    zone = timezone(timedelta(hours=2))
    for name, text in (("run.gpx", GPX), ("run.tcx", TCX)):
        (run,) = activities(name, text, Answers(zone=zone))
        assert run.start == START
        assert run.start.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("text", [GPX, TCX], ids=["gpx", "tcx"])
@pytest.mark.parametrize(
    "declared",
    [BOMB, '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x SYSTEM "http://x.test/">'],
    ids=["many laughs", "a file", "a server"],
)
def test_entities_stay_off(activities: Read, text: str, declared: str) -> None:
    head, rest = text.split("?>\n", 1)
    hostile = f"{head}?>\n{declared}{rest}".replace("Morning run", "&c;").replace("Some Watch", "&c;")
    with pytest.raises(RecordingError, match="declares entities or a document type"):
        activities("run.xml", hostile)


@pytest.mark.parametrize("text", [GPX, TCX], ids=["gpx", "tcx"])
@settings(max_examples=75)
@given(data=st.data())
def test_no_damage_is_a_crash(activities: Read, text: str, data: st.DataObject) -> None:
    damaged = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = activities("run.xml", bytes(damaged))
    except RecordingError:
        return
    for run in found:
        assert run.duration_s > 0
        assert all(np.isfinite(channel.values).all() for channel in run.channels.values())


def test_blanks_before_a_tcx_are_passed_over(activities: Read) -> None:
    text = tcx_text(an_hour(seconds=600))
    (plain,) = activities("plain.tcx", text)
    (blank,) = activities("blank.tcx", " " * 10 + text)
    assert blank.distance_m == plain.distance_m


@pytest.mark.unhurried
def test_elements_that_nobody_asked_for_take_no_memory(activities: Read) -> None:
    text = tcx_text(an_hour(seconds=600))
    full = text.replace("</Activities>", f"</Activities><x>{'<a/>' * 300_000}</x>")
    assert full != text
    activities("small.tcx", text)
    tracemalloc.start()
    activities("full.tcx", full)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16_000_000 + 2 * len(full)


@pytest.mark.parametrize("name", ["long.gpx", "long.gpx.gz"])
def test_a_gpx_beyond_its_limit_is_refused_packed_too(
    activities: Read, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("imu.formats.gpx.MOST_BYTES", 1 << 14)
    text = gpx_text(an_hour(seconds=600))
    with pytest.raises(RecordingError, match="too much for a file of this kind"):
        activities(name, gzip.compress(text.encode()) if name.endswith("gz") else text)


@pytest.mark.parametrize(
    ("kind", "sport"),
    [
        *(("Jogging", "run"), ("street_running", "run"), ("Laufen", "run"), ("9", "run"), ("hiking", "walk")),
        *(("cycling", "other"), ("Langlauf", "other"), ("Eislaufen", "other"), ("e_biking", "other")),
        *(
            ("course à pied", "run"),
            ("course cycliste", "other"),
            ("Skilauf", "other"),
            ("Inline skating", "other"),
        ),
    ],
)
def test_a_kind_is_known_in_the_words_of_many_programs(activities: Read, kind: str, sport: str) -> None:
    (found,) = activities("run.gpx", gpx_text(MINUTES, kind=kind))
    assert found.sport == sport


def test_a_kind_that_nobody_knows_is_told_by_speed_and_steps_or_by_the_user(activities: Read) -> None:
    (moved,) = activities("run.gpx", gpx_text(MINUTES, kind="Ausdauer"))
    assert moved.sport == "run"
    assert any("names no sport known here" in note for note in moved.notes)
    ride = replace(MINUTES, speed_mps=np.full_like(MINUTES.speed_mps, 9.0))
    (other,) = activities("ride.gpx", gpx_text(ride, kind="Ausdauer"))
    assert other.sport == "other"
    (told,) = activities("ride.gpx", gpx_text(ride, kind="Ausdauer"), Answers(sport="run"))
    assert told.sport == "run"
