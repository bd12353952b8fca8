"""Everything of an athlete: as a download, or gone."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import Flask, Response, make_response, render_template, request, send_file

import imu
from dashboard import desk, ids
from dashboard.components.outcome import secret
from dashboard.components.section import section
from dashboard.pages.no_record import lacks_record
from dashboard.proof import password_is_wrong
from dashboard.text import _, language
from imu.errors import Forbidden
from imu.followup.export import export_all
from imu.store import Athlete, Repository
from imu.store.erase import Receipt, erase

PART = "own-data"


def athlete_of(repository: Repository, of: str) -> Athlete:
    """The athlete of an address, or the viewer's own, if the viewer may share the data. Else `Forbidden`."""
    athlete = desk.athlete_of(repository, of)
    if "share" not in athlete.rights:
        raise Forbidden(f"{repository.viewer.name}: only the athlete shares, exports and erases")
    return athlete


def register(app: Dash) -> None:
    assert isinstance(app.server, Flask)
    app.server.add_url_rule("/export", view_func=_export, methods=["POST"])

    @app.callback(Output(ids.content(PART, MATCH), "children"), Input(ids.content(PART, MATCH), "id"))
    def show(at: dict[str, Any]) -> Component | None:
        if lacks_record(at["of"]):
            return None  # the part above says it
        with desk.looking() as repository:
            return _shown(athlete_of(repository, at["of"]), at["of"])

    @app.callback(
        Output(ids.content(PART, MATCH), "children", allow_duplicate=True),
        Input(ids.control(PART, "erase", of=MATCH), "n_clicks"),
        State(ids.control(PART, "name", of=MATCH), "value"),
        State(ids.control(PART, "password", of=MATCH), "value"),
        prevent_initial_call=True,
    )
    def erase_all(clicks: int | None, name: Any, password: Any) -> Component:
        if not clicks:
            raise PreventUpdate
        viewer, of = desk.viewer(), str(ctx.triggered_id["of"])
        with desk.looking() as repository:
            athlete = athlete_of(repository, of)
        if str(name or "").strip() != athlete.name:
            return _shown(athlete, of, name_wrong=_("Type exactly: {name}", name=athlete.name))
        if wrong := password_is_wrong(viewer, password):
            return _shown(athlete, of, typed=athlete.name, password_wrong=wrong)
        return _gone(erase(desk.store(), viewer, athlete.athlete_id, compacts=False))


def _export() -> Response:
    """A file of everything. It lies in a folder of its own only until it is open to be sent."""
    viewer, of = desk.viewer(), request.form.get("of", "")
    with desk.looking() as repository:
        athlete = athlete_of(repository, of)
    if wrong := password_is_wrong(viewer, request.form.get("password", "")):
        back = f"/athlete/{of}/sharing" if of else "/sharing"
        page = render_template("not_proved.html", wrong=wrong, back=back, language=language(), _=_)
        return make_response(page, 403)
    with tempfile.TemporaryDirectory(prefix="restride-export-") as folder:
        whole = Path(folder, "restride-export")
        made_by = f"restride {imu.__version__}"
        export_all(desk.store(), viewer, athlete.athlete_id, whole, made_by=made_by)
        packed = Path(shutil.make_archive(str(whole), "zip", folder, whole.name))
        shutil.rmtree(whole)
        content = packed.open("rb")
    name = f"restride-{desk.store().now():%Y-%m-%d}.zip"
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=name)


def _shown(
    athlete: Athlete, of: str, *, name_wrong: str = "", password_wrong: str = "", typed: str = ""
) -> Component:
    """`of`: as the page's content has it, else nothing that is pressed there would be heard."""
    take = html.Form(
        [
            dcc.Input(type="hidden", name="of", value=of),
            dmc.PasswordInput(label=_("Your password now"), name="password", required=True, maw=400, mb="sm"),
            dmc.Button(_("Download everything"), buttonProps={"type": "submit"}, variant="outline"),
        ],
        action="/export",
        method="POST",
    )
    fields = [
        dmc.TextInput(
            id=ids.control(PART, "name", of),
            label=_("Type the name to go on: {name}", name=athlete.name),
            value=typed,
            error=name_wrong,
        ),
        dmc.PasswordInput(
            id=ids.control(PART, "password", of), label=_("Your password now"), error=password_wrong, value=""
        ),
    ]
    button = dmc.Button(_("Erase everything"), id=ids.control(PART, "erase", of), color="red.9")
    return dmc.Stack(
        [
            section(
                _("Take it with you"),
                take,
                lead=_("All tables, recordings and strides as a ZIP of open formats, with a README."),
            ),
            section(
                _("Erase everything"),
                dmc.Stack(fields, gap="sm", maw=400),
                dmc.Group(button),
                lead=_("Every run, answer and recording goes, for good. Nobody can bring it back from here."),
            ),
        ],
        gap="lg",
    )


def _gone(receipt: Receipt) -> Component:
    words = _("Everything is erased. Keep this receipt if you like; it names nobody.")
    parts = [secret(words, json.dumps(receipt.as_json(), indent=2), _("Copy"))]
    if receipt.account_removed:
        parts.append(dmc.Text(_("Your account went with it, and you are signed out.")))
    return section(_("Erased"), *parts, dmc.Anchor(_("To the first page"), href="/"))
