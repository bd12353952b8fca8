"""A new version of a plan before anybody adopts it: checked whole, and what it changes line by line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from imu.errors import PlanError
from imu.followup.plans import changes, new_content
from imu.training.history import PainProfile
from imu.training.plan_file import parse_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would be adopted. `digest` names the content and what it was compared with."""

    content: dict[str, Any]
    changes: tuple[str, ...]
    digest: str


def usual_numbers(profile: PainProfile) -> tuple[str, ...]:
    """Places in a plan's file that are changed most: whole numbers and minutes, in the order of a form."""
    return (
        "entry_gate.brisk_walk_min",
        "rules.min_rest_days_between_runs",
        "rules.successes_to_advance",
        "rules.step_back_stages_if_red",
        "rules.days_off_to_step_back",
        "rules.days_off_per_further_stage",
        f"pain_profiles.{profile}.green_max_during",
        f"pain_profiles.{profile}.amber_max_during",
        "walk_run.percent_of_top_speed_max",
        "speed_ladder.max_sessions_per_week",
    )


def number_at(content: dict[str, Any] | str, place: str) -> float:
    """The number at a place, as it is followed where the file leaves it out. AttributeError if none is."""
    found: Any = parse_plan(json.dumps(content), name="the plan in force")
    for key in place.split("."):
        found = getattr(found, key)
    return found  # type: ignore[no-any-return]  # checked content: these places hold numbers


def drafted(
    before: dict[str, Any] | str,
    text: str,
    numbers: Mapping[str, object],
    *,
    places: Sequence[str],
    name: str = "the new plan",
) -> Draft:
    """A draft from the text of a whole plan and from single numbers.

    A number counts where it is another one than in force; elsewhere the text does. Places that are not among
    `places` are left alone. `PlanError` names the place of what cannot be followed.
    """
    content = new_content(text, name=name)
    for place in (one for one in places if one in numbers):
        given = _number(numbers[place], place, name)
        if given != number_at(before, place):
            *way, last = place.split(".")
            part = content
            for key in way:
                part = part[key]
            part[last] = given
    content = new_content(json.dumps(content), name=name)
    told = tuple(changes(before, content))
    whole = json.dumps([content, told], sort_keys=True)
    return Draft(content=content, changes=told, digest=sha256(whole.encode()).hexdigest()[:16])


def _number(given: object, place: str, name: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise PlanError(name, f"{place}: give a number")
    return int(given) if float(given).is_integer() else float(given)
