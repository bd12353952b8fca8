"""May I run, and what? The next session with its reasons: from the plan if one is followed, else the load."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from imu.training.bound import Bound, bound_of
from imu.training.due import ASKED_FOR
from imu.training.engine import current_injury, plan_state
from imu.training.evidence import Evidence
from imu.training.gates import Gate, allowed
from imu.training.history import CheckIn, History
from imu.training.load import leading_spike
from imu.training.not_judged import NotJudged
from imu.training.pain import SHOW_FIRST, pain_response
from imu.training.plan import PainBands, Plan
from imu.training.plan_state import PlanState
from imu.training.programme import go_on_words
from imu.training.said import Said, pattern, said
from imu.training.sessions import Session, sessions
from imu.training.stages import Stage
from imu.training.top_speed import TopSpeed, top_speed
from imu.training.warnings import FORGOTTEN_AFTER, days_asked_for

MayRun = Literal["yes", "easy", "rest"]
Kind = Literal["none", "walk_run", "continuous", "speed", "easy_run"]
FRESH = timedelta(hours=36)  # how long an answer about pain speaks for today
TELL_TOMORROW = said("Rest, and tell how it is tomorrow morning.")
TELL_NOW = said("Tell how much it hurts now, without a run.")
RECORD_IT = said("If it is an injury, record it: the plan back to running is followed from then on.")
PROGRESS = pattern("stage {stage}: {done} of {needed} sessions in a row counted")
REP_PERCENT = 5.0  # so much slower than its share of top speed a repetition still is one


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSession:
    """What comes next. `may_run` is about today; `earliest` is the first day on which the session fits.

    Speeds, m/s, are those of the repetitions of a speed stage, else of all running; none is faster than the
    stage allows.
    """

    may_run: MayRun
    earliest: date | None  # None while a condition is open that no day settles
    kind: Kind
    stage: Stage | None
    running_min: float | None
    total_min: float | None
    from_mps: float | None
    to_mps: float | None
    words: str
    reasons: tuple[str, ...]
    to_do: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def next_session(
    history: History, plan: Plan, *, now: datetime, state: PlanState | NotJudged | None = None
) -> NextSession:
    """The next session at `now`, for any history. `state`: that of the plan, where it is known already."""
    state = state or plan_state(history, plan, now=now)
    if isinstance(state, NotJudged):
        if current_injury(history, now=now) is not None:  # there is a plan, but where it stands is not known
            return _none((state.because,), [state.to_do])
        return _by_load(history, plan, now=now)
    if state.held_because:  # first: a red flag asks for no brisk walk
        held = said("the plan is on hold: {because}", because=state.held_because)
        go_on = go_on_words(state)
        return _none(
            (held,) if go_on is None else (held, go_on),
            [said("Show this to your clinician.")],
            gates=state.gates,
        )
    if state.is_complete:
        return _pain_now(history, state.bands, state, now=now) or _by_load(history, plan, now=now, done=state)
    if state.stage is None:
        unmet = [gate for gate in state.gates if not gate.met]
        reasons = (said("the entry gate is not met yet"), *(gate.sentence for gate in unmet))
        return _none(reasons, [gate.to_do for gate in unmet], gates=state.gates)
    if pain := _pain_now(history, state.bands, state, now=now):
        return pain
    return _by_stage(history, state, now=now)


def next_words(coming: NextSession, *, today: date | None) -> Said:
    """What comes next, in one sentence; and from which day on, where that is not today. today: None where it
    is read on another day, as on paper.
    """
    if coming.earliest is None or coming.earliest == today:
        return said("Next: {words}.", words=coming.words)
    if today and coming.earliest == today + timedelta(days=1):
        return said("Next, from tomorrow on: {words}.", words=coming.words)
    return said("Next, from {day} on: {words}.", day=coming.earliest, words=coming.words)


def _by_stage(history: History, state: PlanState, *, now: datetime) -> NextSession:
    stage, rules, today = state.stage, state.plan.rules, now.date()
    assert stage is not None
    last = state.judged[-1] if state.judged else None
    reasons: list[str] = [progress(state), *_after_time_off(history, state, now=now)]
    earliest = today
    if last is not None:
        earliest = max(today, last.session.day + timedelta(days=rules.min_rest_days_between_runs + 1))
    if earliest > today:
        days = rules.min_rest_days_between_runs
        reasons.append(
            said("the plan asks for a day of rest between runs")
            if days == 1
            else said("the plan asks for {days} days of rest between runs", days=days)
        )
    unanswered = (
        last is not None
        and last.response.colour is None
        # Later nobody is asked any more: that run stays uncounted, and only pain told of it still says easy.
        and (
            now - last.session.end <= ASKED_FOR or (last.response.during or 0) > state.bands.green_max_during
        )
    )
    if last is not None and unanswered:
        reasons.append(
            said("the last run does not count until its answers about pain are in")
            if last.awaits_answers
            else said("an answer about the pain of the last run is missing")
        )
    may_run: MayRun = "rest" if earliest > today else "easy" if unanswered else "yes"
    if stage.kind == "speed" and _fast_enough(state, earliest):
        most = state.plan.speed_ladder.max_sessions_per_week
        reasons.append(said("{number} fast sessions in seven days are enough", number=most))
        may_run = may_run if may_run == "rest" else "easy"
        return _easy_run(history, state.plan, may_run, earliest, reasons, state=state, now=now)
    top = top_speed(history, now=now)
    if isinstance(top, NotJudged):
        effort = state.plan.walk_run.effort_cr10_max
        reasons.append(
            said("speed goes by effort, {effort:g} of 10: {because}", effort=effort, because=top.because)
        )
    low, high = _speeds(stage, top)
    if stage.kind == "speed" and not rules.speed_and_volume_same_week:
        reasons.append(said("with fast running the length of runs stays as it is"))
    return NextSession(
        may_run=may_run,
        earliest=earliest,
        kind=stage.kind,
        stage=stage,
        running_min=stage.running_s / 60,
        total_min=(stage.running_s + stage.jogs * stage.walk_s) / 60,
        from_mps=low,
        to_mps=high,
        words=said("Stage {stage}: {words}", stage=stage.id, words=stage.words),
        reasons=tuple(reasons),
        to_do=tuple(gate.to_do for gate in state.gates if not gate.met),
        gates=(*_permissions(state, stage), *state.gates),
        evidence=() if last is None else (last.response.evidence,),
    )


def _speeds(stage: Stage, top: TopSpeed | NotJudged) -> tuple[float | None, float | None]:
    """From and to, m/s, of what a stage has to be run at; unknown where nothing tells the runner's own."""
    if isinstance(top, NotJudged):
        return None, None
    most = stage.percent_of_top_speed_max
    return (top.at(most - REP_PERCENT) if stage.kind == "speed" else None), top.at(most)


def _after_time_off(history: History, state: PlanState, *, now: datetime) -> Iterator[str]:
    """Why the stage is an earlier one, where days without a run that still last have moved the plan."""
    since = state.off_since
    back = [one for one in state.events if one.kind == "time_off" and since and one.at.date() > since]
    if not back:
        return
    off = said("no run is on record")
    if past := sessions(history, now=now):
        off = said("no run on record for {days} days", days=(now.date() - past[-1].day).days)
    before, stage = back[0].before, back[-1].after
    yield (
        said("{off}: stage {stage} begins again", off=off, stage=stage)
        if before == stage
        else said(
            "{off}: the plan goes on from stage {stage}, not {before}", off=off, stage=stage, before=before
        )
    )
    yield said("a run that is not on record counts once it is imported")


def progress(state: PlanState) -> str:
    """How far the stage is: the first reason of a session that follows from it."""
    stage, needed = state.stage, state.plan.rules.successes_to_advance
    assert stage is not None
    if state.successes >= needed:
        return said("stage {stage} is done; the next stage waits for its conditions", stage=stage.id)
    return said(PROGRESS, stage=stage.id, done=state.successes, needed=needed)


def _permissions(state: PlanState, stage: Stage) -> tuple[Gate, ...]:
    """Hills, uphill and accelerations, each with the stage that lets it in."""

    def first(name: str) -> str:
        return next((one.id for one in state.row if getattr(one, name)), said("the end of the plan"))

    return (
        allowed("hills", stage.hills, said("hills"), first("hills")),
        allowed("uphill", stage.uphill, said("running uphill"), first("uphill")),
        allowed("accelerations", stage.accelerations, said("accelerations"), first("accelerations")),
    )


def _pain_now(history: History, bands: PainBands, state: PlanState, *, now: datetime) -> NextSession | None:
    """No run, where today's pain forbids one: still there, or red last time and nothing told since."""
    answers = [a for a in history.check_ins if a.at <= now and a.at.date() >= state.injury.onset]
    if not answers:
        return None
    last = max(answers, key=lambda answer: (answer.at, answer.pain))
    if last.pain > bands.amber_max_during or (_at_rest(last) and last.pain > bands.green_max_during):
        return _rest_because_of(last, now=now)
    if state.judged and state.judged[-1].response.colour == "red" and not _settled(state, answers, bands):
        return _red_run(state.judged[-1].session, now=now)
    return None


def _rest_because_of(last: CheckIn, *, now: datetime) -> NextSession:
    if now - last.at <= FRESH:
        return _none((said("pain was {pain} of 10 at the last answer", pain=last.pain),), [TELL_TOMORROW])
    reason = said("pain was {pain} of 10 when you last answered; tell how it is now", pain=last.pain)
    return _none((reason,), [TELL_NOW])


def _red_without_a_plan(history: History, bands: PainBands, *, now: datetime) -> NextSession | None:
    """No run after pain that is red, until it is green at rest; after a red flag until an injury is recorded,
    or nobody thinks of it."""
    ended = max((one.resolved for one in history.injuries if one.resolved), default=date.min)
    known = [
        one
        for one in history.check_ins
        if now - FORGOTTEN_AFTER <= one.at <= now and one.at.date() >= ended  # of that day, too
    ]
    if not known:
        return None
    flagged = [one for one in known if set(one.red_flags) & set(bands.red_flags)]
    if flagged:
        rest = _rest_because_of(max(flagged, key=lambda one: one.at), now=now)
        return replace(rest, to_do=(SHOW_FIRST, *rest.to_do, RECORD_IT))
    last_at = max(one.at for one in known)
    worst = max((one for one in known if one.at == last_at), key=lambda one: one.pain)  # told together
    if worst.pain > bands.amber_max_during:
        rest = _rest_because_of(worst, now=now)
        return replace(rest, to_do=(*rest.to_do, RECORD_IT))
    past = [
        one for one in sessions(history, now=now) if one.day >= ended and now - one.end <= FORGOTTEN_AFTER
    ]
    if past and pain_response(history, past[-1], bands, now=now).colour == "red":
        if any(_settles(one, bands, since=past[-1].end) for one in known):
            return None
        rest = _red_run(past[-1], now=now)
        return replace(rest, to_do=(*rest.to_do, RECORD_IT))
    return None


def _red_run(session: Session, *, now: datetime) -> NextSession:
    reason = said("the last run was red; first tell how it is at rest on a day without a run")
    return _none((reason,), [TELL_TOMORROW if session.day == now.date() else TELL_NOW])


def _at_rest(answer: CheckIn) -> bool:
    return answer.moment == "next_morning" or answer.run_id is None


def _settled(state: PlanState, answers: list[CheckIn], bands: PainBands) -> bool:
    since = state.judged[-1].session.end
    return any(_settles(answer, bands, since=since) for answer in answers)


def _settles(answer: CheckIn, bands: PainBands, *, since: datetime) -> bool:
    """Whether an answer after a red run says that it is green at rest."""
    return answer.at > since and _at_rest(answer) and answer.pain <= bands.green_max_during


def _fast_enough(state: PlanState, day: date) -> bool:
    recent = [one for one in state.fast_days if (day - one).days < 7]
    return len(recent) >= state.plan.speed_ladder.max_sessions_per_week


def _by_load(history: History, plan: Plan, *, now: datetime, done: PlanState | None = None) -> NextSession:
    """done: a plan that is complete."""
    if current_injury(history, now=now) is None and (
        rest := _red_without_a_plan(history, plan.pain_profiles.of("strain"), now=now)
    ):
        return rest
    past = sessions(history, now=now)
    spike = leading_spike(past, injuries=history.injuries, asked_for=days_asked_for([done] if done else []))
    may_run: MayRun = "yes"
    reasons: list[str] = []
    if spike is not None and (now.date() - past[-1].day).days < 2:
        may_run = "easy"
        reasons.append(spike.evidence.sentence)
    return _easy_run(history, plan, may_run, now.date(), reasons, state=None, done=done, now=now)


def _easy_run(
    history: History,
    plan: Plan,
    may_run: MayRun,
    earliest: date,
    reasons: list[str],
    *,
    state: PlanState | None,
    now: datetime,
    done: PlanState | None = None,
) -> NextSession:
    """An easy run that the last 30 days bear; no longer than the longest where the plan asks for an easy one.

    All running of a day counts together: what today has seen already is not offered again.
    """
    followed = state or done
    asked_for = days_asked_for([followed] if followed else [])
    past, today = sessions(history, now=now), now.date()

    def bound(day: date) -> Bound:
        return bound_of(
            day, past, injuries=history.injuries, plan=plan, asked_for=asked_for, is_by_plan=state is not None
        )

    most = bound(earliest)
    if earliest == today and past and past[-1].day == today:
        left = most.less(past[-1])
        counted = said(
            "all running of a day counts together: {minutes:.0f} min are done today",
            minutes=past[-1].running_s / 60,
        )
        if left is None:
            may_run, earliest = "rest", today + timedelta(days=1)
            most = bound(earliest)
        else:
            most = left
        reasons = [*reasons, counted]
    top = top_speed(history, now=now)
    return NextSession(
        may_run=may_run,
        earliest=earliest,
        kind="easy_run",
        stage=None if state is None else state.stage,
        running_min=most.minutes,
        total_min=most.minutes,
        from_mps=None,
        to_mps=top.at(plan.continuous.percent_of_top_speed_max)
        if state is not None and isinstance(top, TopSpeed)
        else None,
        words=said("An easy run of up to {minutes:.0f} min", minutes=most.minutes)
        if most.km is None
        else said(
            "An easy run of up to {minutes:.0f} min, {km:.1f} km at most", minutes=most.minutes, km=most.km
        ),
        reasons=(*most.reasons, *reasons),
    )


def _none(reasons: tuple[str, ...], to_do: list[str], *, gates: tuple[Gate, ...] = ()) -> NextSession:
    return NextSession(
        may_run="rest",
        earliest=None,
        kind="none",
        stage=None,
        running_min=None,
        total_min=None,
        from_mps=None,
        to_mps=None,
        words=said("No run today"),
        reasons=reasons,
        to_do=tuple(to_do),
        gates=gates,
    )
