"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import compare, home, run, runs
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (*home.PAGES, *runs.PAGES, *run.PAGES, *compare.PAGES)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (home, runs, run, compare):
        module.register(app)
