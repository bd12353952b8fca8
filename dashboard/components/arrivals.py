"""What is on its way into the history: recordings that are being analysed, and those that could not be."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.section import section
from dashboard.text import _
from imu.store import Job

Id = dict[str, Any]
SHOWN_FOR = timedelta(days=7)  # a failure; whoever has seen it may send the recording again
_MOST = 5


def shown(jobs: Sequence[Job], *, now: datetime) -> tuple[Job, ...]:
    """Those worth a place on a screen: what waits and runs, and what failed lately. The latest first."""
    return tuple(
        job
        for job in jobs
        if job.state in ("waiting", "running")
        or (job.state == "failed" and job.ended_at is not None and now - job.ended_at < SHOWN_FOR)
    )


def arrivals(
    jobs: Sequence[Job], *, now: datetime, again: Callable[[str], Id] | None = None
) -> Component | None:
    """A card with one line for each; None where nothing is on its way. `again`: the id of the button that
    lets a failed one be tried again, from the job's."""
    found = shown(jobs, now=now)
    if not found:
        return None
    lines: list[Component] = [_line(job, again) for job in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(dmc.Text(_("and {number} more", number=len(found) - _MOST), size="sm", c="dimmed"))
    spoken: dict[str, Any] = {"aria-live": "polite"}
    return html.Div(section(_("On its way"), *lines), role="status", **spoken)


def _line(job: Job, again: Callable[[str], Id] | None) -> Component:
    if job.state == "failed":
        return dmc.Alert(
            dmc.Stack(
                [
                    dmc.Text(job.message or "", size="sm"),
                    dmc.Text(_("It is kept for a week, and no run came of it."), size="sm", c="dimmed"),
                    *([_again(again(job.job_id))] if again else []),
                ],
                gap=4,
            ),
            title=_("A recording could not be analysed"),
            color="orange",
            variant="light",
        )
    if job.state == "waiting":
        return dmc.Group(
            [dmc.Loader(type="dots", size="sm"), dmc.Text(_("A recording waits to be analysed."), size="sm")],
            gap="sm",
        )
    percent = round(100 * (job.share_done or 0.0))
    return html.Div(
        [
            dmc.Group(
                [
                    dmc.Text(_("A recording is being analysed."), size="sm"),
                    dmc.Text(f"{percent} %", size="sm"),
                ],
                justify="space-between",
                mb=6,
            ),
            dmc.Progress(value=percent, size="sm", **{"aria-label": _("How far the analysis is")}),
        ]
    )


def _again(at: Id) -> Component:
    return dmc.Group(dmc.Button(_("Try again"), id=at, variant="default", size="xs"))
