"""One line per athlete of a squad, as grid and cards show it: words ready to read, numbers to sort by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from dashboard.components import levels
from dashboard.components.levels import Level
from dashboard.text import _, episode_words as words, ngettext, numbers
from dashboard.text.ages import ago, clock
from dashboard.text.rules import standing_in_words
from imu.followup.needs import Need
from imu.store.standings import Standing
from imu.training.warnings import LEVELS

_UNJUDGED = 1e9  # sorts last
_NAMED = 2  # warnings that a line of the grid has room for
_OF_CHARTS = ("overstriding_appeared", "drop_asymmetry_changed")  # both in degrees


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadRow:
    """An athlete. `*_by`: what a column is sorted by; `as_of` is empty while the standing is current."""

    id: str
    href: str
    name: str
    need: Level
    need_by: int
    attention: bool
    stage: str
    stage_by: float
    next_words: str
    may_run: Level | None
    week: Level
    week_words: str
    week_why: str
    longest: Level
    longest_words: str
    longest_why: str
    load_by: float
    warnings: int
    warning: Level | None
    warning_words: str
    warning_names: tuple[str, ...]  # of the most pressing, in so few words that none is cut
    check_in: str
    check_in_age: str
    check_in_by: float  # hours
    last_run: str
    last_run_by: float  # hours
    weeks: tuple[float, ...]
    weeks_words: str
    as_of: str

    def plain(self) -> dict[str, Any]:
        """For a browser's grid, which knows levels by their keys."""
        told = {name: getattr(self, name) for name in _PLAIN}
        return told | {name: level and level.key for name in _LEVELS for level in (getattr(self, name),)}


_LEVELS = tuple(field.name for field in fields(SquadRow) if "Level" in str(field.type))
_PLAIN = tuple(field.name for field in fields(SquadRow) if field.name not in _LEVELS)


def rows_of(squad: Iterable[tuple[Standing, Need]], *, now: datetime) -> tuple[SquadRow, ...]:
    """In the order given, which is that of need."""
    return tuple(_row(one, need, place, now=now) for place, (one, need) in enumerate(squad))


def filtered(
    rows: Sequence[SquadRow], *, attention: str, stage: str | None, text: str
) -> tuple[SquadRow, ...]:
    """Those that fit every filter; a filter that nobody offers is none."""
    words = text.casefold().split()
    return tuple(
        row
        for row in rows
        if (attention != "attention" or row.attention)
        and (attention != "warnings" or row.warnings)
        and (not stage or row.stage == stage)
        and all(word in f"{row.name} {row.stage} {row.warning_words}".casefold() for word in words)
    )


def stages(rows: Iterable[SquadRow]) -> list[str]:
    """Every stage that somebody is at, in the order of the plan."""
    return [stage for _by, stage in sorted({(row.stage_by, row.stage) for row in rows})]


def counted(rows: Sequence[SquadRow], *, shown: int) -> str:
    """How many there are, how many ask for attention, and how many of them are shown."""
    asking = sum(row.attention for row in rows)
    told = ngettext("{number} athlete", "{number} athletes", len(rows))
    asked = ngettext("{number} asks for attention", "{number} ask for attention", asking)
    hidden = "" if shown == len(rows) else f" · {_('{number} shown', number=shown)}"
    return f"{told} · {asked}{hidden}"


def _row(one: Standing, need: Need, place: int, *, now: datetime) -> SquadRow:
    content: Mapping[str, Any] = standing_in_words(one.content) or {}
    load, warnings = content.get("load", {}), content.get("warnings", ())
    week, longest = load.get("week", {}), load.get("longest", {})
    stage, stage_by = stage_words(content.get("plan"))
    coming, weeks = content.get("next"), tuple(content.get("weeks", ()))
    ran_at, told = _moment(content.get("last_run"), "start"), content.get("last_check_in")
    told_at = _moment(told, "at")
    pressing = sorted(warnings, key=lambda one: LEVELS.index(one["level"]))
    worst = pressing[0] if pressing else None
    return SquadRow(
        id=one.athlete.athlete_id,
        href=f"/athlete/{one.athlete.athlete_id}" + ("/episode" if "decide" in one.athlete.rights else ""),
        name=one.athlete.name,
        need=levels.needs()[need.level],
        need_by=place,
        attention=need.asks,
        stage=stage,
        stage_by=stage_by,
        next_words=next_words(coming, now=now),
        may_run=levels.may_run()[coming["may_run"]] if coming else None,
        week=load_level(week),
        week_words=amount(week),
        week_why=week.get("sentence") or week.get("not_judged", ""),
        longest=load_level(longest),
        longest_words=amount(longest),
        longest_why=longest.get("sentence") or longest.get("not_judged", ""),
        load_by=max(ratio(week), ratio(longest)),
        warnings=len(warnings),
        warning=levels.of_warning(worst["level"]) if worst else None,
        warning_words=worst["sentence"] if worst else "",
        warning_names=tuple(warning_name(one) for one in pressing[:_NAMED]),
        check_in=check_in_words(told),
        check_in_age=ago(told_at, now=now) if told_at else _("no check-in yet"),
        check_in_by=_hours(told_at, now),
        last_run=_("ran {ago}", ago=ago(ran_at, now=now)) if ran_at else _("no run yet"),
        last_run_by=_hours(ran_at, now),
        weeks=weeks,
        weeks_words=weeks_words(weeks),
        as_of="" if one.is_current else as_of_words(one.as_of, now=now),
    )


def stage_words(plan: Mapping[str, Any] | None) -> tuple[str, float]:
    """Where the plan stands, in few words, and its place in the order of stages."""
    if not plan or not plan.get("followed"):
        return _("No plan followed"), 99.0
    if plan["held_because"]:
        return _("On hold"), -1.0
    if plan["complete"]:
        return _("Plan complete"), 90.0
    if plan["stage"] is None:
        return _("Before stage 1"), 0.0
    stage = str(plan["stage"])
    digits = "".join(letter for letter in stage if letter.isdigit())
    return _("Stage {stage}", stage=stage), float(digits or 0) + (0 if stage.isdigit() else 50)


def next_words(coming: Mapping[str, Any] | None, *, now: datetime) -> str:
    """What comes next, and when that may be. The sentence is the rules' own."""
    if not coming:
        return _("Not judged yet")
    words = str(coming["words"]).partition(": ")[2] or str(coming["words"])
    earliest = coming["earliest"]
    if earliest is None or earliest <= now.date().isoformat():
        return words
    day = datetime.fromisoformat(earliest).date()
    days = (day - now.date()).days
    when = _("tomorrow") if days == 1 else _("in {days} days", days=days)
    return f"{words}, {when}"


def load_level(found: Mapping[str, Any]) -> Level:
    """How an amount compares with an earlier one."""
    return levels.loads()[found.get("level") or levels.NOT_JUDGED]


def ratio(found: Mapping[str, Any]) -> float:
    """Value against reference; below every other where it was not judged."""
    reference = found.get("reference")
    return found["value"] / reference if reference else -1.0


def amount(found: Mapping[str, Any]) -> str:
    """`70 min`; empty where it was not judged."""
    if "value" not in found:
        return ""
    decimals = 0 if found["unit"] == "min" else 1
    return f"{numbers.number(found['value'], decimals)}\N{NO-BREAK SPACE}{found['unit']}"


def warning_name(one: Mapping[str, Any]) -> str:
    """What a warning is about, of which leg, and by how much it differs: `Overstriding, left, +4.9°`."""
    told = [words.warning(one["code"])]
    differs = one["value"] - one["reference"] if one.get("reference") is not None else 0.0
    side = one.get("side")
    if one["code"] == "drop_asymmetry_changed":  # left minus right: its sign tells in whose stance it is more
        side, differs = ("left" if differs > 0 else "right"), abs(differs)
    if side:
        told.append(words.side(side))
    if one["code"] in _OF_CHARTS and differs:
        told.append(f"{numbers.signed(differs, 1)}°")
    return ", ".join(told)


def check_in_words(told: Mapping[str, Any] | None) -> str:
    """The last answer about pain, as far as the viewer may read it."""
    if not told:
        return ""
    where = f", {told['site']}" if told.get("site") else ""
    flag = f" · {_('red flag')}" if told.get("red_flags") else ""
    return f"{told['pain']}/10 {words.moment(told['moment'])}{where}{flag}"


def weeks_words(weeks: Sequence[float]) -> str:
    """What the bars show, for whoever does not see them."""
    minutes = ", ".join(numbers.number(one, 0) for one in weeks)
    return f"{_('Minutes of running in each of the last weeks, this one last:')} {minutes}".strip()


def as_of_words(moment: datetime | None, *, now: datetime) -> str:
    """When something was judged that may be judged otherwise by now."""
    return _("not judged yet") if moment is None else _("as of {time}", time=clock(moment, now=now))


def _moment(found: Mapping[str, Any] | None, key: str) -> datetime | None:
    return datetime.fromisoformat(found[key]) if found else None


def _hours(moment: datetime | None, now: datetime) -> float:
    return _UNJUDGED if moment is None else (now - moment).total_seconds() / 3600
