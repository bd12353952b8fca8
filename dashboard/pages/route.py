"""Where a page is found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from dash.development.base_component import Component

from imu.store import Right, Role

EVERYBODY: tuple[Role, ...] = get_args(Role)
WITH_ATHLETES: tuple[Role, ...] = ("runner", "coach", "clinician")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `layout` takes the variables of the path and of the query, and knows no data."""

    path: str  # a template: /athlete/<athlete_id>/runs
    title: str
    layout: Callable[..., Component]
    roles: tuple[Role, ...] = EVERYBODY
    in_navigation: bool = False
    right: Right = "read"  # what opening it takes, over the athlete of the path

    @property
    def name(self) -> str:
        return f"restride{self.path.replace('/', '.')}"
