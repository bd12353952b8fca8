"""An import of many files says in one line what came of it, also when it is stopped."""

import pytest

from imu.cli.tally import counted
from imu.formats import Activity, Answers, Refused
from imu.formats.reading import read_source
from imu.formats.source import Source
from tests.formats.golden import golden


def test_the_line_counts_what_was_read_refused_and_new() -> None:
    said: list[str] = []

    with counted(said.append) as tally:
        for number in range(312):
            tally.kept(is_new=number < 290)
        for _ in range(3):
            tally.left_out(is_known=True)

    assert said == ["312 read, 3 refused, 290 new"]


def test_photographs_in_an_export_are_no_fault() -> None:
    said: list[str] = []

    with counted(said.append) as tally:
        for content in read_source(Source.of_bytes("export_1.zip", golden("strava.zip")), Answers()):
            match content:
                case Refused():
                    tally.left_out(is_known=content.is_known)
                case Activity():
                    tally.kept(is_new=True)

    assert said == ["3 read, 0 refused, 3 new, 2 other files passed over"]


def test_one_file_alone_needs_no_line() -> None:
    said: list[str] = []

    with counted(said.append) as tally:
        tally.kept(is_new=True)

    assert said == []


def test_stopped_halfway_what_is_done_is_told_and_the_stop_goes_on() -> None:
    said: list[str] = []

    def stopped() -> None:
        with counted(said.append) as tally:
            tally.kept(is_new=True)
            tally.kept(is_new=False)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert said == ["stopped: 2 read, 0 refused, 1 new; the same command again goes on from there"]
