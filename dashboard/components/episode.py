"""An episode in words and tables: facts, where the plan stands, gates, sides, warnings, limits."""

from collections.abc import Callable, Iterator

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.rests_on import rests_on
from dashboard.components.section import section, table
from dashboard.text import _, episode_words as words, ngettext, numbers
from dashboard.text.rules import spoken
from imu.followup.episode import Episode
from imu.report.begun import begun
from imu.training.next_session import next_words, progress
from imu.training.not_judged import NotJudged
from imu.training.plan_state import PlanState

SHOWN_REASONS = 8
SHOWN_EVENTS = 8
# Single successes and waiting for an answer are seen on the ladder.
_MOVES = (
    "entered",
    "advanced",
    "completed",
    "stepped_back",
    "pain_at_rest",
    "time_off",
    "held",
    "resumed",
    "decided",
)
_LEVEL_COLOURS = {"red": "red", "amber": "orange", "note": "gray"}


def facts(episode: Episode, *, files: Component) -> Component:
    """What the injury is, and the files that can be taken away."""
    injury = episode.injury
    since = ngettext("{number} day ago", "{number} days ago", (episode.now.date() - injury.onset).days)
    told = [
        (_("Side and site"), words.side_and_site(injury)),
        (_("Onset"), f"{numbers.date_words(injury.onset)}, {since}"),
        (_("Grade"), injury.grade or _("not told")),
        (_("Pain judged as"), _("tendon") if injury.profile == "tendon" else _("strain")),
        (_("In the tendon"), _("yes") if injury.intratendinous else _("not told")),
        (_("Over"), numbers.date_words(injury.resolved) if injury.resolved else _("no")),
        (_("Runs since"), str(episode.runs)),
    ]
    return section(
        _("The injury"),
        dmc.SimpleGrid([_fact(name, value) for name, value in told], cols={"base": 2, "sm": 2}, spacing="sm"),
        files,
    )


def _fact(name: str, value: str) -> Component:
    return html.Div([dmc.Text(name, size="sm", c="dimmed"), dmc.Text(value, fw=500)])


def standing(episode: Episode) -> Component:
    """Where the plan stands now, and what comes next."""
    state = episode.state
    if not isinstance(state, PlanState):
        return not_judged(state)
    if state.held_because:
        stage = state.stage
        head = _("On hold") if stage is None else _("On hold at stage {stage}", stage=stage.id)
        colour = "red"
    elif state.is_complete:
        head, colour = _("The plan is complete"), "teal"
    elif state.stage is None:
        head, colour = _("Before the entry gate"), "orange"
    else:
        head, colour = _("Stage {stage}", stage=state.stage.id), "teal"
    needed, others = state.plan.rules.successes_to_advance, beside_progress(episode)
    return section(
        _("Now"),
        dmc.Group(
            [
                dmc.Text(head, size="xl", fw=700),
                dmc.Badge(_mark(episode, state), color=colour, variant="outline", size="lg"),
            ],
            gap="sm",
        ),
        dmc.Text(spoken(state.held_because)) if state.held_because else None,
        dmc.Text(spoken(next_words(episode.next, today=episode.now.date())), fw=500),
        dmc.List([dmc.ListItem(begun(spoken(reason))) for reason in others], size="sm", spacing=4)
        if others
        else None,
        dmc.Text(
            _("{done} of {needed} sessions in a row counted.", done=state.successes, needed=needed),
            size="sm",
            c="dimmed",
        )
        if state.stage is not None
        else None,
    )


def whether_it_fits(episode: Episode) -> str | None:
    """What stands beside the plan where it was not made for such an injury."""
    return episode.state.whether_it_fits if isinstance(episode.state, PlanState) else None


def not_judged(state: NotJudged) -> Component:
    """Why no plan leads on, and what to do about it."""
    to_do = dmc.Text(spoken(state.to_do), fw=600) if state.to_do else None
    return section(_("Now"), dmc.Text(words.no_plan(state.because)), to_do)


def beside_progress(episode: Episode) -> tuple[str, ...]:
    """Why what comes next comes next, without the count of sessions where that is told anyhow."""
    state = episode.state
    if not isinstance(state, PlanState) or state.stage is None:
        return episode.next.reasons
    is_done = (
        state.successes >= state.plan.rules.successes_to_advance
    )  # and the next stage waits, which is news
    return tuple(one for one in episode.next.reasons if is_done or one != progress(state))


def _mark(episode: Episode, state: PlanState) -> str:
    if not episode.is_open:
        return _("closed")
    return _("a clinician decides") if state.held_because else _("followed")


def gates(episode: Episode, buttons: dict[str, Component]) -> Component:
    """Each gate ahead, what it rests on and who answered. `buttons`: by gate, to answer it."""
    state = episode.state
    if not isinstance(state, PlanState) or not state.gates:
        return section(
            _("Gates"), dmc.Text(_("No gate but the sessions themselves is before the next stage."))
        )
    rows: list[list[str | Component]] = []
    for gate in state.gates:
        by = f"{spoken(gate.answered_by)}, " if gate.answered_by else ""
        when = numbers.date_words(gate.answered_at) if gate.answered_at else _("nobody yet")
        badge = gate_state(gate.met, met=_("met"), unmet=_("open"))
        rows.append(
            [
                dmc.Text(words.gate(gate.key), fw=500, size="sm"),
                badge,
                dmc.Stack(
                    [
                        dmc.Text(spoken(gate.sentence), size="sm"),
                        *rests_on(gate.evidence, to_do=False),
                    ],
                    gap=2,
                ),
                dmc.Text(f"{by}{when}", size="sm"),
                buttons.get(gate.key, ""),
            ]
        )
    before = _("Before the first run.") if state.entered_at is None else _("Before the next stage.")
    head = [_("Gate"), _("State"), _("What it rests on"), _("Answered"), ""]
    return section(_("Gates"), table(head, rows, least_width=680), lead=before)


def gate_state(is_met: bool, *, met: str, unmet: str) -> Component:
    """A word for it, never a colour alone."""
    return dmc.Badge(met if is_met else unmet, color="teal" if is_met else "orange", variant="outline")


def warning_list(episode: Episode, answers: Callable[[str], list[Component]] | None) -> Component:
    """All warnings of the episode, the latest first: value, comparison, what to do, who answered; and what
    may be answered to those that still ask for attention."""
    if not episode.warnings:
        return section(_("Warnings"), dmc.Text(_("None since the injury.")))
    items = []
    for one in episode.warnings:
        # Whether it is over is said by its status.
        until = numbers.date_words(one.resolved_at) if one.resolved_at else _("today")
        acts = [
            f"{numbers.date_words(act.at)} {words.act(act.kind)}, {act.by}"
            + (f": {act.reason}" if act.reason else "")
            for act in one.acts
        ]
        items.append(
            dmc.Stack(
                [
                    dmc.Group(
                        [
                            dmc.Badge(
                                f"{words.warning(one.code)}, {words.level(one.level)}",
                                color=_LEVEL_COLOURS[one.level],
                                variant="outline",
                            ),
                            dmc.Text(
                                f"{numbers.date_words(one.raised_at)} – {until}, {words.status(one.status)}",
                                size="sm",
                                c="dimmed",
                            ),
                        ],
                        gap="xs",
                    ),
                    dmc.Text(spoken(one.evidence.sentence), size="sm"),
                    *rests_on(one.evidence, to_do=one.is_pressing),
                    *(dmc.Text(act, size="sm", c="dimmed") for act in acts),
                    *([dmc.Group(answers(one.key), gap="xs", mt=4)] if answers and one.is_pressing else []),
                ],
                gap=2,
            )
        )
    return section(_("Warnings"), *items)


def limits(episode: Episode) -> Component:
    """What the sensors could not judge, and why."""
    listed = list(_reasons(episode))
    if not listed:
        return section(_("Not judged"), dmc.Text(_("Everything that is worn could be judged.")))
    more = len(listed) - SHOWN_REASONS
    return section(
        _("Not judged"),
        dmc.List([dmc.ListItem(one) for one in listed[:SHOWN_REASONS]], size="sm", spacing=4),
        dmc.Text(_("and {number} more", number=more), size="sm", c="dimmed") if more > 0 else None,
        lead=_("Absent with a reason: never a zero, never a warning."),
    )


def _reasons(episode: Episode) -> Iterator[str]:
    for one in episode.unjudged:
        day = f"{numbers.date_words(one.day)}: " if one.day else ""
        yield f"{day}{spoken(one.what)}: {spoken(one.because)}"


def history_of_plan(episode: Episode) -> Component:
    """What moved the plan, the latest first."""
    events = [event for event in reversed(episode.events) if event.kind in _MOVES][:SHOWN_EVENTS]
    if not events:
        return section(_("What moved the plan"), dmc.Text(_("Nothing yet.")))
    told = [
        html.Div(
            [
                dmc.Text(
                    numbers.date_words(event.at) + (f", {spoken(event.by)}" if event.by else ""),
                    size="sm",
                    c="dimmed",
                ),
                dmc.Text(spoken(event.sentence), size="sm", style={"overflowWrap": "anywhere"}),
            ]
        )
        for event in events
    ]
    return section(_("What moved the plan"), *told)
