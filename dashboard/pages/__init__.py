"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import account, home, runs
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *runs.PAGES,
    *account.PAGES,
)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (
        home,
        runs,
        account,
    ):
        module.register(app)
