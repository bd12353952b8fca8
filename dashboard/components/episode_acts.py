"""What may be pressed and filled in on an episode, mostly by a clinician. Every press is checked where it is
kept, not here."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.episode import gate_state
from dashboard.components.section import section
from dashboard.text import _, episode_words as words, numbers
from dashboard.text.rules import spoken
from imu.followup.episode import Episode
from imu.followup.plans import known_gates, stage_to_sign, stands_at
from imu.store import Note
from imu.training.plan_state import PlanState
from imu.training.programme import waiting_words
from imu.training.rehab import CLINICIAN_EXERCISES, dose_words

PAGE = "episode"


def decide(episode: Episode, of: str, *, typed: str = "") -> Component | None:
    """Sign off, hold, resume or step back, with a reason. `typed`: one that was not kept.

    A button's key says where the plan stands here: pressed later, it means this place or nothing.
    """
    state = episode.state
    if not isinstance(state, PlanState) or not episode.is_open:
        return None
    held = state.held_because is not None
    ids_of_stages = [{"value": one.id, "label": f"{one.id}: {spoken(one.words)}"} for one in state.row]
    signs = stage_to_sign(state)
    about = _("the entry gate") if signs is None else _("stage {stage}", stage=signs)
    place = stands_at(state)
    buttons = [
        _press(of, f"sign_off:{place}", _("Sign off {what}", what=about), variant="filled"),
        *([_press(of, "resume", _("Resume"))] if held else []),
        _press(of, "hold", _("Hold anew") if held else _("Hold"), color="red"),
        *([_press(of, f"step_back:{place}", _("Step back"), color="orange")] if state.entered_at else []),
    ]
    return section(
        _("Decide"),
        dmc.Textarea(
            id=ids.control(PAGE, "reason", of),
            label=_("Reason"),
            description=_("Kept with the decision; the athlete reads it."),
            autosize=True,
            minRows=2,
            required=True,
            value=typed,
        ),
        dmc.Select(
            id=ids.control(PAGE, "stage", of),
            label=_("Stage"),
            description=_("Only to step back further than one stage, or to sign off another stage."),
            data=ids_of_stages,
            clearable=True,
            searchable=True,
        ),
        dmc.Checkbox(
            id=ids.control(PAGE, "exercises-go-on", of),
            label=_("Exercises go on"),
            description=_("With a hold: only running is on hold. Otherwise exercises wait as well."),
            checked=state.exercises_go_on_by is not None,
        ),
        dmc.Group(buttons, gap="sm"),
        lead=_("Signed with your account, and on record for good."),
    )


def _press(of: str, key: str, label: str, *, variant: str = "outline", color: str | None = None) -> Component:
    return dmc.Button(
        label, id=ids.control(PAGE, "decide", of, key), variant=variant, **({"color": color} if color else {})
    )


def gate_buttons(episode: Episode, of: str) -> dict[str, Component]:
    """Yes and no for each gate that somebody answers."""
    if not isinstance(episode.state, PlanState):
        return {}
    known = known_gates(episode.state.plan)
    return {gate.key: yes_or_no(of, gate.key) for gate in episode.state.gates if gate.key in known}


def yes_or_no(of: str, gate: str) -> Component:
    asked = words.gate(gate)
    return dmc.Group(
        [
            dmc.Button(
                label,
                id=ids.control(PAGE, "gate", of, f"{answer}:{gate}"),
                variant="outline",
                size="xs",
                **{"aria-label": f"{label}: {asked}"},
            )
            for answer, label in (("yes", _("Yes")), ("no", _("Not yet")))
        ],
        gap=6,
        wrap="nowrap",
    )


def exercises(episode: Episode, of: str, *, agreed: str | None, may_decide: bool) -> Component | None:
    """The exercises that wait for a clinician's word, and the word."""
    if not isinstance(episode.state, PlanState):
        return None
    fit, waits = episode.state.exercises_fit, waiting_words(episode.state)
    asked = [dose for dose in episode.state.plan.exercises if dose.needs_clinician or not fit]
    if not asked:
        return None
    return section(
        _("Exercises that need your word") if may_decide else _("Exercises that need a clinician's word"),
        dmc.List([dmc.ListItem(spoken(dose_words(dose))) for dose in asked], size="sm", spacing=4),
        dmc.Group(
            [
                gate_state(agreed is not None, met=_("agreed"), unmet=_("waiting")),
                *([dmc.Text(spoken(agreed), size="sm")] if agreed else []),
                *([yes_or_no(of, CLINICIAN_EXERCISES)] if may_decide else []),
            ],
            gap="sm",
        ),
        lead=None if waits is None else spoken(waits),
    )


def end(episode: Episode, of: str) -> Component | None:
    """Where somebody says that the injury is over. The button's key names the injury that is shown."""
    injury = episode.injury
    if injury.resolved is not None:
        return None
    day = dmc.DatePickerInput(
        id=ids.control(PAGE, "over-since", of),
        label=_("Over since"),
        valueFormat=numbers.day_in_field(),
        minDate=injury.onset.isoformat(),
        maxDate=episode.now.date().isoformat(),
        ariaLabels={"previousMonth": _("The month before"), "nextMonth": _("The month after")},
        w=180,
    )
    press = dmc.Button(
        _("The injury is over"), id=ids.control(PAGE, "end", of, injury.injury_id), variant="outline"
    )
    return section(
        _("The end of the injury"),
        day,
        dmc.Group([press]),
        lead=_("Its plan is then no longer followed. No measurement says so: you do."),
    )


def notes(told: Sequence[Note], of: str, *, may_write: bool) -> Component | None:
    """Words to the athlete, the latest first."""
    if not told and not may_write:
        return None
    field = [
        dmc.Textarea(
            id=ids.control(PAGE, "note", of),
            label=_("New note to the athlete"),
            description=_("Whoever sees this athlete can read it."),
            autosize=True,
            minRows=2,
        ),
        dmc.Group([dmc.Button(_("Send"), id=ids.control(PAGE, "send", of), variant="outline")]),
    ]
    return section(
        _("Notes"),
        *(
            html.Div(
                [
                    dmc.Text(f"{numbers.date_words(note.at)}, {note.by}", size="sm", c="dimmed"),
                    dmc.Text(note.text, style={"whiteSpace": "pre-wrap", "overflowWrap": "anywhere"}),
                ]
            )
            for note in told[:10]
        ),
        *(field if may_write else []),
    )
