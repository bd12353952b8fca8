"""The treadmill view: both shanks at contact against the runner's limit, to be read from two metres."""

from typing import Any, Literal

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.sides import SYMBOLS
from dashboard.text import _, numbers
from dashboard.text.live_words import activity, change, degrees, sensor_sentence
from dashboard.text.measures import place_name
from dashboard.theme import Look, side_look
from imu.collect.coach import SideNow
from imu.collect.ongoing import Ongoing
from imu.report.clock import clock

Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")
_REACH_DEG = 10.0  # of the gauge, to either side of what it is centred on
_SHORT = 5  # signs of a number that may be as large as can be: 12.4°
_MIDDLE_DEG = 10.0  # where there is neither a limit nor a baseline yet
_UNSAID: dict[str, Any] = {"aria-hidden": "true"}


def treadmill(now: Ongoing, *, injured: Side | None) -> Component:
    """What a session shows at this moment. One that did not begin yet says what to do."""
    if now.elapsed_s is None:
        return html.Div(
            [html.P(_("Getting ready"), className="treadmill-ready"), html.P(now.said)],
            className="treadmill treadmill-waiting",
            role="status",
        )
    return html.Div(
        [
            *(_side(side, now.sides.get(side), now, injured=injured) for side in SIDES),
            _foot(now),
            html.Div(_sentences(now), className="treadmill-notes", role="status"),
        ],
        className="treadmill",
    )


def no_session(command: str) -> Component:
    """How to start one, for whoever sees nothing here."""
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Title(_("Nobody is on the treadmill"), order=2, size="h3"),
                dmc.Text(
                    _(
                        "Strap your sensors on and start a session on this computer. "
                        "This page shows it within a second."
                    ),
                    c="dimmed",
                    maw=520,
                ),
                html.Pre(command, className="command", tabIndex="0"),
                dmc.Text(
                    _(
                        "--limit is yours to set: for example your baseline and 3 degrees. --cue has this "
                        "page sound while a side stays above it. With --virtual a simulated runner wears "
                        "the sensors: leave it out for your own."
                    ),
                    c="dimmed",
                    size="sm",
                    maw=560,
                ),
                dmc.Anchor(_("How to strap the sensors on"), href="/sensors"),
            ],
            gap="sm",
        ),
        withBorder=True,
        p={"base": "lg", "sm": "xl"},
    )


def _side(side: Side, now: SideNow | None, session: Ongoing, *, injured: Side | None) -> Component:
    look = side_look(side, injured=injured)
    above = now is not None and now.above_limit
    number = _number(now)
    whose = None
    if injured is not None:
        whose = _("injured side") if side == injured else _("other side")
    head = [
        html.Span(SYMBOLS[look.symbol], className="treadmill-symbol", **_UNSAID),
        html.Span(_("Left") if side == "left" else _("Right"), className="treadmill-name"),
        html.Span(whose or "", className="treadmill-whose"),
    ]
    return html.Section(
        [
            html.H2(head),
            html.P(number, className=f"treadmill-number{' is-long' if len(number) > _SHORT else ''}"),
            _gauge(now, session.limit_deg, look),
            html.P(_judged(now, session.limit_deg), className="treadmill-judged"),
        ],
        className=f"treadmill-side{' is-above' if above else ''}",
        style={"--side": look.colour, "--side-line": _line(look)},
        **_called(place_name(f"shank_{side}")),
    )


def _number(now: SideNow | None) -> str:
    """The angle; where nobody stood still it has no zero, and the change is shown."""
    if now is None or now.angle_deg is now.change_deg is None:
        return "–"
    return degrees(now.angle_deg) if now.angle_deg is not None else change(now.change_deg or 0.0)


def _judged(now: SideNow | None, limit_deg: float | None) -> list[Component]:
    if now is None:
        return [html.Span(_("no running stride yet"))]
    if now.angle_deg is None:
        return [html.Span(_("only changes: nobody stood still at the start"))]
    words: list[Component] = []
    if limit_deg is not None:
        words.append(html.Span(_("above your limit") if now.above_limit else _("within your limit")))
    if now.change_deg is not None:
        told = _("{change} from your first minutes", change=change(now.change_deg))
        words.append(html.Span([html.I(**_UNSAID), told]))  # with the line that marks them on the gauge
    return words


def _gauge(now: SideNow | None, limit_deg: float | None, look: Look) -> Component:
    """A bar of 20 degrees: what is shown, the first minutes of this run, and the limit."""
    baseline_deg = None
    if now is not None and now.angle_deg is not None and now.change_deg is not None:
        baseline_deg = now.angle_deg - now.change_deg
    middle_deg = next((one for one in (limit_deg, baseline_deg) if one is not None), _MIDDLE_DEG)

    def place(angle_deg: float) -> str:
        share = 0.5 + (angle_deg - middle_deg) / (2 * _REACH_DEG)
        return f"{100 * min(1.0, max(0.0, share)):.2f}%"

    shown: list[Component] = []
    if limit_deg is not None:
        told = html.Span(_("limit {angle}", angle=degrees(limit_deg)), className="gauge-label")
        shown.append(html.Div(className="gauge-beyond", style={"left": place(limit_deg)}))
        shown.append(html.Div(told, className="gauge-limit", style={"left": place(limit_deg)}))
    if baseline_deg is not None:
        shown.append(html.Div(className="gauge-baseline", style={"left": place(baseline_deg)}))
    if now is not None and now.angle_deg is not None:
        marker = html.Span(SYMBOLS[look.symbol])
        shown.append(html.Div(marker, className="gauge-now", style={"left": place(now.angle_deg)}))
    return html.Div(shown, className="gauge", **_UNSAID)


def _foot(now: Ongoing) -> Component:
    assert now.elapsed_s is not None
    of = "" if now.seconds is None else _("of {time}", time=clock(now.seconds))
    told: list[tuple[str, str]] = [
        (
            "–" if now.cadence_spm is None else numbers.number(now.cadence_spm, 0),
            _("steps a minute") if now.cadence_spm is not None else activity(now.activity),
        ),
        (clock(now.elapsed_s), of or _("since you began")),
    ]
    if now.heart_rate_bpm is not None:
        told.append((numbers.number(now.heart_rate_bpm, 0), _("heart beats a minute")))
    return html.Div(
        [html.P([html.Strong(number), html.Span(words)]) for number, words in told],
        className="treadmill-foot",
    )


def _sentences(now: Ongoing) -> list[Component]:
    """Sensors that are not well first, then what is lacking."""
    troubles = [sentence for one in now.sensors if (sentence := sensor_sentence(one))]
    return [
        *(html.P(sentence, className="is-trouble") for sentence in troubles),
        *(html.P(sentence) for sentence in now.notes),
    ]


def _line(look: Look) -> str:
    return {"solid": "solid", "dot": "dotted", "dash": "dashed"}[look.dash]


def _called(name: str) -> dict[str, Any]:
    return {"aria-label": name}
