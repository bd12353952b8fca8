"""How much was run, against what was run before: sessions first, weeks as advice.

Sessions are held against the longest run of the last 30 days: 10 to 30 % above it, the hazard of 5,205
runners was 1.64 times as high; weekly change and the acute:chronic ratio did not show that (Frandsen 2025,
doi:10.1136/bjsports-2024-109380). After a lay-off or an injury the plan's stage decides, without ratios.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np

from imu.training.evidence import Evidence, since_then
from imu.training.history import History, Injury
from imu.training.not_judged import NotJudged
from imu.training.pain import COLOUR_WORDS
from imu.training.said import pattern, said
from imu.training.sessions import Session, between, sessions

LONGEST_OF_DAYS = 30
LAY_OFF_DAYS = 14  # without running (proposal)
QUIET_DAYS = 28  # after a lay-off or the first run of an injury: ratios mislead
AMBER_RATIO = 1.10  # Frandsen 2025: the hazard begins to rise here
RED_RATIO = 1.30  # and is taken seriously here (proposal)
# What a beginner has: as long as the first session of the default plan, which has walking in it (proposal).
START_MIN = 20.0
WEEKLY_AMBER_RATIO = 1.30  # Nielsen 2014: hazard ratio 1.59 (0.96 to 2.66), not significant: advice only
# Of the same runner's sensors: distance repeats to about 2 %, time between bouts to well below.
DISTANCE_SD_SHARE = 0.02
TIME_SD_SHARE = 0.005

_RUN_AGAINST_LONGEST = pattern(
    "The run of {day} was {value:.1f} {unit}, {ratio:.2f} times the longest of the "
    "{days} days before ({longest:.1f} {unit})."
)
_RUNNING_AGAINST_LONGEST = pattern(
    "The running of {day} was {value:.1f} {unit}, {ratio:.2f} times the longest of the "
    "{days} days before ({longest:.1f} {unit})."
)
_RUN_ABOVE_START = pattern(
    "The run of {day} was {value:.1f} {unit}, {ratio:.2f} times the {longest:.0f} {unit} that running begins "
    "with."
)
_RUNNING_ABOVE_START = pattern(
    "The running of {day} was {value:.1f} {unit}, {ratio:.2f} times the {longest:.0f} {unit} that running "
    "begins with."
)

Level = Literal["usual", "amber", "red"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One amount against an earlier one. `level` is a colour only where the evidence carries one."""

    ratio: float
    level: Level
    evidence: Evidence
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Longest:
    """What a day of running is held against, and what the next one is bounded by."""

    minutes: float
    km: float | None  # where every day among them has its distance, and none is doubted
    days: int  # with running, among which it is the longest
    is_start: bool = False  # all there is on record leads to less: what a beginner begins with

    @property
    def most_min(self) -> int:
        """How much the next day may hold without being a spike, in whole minutes as it is told."""
        return max(1, int(AMBER_RATIO * self.minutes))

    @property
    def most_km(self) -> float | None:
        """The same in kilometres, rounded down: rounded up, it would be more than the rule bears."""
        return None if self.km is None else int(AMBER_RATIO * self.km * 10) / 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike(Compared):
    """A day of running against the longest before it."""

    day: date
    longest: Longest


def session_spike(history: History, *, now: datetime, asked_for: Collection[date] = ()) -> Spike | NotJudged:
    """The last session against the longest of the 30 days before; its advice is that of the spike which
    bounds the next session (`leading_spike`), so that there is one limit.
    """
    past = sessions(history, now=now)
    if not past:
        return NotJudged(because=said("no run is on record"))
    found = spike(past[-1], past, injuries=history.injuries)
    if isinstance(found, NotJudged) or found.level == "usual":
        return found
    leading = leading_spike(past, injuries=history.injuries, asked_for=asked_for)
    if leading is None:
        return found
    return replace(found, evidence=replace(found.evidence, to_do=leading.evidence.to_do))


def spike(judged: Session, past: Sequence[Session], *, injuries: Sequence[Injury]) -> Spike | NotJudged:
    """A session against the longest of the 30 days before it. past: all sessions, in ascending order."""
    if quiet := quiet_because(past, day=judged.day, injuries=injuries):
        return NotJudged(because=quiet, to_do=said("The stage of your plan says how far to go."))
    longest = longest_before(past, day=judged.day, injuries=injuries)
    if longest is None:
        return NotJudged(
            because=said("no run in the {days} days before", days=LONGEST_OF_DAYS),
            to_do=said("Begin short and easy."),
        )
    if judged.distance_m is None:
        longest = replace(longest, km=None)
    if longest.km is None:
        value, reference, unit, sd_share = judged.running_s / 60, longest.minutes, "min", TIME_SD_SHARE
    else:
        value, reference, unit, sd_share = (
            (judged.distance_m or 0) / 1000,
            longest.km,
            "km",
            DISTANCE_SD_SHARE,
        )
    ratio = value / reference
    level: Level = "red" if ratio > RED_RATIO else "amber" if ratio > AMBER_RATIO else "usual"
    return Spike(
        ratio=ratio,
        level=level,
        run_ids=judged.run_ids,
        day=judged.day,
        longest=longest,
        evidence=Evidence(
            value=value,
            unit=unit,
            reference=reference,
            compared_with=said("what running begins with")
            if longest.is_start
            else said("longest run of the {days} days before", days=LONGEST_OF_DAYS),
            uncertainty=value * sd_share * 2**0.5,
            n=longest.days,
            counted=said("runs"),
            sentence=_sentence(judged, value, reference, unit, is_start=longest.is_start),
            to_do=""
            if level == "usual"
            else said(
                "Take the next runs easy, each below {most:.1f} {unit}.",
                most=longest.most_min if longest.km is None else longest.most_km,
                unit=unit,
            ),
        ),
    )


def longest_before(past: Sequence[Session], *, day: date, injuries: Sequence[Injury]) -> Longest | None:
    """The longest of the 30 days before a day; None where nobody ran in them.

    As long as the whole record leads to less than what running begins with, that is in its place: a trial of
    two minutes does not say how much somebody bears. Not so after an injury, where runs are short on purpose.
    """
    recent = between(past, day - timedelta(days=LONGEST_OF_DAYS), day)
    if not recent:
        return None
    if not any(injury.onset <= day for injury in injuries) and all(
        AMBER_RATIO * _minutes(one) < START_MIN for one in past if one.day < day
    ):
        return Longest(minutes=START_MIN, km=None, days=len(recent), is_start=True)
    distances = [one.distance_m for one in recent if one.is_trusted]
    known = [distance for distance in distances if distance is not None]
    in_km = len(known) == len(recent) and max(known) > 0
    return Longest(
        minutes=max(map(_minutes, recent)), km=max(known) / 1000 if in_km else None, days=len(recent)
    )


def leading_spike(
    past: Sequence[Session], *, injuries: Sequence[Injury], asked_for: Collection[date] = ()
) -> Spike | None:
    """What still bounds the next session: of the spikes in a row until the last session the worst, of equals
    the latest.

    asked_for: days on which the plan asked for as much. A recording that cannot be trusted ends no row, and
    counts as one only while it is the last.
    """
    row: list[Spike] = []
    for judged in reversed(past):
        found = NotJudged(because="") if judged.day in asked_for else spike(judged, past, injuries=injuries)
        is_spike = isinstance(found, Spike) and found.level != "usual"
        if isinstance(found, Spike) and is_spike and (judged.is_trusted or judged is past[-1]):
            row.append(found)
        elif judged.is_trusted:
            break
    if not row:
        return None
    latest = row[0]
    worst = next((one for one in row if one.level == "red"), latest)
    if worst is latest:
        return latest
    words = COLOUR_WORDS["amber"]
    return replace(worst, evidence=since_then(worst.evidence, words=words, day=latest.day))


def _sentence(session: Session, value: float, reference: float, unit: str, *, is_start: bool) -> str:
    """A day may hold several runs: none of them was as long as all together."""
    one = len(session.runs) == 1
    if is_start:
        told = _RUN_ABOVE_START if one else _RUNNING_ABOVE_START
    else:
        told = _RUN_AGAINST_LONGEST if one else _RUNNING_AGAINST_LONGEST
    return said(
        told,
        day=session.day,
        value=value,
        unit=unit,
        ratio=value / reference,
        days=LONGEST_OF_DAYS,
        longest=reference,
    )


def _minutes(session: Session) -> float:
    """A recording that cannot be trusted may lack part of its run, so it counts with its whole length."""
    seconds = session.running_s if session.is_trusted else max(session.recorded_s, session.running_s)
    return seconds / 60


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
