"""Ages and times as a person says them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from dashboard.text.ages import ago, clock
from tests.dashboard.asking import plain

NOW = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-90), "1 minute ago"),
        (timedelta(seconds=20), "1 minute ago"),
        (timedelta(minutes=50), "50 minutes ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(minutes=62), "1 hour ago"),
        (timedelta(minutes=89), "1 hour ago"),
        (timedelta(minutes=100), "2 hours ago"),
        (timedelta(hours=20), "20 hours ago"),
        (timedelta(hours=30), "30 hours ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(hours=61), "2 days ago"),
        (timedelta(days=4), "4 days ago"),
        (timedelta(days=10), "10 days ago"),
        (timedelta(days=17), "2 weeks ago"),
    ],
)
def test_an_age_is_told_in_one_unit(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, now=NOW) == words


def test_a_time_of_today_has_no_date_and_is_that_of_the_viewers_clock() -> None:
    there = timezone(timedelta(hours=2))
    assert clock(NOW - timedelta(hours=3), now=NOW.astimezone(there)).startswith("11:30")
    assert plain(clock(NOW - timedelta(days=2), now=NOW)) == "29 Jun 2026, 12:30"
