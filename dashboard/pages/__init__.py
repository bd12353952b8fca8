"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import account, admin, home, runs, sharing
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *runs.PAGES,
    *sharing.PAGES,
    *account.PAGES,
    *admin.PAGES,
)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (
        home,
        runs,
        sharing,
        account,
        admin,
    ):
        module.register(app)
