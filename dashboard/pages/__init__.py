"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import athlete, help_page, home, runs, squad
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (*home.PAGES, *runs.PAGES, *squad.PAGES, *athlete.PAGES, *help_page.PAGES)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (home, runs, squad, athlete, help_page):
        module.register(app)
