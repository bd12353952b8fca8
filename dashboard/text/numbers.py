"""Numbers, distances, paces and days as whoever looks reads them: here, and nowhere else."""

from datetime import date, datetime
from functools import cache

from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol

from dashboard.text.catalogue import language, units
from imu.report.figures import clock

METRES = {"km": 1000.0, "mi": 1609.344}
NOTHING = "–"
_DAYS = {"en": ("EEEE d MMMM y, HH:mm", "EEE d MMM y"), "de": ("EEEE, d. MMMM y, HH:mm", "EEE d. MMM y")}
_DATES = {"en": ("d MMM y", "EEEE d MMMM"), "de": ("d. MMM y", "EEEE, d. MMMM")}
_DAYS_IN_FIELDS = {"en": "D MMM YYYY", "de": "D. MMM YYYY"}  # as calendars (Day.js) write them
_DAYS_OF_AXES = {"en": "%-d %b", "de": "%-d. %b"}  # as charts (D3) do
SLOWEST_MPS = 0.3  # slower is standing, and has no pace


def number(value: float, decimals: int) -> str:
    """Rounded, in the language of the viewer, with a true minus sign and nothing before a zero."""
    rounded = round(value, decimals) + 0.0
    return f"{rounded:,.{decimals}f}".translate(_signs(language()))


@cache
def _signs(language: str) -> dict[int, str]:
    """What stands in a language for the signs of a number as Python writes it."""
    return {
        ord(","): get_group_symbol(language),
        ord("."): get_decimal_symbol(language),
        ord("-"): "−",
    }


def signed(value: float, decimals: int) -> str:
    """The same with a plus sign before what is more than nothing."""
    return f"+{number(value, decimals)}" if round(value, decimals) > 0 else number(value, decimals)


def distance(metres: float | None, decimals: int = 1) -> str:
    """`3.5`, in the unit that the viewer chose."""
    return NOTHING if not metres else number(metres / METRES[units()], decimals)


def distance_unit() -> str:
    return units()


def pace(speed_mps: float | None) -> str:
    """`5:44`, minutes and seconds for one unit of distance."""
    if speed_mps is None or not speed_mps > SLOWEST_MPS:
        return NOTHING
    return clock(METRES[units()] / speed_mps)


def pace_unit() -> str:
    return f"min/{units()}"


def spoken_pace(speed_mps: float | None) -> str:
    """With its unit."""
    told = pace(speed_mps)
    return told if told == NOTHING else f"{told}\N{NO-BREAK SPACE}{pace_unit()}"


def day(moment: datetime) -> str:
    """`Sunday 22 November 2026, 07:30`, by the clock of the place where it was written down."""
    return str(format_datetime(moment, _DAYS[language()][0], locale=language()))


def short_day(moment: datetime) -> str:
    """`Sun 22 Nov 2026`."""
    return str(format_datetime(moment, _DAYS[language()][1], locale=language()))


def date_words(day: date) -> str:
    """`22 Nov 2026`."""
    return str(format_date(day, _DATES[language()][0], locale=language()))


def coming_day(day: date) -> str:
    """`Sunday 22 November`."""
    return str(format_date(day, _DATES[language()][1], locale=language()))


def day_in_field() -> str:
    """How a field for a day writes it: `DateInput(valueFormat=...)`."""
    return _DAYS_IN_FIELDS[language()]


def day_of_axis() -> str:
    """How a chart writes a day at an axis of days: `tickformat`."""
    return _DAYS_OF_AXES[language()]


def decimal_sign() -> str:
    """What stands before decimals: `NumberInput(decimalSeparator=...)`."""
    return str(get_decimal_symbol(language()))
