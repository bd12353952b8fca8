"""Everything that the rules say of one athlete at one time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from imu.followup.plan_versions import UnreadVersion, state_of, versions_of
from imu.store import AthleteRecord
from imu.training.baseline import RUNS_NEEDED, Baseline, eligible
from imu.training.chart import CHARTS, Alarm, Chart, ChartName, charts
from imu.training.due import Due, due
from imu.training.history import History
from imu.training.next_session import NextSession, next_session
from imu.training.not_judged import NotJudged
from imu.training.plan import Plan
from imu.training.plan_state import PlanState
from imu.training.warnings import LEVELS, RaisedWarning, warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The plan, what comes next, what is due, and what to look at."""

    at: datetime
    plan: Plan
    plan_version: int | None  # None: the one that comes with the program, nobody adopted another
    unread: tuple[UnreadVersion, ...]  # of the plan; a version that can be read stands in their place
    state: PlanState | NotJudged
    next: NextSession
    due: tuple[Due, ...]
    charts: tuple[Chart, ...]
    warnings: tuple[RaisedWarning, ...]  # resolved ones too, the latest first

    @property
    def pressing(self) -> tuple[RaisedWarning, ...]:
        """What still asks for attention: the most pressing first, of two alike the later."""
        asking = (one for one in self.warnings if one.is_pressing)
        return tuple(sorted(asking, key=lambda one: LEVELS.index(one.level)))

    @property
    def holds_until(self) -> datetime:
        """When the same history may be judged otherwise: an answer grows old, a morning comes, a snooze ends.

        Rules count in hours and days; an hour is short enough for all of them.
        """
        return self.at + timedelta(hours=1)

    @property
    def baselines(self) -> dict[str, Baseline]:
        """Baselines by chart, as they are used now; those that nobody kept yet among them."""
        return {
            chart.charted.name: chart.baseline
            for chart in self.charts
            if isinstance(chart.baseline, Baseline)
        }


def valid_baselines(record: AthleteRecord, *, now: datetime) -> dict[ChartName, Baseline]:
    """The kept baselines that still count.

    One that nobody chose rests on the first runs without symptoms. If an answer, an injury or an older run
    that came in later changes which these are, it is void: it was never the runner's normal.
    """
    found: dict[ChartName, Baseline] = {}
    for charted in CHARTS:
        kept = record.in_force.get(charted.name)
        if kept is None:
            continue
        if not kept.on_purpose:
            first = islice(eligible(record.history, charted.metric, charted.side, now=now), RUNS_NEEDED)
            if kept.baseline.run_ids != tuple(run.run_id for run in first):
                continue
        found[charted.name] = kept.baseline
    return found


def judge(record: AthleteRecord, *, now: datetime, drawn: tuple[Chart, ...] | None = None) -> Judgement:
    """Judge a whole record, segments and all. `drawn`: its charts, where they were drawn already."""
    plan, unread = versions_of(record)
    history = record.history
    state = state_of(history, plan, unread, now=now)
    followed = None if isinstance(state, NotJudged) else state
    if drawn is None:
        drawn = charts(history, now=now, kept=valid_baselines(record, now=now))
    alarms: list[Alarm] = [alarm for chart in drawn for alarm in chart.alarms]
    return Judgement(
        at=now,
        plan=plan,
        plan_version=record.plans[-1].version if record.plans else None,
        unread=unread,
        state=state,
        next=next_session(history, plan, now=now, state=state),
        due=due(history, plan, followed, now=now),
        charts=drawn,
        warnings=warnings(
            history,
            now=now,
            state=followed,
            alarms=alarms,
            acts=record.acts,
            bands=plan.pain_profiles.of("strain"),
            earlier=_of_earlier_injuries(history, plan, unread, now=now),
        ),
    )


def _of_earlier_injuries(
    history: History, plan: Plan, unread: Sequence[UnreadVersion], *, now: datetime
) -> list[PlanState]:
    """Where the plan stood on the day before each injury was over: what it asked for stays asked for."""
    found = []
    for injury in history.injuries:
        if injury.resolved is not None and injury.resolved <= now.date():
            before = datetime.combine(injury.resolved, time.min, now.tzinfo) - timedelta(microseconds=1)
            state = state_of(history, plan, unread, now=before)
            if isinstance(state, PlanState):
                found.append(state)
    return found
