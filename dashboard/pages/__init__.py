"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import (
    account,
    athlete,
    compare,
    episode,
    episode_acts,
    episode_files,
    episode_plan,
    episode_warnings,
    help_page,
    home,
    live,
    progress,
    run,
    runs,
    sensors,
    squad,
    today,
    today_acts,
)
from dashboard.pages.route import Page

# In the order of the navigation.
PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *today.PAGES,
    *squad.PAGES,
    *athlete.PAGES,
    *episode.PAGES,
    *progress.PAGES,
    *runs.PAGES,
    *run.PAGES,
    *live.PAGES,
    *account.PAGES,
    *compare.PAGES,
    *sensors.PAGES,
    *help_page.PAGES,
)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (
        home,
        today,
        today_acts,
        squad,
        athlete,
        episode,
        episode_acts,
        episode_files,
        episode_plan,
        episode_warnings,
        progress,
        runs,
        run,
        live,
        account,
        compare,
        sensors,
        help_page,
    ):
        module.register(app)
