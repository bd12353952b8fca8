"""Numbers, distances, paces and days as whoever looks reads them: here, and nowhere else."""

from datetime import date, datetime
from functools import cache

from babel.dates import format_date, format_datetime
from babel.numbers import get_decimal_symbol, get_group_symbol

from dashboard.text.catalogue import language, units
from imu.report.clock import clock

METRES = {"km": 1000.0, "mi": 1609.344}
NOTHING = "–"
# A line never breaks within a date: `_` stands for a space that does not.
_DAYS = {"en": ("EEEE d_MMMM_y, HH:mm", "EEE_d_MMM_y"), "de": ("EEEE, d._MMMM_y, HH:mm", "EEE_d._MMM_y")}
_DATES = {"en": ("d_MMM_y", "EEEE d_MMMM"), "de": ("d._MMM_y", "EEEE, d._MMMM")}
_DAYS_IN_FIELDS = {"en": "D MMM YYYY", "de": "D. MMM YYYY"}  # as calendars (Day.js) write them
_DAYS_OF_AXES = {"en": "%-d %b", "de": "%-d. %b"}  # as charts (D3) do
_DAYS_OF_HOVERS = {"en": "%-d %b %Y", "de": "%-d. %b %Y"}
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
    return str(format_datetime(moment, _unbroken(_DAYS[language()][0]), locale=language()))


def short_day(moment: datetime) -> str:
    """`Sun 22 Nov 2026`."""
    return str(format_datetime(moment, _unbroken(_DAYS[language()][1]), locale=language()))


def date_words(day: date) -> str:
    """`22 Nov 2026`: how a date is written wherever one is read, in a field, a sentence or a report."""
    return str(format_date(day, _unbroken(_DATES[language()][0]), locale=language()))


def moment(at: datetime) -> str:
    """`22 Nov 2026, 07:30`."""
    return f"{date_words(at)}, {at:%H:%M}"


def coming_day(day: date) -> str:
    """`Sunday 22 November`."""
    return str(format_date(day, _unbroken(_DATES[language()][1]), locale=language()))


def _unbroken(pattern: str) -> str:
    return pattern.replace("_", "\N{NO-BREAK SPACE}")


def day_in_field() -> str:
    """How a field for a day writes it: `DateInput(valueFormat=...)`."""
    return _DAYS_IN_FIELDS[language()]


def day_of_axis() -> str:
    """How a chart writes a day at an axis of days: `tickformat`."""
    return _DAYS_OF_AXES[language()]


def day_of_hover() -> str:
    """How a chart writes the day that is pointed at."""
    return _DAYS_OF_HOVERS[language()]


def decimal_sign() -> str:
    """What stands before decimals: `NumberInput(decimalSeparator=...)`."""
    return str(get_decimal_symbol(language()))
