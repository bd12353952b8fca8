"""How much was run, against what was run before: sessions first, weeks as advice.

Sessions are held against the longest run of the last 30 days: 10 to 30 % above it, the hazard of 5,205
runners was 1.64 times as high; weekly change and the acute:chronic ratio did not show that (Frandsen 2025,
doi:10.1136/bjsports-2024-109380). After a lay-off or an injury the plan's stage decides, without ratios.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np

from imu.training.evidence import Evidence
from imu.training.history import History, Injury
from imu.training.not_judged import NotJudged
from imu.training.said import said
from imu.training.sessions import Session, between, sessions

LONGEST_OF_DAYS = 30
LAY_OFF_DAYS = 14  # without running (proposal)
QUIET_DAYS = 28  # after a lay-off or the first run of an injury: ratios mislead
AMBER_RATIO = 1.10  # Frandsen 2025: the hazard begins to rise here
RED_RATIO = 1.30  # and is taken seriously here (proposal)
WEEKLY_AMBER_RATIO = 1.30  # Nielsen 2014: hazard ratio 1.59 (0.96 to 2.66), not significant: advice only
# Of the same runner's sensors: distance repeats to about 2 %, time between bouts to well below.
DISTANCE_SD_SHARE = 0.02
TIME_SD_SHARE = 0.005

Level = Literal["usual", "amber", "red"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One amount against an earlier one. `level` is a colour only where the evidence carries one."""

    ratio: float
    level: Level
    evidence: Evidence
    run_ids: tuple[str, ...]


def session_spike(history: History, *, now: datetime) -> Compared | NotJudged:
    """The last session against the longest of the 30 days before."""
    past = sessions(history, now=now)
    if not past:
        return NotJudged(because=said("no run is on record"))
    return spike(past[-1], past, injuries=history.injuries)


def spike(judged: Session, past: Sequence[Session], *, injuries: Sequence[Injury]) -> Compared | NotJudged:
    """A session against the longest of the 30 days before it. past: all sessions, in ascending order."""
    if quiet := quiet_because(past, day=judged.day, injuries=injuries):
        return NotJudged(because=quiet, to_do=said("The stage of your plan says how far to go."))
    recent = between(past, judged.day - timedelta(days=LONGEST_OF_DAYS), judged.day)
    if not recent:
        return NotJudged(
            because=said("no run in the {days} days before", days=LONGEST_OF_DAYS),
            to_do=said("Begin short and easy."),
        )
    value, longest, unit, sd_share = _amounts(judged, recent)
    ratio = value / longest
    level: Level = "red" if ratio > RED_RATIO else "amber" if ratio > AMBER_RATIO else "usual"
    return Compared(
        ratio=ratio,
        level=level,
        run_ids=judged.run_ids,
        evidence=Evidence(
            value=value,
            unit=unit,
            reference=longest,
            compared_with=said("longest run of the {days} days before", days=LONGEST_OF_DAYS),
            uncertainty=value * sd_share * 2**0.5,
            n=len(recent),
            counted=said("runs"),
            sentence=said(
                "The run of {day} was {value:.1f} {unit}, {ratio:.2f} times the longest of the "
                "{days} days before ({longest:.1f} {unit}).",
                day=judged.day,
                value=value,
                unit=unit,
                ratio=ratio,
                days=LONGEST_OF_DAYS,
                longest=longest,
            ),
            to_do=""
            if level == "usual"
            else said(
                "Take the next runs easy, each below {most:.1f} {unit}.",
                most=AMBER_RATIO * longest,
                unit=unit,
            ),
        ),
    )


def weekly_change(history: History, *, now: datetime) -> Compared | NotJudged:
    """Minutes of the last seven days against the mean of the three weeks before: advice, never red."""
    past = sessions(history, now=now)
    if not past or (now.date() - past[0].day).days < QUIET_DAYS:
        return NotJudged(because=said("fewer than {days} days are on record", days=QUIET_DAYS))
    if quiet := quiet_because(past, day=now.date(), injuries=history.injuries):
        return NotJudged(because=quiet)
    weeks = weekly_minutes(history, now=now, weeks=4)[::-1]
    mean = float(np.mean(weeks[1:]))
    if mean <= 0:
        return NotJudged(because=said("no running in the three weeks before"))
    ratio = weeks[0] / mean
    is_amber = ratio > WEEKLY_AMBER_RATIO
    return Compared(
        ratio=ratio,
        level="amber" if is_amber else "usual",
        run_ids=tuple(i for s in past if (now.date() - s.day).days < 7 for i in s.run_ids),
        evidence=Evidence(
            value=weeks[0],
            unit="min",
            reference=mean,
            compared_with=said("mean of the three weeks before"),
            uncertainty=float(np.std(weeks[1:], ddof=1)) / 3**0.5,
            n=3,
            counted=said("weeks"),
            sentence=said(
                "{minutes:.0f} min of running in a week, {ratio:.2f} times the mean of three weeks.",
                minutes=weeks[0],
                ratio=ratio,
            ),
            to_do=said("Advice only: let this week be followed by an easier one.") if is_amber else "",
        ),
    )


def weekly_minutes(history: History, *, now: datetime, weeks: int) -> tuple[float, ...]:
    """Minutes of running of each seven days, oldest first; the last of them end today."""
    minutes = [0.0] * weeks
    for session in sessions(history, now=now):
        back = (now.date() - session.day).days // 7
        if 0 <= back < weeks:
            minutes[weeks - 1 - back] += session.running_s / 60
    return tuple(minutes)


def quiet_because(past: Sequence[Session], *, day: date, injuries: Sequence[Injury]) -> str | None:
    """Why no ratio is made on a day: the four weeks after a lay-off, or after an injury's first run."""
    tomorrow = day + timedelta(days=1)
    first, after_last = (
        bisect_left(past, one, key=lambda session: session.day)
        for one in (tomorrow - timedelta(days=QUIET_DAYS), tomorrow)
    )
    days = [session.day for session in past[max(0, first - 1) : after_last]]  # and the last one before them
    for before, after in pairwise(days):
        if (after - before).days > LAY_OFF_DAYS:
            return said(
                "{days} days without running ended on {day}, less than four weeks before",
                days=(after - before).days,
                day=after,
            )
    for injury in injuries:
        if injury.onset > day or (injury.resolved is not None and injury.resolved <= day):
            continue
        since = between(past, injury.onset, tomorrow)
        if not since or (day - since[0].day).days < QUIET_DAYS:
            return said("the first four weeks of running after an injury are led by the plan")
    return None


def _amounts(session: Session, recent: Sequence[Session]) -> tuple[float, float, str, float]:
    """Value, longest, unit and share of error: kilometres where all have them, else minutes.

    A recording that cannot be trusted may lack part of its run, so it counts with its whole length.
    """
    distances = [one.distance_m for one in recent]
    known = [distance for distance in distances if distance is not None]
    trusted = all(one.is_trusted for one in recent)
    if trusted and session.distance_m is not None and len(known) == len(distances) and max(known) > 0:
        return session.distance_m / 1000, max(known) / 1000, "km", DISTANCE_SD_SHARE
    lengths = [one.running_s if one.is_trusted else max(one.recorded_s, one.running_s) for one in recent]
    return session.running_s / 60, max(lengths) / 60, "min", TIME_SD_SHARE
