"""What stands where content will be, or cannot be."""

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.text import _


def loading(height: int = 420) -> Component:
    """The shape of content to come, so that nothing jumps."""
    return dmc.Stack([dmc.Skeleton(height=36, width="40%"), dmc.Skeleton(height=height)], gap="lg")


def not_found() -> Component:
    """The same for what is not there and for what is not shared."""
    return empty(
        _("Nothing here"),
        _("There is no such page, or it is not shared with you. Ask the athlete to share it."),
    )


def empty(title: str, to_do: str, *actions: Component) -> Component:
    """Nothing yet, and what to do about it."""
    return dmc.Paper(
        dmc.Stack(
            [dmc.Title(title, order=2, size="h3"), dmc.Text(to_do, c="dimmed", maw=520), *actions], gap="sm"
        ),
        withBorder=True,
        p="xl",
    )
