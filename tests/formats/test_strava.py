"""What a runner gets from the export of a Strava account, in whatever language it is."""

import gzip
import io
import zipfile
from datetime import timedelta

import pytest

from imu.formats import Activity, Answers, Refused
from imu.formats.content import Content
from imu.formats.reading import read_source
from imu.formats.source import Source
from tests.formats.apple import START, Run, export_xml
from tests.formats.golden import golden
from tests.formats.watches import an_hour, gpx_text
from tests.formats.zips import STRAVA_HEADERS, strava_zip, zipped


def day(number: int) -> bytes:
    """A file of one run, gzipped as Strava keeps most; readers know it by its content."""
    return gzip.compress(export_xml(Run(start=START + timedelta(days=number), minutes=1)))


def contents(content: bytes) -> list[Content]:
    return list(read_source(Source.of_bytes("export_1.zip", content), Answers()))


def runs(content: bytes) -> list[Activity]:
    return [one for one in contents(content) if isinstance(one, Activity)]


@pytest.mark.parametrize("language", STRAVA_HEADERS)
def test_names_come_from_the_list_in_any_language(language: str) -> None:
    content = strava_zip(
        {
            "activities/1.xml.gz": ('Morgenlauf, ""locker""', "Lauf", day(0)),
            "activities/2.xml.gz": ("朝ラン", "Run", day(1)),
        },
        language=language,
    )

    assert [one.name for one in runs(content)] == ['Morgenlauf, "locker"', "朝ラン"]
    assert [one.start for one in runs(content)] == [START, START + timedelta(days=1)]


@pytest.mark.parametrize(
    ("word", "sport"),
    [
        *(
            ("Run", "run"),
            ("Trail Run", "run"),
            ("Lauf", "run"),
            ("Course à pied", "run"),
            ("Carrera", "run"),
        ),
        *(("Walk", "walk"), ("Spaziergang", "walk"), ("Ride", "other"), ("Radfahrt", "other")),
    ],
)
def test_the_sport_is_what_its_owner_calls_it(word: str, sport: str) -> None:
    (activity,) = runs(strava_zip({"activities/1.xml.gz": ("x", word, day(0))}))

    assert activity.sport == sport


def test_steps_are_those_of_the_sport_in_the_list() -> None:
    text = gpx_text(an_hour(seconds=120), kind="cycling")
    (activity,) = runs(strava_zip({"activities/1.gpx.gz": ("x", "Run", gzip.compress(text.encode()))}))

    assert activity.sport == "run"
    assert "cadence_spm" in activity.channels


def test_a_sport_that_is_not_known_stays_as_the_file_says_with_a_note() -> None:
    (activity,) = runs(strava_zip({"activities/1.xml.gz": ("x", "Løbetur", day(0))}))

    assert activity.sport == "run"
    assert any("Løbetur" in note for note in activity.notes)


def test_files_of_every_kind_are_read_under_the_names_of_the_list() -> None:
    found = runs(golden("strava.zip"))

    assert [(one.name, one.sport) for one in found] == [
        ("Morning", "run"),
        ("Evening", "run"),
        ("Track", "run"),
    ]
    assert [one.start.date() for one in found] == [(START + timedelta(days=day)).date() for day in range(3)]


def test_planned_routes_and_photographs_are_passed_over() -> None:
    found = contents(
        strava_zip(
            {"activities/1.xml.gz": ("x", "Run", day(0))},
            more={"routes/1.gpx": export_xml(), "media/1.jpg": b"\xff\xd8"},
        )
    )

    passed = [one for one in found if isinstance(one, Refused)]
    assert sorted(one.origin for one in passed) == ["export_1.zip/media/1.jpg", "export_1.zip/routes/1.gpx"]
    assert not any(one.is_known for one in passed)


def test_activities_typed_in_by_hand_are_counted() -> None:
    found = contents(strava_zip({"activities/1.xml.gz": ("x", "Run", day(0))}, by_hand=3))

    assert any(isinstance(one, Refused) and one.reason.startswith("3 activities typed in") for one in found)


def test_a_listed_file_that_is_not_there_is_named() -> None:
    whole = strava_zip(
        {"activities/1.xml.gz": ("x", "Run", day(0)), "activities/2.xml.gz": ("y", "Run", day(1))}
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if "2.xml" not in name}

    found = contents(zipped(kept))

    assert [one.name for one in found if isinstance(one, Activity)] == ["x"]
    assert any(isinstance(one, Refused) and one.is_known and "not in the zip" in one.reason for one in found)


def test_an_export_that_was_packed_again_in_a_folder_is_one_too() -> None:
    content = strava_zip({"activities/1.xml.gz": ("Home", "Run", day(0))}, folder="export_1/")

    assert [one.name for one in runs(content)] == ["Home"]


@pytest.mark.parametrize(
    "listed", [b"", b"\x00\xff\xfe", b'"' * 200_000, b"a," * 10_000 + b"\n" + b"1," * 10_000]
)
def test_a_list_that_is_none_leaves_a_zip_of_files(listed: bytes) -> None:
    content = zipped({"activities/1.xml.gz": day(0), "activities.csv": listed})

    assert len(runs(content)) == 1
