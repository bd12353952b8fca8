"""How long a run was, of a walk how long was walked."""

from collections.abc import Mapping
from typing import Any

from dashboard.text.catalogue import _


def extent(last: Mapping[str, Any]) -> str:
    """`24 min of running`, of the last run in a standing."""
    if walked_s := last.get("walked_s"):
        return _("{minutes} min of walking", minutes=f"{walked_s / 60:.0f}")
    return _("{minutes} min of running", minutes=f"{last['running_s'] / 60:.0f}")
