"""The first screen of a runner: may I run, what was the last run like, what waits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components import levels
from dashboard.components.section import section
from dashboard.text import _, ngettext, numbers
from dashboard.text.ages import ago
from dashboard.text.extent import extent
from dashboard.text.rules import spoken
from imu.report.begun import begun
from imu.training.pace import pace_limit

_LARGE = {"base": "lg", "sm": "xl"}


def may_run(content: Mapping[str, Any]) -> Component:
    """The answer that one opens this page for, in one glance; then why."""
    coming, plan = content["next"], content["plan"]
    level = levels.may_run()[coming["may_run"]]
    # Where a stage's own session comes next, its reasons begin with how far that stage is.
    untold = plan["followed"] and (coming["kind"] == "none" or plan["complete"])
    unread: dict[str, Any] = {"aria-hidden": "true"}
    return html.Section(
        [
            html.Div(
                [
                    html.Span(level.symbol, className=f"hero-symbol level-{level.look}", **unread),
                    dmc.Title(
                        level.word, order=2, className=f"level-{level.look}", fz={"base": 30, "sm": 36}
                    ),
                ],
                className="hero-head",
            ),
            # What does not say more than the level above it: no run.
            *([] if coming["kind"] == "none" else [dmc.Text(coming["words"], fz=_LARGE, fw=600)]),
            _measures(coming),
            *([dmc.Text(_stage(plan), size="sm", c="dimmed")] if untold else []),
            *(dmc.Text(_sentence(reason), size="sm") for reason in coming["reasons"]),
            *([dmc.Text(fits, size="sm")] if (fits := plan.get("whether_it_fits")) else []),
            *(dmc.Text(step, size="sm", fw=600) for step in coming["to_do"]),
        ],
        className=f"hero hero-{level.look}",
    )


def _measures(coming: Mapping[str, Any]) -> Component:
    told = []
    if coming["earliest"] and coming["may_run"] == "rest":
        day = numbers.coming_day(date.fromisoformat(coming["earliest"]))
        told.append((_("earliest"), day))
    if coming["running_min"]:
        told.append((_("running"), f"{coming['running_min']:.0f} min"))
    if coming["total_min"] and coming["total_min"] != coming["running_min"]:
        told.append((_("in all"), f"{coming['total_min']:.0f} min"))
    if limit := pace_limit(
        coming["kind"],
        coming["from_mps"],
        coming["to_mps"],
        written=numbers.pace,
        unit=numbers.pace_unit(),
    ):
        told.append((spoken(limit[0]), spoken(limit[1])))
    return dmc.Group(
        [html.Div([dmc.Text(name, size="xs", c="dimmed"), dmc.Text(value, fw=600)]) for name, value in told],
        gap="xl",
        style={"rowGap": 8},  # what a phone puts below is no further away than what follows
    )


def _stage(plan: Mapping[str, Any]) -> str:
    if plan["complete"]:
        return _("The plan is complete.")
    if plan["stage"] is None:
        return _("Before the first stage of the plan.")
    done = ngettext(
        "{done} of {number} session counted",
        "{done} of {number} sessions counted",
        plan["needed"],
        done=plan["successes"],
    )
    return _("Stage {stage}", stage=plan["stage"]) + f" · {done}"


def _sentence(reason: str) -> str:
    return f"{begun(reason).rstrip('.')}."


def last_run(content: Mapping[str, Any], *, now: datetime) -> Component:
    """The last run in two lines, with its one finding."""
    last = content["last_run"]
    if last is None:
        how = _("Record one with your sensors, or sync what they hold: restride sync.")
        return section(_("Last run"), dmc.Text(how, c="dimmed"))
    facts = [ago(datetime.fromisoformat(last["start"]), now=now), extent(last)]
    if last["distance_m"]:
        facts.append(f"{numbers.distance(last['distance_m'])} {numbers.distance_unit()}")
    more = dmc.Anchor(
        _("See this run"), href=f"/run/{last['run_id']}", className="way", size="sm", underline="never"
    )
    return section(
        _("Last run"),
        dmc.Text(" · ".join(facts), c="dimmed", size="sm"),
        dmc.Text(last.get("finding", "")),
        html.Div(more),
    )


def answered(sentences: Sequence[str]) -> Component | None:
    """What follows from an answer, right after it was given."""
    if not sentences:
        return None
    return dmc.Alert(
        dmc.Stack([dmc.Text(spoken(one), size="sm") for one in sentences], gap=4),
        title=_("Kept. What follows:"),
        variant="outline",
    )
