"""What a judgement rests on and what to do about it, below its sentence: the same wherever one is shown."""

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.text.evidence import evidence
from dashboard.text.rules import spoken
from imu.training.evidence import Evidence


def rests_on(found: Evidence | None, *, to_do: bool) -> list[Component]:
    """Value, comparison and uncertainty in one line, where there are any; `to_do`: and what follows."""
    if found is None:
        return []
    told, steps = evidence(found), spoken(found.to_do)
    return [
        *([dmc.Text(told, size="sm", c="dimmed")] if told else []),
        *([dmc.Text(steps, size="sm")] if to_do and steps else []),
    ]
