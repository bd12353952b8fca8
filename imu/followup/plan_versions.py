"""Versions of an athlete's plan: which one is followed, and what is said where one cannot be read here."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from imu.errors import PlanError
from imu.store import AthleteRecord
from imu.training.engine import current_injury, plan_state
from imu.training.history import History, Injury
from imu.training.not_judged import NotJudged
from imu.training.plan import Plan, Until
from imu.training.plan_file import default_plan, parse_plan
from imu.training.plan_state import PlanState
from imu.training.said import said

_NAME = "the plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadVersion:
    """A version that this program cannot read: another program wrote it, or it is damaged."""

    version: int
    begin: date
    end: date | None  # None: it is in force
    because: str  # the place in it and what is wrong there

    @property
    def error(self) -> PlanError:
        return PlanError(
            f"plan version {self.version} of {self.begin:%Y-%m-%d}",
            "it cannot be read by this program: a newer one wrote it, or it is damaged; update restride, "
            f"or ask your clinician ({self.because})",
        )

    def was_followed_in(self, injury: Injury) -> bool:
        """Whether the injury was open while this version was in force, to the day."""
        began = self.end is None or injury.onset <= self.end
        return began and (injury.resolved is None or injury.resolved >= self.begin)


def versions_of(record: AthleteRecord) -> tuple[Plan, tuple[UnreadVersion, ...]]:
    """The latest version that can be read, with those before it: each holds from when it was adopted. And
    those that cannot be read; the one before stands in the place of each, so ask whether it matters.
    """
    before, followed = [], default_plan()
    unread = []
    for kept, following in zip(record.plans, [*record.plans, None][1:], strict=True):
        begin = kept.adopted_at.date()
        try:
            plan = replace(parse_plan(json.dumps(kept.content), name=_NAME), signed=kept.signed)
        except PlanError as error:
            end = None if following is None else following.adopted_at.date()
            because = str(error).removeprefix(f"{_NAME}: ")
            unread.append(UnreadVersion(version=kept.version, begin=begin, end=end, because=because))
            continue
        before.append(Until(plan=followed, at=kept.adopted_at))
        followed = plan
    return replace(followed, before=tuple(before)), tuple(unread)


def unread_in(unread: Iterable[UnreadVersion], injury: Injury) -> NotJudged | None:
    """Why the plan is not judged in an injury: one of its versions was followed in it and cannot be read."""
    for one in unread:
        if one.was_followed_in(injury):
            return NotJudged(
                because=said(
                    "version {version} of the plan cannot be read by this program: a newer one wrote it, "
                    "or it is damaged",
                    version=one.version,
                ),
                to_do=said("Update Restride, or ask your clinician before you run."),
            )
    return None


def lacking(history: History, unread: Iterable[UnreadVersion], *, now: datetime) -> NotJudged | None:
    """The answer of `unread_in` for the injury of `now`; a version adopted next does not change it."""
    injury = current_injury(history, now=now)
    return None if injury is None else unread_in(unread, injury)


def plan_and_state(record: AthleteRecord, *, now: datetime) -> tuple[Plan, PlanState | NotJudged]:
    """The plan and where it stands, for whoever looks: what cannot be read is not judged."""
    plan, unread = versions_of(record)
    return plan, state_of(record.history, plan, unread, now=now)


def state_of(
    history: History, plan: Plan, unread: Iterable[UnreadVersion], *, now: datetime
) -> PlanState | NotJudged:
    """Where the plan stood at `now`, or why a version is lacking for that."""
    return lacking(history, unread, now=now) or plan_state(history, plan, now=now)


def plan_of(record: AthleteRecord) -> Plan:
    """The plan in force with those before it, for whoever acts on it.

    `PlanError` for a version that this program cannot read and that an act would rest on: the one in force,
    and one that was followed in an injury that is still open.
    """
    plan, unread = versions_of(record)
    open_ones = [one for one in record.history.injuries if one.resolved is None]
    for one in unread:
        if one.end is None or any(one.was_followed_in(injury) for injury in open_ones):
            raise one.error
    return plan
