"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import (
    account,
    admin,
    athlete,
    compare,
    episode,
    episode_acts,
    episode_files,
    episode_plan,
    episode_warnings,
    help_page,
    live,
    progress,
    run,
    runs,
    sensors,
    sharing,
    squad,
    today,
    today_acts,
    today_check_in,
    whose,
)
from dashboard.pages.route import Page

# In the order of the navigation.
PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *squad.PAGES,
    *athlete.PAGES,
    *episode.PAGES,
    *progress.PAGES,
    *runs.PAGES,
    *run.PAGES,
    *compare.PAGES,
    *live.PAGES,
    *sensors.PAGES,
    *admin.PAGES,
    *sharing.PAGES,
    *account.PAGES,
    *help_page.PAGES,
)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (
        today,
        today_check_in,
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
        compare,
        live,
        sensors,
        admin,
        sharing,
        account,
        help_page,
        whose,
    ):
        module.register(app)
