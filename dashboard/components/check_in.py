"""The three questions about a run, each answered by one tap, and what else there is to tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.section import section
from dashboard.components.sides import side_field
from dashboard.text import _, episode_words as words, numbers
from imu.training.history import Moment, RedFlag

Id = dict[str, Any]
PainId = Callable[[str, str, int], Id]  # moment, run, pain


def moment_words(moment: Moment) -> str:
    return {
        "during": _("In the run"),
        "after": _("Right after it"),
        "next_morning": _("This morning"),
    }[moment]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one run: a sentence, and the moments that nobody has told yet."""

    run_id: str
    sentence: str
    lacking: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Runs that an answer may be about, id and words each, and the one that is meant where none is chosen."""

    runs: tuple[tuple[str, str], ...]
    chosen: str | None
    is_of_today: bool  # the one chosen: its next morning is still to come


def questions(asked: Sequence[Question], *, pain: PainId, flags: Id) -> Component | None:
    """A row of numbers for each answer that is lacking."""
    if not asked:
        return None
    rows: list[Component] = []
    for one in asked:
        rows.append(dmc.Text(one.sentence, fw=600))
        rows += [_row(moment, one.run_id, pain) for moment in one.lacking]
    return section(
        _("How was it?"),
        _flags(flags, _("Was there any of these? Tick it before you tap a number.")),
        *rows,
        dmc.Text(
            _("0 is no pain, 10 the worst you can imagine. One tap keeps the answer."), size="xs", c="dimmed"
        ),
    )


def _row(moment: Moment, run_id: str, pain: PainId) -> Component:
    asked = moment_words(moment)
    buttons = []
    for value in range(11):
        said: dict[str, Any] = {"aria-label": _("{moment}: pain {value} of 10", moment=asked, value=value)}
        buttons.append(
            html.Button(str(value), id=pain(moment, run_id, value), className="pain", type="button", **said)
        )
    return html.Div([dmc.Text(asked, size="sm", c="dimmed"), html.Div(buttons, className="pains")])


def _flags(at: Id, label: str) -> Component:
    return dmc.CheckboxGroup(
        dmc.Group(
            [dmc.Checkbox(label=words.flag(flag), value=flag) for flag in get_args(RedFlag)], gap="md", mt=4
        ),
        id=at,
        value=[],
        label=label,
    )


def more(fields: Callable[[str], Id], press: Id, error: Id, *, about: Choice | None) -> Component:
    """Everything else that can be told at any time. `about`: where there are several runs to choose from."""
    pain = [
        dmc.Select(
            id=fields(moment),
            label=label,
            data=[str(value) for value in range(11)],
            clearable=True,
            w=130,
        )
        for moment, label in (
            ("during", _("In the run") if about else _("In the last run")),
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
                    *([] if about is None else [_about(fields("about"), about)]),
                    dmc.Group(pain, gap="sm"),
                    _flags(fields("more-flags"), _("Was there any of these?")),
                    dmc.Group(
                        [
                            side_field(fields("side"), clearable=True),
                            dmc.TextInput(
                                id=fields("site"), label=_("Where"), placeholder=_("hamstring"), w=200
                            ),
                            dmc.NumberInput(
                                id=fields("effort"),
                                label=_("Effort, 0 to 10"),
                                min=0,
                                max=10,
                                step=0.5,
                                decimalSeparator=numbers.decimal_sign(),
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


def _about(at: Id, about: Choice) -> Component:
    morning = _("This morning is told of the last run of a day before, unless you choose another one.")
    return dmc.Select(
        id=at,
        label=_("About which run"),
        description=morning if about.is_of_today else None,
        data=[{"value": run_id, "label": words} for run_id, words in about.runs],
        value=about.chosen,
        clearable=True,
        maw=420,
    )
