"""Pages: a layout without data, and thin callbacks that fill it."""

from dash import Dash

from dashboard.pages import episode, episode_acts, episode_files, episode_plan, home, runs
from dashboard.pages.route import Page

PAGES: tuple[Page, ...] = (*home.PAGES, *runs.PAGES, *episode.PAGES)


def register(app: Dash) -> None:
    """Give an application its pages."""
    for module in (home, runs, episode, episode_acts, episode_files, episode_plan):
        module.register(app)
