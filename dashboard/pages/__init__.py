"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import home, live, runs
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (*home.PAGES, *runs.PAGES, *live.PAGES)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (home, runs, live):
        module.register(app)
