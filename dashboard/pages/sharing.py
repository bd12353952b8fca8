"""Whom an athlete shares with, and who looked; what happens to all of it stands in `own_data`."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

import dash_mantine_components as dmc
from dash import ALL, MATCH, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.section import rows, said, section
from dashboard.components.sharing import looks, state_of
from dashboard.components.states import loading
from dashboard.pages import own_data
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import _
from imu.errors import Forbidden, StoreError
from imu.store import Athlete, Repository, Scope

_USUAL = timedelta(days=90)


def layout(athlete_id: str = "", **_query: str) -> Component:
    parts = [html.Div(loading(120), id=ids.content(one, athlete_id)) for one in ("sharing", own_data.PART)]
    return dmc.Stack([dmc.Title(_("Sharing and data"), order=1, size="h2"), *parts], gap="lg", maw=820)


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content("sharing", MATCH), "children"), Input(ids.content("sharing", MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return _shown(repository, own_data.athlete_of(repository, at["of"]))

    @app.callback(
        Output(ids.content("sharing", MATCH), "children", allow_duplicate=True),
        Input(ids.control("sharing", "act", of=MATCH, key=ALL), "n_clicks"),
        State(ids.control("sharing", "with", of=MATCH), "value"),
        State(ids.control("sharing", "scope", of=MATCH), "value"),
        State(ids.control("sharing", "until", of=MATCH), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], viewer: Any, scope: Any, until: Any) -> Component:
        if not any(clicks):
            raise PreventUpdate
        pressed = ctx.triggered_id
        with desk.changing() as repository:
            athlete = own_data.athlete_of(repository, pressed["of"])
            try:
                done = _acted(repository, athlete, str(pressed["key"]), str(viewer or ""), str(scope), until)
            except Forbidden:
                raise
            except StoreError as error:
                return _shown(repository, athlete, wrong=str(error), typed=str(viewer or ""))
            return _shown(repository, athlete, done=done)

    own_data.register(app)


def _acted(repository: Repository, athlete: Athlete, key: str, viewer: str, scope: str, until: Any) -> str:
    if key != "share":
        repository.sharing.revoke(athlete.athlete_id, key)
        return _("Nothing is shared with {name} any more.", name=key)
    if scope not in ("training", "clinical"):
        raise StoreError(_("Choose what you share."))
    end = _end_of(until, repository.now())
    repository.sharing.grant(athlete.athlete_id, viewer.strip(), cast("Scope", scope), until=end)
    return _("{name} can see it now.", name=viewer.strip())


def _end_of(day: Any, now: datetime) -> datetime | None:
    """The end of a day where the runner lives. StoreError for what is no day."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(str(day)), time.max, tzinfo=now.tzinfo)
    except ValueError as error:
        raise StoreError(_("Give a day, such as 2026-12-31.")) from error


def _shown(
    repository: Repository, athlete: Athlete, *, done: str | None = None, wrong: str = "", typed: str = ""
) -> Component:
    of, now = athlete.athlete_id, repository.now()
    grants = repository.sharing.grants(of)
    body = [
        [one.viewer, _scopes()[one.scope], state_of(one, now=now), _revoke(of, one.viewer, one.revoked_at)]
        for one in grants
    ]
    fields = [
        dmc.TextInput(
            id=ids.control("sharing", "with", of),
            label=_("Name of the account"),
            value=typed,
            error=wrong,
            w=260,
        ),
        dmc.DateInput(
            id=ids.control("sharing", "until", of),
            label=_("Until"),
            description=None,
            value=f"{now + _USUAL:%Y-%m-%d}",
            minDate=f"{now:%Y-%m-%d}",
            clearable=True,
            w=180,
        ),
    ]
    scope = dmc.RadioGroup(
        dmc.Stack(
            [
                dmc.Radio(_("Training: runs, load, stage, warnings, pain as numbers"), value="training"),
                dmc.Radio(_("Clinical: also where it hurt, in your words, and notes"), value="clinical"),
            ],
            gap="xs",
        ),
        id=ids.control("sharing", "scope", of),
        label=_("What you share"),
        value="training",
    )
    button = dmc.Button(_("Share"), id=ids.control("sharing", "act", of, "share"))
    return dmc.Stack(
        [
            section(
                _("Who may see your data"),
                _("A coach or clinician sees what you share until the day you choose, or you take it back."),
                rows((_("Account"), _("Sees"), "", ""), body) if body else None,
                dmc.Group(fields, align="flex-start"),
                scope,
                dmc.Group(button),
                said(done),
            ),
            section(
                _("Who looked"),
                _("Everybody who opened your data is written down, once a day for each kind of page."),
                looks(repository.sharing.audit(of), but=repository.viewer.name),
            ),
        ],
        gap="lg",
    )


def _revoke(of: str, viewer: str, revoked_at: datetime | None) -> Component | str:
    if revoked_at is not None:
        return ""
    own = ids.control("sharing", "act", of, viewer)
    return dmc.Button(_("Take back"), id=own, size="compact-sm", variant="subtle")


def _scopes() -> dict[Scope, str]:
    return {"training": _("training"), "clinical": _("clinical"), "keeper": _("keeps the record")}


PAGES = (
    Page(path="/sharing", title="Sharing and data", layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/sharing", title="Sharing", layout=layout, roles=WITH_ATHLETES),
)
