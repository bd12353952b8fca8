"""What an address without a page shows, when one comes to it from within."""

import dash
import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.text import _

_MODULE = "restride.not_found_404"  # the name by which Dash finds it


def layout(**_query: str) -> Component:
    return dmc.Stack(
        [
            dmc.Title(_("Nothing here"), order=1, size="h2"),
            dmc.Text(
                _("There is no such page, or it is not shared with you. Ask the athlete to share it."),
                c="dimmed",
                maw=520,
            ),
            dmc.Anchor(_("To the first page"), href="/"),
        ],
        gap="sm",
    )


def register_page() -> None:
    dash.register_page(_MODULE, title="Restride", layout=layout)
