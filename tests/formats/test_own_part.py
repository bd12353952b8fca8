"""Of a file that holds many outings each keeps its own part: nobody finds the places of another one there."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from imu.errors import RecordingError
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from tests.formats.watches import START, an_hour, fit_bytes, gpx_text, history_of, tcx_text

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


def without_places(one: Activity) -> Activity:
    return replace(
        one, channels={name: told for name, told in one.channels.items() if "tude_deg" not in name}
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


def test_a_session_of_a_fit_keeps_its_own_places_and_all_else() -> None:
    content = fit_bytes(an_hour(seconds=240), sessions=2, positions=True)
    whole = activities(content)
    for at, one in enumerate(whole):
        part = original(one)
        assert len(part) == len(content)
        again = activities(part)
        assert same(one, again[at])
        assert same(without_places(whole[1 - at]), again[1 - at])
        assert not any("checksum" in note for note in again[at].notes)
        places = [len(other.channels["latitude_deg"].values) for other in whole]
        found = [other.channels.get("latitude_deg") for other in again]
        own, of_other = found[at], found[1 - at]
        assert of_other is None or len(of_other.values) <= 2
        assert own is not None
        assert len(own.values) == places[at]
    damaged = original(activities(content[:-2500])[0])
    assert len(activities(damaged)) >= 1
