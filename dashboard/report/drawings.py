"""The two pictures of the report: the episode over time, and the injured side against the other."""

from collections.abc import Iterator
from datetime import datetime

from dashboard.report.drawing import (
    INK,
    SOFT,
    Anchor,
    Days,
    Scale,
    box,
    cross,
    diamond,
    dot,
    drawing,
    hatched,
    line,
    path,
    text,
    triangle,
)
from dashboard.text import _, episode_words as words, numbers
from imu.followup.episode import Episode
from imu.training.history import Moment
from imu.training.plan_state import PlanState
from imu.training.sides import SideBySide

_WIDTH, _LEFT = 527.0, 52.0
_LADDER, _LOAD, _PAIN, _LANES = (12.0, 54.0), (68.0, 100.0), (114.0, 150.0), 164.0
_LANE = 8.5
_SIDES_HEIGHT = 84.0
_MOMENTS: tuple[Moment, ...] = ("during", "after", "next_morning")
_HALF_A_DATE = 20.0
_MOST_NUMBERS = 24  # weeks with a number above each bar


def over_time(episode: Episode) -> str:
    """Steps of the plan, weeks, pain and marks, under each other on one axis of time."""
    lanes = _lane_names(episode)
    height = _LANES + _LANE * len(lanes) + 12
    days = Days(
        datetime.combine(episode.begin, datetime.min.time()),
        episode.end.replace(tzinfo=None),
        _LEFT,
        _WIDTH - 6,
    )
    return drawing(
        _WIDTH,
        height,
        *_behind(episode, days, height - 11),
        *_ladder(episode, days),
        *_load(episode, days),
        *_pain(episode, days),
        *_marks(episode, days, lanes),
        *dates(days, height - 3, most=9),
    )


def _behind(episode: Episode, days: Days, bottom: float) -> Iterator[str]:
    for held in episode.holds:
        yield hatched(days.at(held.begin), days.at(held.end), _LADDER[0], bottom)
    onset = days.at(datetime.combine(episode.injury.onset, datetime.min.time()))
    yield line(onset, 4, onset, bottom, width=0.8, dash="3 2")
    yield text(onset - 2, 8, _("injury"), anchor="end")


def _ladder(episode: Episode, days: Days) -> Iterator[str]:
    top = max((spell.step for spell in episode.spells), default=0) + 1
    scale = Scale(0, top, *_LADDER)
    yield text(0, _LADDER[0] + 6, _("Stage"))
    yield line(_LEFT, scale.at(0), days.right, scale.at(0), width=0.3)
    points: list[tuple[float, float]] = []
    for spell in episode.spells:
        points += [(days.at(spell.begin), scale.at(spell.step)), (days.at(spell.end), scale.at(spell.step))]
    if points:
        yield path(
            [(points[0][0], scale.at(0)), *points, (points[-1][0], scale.at(0))], width=0, fill="#ececec"
        )
        yield path(points)
    last = _LEFT - 20
    for spell in episode.spells:
        middle = (days.at(spell.begin) + days.at(spell.end)) / 2
        if spell.stage is not None and middle - last > 8:
            yield text(middle, scale.at(spell.step) - 2, spell.stage, anchor="middle")
            last = middle


def _load(episode: Episode, days: Days) -> Iterator[str]:
    most = max((week.minutes for week in episode.weeks), default=0) or 1
    scale = Scale(0, most * 1.2, *_LOAD)
    yield text(0, _LOAD[0] + 6, _("Running,"))
    yield text(0, _LOAD[0] + 13, _("min a week"))
    yield line(_LEFT, scale.at(0), days.right, scale.at(0), width=0.3)
    for at, week in enumerate(episode.weeks):
        begin = days.at(datetime.combine(week.begin, datetime.min.time()))
        following = episode.weeks[at + 1].begin if at + 1 < len(episode.weeks) else None
        end = days.at(datetime.combine(following, datetime.min.time())) if following else days.right
        y = scale.at(week.minutes)
        yield box(begin + 1, y, end - begin - 2, scale.at(0) - y, fill="#b5b5b5")
        if len(episode.weeks) <= _MOST_NUMBERS:
            yield text((begin + end) / 2, y - 1.5, f"{week.minutes:.0f}", size=6, anchor="middle")


def _pain(episode: Episode, days: Days) -> Iterator[str]:
    scale = Scale(0, 10, *_PAIN)
    yield text(0, _PAIN[0] + 6, _("Pain of 10"))
    for at, moment in enumerate(_MOMENTS):
        y = _PAIN[0] + 13.5 + 7.5 * at
        yield _answer_mark(moment, 3, y - 2)
        yield text(8, y, words.moment(moment), size=6)
    for value in (0, 5, 10):
        yield line(_LEFT, scale.at(value), days.right, scale.at(value), width=0.25, ink=SOFT)
        yield text(_LEFT - 2, scale.at(value) + 2, str(value), size=6, anchor="end")
    if isinstance(episode.state, PlanState):
        red = scale.at(episode.state.bands.amber_max_during + 0.5)
        yield line(_LEFT, red, days.right, red, width=0.5, dash="1.5 1.5")
        yield text(_LEFT + 2, red - 1, _("red above"), size=5.5, ink=SOFT)
    for one in episode.answers:
        yield _answer_mark(one.moment, days.at(one.at), scale.at(one.pain))


def _answer_mark(moment: Moment, x: float, y: float) -> str:
    return diamond(x, y) if moment == "next_morning" else dot(x, y, filled=moment == "during")


def _lane_names(episode: Episode) -> list[str]:
    lanes = [_("Red flags")] if any(one.red_flags for one in episode.answers) else []
    lanes += dict.fromkeys(words.warning(one.code) for one in reversed(episode.warnings))
    return [*lanes, *([_("Decisions")] if episode.decisions else [])]


def _marks(episode: Episode, days: Days, lanes: list[str]) -> Iterator[str]:
    height = {name: _LANES + _LANE * at for at, name in enumerate(lanes)}
    for name, y in height.items():
        yield text(0, y + 2, name)
        yield line(_LEFT, y, days.right, y, width=0.2, ink=SOFT)
    for one in episode.warnings:
        y, begin = height[words.warning(one.code)], days.at(one.raised_at)
        end = days.at(one.resolved_at or episode.end)
        width = {"red": 3.2, "amber": 1.6, "note": 0.8}[one.level]
        yield line(begin, y, max(end, begin + 2), y, width=width, dash="2 1.5" if one.level == "note" else "")
        yield line(begin, y - 2.6, begin, y + 2.6, width=0.8)
        if one.resolved_at is not None:
            yield line(max(end, begin + 2), y - 2.6, max(end, begin + 2), y + 2.6, width=0.8)
    for answer in (one for one in episode.answers if one.red_flags):
        yield cross(days.at(answer.at), height[_("Red flags")])
    for decision in episode.decisions:
        yield triangle(days.at(decision.at), height[_("Decisions")])


def dates(days: Days, y: float, *, most: int) -> Iterator[str]:
    """Marks and days below a picture."""
    for tick in days.ticks(most=most):
        x = days.at(tick)
        yield line(x, y - 9, x, y - 6.5, width=0.5)
        begins, ends = x < days.left + _HALF_A_DATE, x > days.right - _HALF_A_DATE
        anchor: Anchor = "start" if begins else "end" if ends else "middle"
        yield text(x, y, numbers.date_words(tick), size=6, anchor=anchor)


def of_sides(one: SideBySide, *, onset: datetime, width: float = 258.0, height: float = _SIDES_HEIGHT) -> str:
    """Injured minus other, run by run: open before the injury, filled since; the mean of the last as a bar,
    grey what is too small to tell of it."""
    shown = words.quantity(one.quantity)
    days = Days(
        one.runs[0].start.replace(tzinfo=None), one.runs[-1].start.replace(tzinfo=None), 26, width - 56
    )
    values = [run.difference for run in one.runs]
    if one.usual is not None and one.detectable is not None:
        values += [one.usual - one.detectable, one.usual + one.detectable]
    low, high = min(values) * shown.scale, max(values) * shown.scale
    room = 0.06 * (high - low) or 1.0
    scale = Scale(low - room, high + room, 4, height - 12)
    return drawing(width, height, *_sides(one, shown, days, scale, onset), *dates(days, height - 2, most=3))


def _sides(
    one: SideBySide, shown: words.Quantity, days: Days, scale: Scale, onset: datetime
) -> Iterator[str]:
    if one.usual is not None and one.detectable is not None:
        top, bottom = (scale.at((one.usual + way * one.detectable) * shown.scale) for way in (1, -1))
        usual = scale.at(one.usual * shown.scale)
        yield box(days.left, top, days.right - days.left, bottom - top, fill="#e2e2e2")
        yield line(days.left, usual, days.right, usual, width=0.7, dash="3 2")
        least, beside = shown.number(one.detectable), days.right + 3
        # However narrow the band, its three numbers stand under each other.
        yield text(beside, min(top + 4, usual - 5), f"+ {least}", size=6, ink=SOFT)
        yield text(beside, usual + 2, f"{_('before')} {shown.signed(one.usual)}", size=6)
        yield text(beside, max(bottom - 1, usual + 9), f"− {least}", size=6, ink=SOFT)
    for value in _ticks(scale):
        yield text(days.left - 3, scale.at(value) + 2, f"{value:g}".replace("-", "−"), size=6, anchor="end")
        yield line(days.left - 2, scale.at(value), days.left, scale.at(value), width=0.4)
    yield line(days.left, scale.top, days.left, scale.bottom, width=0.5, ink=INK)
    at = days.at(onset)
    yield line(at, scale.top, at, scale.bottom, width=0.8, dash="3 2")
    if one.now is not None and one.detectable is not None:
        begin, end = days.at(one.recent[0].start), days.at(one.recent[-1].start)
        mean = scale.at(one.now * shown.scale)
        yield line(begin - 2, mean, end + 2, mean, width=2.4)
    for run in one.runs:
        yield dot(days.at(run.start), scale.at(run.difference * shown.scale), filled=not run.is_usual)


def _ticks(scale: Scale) -> list[float]:
    """Three to six round numbers."""
    span = scale.high - scale.low
    step = next((one for one in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if span / one <= 6), 200.0)
    first = int(scale.low // step) + 1
    return [round(step * at, 3) for at in range(first, int(scale.high // step) + 1)]
