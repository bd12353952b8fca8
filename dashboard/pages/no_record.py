"""What a runner's own pages say while no record of his is kept: one may be handed over to his account."""

from dash.development.base_component import Component

from dashboard import desk
from dashboard.components.states import empty
from dashboard.text import _


def lacks_record(of: object) -> bool:
    """Whether an address names nobody, so means the runner's own record, and there is none."""
    if of or desk.viewer().role != "runner":
        return False
    with desk.looking() as repository:
        return not any(one.is_own for one in repository.sharing.athletes())


def no_record() -> Component:
    """Instead of the content."""
    return empty(
        _("No record of yours yet"),
        _("This account was made without one. Whoever kept your runs so far can hand them over to it."),
    )
