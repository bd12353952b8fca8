"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import (
    athlete,
    episode,
    episode_acts,
    episode_plan,
    help_page,
    home,
    live,
    run,
    runs,
    squad,
)
from dashboard.pages.route import Page

# In the order of the navigation.
PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *squad.PAGES,
    *athlete.PAGES,
    *episode.PAGES,
    *runs.PAGES,
    *run.PAGES,
    *live.PAGES,
    *help_page.PAGES,
)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (
        home,
        squad,
        athlete,
        episode,
        episode_acts,
        episode_plan,
        runs,
        run,
        live,
        help_page,
    ):
        module.register(app)
