"""The ladder of stages: what was reached when, where one stands, what opens the next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.section import section
from dashboard.text import _, ngettext, numbers
from dashboard.text.rules import spoken
from imu.training.gates import Gate
from imu.training.plan_state import JudgedSession, PlanState
from imu.training.stages import Stage

AHEAD = 2  # stages to come that are spelled out; the rest is a number
SESSIONS = 8


def ladder(state: PlanState) -> Component:
    """Every stage so far with the day on which it was reached, the one of now, and the next ones."""
    reached = _reached(state)
    at = next((number for number, one in enumerate(state.row) if one == state.stage), None)
    if state.is_complete:
        at = len(state.row)
    now = -1 if at is None else at
    shown = [
        _rung(one, number - now, reached.get(one.id), state)
        for number, one in enumerate(state.row)
        if number <= now + AHEAD and (number >= now - 3 or one.id in reached)
    ]
    left = len(state.row) - (now + AHEAD + 1)
    more = (
        [
            dmc.Text(
                ngettext("and {number} stage more", "and {number} stages more", left), size="sm", c="dimmed"
            )
        ]
        if left > 0
        else []
    )
    return section(_("Stages"), html.Ol([*shown], className="ladder"), *more)


def _reached(state: PlanState) -> dict[str, datetime]:
    """When each stage was stood on last."""
    return {event.after: event.at for event in state.events if event.after and event.after != event.before}


def _rung(stage: Stage, ahead: int, reached: datetime | None, state: PlanState) -> Component:
    day = numbers.date_words(reached.date()) if reached else ""
    if ahead < 0:
        mark, told = "✓", _("reached {day}", day=day) if day else ""
    elif ahead == 0:
        done = ngettext(
            "{done} of {number} session counted",
            "{done} of {number} sessions counted",
            state.plan.rules.successes_to_advance,
            done=state.successes,
        )
        mark, told = "▶", (_("since {day}", day=day) + f" · {done}") if day else done
    else:
        mark, told = "○", ""
    words = [
        dmc.Text(_("Stage {stage}", stage=stage.id), fw=650, span=True, mr="xs"),
        spoken(stage.words),
    ]
    unread: dict[str, Any] = {"aria-hidden": "true"}
    here: dict[str, Any] = {"aria-current": "step"} if ahead == 0 else {}
    return html.Li(
        [
            html.Span(mark, className="rung-mark", **unread),
            html.Div([dmc.Text(words), dmc.Text(told, size="sm", c="dimmed")]),
        ],
        className="rung rung-now" if ahead == 0 else "rung",
        **here,
    )


def gates(found: Sequence[Gate]) -> Component | None:
    """What has to be so before the next step, with what it rests on."""
    if not found:
        return None
    rows = []
    for gate in found:
        mark = "✓" if gate.met else "○"
        lines = [dmc.Text(f"{mark} {spoken(gate.sentence)}", fw=600 if not gate.met else 400)]
        if gate.answered_by and gate.answered_at:
            day = numbers.date_words(gate.answered_at)
            who = _("{by}, {day}", by=spoken(gate.answered_by), day=day)
            lines.append(dmc.Text(who, size="sm", c="dimmed"))
        if not gate.met:
            lines.append(dmc.Text(spoken(gate.to_do), size="sm"))
        rows.append(html.Div(lines))
    return section(_("What opens the next stage"), *rows)


def sessions(judged: Sequence[JudgedSession]) -> Component | None:
    """The last sessions: counted or not, and why."""
    rows = []
    for one in reversed(judged[-SESSIONS:]):
        day = numbers.date_words(one.session.day)
        minutes = f"{one.session.running_s / 60:.0f} min"
        if one.counted:
            mark, why = "✓", _("counts")
        elif one.awaits_answers:
            mark, why = "…", _("waits for answers about pain")
        else:
            reasons = [spoken(why) for why in (*one.not_counted_because, *one.against_the_plan)]
            mark, why = "–", _("does not count: {why}", why="; ".join(reasons) or _("see its answers"))
        link = dmc.Anchor(
            f"{day} · {minutes}", href=f"/run/{one.session.run_ids[-1]}", className="plain-link"
        )
        rows.append(html.Div([dmc.Group([dmc.Text(mark, fw=700), link], gap="xs"), dmc.Text(why, size="sm")]))
    return section(_("Sessions"), *rows) if rows else None
