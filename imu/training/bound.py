"""How much running a day may hold, where no stage of a plan says it: by what was run before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from imu.training.history import Injury
from imu.training.load import LONGEST_OF_DAYS, leading_spike, longest_before
from imu.training.plan import Plan
from imu.training.said import said
from imu.training.sessions import Session, longest

WORTH_GOING_MIN = 5.0  # a block of the default plan; of a day with less left the next one is told (proposal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How much running a day may hold, and what says so."""

    minutes: int
    km: float | None  # where kilometres are what is compared
    reasons: tuple[str, ...]

    def less(self, done: Session) -> "Bound | None":
        """What is left of the day; None where it is not worth going out for."""
        minutes = self.minutes - done.running_s / 60
        km = None if self.km is None or done.distance_m is None else self.km - done.distance_m / 1000
        share = minutes / self.minutes
        if km is not None and self.km:
            share = min(share, km / self.km)
        if share * self.minutes < WORTH_GOING_MIN:
            return None
        return replace(self, minutes=int(minutes), km=None if km is None else int(10 * km) / 10)


def bound_of(
    day: date,
    past: Sequence[Session],
    *,
    injuries: Sequence[Injury],
    plan: Plan,
    asked_for: Collection[date],
    is_by_plan: bool,
) -> Bound:
    """What a day may hold, by the sessions before it.

    A spike does not lead to more: until a session is usual again, what was longest before the spike leads, as
    its warning says. asked_for: days on which a plan asked for as much. is_by_plan: a plan asks for an easy
    run; then it is no longer than the longest.
    """
    before = [one for one in past if one.day < day]
    base = longest_before(before, day=day, injuries=injuries)
    if base is None:
        nobody = said("no run in {days} days: begin with walking in it", days=LONGEST_OF_DAYS)
        start_min = int(plan.walk_run.blocks * plan.walk_run.block_min)
        return Bound(minutes=max(1, start_min), km=None, reasons=_led(is_by_plan, nobody))
    if spike := leading_spike(before, injuries=injuries, asked_for=asked_for):
        leads = (
            said("no plan is followed: what running begins with leads until a run is usual again")
            if spike.longest.is_start
            else said("no plan is followed: the longest run before that of {day} leads", day=spike.day)
        )
        reasons = () if is_by_plan else (leads,)
        return Bound(minutes=spike.longest.most_min, km=spike.longest.most_km, reasons=reasons)
    if base.is_start:
        begin = said(
            "no plan is followed, and every run on record is short: begin with {minutes:.0f} min, with "
            "walking in them",
            minutes=base.minutes,
        )
        return Bound(minutes=int(base.minutes), km=None, reasons=(begin,))
    found = longest(before, before=day, days=LONGEST_OF_DAYS)
    if found is not None:  # of a doubted recording no more than the running that was found in it
        base = replace(base, minutes=found.running_s / 60)
    if is_by_plan:
        km = None if base.km is None else int(base.km * 10) / 10
        return Bound(minutes=max(1, int(base.minutes)), km=km, reasons=())
    return Bound(minutes=base.most_min, km=base.most_km, reasons=_led(is_by_plan))


def _led(is_by_plan: bool, *more: str) -> tuple[str, ...]:
    leads = said("no plan is followed: the longest run of the last 30 days leads")
    return more if is_by_plan else (leads, *more)
