"""Numbers as their readers write them."""

from datetime import UTC, datetime

import pytest
from dash import Dash
from flask import g

from dashboard.text import numbers

MOMENT = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "told"),
    [(-1.25, 1, "−1.2"), (-0.04, 1, "0.0"), (1234.5, 0, "1,234"), (3.0, 2, "3.00")],
)
def test_numbers_have_a_true_minus_and_nothing_before_a_zero(value: float, decimals: int, told: str) -> None:
    assert numbers.number(value, decimals) == told


def test_a_sign_stands_before_what_is_more_than_nothing() -> None:
    assert [numbers.signed(one, 1) for one in (1.0, -1.0, 0.04)] == ["+1.0", "−1.0", "0.0"]


def test_pace_and_distance_have_their_units_and_standing_has_no_pace() -> None:
    assert numbers.spoken_pace(1000 / 330) == "5:30\N{NO-BREAK SPACE}min/km"
    assert [numbers.pace(one) for one in (None, 0.0, float("nan"))] == ["–", "–", "–"]
    assert numbers.distance(3456.0) == "3.5"
    assert numbers.distance(None) == "–"


def test_germans_read_commas_and_their_own_days(dash_app: Dash) -> None:
    with dash_app.server.test_request_context("/"):
        g.language = "de"
        assert numbers.number(1.5, 1) == "1,5"
        assert numbers.day(MOMENT) == held("Montag, 2._März_2026, 07:05")
        assert numbers.date_words(MOMENT.date()) == held("2._März_2026")
        assert numbers.coming_day(MOMENT.date()) == held("Montag, 2._März")
        assert numbers.moment(MOMENT) == held("2._März_2026, 07:05")
    assert numbers.day(MOMENT) == held("Monday 2_March_2026, 07:05")
    assert numbers.date_words(MOMENT.date()) == held("2_Mar_2026")
    assert numbers.coming_day(MOMENT.date()) == held("Monday 2_March")
    assert numbers.short_day(MOMENT) == held("Mon_2_Mar_2026")


def held(words: str) -> str:
    """A line never breaks within a date."""
    return words.replace("_", "\N{NO-BREAK SPACE}")
