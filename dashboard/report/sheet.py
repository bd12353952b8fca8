"""What stands on the report, as texts: chosen, shortened and counted, so that it fits on one page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from typing import Literal

from dashboard.components.episode import beside_progress, whether_it_fits
from dashboard.components.episode_sides import changed, detectable, verdict
from dashboard.components.plan_editor import whose
from dashboard.text import _, episode_words as words, numbers
from dashboard.text.evidence import evidence, figures
from dashboard.text.rules import spoken
from imu.followup.episode import Episode
from imu.report.begun import begun
from imu.training.next_session import next_words
from imu.training.plan_state import PlanState
from imu.training.warnings import LEVELS, RaisedWarning

Row = tuple[str, ...]
SIDES, GATES, WARNINGS = (23, 10, 10, 15, 11, 31), (30, 8, 44, 18), (13, 11, 11, 65)  # columns, per cent
_OPEN_LETTERS = 1800  # of open warnings on one page; the seven that there can be have up to 1400


@dataclass(frozen=True, slots=True)
class Room:
    """How much there is room for: rows of a list, characters of one text, size of type in points."""

    rows: int
    characters: int
    type_pt: float
    shown_sides: int = 2  # quantities that are drawn over time, besides their row of numbers
    after_warnings: Literal["advice", "evidence", "figures"] = "advice"  # how much stands behind open ones
    of_a_reason: int = 320  # characters: of what comes next, and of why something is not judged

    def cut(self, text: str) -> str:
        """In one line of this room."""
        plain = _in_one_line(text)
        return plain if len(plain) <= self.characters else f"{plain[: self.characters - 1]}…"

    def cut_later(self, text: str) -> str:
        """In two or three lines: for what must be understood without looking elsewhere."""
        return replace(self, characters=max(3 * self.characters, 180)).cut(text)

    def for_reasons(self) -> "Room":
        """Cut in the middle, a reason tells nothing: fewer are told before one is cut."""
        return replace(self, characters=self.of_a_reason)

    def some(self, texts: Iterable[str]) -> tuple[str, ...]:
        """As many as there is room for, and how many are not shown."""
        known = [self.cut(text) for text in texts]
        more = len(known) - self.rows
        return tuple(known) if more <= 0 else (*known[: self.rows], _("and {number} more", number=more))


def _in_one_line(text: str) -> str:
    """Without breaks of its own; spaces that do not break stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


# From ample to tight, each lower than the one before: the first that fits on one page is taken.
ROOMS = (
    Room(6, 160, 8.0),
    Room(4, 110, 7.8),
    Room(4, 110, 7.2, after_warnings="evidence"),
    Room(3, 70, 7.2, after_warnings="evidence"),
    Room(3, 70, 6.9, after_warnings="evidence"),
    Room(3, 70, 6.6, after_warnings="evidence"),
    Room(2, 70, 6.6, after_warnings="evidence"),
    Room(2, 45, 6.6, after_warnings="evidence"),
    Room(1, 45, 6.6, shown_sides=0, after_warnings="evidence"),
    Room(1, 45, 6.2, shown_sides=0, after_warnings="figures", of_a_reason=67),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything in words. Lists end with how many are not shown."""

    athlete: str
    made: str
    facts: tuple[Row, ...]
    now: str
    reasons: tuple[str, ...]
    gates: tuple[Row, ...]
    sides: tuple[Row, ...]
    warnings: tuple[Row, ...]
    decisions: tuple[str, ...]
    limits: tuple[str, ...]
    plan: str
    boundary: str


def sheet_of(episode: Episode, room: Room, *, made_by: str, made_at: datetime, version: str) -> Sheet:
    """The texts of an episode within a room."""
    cut, some = room.cut, room.some
    analysed = ", ".join(episode.analysis_versions) or "–"
    boundary = words.of_plan(episode.plan.boundary) if episode.plan else ""
    reasons = [
        spoken(next_words(episode.next, today=None)),
        *(begun(spoken(one)) for one in beside_progress(episode)),
    ]
    return Sheet(
        athlete=cut(episode.athlete),
        made=_(
            "Made {at} by {by} with Restride {version}; runs analysed by {analysed}.",
            at=numbers.moment(made_at),
            by=cut(made_by),
            version=version,
            analysed=cut(analysed),
        ),
        facts=_facts(episode, room),
        now=room.cut_later(_now(episode)),
        reasons=replace(room.for_reasons(), rows=room.rows + 1).some(reasons),
        gates=_gates(episode, room),
        sides=_sides(episode, room),
        warnings=_warnings(episode, room),
        decisions=some(
            f"{numbers.date_words(one.at)} {words.decision(one.kind)}"
            + (f" ({_('stage {stage}', stage=one.stage)})" if one.stage else "")
            + f", {spoken(one.whose)}"
            + (f": {one.reason}" if one.reason else "")
            for one in reversed(episode.decisions)
        ),
        limits=room.for_reasons().some(
            (f"{numbers.date_words(one.day)}: " if one.day else "")
            + f"{spoken(one.what)}: {spoken(one.because)}"
            for one in episode.unjudged
        ),
        plan=room.cut_later(_plan(episode)),
        boundary=boundary if len(boundary) <= 400 else cut(boundary),
    )


def _plan(episode: Episode) -> str:
    fits = whether_it_fits(episode)
    told = whose(episode.plan, episode.plan_version)
    return told if fits is None else f"{spoken(fits)} {told}"


def _facts(episode: Episode, room: Room) -> tuple[Row, ...]:
    injury = episode.injury
    return (
        (_("Injury"), room.cut(words.side_and_site(injury))),
        (_("Onset"), numbers.date_words(injury.onset)),
        (_("Grade"), room.cut(injury.grade or _("not told"))),
        (_("Pain judged as"), _("tendon") if injury.profile == "tendon" else _("strain")),
        (_("Over"), numbers.date_words(injury.resolved) if injury.resolved else _("no")),
        (_("Runs since"), str(episode.runs)),
    )


def _gates(episode: Episode, room: Room) -> tuple[Row, ...]:
    gates = episode.state.gates if isinstance(episode.state, PlanState) else ()
    shown = [
        (
            room.cut(words.gate(gate.key)),
            _("met") if gate.met else _("open"),
            room.cut((gate.evidence and evidence(gate.evidence)) or spoken(gate.sentence)),
            room.cut(
                f"{spoken(gate.answered_by or '')} {numbers.date_words(gate.answered_at)}".strip()
                if gate.answered_at
                else "–"
            ),
        )
        for gate in sorted(gates, key=lambda gate: gate.met)[: room.rows]
    ]
    return (*shown, *_rest(len(gates) - len(shown), width=4))


def _sides(episode: Episode, room: Room) -> tuple[Row, ...]:
    """Of each quantity the difference between the legs: before, now, changed by, and what must be passed."""
    rows = []
    for one in episode.sides:
        quantity = words.quantity(one.quantity)
        rows.append(
            (
                quantity.name,
                quantity.signed(one.usual) if one.usual is not None else "–",
                quantity.signed(one.now) if one.now is not None else "–",
                changed(one),
                detectable(one),
                room.cut(verdict(one)),
            )
        )
    return tuple(rows)


def _warnings(episode: Episode, room: Room) -> tuple[Row, ...]:
    """Those that are open come first and are never cut: they are what the consultation is about. With them
    stands what they rest on, and what to do where there is room. Those that are over get the rows that are
    left, and no more than their sentence.
    """
    ordered = sorted(episode.warnings, key=lambda one: LEVELS.index(one.level))
    still = _whole([one for one in ordered if one.resolved_at is None])
    over = [one for one in ordered if one.resolved_at is not None][: max(room.rows - len(still), 0)]
    shown = [
        (
            f"{words.warning(one.code)}, {words.level(one.level)}",
            numbers.date_words(one.raised_at),
            numbers.date_words(one.resolved_at) if one.resolved_at else words.status(one.status),
            room.cut(spoken(one.evidence.sentence)) if one.resolved_at else _told(one, room),
        )
        for one in (*still, *over)
    ]
    return (*shown, *_rest(len(episode.warnings) - len(shown), width=4))


def _told(one: RaisedWarning, room: Room) -> str:
    """Its sentence, its value with the uncertainty and what it was compared with, and what to do."""
    found, more = one.evidence, room.after_warnings
    rests_on = figures(found) if more == "figures" else evidence(found)
    parts = (spoken(found.sentence), rests_on, spoken(found.to_do) if more == "advice" else None)
    return _in_one_line(" ".join(filter(None, parts)))


def _whole(still: Sequence[RaisedWarning]) -> list[RaisedWarning]:
    """As many as one page holds in whole sentences, and never none."""
    letters = list(accumulate(len(spoken(one.evidence.sentence)) for one in still))
    told = zip(still, letters, strict=True)
    return [one for one, so_far in told if one is still[0] or so_far <= _OPEN_LETTERS]


def _rest(more: int, *, width: int) -> list[Row]:
    if more <= 0:
        return []
    return [(_("and {number} more", number=more), *("" for _cell in range(width - 1)))]


def _now(episode: Episode) -> str:
    state = episode.state
    if not isinstance(state, PlanState):
        return words.no_plan(state.because)
    if state.held_because:
        because = spoken(state.held_because)
        if state.stage is None:
            return _("On hold: {because}", because=because)
        return _("On hold at stage {stage}: {because}", stage=state.stage.id, because=because)
    if state.is_complete:
        return _("The plan is complete.")
    if state.stage is None:
        return _("Before the entry gate.")
    return _(
        "Stage {stage}: {words}; {done} of {needed} sessions in a row counted.",
        stage=state.stage.id,
        words=spoken(state.stage.words),
        done=state.successes,
        needed=state.plan.rules.successes_to_advance,
    )
