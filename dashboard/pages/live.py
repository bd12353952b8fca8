"""The treadmill view while `restride live` or `restride record` goes on beside this server."""

from shlex import quote
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import collector, desk, ids
from dashboard.components.page import page
from dashboard.components.sound_controls import sound_controls
from dashboard.components.states import not_found
from dashboard.components.treadmill import Side, no_session, treadmill
from dashboard.pages.route import Page
from dashboard.text import N_, _
from imu.errors import Forbidden
from imu.training.engine import current_injury

_EVERY_MS = 500
_NAME = "live"
_COMMAND = "restride live --cue --limit 12 --virtual"


def layout(**_query: str) -> Component:
    return page(_("Live"), ids.content(_NAME))


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content(_NAME, ids.MATCH), "children"), Input(ids.content(_NAME, ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        if at["of"]:
            raise Forbidden("a session is seen by whoever runs it, and by nobody else")
        if desk.viewer().role != "runner":
            return not_found()
        return _room(_injured())

    panel, tick = _ids(ids.MATCH)

    @app.callback(
        Output(panel, "children"),
        Output(panel, "data-cues"),
        Input(tick, "n_intervals"),
        State(panel, "id"),
    )
    def follow(_count: int | None, at: dict[str, Any]) -> tuple[Component, str]:
        injured: Side | None = at["key"] if at["key"] in ("left", "right") else None  # a look, no right
        now = collector.session_now()
        shown = no_session(_command()) if now is None else treadmill(now, injured=injured)
        return shown, "" if now is None else str(now.cues)  # the browser sounds each more

    sound, kind, volume, fill = (ids.control(_NAME, name) for name in ("sound", "kind", "volume", "fill"))
    app.clientside_callback(
        ClientsideFunction("restride_live", "sound"),
        Input(sound, "checked"),
        Input(kind, "value"),
        Input(volume, "value"),
    )
    app.clientside_callback(ClientsideFunction("restride_live", "cue"), Input(_ids(ids.ALL)[0], "data-cues"))
    app.clientside_callback(ClientsideFunction("restride_live", "fill"), Input(fill, "n_clicks"))


def _injured() -> Side | None:
    """The side of the viewer's own injury, as long as there is one."""
    with desk.looking() as repository:
        own = next((one for one in repository.sharing.athletes() if one.is_own), None)
        if own is None:
            return None
        history = repository.record(own.athlete_id, segments=False).history
        injury = current_injury(history, now=repository.now(own.athlete_id))
    return injury.side if injury is not None and injury.side in ("left", "right") else None


def _ids(key: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return ids.control(_NAME, "panel", key=key), ids.control(_NAME, "tick", key=key)


def _room(injured: Side | None) -> Component:
    panel, tick = _ids(injured or "")
    now = collector.session_now()
    shown = no_session(_command()) if now is None else treadmill(now, injured=injured)
    return dmc.Stack(
        [
            dcc.Interval(id=tick, interval=_EVERY_MS),
            sound_controls(
                sound=ids.control(_NAME, "sound"),
                kind=ids.control(_NAME, "kind"),
                volume=ids.control(_NAME, "volume"),
                fill=ids.control(_NAME, "fill"),
            ),
            html.Div(shown, id=panel, className="treadmill-room"),
        ],
        gap="md",
    )


def _command() -> str:
    """What starts a session of the viewer; where others use this computer too, it says whose."""
    viewer = desk.viewer()
    return _COMMAND if collector.belongs_to(viewer) else f"RESTRIDE_AS={quote(viewer.name)} {_COMMAND}"


PAGES = (Page(path="/live", title=N_("Live"), layout=layout, roles=("runner",), in_navigation=True),)
