"""The application: a store, a door, and pages."""

import re
from typing import Any

import dash
from dash import Dash
from flask import Flask

from dashboard import collector, desk, health, shell
from dashboard.api import routes
from dashboard.auth import door
from dashboard.pages import PAGES, not_found, register, squad
from dashboard.settings import Settings
from dashboard.text import language
from imu.store import Store

# The scheme is set before anything is drawn, else a dark screen flashes white.
_INDEX = """<!doctype html>
<html lang="en">
<head>
{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<script src="/static/colour_scheme.js"></script>
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">{%css%}
</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


# A third of all scripts, which only a squad's table needs.
_OF_TABLES = re.compile(r'<script src="[^"]*/dash_ag_grid/[^"]*"></script>')


class _Frame(Dash):
    """Says in which language its pages are, by which they are pronounced; loads what a role needs."""

    def index(self, *args: Any, **kwargs: Any) -> str:
        page = str(super().index(*args, **kwargs))
        if desk.viewer().role not in squad.ROLES:
            page = _OF_TABLES.sub("", page)
        return page.replace('<html lang="en">', f'<html lang="{language()}">', 1)


def create_app(settings: Settings) -> Dash:
    """A dashboard over one store. It keeps nothing in this process: any number of workers may serve it."""
    app = _Frame(
        __name__,
        title="Restride",
        update_title="",
        index_string=_INDEX,
        use_pages=True,
        pages_folder="",
        compress=True,
    )
    assert isinstance(app.server, Flask)
    store = Store.at(settings.home, database=settings.database, blobs=settings.blobs, clock=settings.clock)
    desk.furnish(app.server, store, settings.home)
    health.register(app.server)
    collector.furnish(app.server, settings.home)
    for page in PAGES:
        dash.register_page(
            page.name,
            # A variable of Dash's templates takes slashes too, so the longer path has to be tried first.
            order=9 - page.path.count("/"),
            path_template=page.path if "<" in page.path else None,
            path=None if "<" in page.path else page.path,
            title=f"{page.title} · Restride",
            layout=page.layout,
        )
    not_found.register_page()
    app.layout = shell.shell
    shell.register(app, PAGES)
    register(app)
    routes.register(app.server)
    door.close(app, settings, PAGES)
    return app
