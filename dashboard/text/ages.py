"""How long ago something was, and when something was judged, in the viewer's language."""

from datetime import datetime, timedelta
from functools import lru_cache

from babel.dates import format_time, format_timedelta

from dashboard.text.catalogue import language
from dashboard.text.numbers import date_words

_FINEST = timedelta(minutes=1)
_MINUTES_OF_A_DAY = 24 * 60
_IN_HOURS = 2 * _MINUTES_OF_A_DAY  # as long: what was yesterday must not be "2 days ago"
_KEPT = (
    5000  # a squad of hundreds has few different ages, and writing one takes as long as the rest of a line
)


def ago(moment: datetime, *, now: datetime) -> str:
    """`3 hours ago`; a moment that is still to come counts as now."""
    return _ago(max(1, (now - moment) // _FINEST), language())


def clock(moment: datetime, *, now: datetime) -> str:
    """The time of day, with the date where that is another one; in the time zone of `now`."""
    there = moment.astimezone(now.tzinfo)
    return _clock(there.replace(second=0, microsecond=0), there.date() == now.date(), language())


@lru_cache(maxsize=_KEPT)
def _ago(minutes: int, locale: str) -> str:
    # An hour is an hour; of longer times the next unit would round too much away: 10 days are no week.
    if minutes < _IN_HOURS:
        threshold, passed = 1.0 if minutes < _MINUTES_OF_A_DAY else 2.0, -timedelta(minutes=minutes)
    else:
        threshold, passed = 1.5, -timedelta(days=minutes // _MINUTES_OF_A_DAY)
    return format_timedelta(
        passed, granularity="minute", add_direction=True, threshold=threshold, locale=locale
    )


@lru_cache(maxsize=_KEPT)
def _clock(there: datetime, is_today: bool, locale: str) -> str:
    time_of_day = format_time(there, "HH:mm", locale=locale)
    return time_of_day if is_today else f"{date_words(there)}, {time_of_day}"
