"""Was the prescribed session done? From the bouts that sensors found: as planned, more, or less."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from imu.training.evidence import Evidence
from imu.training.said import Said, Several, pattern, said
from imu.training.sessions import Session
from imu.training.stages import Stage, minutes
from imu.training.top_speed import TopSpeed

Outcome = Literal["done", "more", "less", "not_judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a session may be off and still be the planned one (proposal).

    A bout is found to within 2 s at either end, and watches are read late; so short jogs get seconds too.
    """

    least_share_of_jog: float = 0.8
    most_share_of_jog: float = 1.25
    jog_slack_s: float = 5.0
    most_share_of_running: float = 1.10  # as the plan's rule for sessions; every next stage is above it
    running_slack_s: float = 10.0
    least_share_of_long_run: float = 0.9
    pause_s: float = 60.0  # a traffic light does not end a long run
    least_share_of_break: float = 0.5
    speed_percent: float = 5.0
    fast_s: float = 10.0
    least_share_of_reps: float = 0.7
    most_share_of_reps: float = 1.5
    much_faster_percent: float = 7.5
    much_faster_s: float = 5.0
    spare_accelerations: int = 2  # besides one to start each jog
    hill_percent: float = 4.0
    hill_segments: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`evidence` compares seconds of running; `beyond` and `short_of` name every difference."""

    outcome: Outcome
    evidence: Evidence
    jogs_done: int
    jogs_planned: int
    beyond: tuple[str, ...] = ()
    short_of: tuple[str, ...] = ()

    @property
    def details(self) -> Several:
        """Every difference in words, or why nothing can be told."""
        return _details(self.outcome, self.beyond, self.short_of)


def match_session(
    session: Session,
    stage: Stage,
    *,
    top: TopSpeed | None,
    longest_30d_s: float | None,
    tolerance: Tolerance = Tolerance(),
) -> Match:
    """A session against the stage that was prescribed.

    top: without it speeds are not judged, and neither are the repetitions of a speed stage.
    longest_30d_s: longest running of the 30 days before; a speed stage lies in a run that is no longer.
    """
    planned_s = _planned_s(stage, longest_30d_s)
    if not session.has_bouts or not session.is_trusted:
        why = (
            said("its recording cannot be trusted")
            if session.has_bouts
            else said("its recording came without bouts")
        )
        return _match("not_judged", session, stage, planned_s, 0, short_of=(why,))
    long_run = stage.jogs == 1
    jogs = session.jogs(gap_s=tolerance.pause_s) if long_run else session.jogs()
    least_share = tolerance.least_share_of_long_run if long_run else tolerance.least_share_of_jog
    done = sum(jog.length_s >= least_share * stage.jog_s for jog in jogs)
    beyond = tuple(_beyond(session, stage, planned_s, top, tolerance))
    if stage.kind == "speed":
        fast_s = (
            None
            if top is None
            else session.seconds_above(top.at(stage.rep_percent - tolerance.speed_percent))
        )
        if fast_s is None:
            no_speed = (said("your top speed or the speeds of this run are not known"),)
            return _match("not_judged", session, stage, planned_s, done, beyond=beyond, short_of=no_speed)
        lacks = fast_s < tolerance.least_share_of_reps * stage.reps * stage.rep_s
        fast = said("{seconds:.0f} s fast of {asked:.0f} s", seconds=fast_s, asked=stage.reps * stage.rep_s)
        short: tuple[str, ...] = (fast,) if lacks else ()
    else:
        lacking = stage.jogs - min(done, stage.jogs)
        of = minutes(stage.jog_s)
        jogs_left = (
            said("{time} of running without a break", time=of)
            if long_run
            else said("{number} of {asked} jogs of {time}", number=lacking, asked=stage.jogs, time=of)
        )
        short = (jogs_left,) if lacking else ()
    outcome: Outcome = "more" if beyond else "less" if short else "done"
    return _match(outcome, session, stage, planned_s, done, beyond=beyond, short_of=short)


def _planned_s(stage: Stage, longest_30d_s: float | None) -> float:
    return max(stage.running_s, longest_30d_s or 0.0) if stage.kind == "speed" else stage.running_s


def _beyond(
    session: Session, stage: Stage, planned_s: float, top: TopSpeed | None, tolerance: Tolerance
) -> Iterator[str]:
    running_s = session.running_s
    if running_s > tolerance.most_share_of_running * planned_s + tolerance.running_slack_s:
        yield said(
            "{time} of running instead of {asked}", time=minutes_found(running_s), asked=minutes(planned_s)
        )
    jogs = session.jogs()
    longest_s = max((jog.length_s for jog in jogs), default=0.0)
    if stage.walk_s and longest_s > tolerance.most_share_of_jog * stage.jog_s + tolerance.jog_slack_s:
        yield said(
            "a jog of {time} instead of {asked}", time=minutes_found(longest_s), asked=minutes(stage.jog_s)
        )
    if stage.walk_s and len(session.runs) == 1 and len(jogs) >= stage.jogs:
        breaks_s = sum(later.start_s - jog.end_s for jog, later in pairwise(jogs))
        if breaks_s < tolerance.least_share_of_break * stage.walk_s * (stage.jogs - 1):
            yield said(
                "breaks of {time} altogether instead of {asked} each",
                time=minutes_found(breaks_s),
                asked=minutes(stage.walk_s),
            )
    yield from _too_fast(session, stage, top, tolerance)
    accelerations = session.accelerations
    if (
        not stage.accelerations
        and accelerations is not None
        and accelerations > len(jogs) + tolerance.spare_accelerations
    ):
        yield said("{number} accelerations, which this stage leaves out", number=accelerations)
    grades = [run.segments.column("grade_percent") for run in session.runs]
    up, down = (sum(int((way * one >= tolerance.hill_percent).sum()) for one in grades) for way in (1, -1))
    if not stage.hills and up + down >= tolerance.hill_segments:
        yield said("hills, which this stage leaves out")
    elif not stage.uphill and up >= tolerance.hill_segments:
        yield said("running uphill, which this stage leaves out")


def _too_fast(session: Session, stage: Stage, top: TopSpeed | None, tolerance: Tolerance) -> Iterator[str]:
    if top is None:
        return
    is_speed = stage.kind == "speed"
    margin = tolerance.much_faster_percent if is_speed else tolerance.speed_percent
    limit_mps = top.at(stage.percent_of_top_speed_max + margin)
    above_s = session.seconds_above(limit_mps)
    if above_s is not None and above_s > (tolerance.much_faster_s if is_speed else tolerance.fast_s):
        yield said("{seconds:.0f} s faster than {limit:.1f} m/s", seconds=above_s, limit=limit_mps)
    if is_speed:
        fast_s = session.seconds_above(top.at(stage.rep_percent - tolerance.speed_percent))
        if fast_s is not None and fast_s > tolerance.most_share_of_reps * stage.reps * stage.rep_s:
            yield said(
                "{seconds:.0f} s fast instead of {asked:.0f} s",
                seconds=fast_s,
                asked=stage.reps * stage.rep_s,
            )


def minutes_found(seconds: float) -> Said:
    """Measured seconds, rounded as far as they are known."""
    return (
        said("{number:.0f} s", number=seconds)
        if seconds < 100
        else said("{number:.1f} min", number=seconds / 60)
    )


_WORDS = {
    "done": said("the session was done as planned"),
    "more": said("more was done than planned"),
    "less": said("less was done than planned"),
    "not_judged": said("whether it was the planned session is not judged"),
}
_IN_SHORT = pattern("{day}, stage {stage} ({words}): {found}.")
_IN_DETAIL = pattern("{day}, stage {stage} ({words}): {found} ({details:; }).")
_TO_DO = {
    "done": "",
    "more": said("Keep to the plan next time: it counts only what it asked for."),
    "less": said("Nothing is lost; the stage goes on."),
    "not_judged": said("Repeat the stage with the sensors worn as usual."),
}


def _match(
    outcome: Outcome,
    session: Session,
    stage: Stage,
    planned_s: float,
    done: int,
    *,
    beyond: tuple[str, ...] = (),
    short_of: tuple[str, ...] = (),
) -> Match:
    details = _details(outcome, beyond, short_of)
    return Match(
        outcome=outcome,
        jogs_done=done,
        jogs_planned=stage.jogs,
        beyond=beyond,
        short_of=short_of,
        evidence=Evidence(
            value=session.running_s,
            unit="s",
            reference=planned_s,
            compared_with=stage.title,
            uncertainty=2.0 * max(1, len(session.jogs())) ** 0.5,
            n=len(session.runs),
            counted=said("runs"),
            sentence=said(
                _IN_DETAIL if details else _IN_SHORT,
                day=session.day,
                stage=stage.id,
                words=stage.words,
                found=_WORDS[outcome],
                details=details,
            ),
            to_do=_TO_DO[outcome],
        ),
    )


def _details(outcome: Outcome, beyond: tuple[str, ...], short_of: tuple[str, ...]) -> Several:
    if outcome == "not_judged":
        return Several([*beyond, *short_of])
    return Several([*beyond, *(said("lacking: {what}", what=one) for one in short_of)])
