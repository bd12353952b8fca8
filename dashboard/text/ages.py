"""How long ago something was, and when something was judged, in the viewer's language."""

from datetime import datetime, timedelta

from babel.dates import format_datetime, format_time, format_timedelta

from dashboard.text.catalogue import language

_FINEST = timedelta(minutes=1)


def ago(moment: datetime, *, now: datetime) -> str:
    """`3 hours ago`; a moment that is still to come counts as now."""
    passed = max(now - moment, _FINEST)
    return format_timedelta(
        -passed, granularity="minute", add_direction=True, threshold=1.5, locale=language()
    )


def clock(moment: datetime, *, now: datetime) -> str:
    """The time of day, with the date where that is another one; in the time zone of `now`."""
    there = moment.astimezone(now.tzinfo)
    if there.date() == now.date():
        return format_time(there, "short", locale=language())
    return format_datetime(there, "short", locale=language())
