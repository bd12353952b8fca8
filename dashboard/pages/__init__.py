"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import home, live, runs, sensors
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (*home.PAGES, *runs.PAGES, *live.PAGES, *sensors.PAGES)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (home, runs, live, sensors):
        module.register(app)
