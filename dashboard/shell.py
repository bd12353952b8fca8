"""What stays while pages change: header, navigation, the place of the page."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import desk, ids, theme
from dashboard.pages.route import Page
from dashboard.text import _, language


def shell() -> Component:
    """The frame of the whole application. It knows nobody: links come by a callback."""
    burger = dmc.Burger(
        id=ids.NAVIGATION_OPEN, opened=False, hiddenFrom="sm", size="sm", **{"aria-label": _("Menu")}
    )
    name = html.A("Restride", href="/", className="brand")
    return dmc.MantineProvider(
        [
            dmc.NotificationContainer(id=ids.NOTICES),
            *_failures(),
            dmc.DatesProvider(
                dmc.AppShell(
                    [
                        dmc.AppShellHeader(
                            dmc.Group(
                                [
                                    dmc.Group([burger, name], gap="sm"),
                                    dmc.ColorSchemeToggle(
                                        id=ids.COLOUR_SCHEME,
                                        lightIcon="☀",
                                        darkIcon="☾",
                                        variant="subtle",
                                        color="gray",
                                        **{"aria-label": _("Light or dark")},
                                    ),
                                ],
                                justify="space-between",
                                h="100%",
                                px="md",
                            )
                        ),
                        dmc.AppShellNavbar(html.Nav(id=ids.NAVIGATION), p="sm"),
                        dmc.AppShellMain(
                            dmc.Container(dash.page_container, size="lg", px={"base": 0, "sm": "md"})
                        ),
                    ],
                    id=ids.FRAME,
                    header={"height": 56},
                    navbar={"width": 220, "breakpoint": "sm", "collapsed": {"mobile": True}},
                    padding="md",
                ),
                settings={"locale": language(), "firstDayOfWeek": 1},
            ),
        ],
        theme=theme.MANTINE,
        defaultColorScheme="auto",
    )


def _failures() -> list[Component]:
    """Words for the browser: what a page shows whose content the server does not know, or could not make,
    and what is said of a press that led to nothing."""
    told: dict[str, dict[str, Any]] = {
        ids.NOTHING_HERE: {
            "data-title": _("Nothing here"),
            "data-words": _(
                "There is no such page, or it is not shared with you. Ask the athlete to share it."
            ),
            "data-way": _("To the first page"),
        },
        ids.NOT_SHOWN: {
            "data-title": _("This cannot be shown now"),
            "data-words": _("The server could not be reached, or could not make it. Nothing was changed."),
            "data-way": _("Try again"),
        },
        ids.NOT_ANSWERED: {
            "data-title": _("This did not work"),
            "data-words": _("Open the page again to see what was kept, then try again."),
        },
    }
    return [html.Div(id=at, hidden=True, role="alert", **words) for at, words in told.items()]


def register(app: Dash, pages: tuple[Page, ...]) -> None:
    @app.callback(Output(ids.NAVIGATION, "children"), Input(ids.NAVIGATION, "id"))
    def links(_at: str) -> list[Component]:
        role = desk.viewer().role
        shown = [one for one in pages if one.in_navigation and role in one.roles]
        return [
            *(dmc.NavLink(label=_(one.title), href=one.path, active="exact") for one in shown),
            html.Form(
                html.Button(_("Sign out"), type="submit", className="quiet"),
                action="/sign-out",
                method="POST",
            ),
        ]

    app.clientside_callback(
        ClientsideFunction("restride", "navigationOpen"),
        Output(ids.FRAME, "navbar"),
        Input(ids.NAVIGATION_OPEN, "opened"),
        State(ids.FRAME, "navbar"),
    )
    app.clientside_callback(
        ClientsideFunction("restride", "navigationClosed"),
        Output(ids.NAVIGATION_OPEN, "opened"),
        Input(ids.ADDRESS, "pathname"),
    )
