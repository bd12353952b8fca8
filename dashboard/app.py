"""The application: a store, a door, and pages."""

import dash
from dash import Dash
from flask import Flask

from dashboard import desk, shell
from dashboard.auth import door
from dashboard.pages import PAGES, register
from dashboard.settings import Settings
from imu.store import Store

# The scheme is set before anything is drawn, else a dark screen flashes white.
_INDEX = """<!doctype html>
<html lang="en">
<head>
{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<script src="/static/colour_scheme.js"></script>
{%favicon%}{%css%}
</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


def create_app(settings: Settings) -> Dash:
    """A dashboard over one store. It keeps nothing in this process: any number of workers may serve it."""
    app = Dash(
        __name__,
        title="Restride",
        update_title="",
        index_string=_INDEX,
        use_pages=True,
        pages_folder="",
        health_endpoint="healthz",
        compress=True,
    )
    assert isinstance(app.server, Flask)
    store = Store.at(settings.home, database=settings.database, blobs=settings.blobs, clock=settings.clock)
    desk.furnish(app.server, store, settings.home)
    for page in PAGES:
        dash.register_page(
            page.name,
            path_template=page.path if "<" in page.path else None,
            path=None if "<" in page.path else page.path,
            title=page.title if page.path == "/" else f"{page.title} · Restride",
            layout=page.layout,
        )
    app.layout = shell.shell
    shell.register(app, PAGES)
    register(app)
    door.close(app, settings, PAGES)
    return app
