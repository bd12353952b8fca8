"""Whom an athlete shares with, and who looked; what happens to all of it stands in `own_data`."""

from datetime import date, datetime, timedelta
from typing import Any, cast

import dash_mantine_components as dmc
from dash import ALL, MATCH, Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from dashboard.components.outcome import outcome
from dashboard.components.section import section
from dashboard.components.sharing import MOST_LOOKS, form, grants, looks
from dashboard.components.states import loading
from dashboard.pages import own_data
from dashboard.pages.no_record import lacks_record, no_record
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.proof import password_is_wrong
from dashboard.text import N_, _
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
        if lacks_record(at["of"]):
            return no_record()
        with desk.looking() as repository:
            return _shown(repository, own_data.athlete_of(repository, at["of"]), at["of"])

    @app.callback(
        Output(ids.content("sharing", MATCH), "children", allow_duplicate=True),
        Input(ids.control("sharing", "act", of=MATCH, key=ALL), "n_clicks"),
        State(ids.control("sharing", "with", of=MATCH), "value"),
        State(ids.control("sharing", "scope", of=MATCH), "value"),
        State(ids.control("sharing", "until", of=MATCH), "value"),
        State(ids.control("sharing", "password", of=MATCH), "value"),
        prevent_initial_call=True,
    )
    def act(clicks: list[int | None], viewer: Any, scope: Any, until: Any, password: Any) -> Component:
        if not any(clicks):
            raise PreventUpdate
        pressed, typed = ctx.triggered_id, str(viewer or "")
        if pressed["key"] == "share" and (answer := _unproved(pressed["of"], typed, password)) is not None:
            return answer
        with desk.changing() as repository:
            athlete = own_data.athlete_of(repository, pressed["of"])
            try:
                done = _acted(repository, athlete, str(pressed["key"]), typed, str(scope), until)
            except Forbidden:
                raise
            except StoreError as error:
                return _shown(repository, athlete, pressed["of"], wrong=str(error), typed=typed)
            return _shown(repository, athlete, pressed["of"], done=done)

    own_data.register(app)


def _unproved(of: str, typed: str, password: Any) -> Component | None:
    """The page anew, where the password does not prove who shares. `Forbidden` before it is looked at."""
    with desk.looking() as repository:
        own_data.athlete_of(repository, of)
    if not (wrong := password_is_wrong(desk.viewer(), password)):
        return None
    with desk.looking() as repository:
        athlete = own_data.athlete_of(repository, of)
        return _shown(repository, athlete, of, unproved=wrong, typed=typed)


def _acted(repository: Repository, athlete: Athlete, key: str, viewer: str, scope: str, until: Any) -> str:
    if key != "share":
        given = {one.grant_id: one.viewer for one in repository.sharing.grants(athlete.athlete_id)}
        if (name := given.get(key)) is None:
            raise StoreError(_("This is not shared any more."))
        repository.sharing.revoke(athlete.athlete_id, name)
        return _("Nothing is shared with {name} any more.", name=name)
    if scope not in ("training", "clinical"):
        raise StoreError(_("Choose what you share."))
    end = _end_of(repository, athlete.athlete_id, until)
    repository.sharing.grant(athlete.athlete_id, viewer.strip(), cast("Scope", scope), until=end)
    return _("{name} can see it now.", name=viewer.strip())


def _end_of(repository: Repository, athlete_id: str, day: Any) -> datetime | None:
    """StoreError for what is no day."""
    if not day:
        return None
    try:
        return repository.end_of(athlete_id, date.fromisoformat(str(day)))
    except ValueError as error:
        raise StoreError(_("Give a day, such as 2026-12-31.")) from error


def _shown(
    repository: Repository,
    athlete: Athlete,
    of: str,
    *,
    done: str | None = None,
    wrong: str = "",
    unproved: str = "",
    typed: str = "",
) -> Component:
    """`of`: as the page's content has it, else nothing that is pressed there would be heard."""
    athlete_id = athlete.athlete_id
    now = repository.now(athlete_id)
    return dmc.Stack(
        [
            section(
                _("Who may see your data"),
                grants(repository.sharing.grants(athlete_id), of, now=now),
                *form(of, until=now + _USUAL, today=now, typed=typed, wrong=wrong, unproved=unproved),
                outcome(done),
                lead=_(
                    "A coach or clinician sees what you share until the day you choose, or you take it back."
                ),
            ),
            section(
                _("Who looked"),
                looks(repository.sharing.audit(athlete_id, by_others=True, most=MOST_LOOKS), now=now),
                lead=_("Everybody who opened your data is written down, once a day for each kind of page."),
            ),
        ],
        gap="lg",
    )


PAGES = (
    Page(path="/sharing", title=N_("Sharing and data"), layout=layout, roles=("runner",), in_navigation=True),
    Page(
        path="/athlete/<athlete_id>/sharing",
        title=N_("Sharing"),
        layout=layout,
        roles=WITH_ATHLETES,
        right="share",
    ),
)
