"""Who of a squad needs somebody first: an order over kept standings, the same wherever a squad is listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from imu.store.standings import Standing
from imu.training.load import LAY_OFF_DAYS

Level = Literal["red", "amber", "due", "stale", "calm"]
LEVELS: tuple[Level, ...] = ("red", "amber", "due", "stale", "calm")
STALE_AFTER = timedelta(days=LAY_OFF_DAYS)  # from then on a plan and a load begin again, so ask what happened
_ANSWERS = frozenset({"check_in_run", "check_in_morning"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How much an athlete needs attention, and how many things ask for it."""

    level: Level
    things: int = 0
    is_on_hold: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person should look today."""
        return self.level in ("red", "amber")


def need_of(content: Mapping[str, Any] | None, *, now: datetime) -> Need:
    """From the plain values of a standing (`imu.followup.standing`); None where it was never judged."""
    if content is None:
        return Need(level="stale")
    by_level = [warning["level"] for warning in content.get("warnings", ())]
    on_hold = bool(content.get("plan", {}).get("held_because"))
    if on_hold or "red" in by_level:
        return Need(level="red", things=by_level.count("red") + on_hold, is_on_hold=on_hold)
    if "amber" in by_level:
        return Need(level="amber", things=by_level.count("amber"))
    answers = sum(one["kind"] in _ANSWERS for one in content.get("due", ()))
    if answers or by_level:
        return Need(level="due", things=answers + len(by_level))
    last = content.get("last_run")
    if last is None or now - datetime.fromisoformat(last["start"]) > STALE_AFTER:
        return Need(level="stale")
    return Need(level="calm")


def by_need(squad: Iterable[Standing], *, now: datetime) -> tuple[tuple[Standing, Need], ...]:
    """The most pressing first; of two alike the one of whom more is to be looked at, then by name."""
    found = [(one, need_of(one.content, now=now)) for one in squad]
    return tuple(sorted(found, key=_place))


def _place(one: tuple[Standing, Need]) -> tuple[int, int, str, str]:
    standing, need = one
    athlete = standing.athlete
    return LEVELS.index(need.level), -need.things, athlete.name.lower(), athlete.athlete_id
