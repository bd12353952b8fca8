"""Of a file that holds many outings each keeps its own part: nobody finds the places of another one there."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from garmin_fit_sdk import Decoder, Stream

from imu.errors import RecordingError
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from tests.formats.watches import START, an_hour, compressed_fit, fit_bytes, gpx_text, history_of, tcx_text

MINUTE = an_hour(seconds=60)
DAYS = [START + timedelta(days=day) for day in range(3)]


def activities(content: bytes) -> list[Activity]:
    found = read_source(Source.of_bytes("history", content), Answers())
    return [one for one in found if isinstance(one, Activity)]


def original(one: Activity) -> bytes:
    assert one.original is not None
    return one.original()


def same(one: Activity, other: Activity) -> bool:
    return (one.start, one.duration_s, one.sport, one.pauses_s, one.notes) == (
        other.start,
        other.duration_s,
        other.sport,
        other.pauses_s,
        other.notes,
    ) and all(
        np.array_equal(channel.values, other.channels[name].values) for name, channel in one.channels.items()
    )


@pytest.mark.parametrize("write", [gpx_text, tcx_text])
def test_a_part_is_what_its_own_file_would_be(write: Any) -> None:
    texts = [write(replace(MINUTE, start=day)) for day in DAYS]
    found = activities(history_of(texts).encode())
    assert [one.start for one in found] == DAYS
    for one, text in zip(found, texts, strict=True):
        assert original(one).split() == text.encode().split()
        (alone,) = activities(original(one))
        assert same(alone, one)


def test_a_planned_route_beside_the_only_run_is_not_kept_with_it() -> None:
    run = gpx_text(MINUTE)
    route = "<trk><name>from home</name><trkseg><trkpt lat='1.25' lon='2.5'/></trkseg></trk>"
    (found,) = activities(run.replace("</gpx>", f"{route}</gpx>").encode())
    assert b"from home" not in original(found)
    assert b"1.25" not in original(found)


def test_another_encoding_is_cut_as_well() -> None:
    texts = [tcx_text(replace(MINUTE, start=day)).replace("UTF-8", "UTF-16") for day in DAYS]
    found = activities(history_of(texts).encode("utf-16"))
    assert [original(one).decode("utf-16") for one in found] == texts


def test_a_file_that_breaks_off_gives_parts_of_what_stands_there() -> None:
    texts = [tcx_text(replace(MINUTE, start=day)) for day in DAYS]
    found = activities(history_of(texts).encode()[:-3000])
    assert len(found) == 3
    for at, one in enumerate(found):
        days = set(re.findall(rb"<Time>(\S+?)T", original(one)))
        assert days == {f"{DAYS[at]:%Y-%m-%d}".encode()}
        (alone,) = activities(original(one))
        assert (alone.start, alone.duration_s) == (one.start, one.duration_s)


def test_one_outing_keeps_its_file_as_it_is() -> None:
    for content in (gpx_text(MINUTE).encode(), tcx_text(MINUTE).encode(), fit_bytes(MINUTE, positions=True)):
        (one,) = activities(content)
        assert original(one) == content


def test_tracks_where_none_belong_are_refused_not_mixed_up() -> None:
    texts = [gpx_text(replace(MINUTE, start=day)) for day in DAYS]
    odd = (
        history_of(texts).replace("<rte/>", "<trk/>", 1).replace("<metadata>", "<gpx><trk/></gpx><metadata>")
    )
    with pytest.raises(RecordingError, match="cannot be kept apart"):
        original(activities(odd.encode())[0])


@pytest.mark.unhurried
def test_a_session_of_a_fit_keeps_what_was_measured_in_it_and_nothing_of_the_others() -> None:
    worn = an_hour(seconds=300)
    worn = replace(worn, heart_rate_bpm=100 + worn.time_s // 3)  # each tells the time
    whole = activities(fit_bytes(worn, sessions=3, positions=True, pauses_s=[(30, 45), (150, 165)], zone_h=2))
    assert len(whole) == 3
    records = []
    for one in whole:
        part = original(one)
        (alone,) = activities(part)
        assert same(one, alone)
        assert alone.start.tzinfo == one.start.tzinfo
        messages, errors = Decoder(Stream.from_byte_array(bytearray(part))).read()
        assert not errors
        assert Decoder(Stream.from_byte_array(bytearray(part))).check_integrity()
        hearts = [told["heart_rate"] for told in messages["record_mesgs"]]
        assert hearts == one.channels["heart_rate_bpm"].values.tolist()
        assert len(messages["session_mesgs"]) == 1
        assert original(alone) == part  # itself it is a file of one
        records += hearts
    assert records == sorted(records)
    assert len(records) == sum(len(one.channels["heart_rate_bpm"].values) for one in whole)


def test_a_session_leaves_the_others_mean_heart_rate_and_their_beats_behind() -> None:
    content = fit_bytes(an_hour(seconds=240), sessions=2, heart_of_sessions=[101, 177])
    for one, own in zip(activities(content), [101, 177], strict=True):
        messages, _ = Decoder(Stream.from_byte_array(bytearray(original(one)))).read()
        told = [each for kind in ("session_mesgs", "lap_mesgs") for each in messages[kind]]
        assert [each["avg_heart_rate"] for each in told] == [own, own]
        assert messages["hr_mesgs"] == []


def test_times_that_count_from_another_session_stay_what_they_were() -> None:
    content = compressed_fit(seconds=200, sessions=2)
    first, second = activities(content)
    for one in (first, second):
        (alone,) = activities(original(one))
        assert same(one, alone)
    assert len(second.channels["heart_rate_bpm"].values) == 100


def test_of_a_session_of_a_damaged_file_there_is_what_stands_before_the_damage() -> None:
    content = fit_bytes(an_hour(seconds=240), sessions=2, positions=True)
    (alone,) = activities(original(activities(content[:-2500])[0]))
    assert any("breaks off" in note for note in alone.notes)
    cut = content[:-1]  # the sessions stand there, the checksum does not
    assert [len(activities(original(one))) for one in activities(cut)] == [1, 1]
