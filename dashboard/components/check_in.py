"""The three questions about a run, each answered by one tap, and what else there is to tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.sections import section
from dashboard.text import _
from imu.training.history import Moment

Id = dict[str, Any]
PainId = Callable[[str, str, int], Id]  # moment, run, pain
FLAGS = ("sudden_sharp", "pop", "limp")


def moment_words(moment: Moment) -> str:
    return {
        "during": _("In the run"),
        "after": _("Right after it"),
        "next_morning": _("This morning"),
    }[moment]


def flag_words(flag: str) -> str:
    return {"sudden_sharp": _("sudden sharp pain"), "pop": _("a pop"), "limp": _("limping")}[flag]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one run: a sentence, and the moments that nobody has told yet."""

    run_id: str
    sentence: str
    lacking: tuple[Moment, ...]


def questions(asked: Sequence[Question], *, pain: PainId, flags: Id) -> Component | None:
    """A row of numbers for each answer that is lacking."""
    if not asked:
        return None
    rows: list[Component] = []
    for one in asked:
        rows.append(dmc.Text(one.sentence, fw=600))
        rows += [_row(moment, one.run_id, pain) for moment in one.lacking]
    about_runs = any(moment != "next_morning" for one in asked for moment in one.lacking)
    return section(
        _("How was it?"),
        html.Div(_flags(flags), hidden=not about_runs),
        *rows,
        dmc.Text(
            _("0 is no pain, 10 the worst you can imagine. One tap keeps the answer."), size="xs", c="dimmed"
        ),
    )


def _row(moment: Moment, run_id: str, pain: PainId) -> Component:
    words = moment_words(moment)
    buttons = []
    for value in range(11):
        said: dict[str, Any] = {"aria-label": _("{moment}: pain {value} of 10", moment=words, value=value)}
        buttons.append(
            html.Button(str(value), id=pain(moment, run_id, value), className="pain", type="button", **said)
        )
    return html.Div([dmc.Text(words, size="sm", c="dimmed"), html.Div(buttons, className="pains")])


def _flags(at: Id) -> Component:
    return dmc.CheckboxGroup(
        dmc.Group([dmc.Checkbox(label=flag_words(flag), value=flag) for flag in FLAGS], gap="md", mt=4),
        id=at,
        value=[],
        label=_("Was there any of these? Tick it before you tap a number."),
    )


def more(fields: Callable[[str], Id], press: Id, error: Id) -> Component:
    """Everything else that can be told at any time."""
    pain = [
        dmc.Select(
            id=fields(moment),
            label=label,
            data=[str(value) for value in range(11)],
            clearable=True,
            w=130,
        )
        for moment, label in (
            ("during", _("In the last run")),
            ("after", _("Right after it")),
            ("next_morning", _("This morning")),
            ("resting", _("Without a run")),
        )
    ]
    return html.Details(
        [
            html.Summary(_("Tell more: place, effort, a note, pain without a run")),
            dmc.Stack(
                [
                    dmc.Group(pain, gap="sm"),
                    dmc.Group(
                        [
                            dmc.Select(
                                id=fields("side"),
                                label=_("Side"),
                                data=[
                                    {"value": "left", "label": _("left")},
                                    {"value": "right", "label": _("right")},
                                ],
                                clearable=True,
                                w=130,
                            ),
                            dmc.TextInput(
                                id=fields("site"), label=_("Where"), placeholder=_("hamstring"), w=200
                            ),
                            dmc.NumberInput(
                                id=fields("effort"),
                                label=_("Effort, 0 to 10"),
                                min=0,
                                max=10,
                                step=0.5,
                                w=150,
                            ),
                        ],
                        gap="sm",
                    ),
                    dmc.Textarea(id=fields("note"), label=_("Note"), autosize=True, minRows=2),
                    html.P(id=error, role="alert", className="wrong"),
                    dmc.Group(dmc.Button(_("Keep"), id=press, size="sm")),
                ],
                gap="sm",
                mt="sm",
            ),
        ],
        className="more",
    )
