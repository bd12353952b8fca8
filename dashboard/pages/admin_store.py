"""Backups and the health of the server, for an administrator: counts and sizes, nothing of anybody."""

import shutil
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import imu
from dashboard import desk, ids
from dashboard.components.outcome import outcome
from dashboard.components.section import section, table
from dashboard.text import _, numbers
from imu.errors import StoreError
from imu.store.accounts import Counts
from imu.store.backup import back_up

PARTS = ("backups", "health")
_SHOWN = 5


def register(app: Dash) -> None:
    @app.callback(Output(ids.content("backups"), "children"), Input(ids.content("backups"), "id"))
    def show_backups(_at: dict[str, Any]) -> Component:
        _counted()
        return _backups()

    @app.callback(
        Output(ids.content("backups"), "children", allow_duplicate=True),
        Input(ids.control("backups", "make"), "n_clicks"),
        prevent_initial_call=True,
    )
    def make(clicks: int | None) -> Component:
        _counted()
        if not clicks:
            raise PreventUpdate
        store, folder = desk.store(), _folder()
        path = folder / f"{store.now():%Y-%m-%dT%H%M%S}.restride"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = back_up(store, path, made_by=f"restride {imu.__version__}")
        except (OSError, StoreError):
            return _backups(wrong=_("The backup could not be written. Is the disk full?"))
        if made.missing:
            return _backups(wrong=_("Written; {number} files were gone before.", number=len(made.missing)))
        return _backups(done=_("The backup is written."))

    @app.callback(Output(ids.content("health"), "children"), Input(ids.content("health"), "id"))
    def show_health(_at: dict[str, Any]) -> Component:
        return _health(_counted())


def _counted() -> Counts:
    """How much there is. `Forbidden` for everybody but administrators."""
    with desk.looking() as repository:
        return repository.accounts.counts()


def _folder() -> Path:
    return desk.home() / "backups"


def _backups(*, done: str | None = None, wrong: str | None = None) -> Component:
    found = sorted(_folder().glob("*.restride"), reverse=True)
    body = [
        [one.stem.replace("T", " "), f"{numbers.number(one.stat().st_size / 1e6, 1)} MB"]
        for one in found[:_SHOWN]
    ]
    button = dmc.Button(_("Make a backup now"), id=ids.control("backups", "make"), variant="outline")
    return section(
        _("Backups"),
        table((_("Made"), _("Size")), body, least_width=0)
        if body
        else dmc.Text(_("There is none yet."), size="sm"),
        dmc.Group(button),
        outcome(done, wrong=wrong),
        lead=_("They hold everything, not encrypted, beside the store. Copy them to another place."),
    )


def _health(counts: Counts) -> Component:
    store, disk = desk.store(), shutil.disk_usage(desk.home())
    dialect, place = store.engine.dialect.name, store.engine.url.database
    size = _("on a server")
    if dialect == "sqlite" and place:
        size = f"{numbers.number(Path(place).stat().st_size / 1e6, 1)} MB"
    body = [
        [_("Version"), imu.__version__],
        [_("Database"), f"{dialect}, {size}"],
        [_("Free on the disk"), f"{numbers.number(disk.free / 1e9, 1)} GB"],
        [_("Accounts"), f"{counts.accounts}"],
        [_("Athletes"), f"{counts.athletes}"],
        [_("Runs"), f"{counts.runs}"],
        [_("Browsers signed in"), f"{counts.signed_in}"],
        [_("Waiting to be analysed"), f"{counts.jobs_waiting}"],
        [_("Could not be analysed"), f"{counts.jobs_failed}"],
    ]
    return section(_("Health"), table(("", ""), body, least_width=0))
