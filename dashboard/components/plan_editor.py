"""Another version of the plan: the usual numbers in fields, the rest as the text of its file."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.section import section
from dashboard.text import _, episode_words as words, numbers
from dashboard.text.rules import spoken
from imu.followup.plan_drafts import Draft, number_at, usual_numbers
from imu.followup.plans import text_of
from imu.report.begun import begun
from imu.store import PlanVersion
from imu.training.history import PainProfile
from imu.training.plan import Plan

PAGE = "episode"


def plan_section(
    plan: Plan | None,
    version: PlanVersion | None,
    fits: str | None,
    content: dict[str, Any] | str,
    profile: PainProfile,
    of: str,
    *,
    may_write: bool,
) -> Component:
    """Which plan is followed, whether it `fits` such an injury, and how to follow another version of it."""
    return section(
        _("The plan"),
        dmc.Text(whose(plan, version), size="sm"),
        dmc.Text(spoken(fits), size="sm", fw=600) if fits else None,
        _editor(content, usual_numbers(profile) if plan else (), of) if may_write else None,
    )


def whose(plan: Plan | None, version: PlanVersion | None) -> str:
    """Name, version, by whom it was adopted, and whether a clinician signed it. plan: None where the version
    cannot be read, so that it has no name."""
    if version is None:
        assert plan is not None  # the one that comes with the program
        return _(
            "{name} {number}, the plan that comes with this program. {review}.",
            name=plan.id,
            number=plan.version,
            review=begun(words.of_plan(plan.review_status)),
        )
    if plan is None:
        return _(
            "Version {version} of {day} by {by}, {signed}: {reason}",
            version=version.version,
            day=numbers.date_words(version.adopted_at),
            by=version.by,
            signed=_("signed") if version.signed else _("not signed by a clinician"),
            reason=version.reason,
        )
    return _(
        "{name} {number}: version {version} of {day} by {by}, {signed}: {reason}",
        name=plan.id,
        number=plan.version,
        version=version.version,
        day=numbers.date_words(version.adopted_at),
        by=version.by,
        signed=_("signed") if version.signed else _("not signed by a clinician"),
        reason=version.reason,
    )


def _editor(content: dict[str, Any] | str, places: Sequence[str], of: str) -> Component:
    labels = _labels()
    fields = [
        dmc.NumberInput(
            id=ids.control(PAGE, "number", of, place),
            label=labels[place.split(".")[-1]],
            value=number_at(content, place),
            min=0,
            decimalSeparator=numbers.decimal_sign(),
        )
        for place in places
    ]
    text = text_of(content)
    return dmc.Accordion(
        [
            dmc.AccordionItem(
                [
                    dmc.AccordionControl(_("Follow another version")),
                    dmc.AccordionPanel(
                        dmc.Stack(
                            [
                                dmc.SimpleGrid(fields, cols={"base": 1, "xs": 2}, spacing="md"),
                                dmc.Textarea(
                                    id=ids.control(PAGE, "plan", of),
                                    label=_("Everything else: the plan's file (JSON)"),
                                    value=text,
                                    autosize=True,
                                    minRows=6,
                                    maxRows=18,
                                    spellCheck=False,
                                    styles={"input": {"fontFamily": "monospace", "fontSize": "0.8rem"}},
                                ),
                                dmc.Group(
                                    [
                                        dmc.Button(
                                            _("Show what changes"),
                                            id=ids.control(PAGE, "preview", of),
                                            variant="outline",
                                        )
                                    ]
                                ),
                                dmc.Box(id=ids.control(PAGE, "draft", of), **{"aria-live": "polite"}),
                            ],
                            gap="md",
                        )
                    ),
                ],
                value="edit",
            )
        ],
        variant="separated",
        order=3,
    )


def draft(found: Draft, of: str, *, stale: bool = False) -> Component:
    """What would change, line by line, and only then the button."""
    if not found.changes:
        return dmc.Text(_("Nothing is changed."))
    changed = _("It changed since you looked. See what changes now.")
    press = dmc.Button(_("Sign and follow this version"), id=ids.control(PAGE, "adopt", of, found.digest))
    return dmc.Stack(
        [
            *([dmc.Alert(changed, variant="outline", color="orange")] if stale else []),
            dmc.Text(_("This would change:"), fw=500),
            dmc.List(
                [dmc.ListItem(dmc.Code(line, style={"overflowWrap": "anywhere"})) for line in found.changes],
                size="sm",
                spacing=4,
            ),
            dmc.TextInput(
                id=ids.control(PAGE, "plan-why", of),
                label=_("Reason"),
                description=_("Kept with the version; earlier versions stay on record."),
                required=True,
            ),
            dmc.Group([press]),
        ],
        gap="sm",
    )


def _labels() -> dict[str, str]:
    return {
        "brisk_walk_min": _("Brisk walk before the first run, minutes"),
        "min_rest_days_between_runs": _("Days of rest between runs"),
        "successes_to_advance": _("Sessions in a row to advance"),
        "step_back_stages_if_red": _("Stages back after red"),
        "days_off_to_step_back": _("Days without a run before a stage back, 0 for never"),
        "days_off_per_further_stage": _("Further days for each further stage back, 0 for one only"),
        "green_max_during": _("Green: most pain in the run, of 10"),
        "amber_max_during": _("Amber: most pain in the run, of 10"),
        "percent_of_top_speed_max": _("Walk-run: most speed, % of own top speed"),
        "max_sessions_per_week": _("Fast sessions a week, at most"),
    }
