"""One athlete as a coach sees him: where he stands, how much he runs, what to look at, what was said."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components import levels
from dashboard.components.bars import bars
from dashboard.components.explained import explained
from dashboard.components.levels import mark
from dashboard.components.rests_on import rests_on
from dashboard.components.section import section
from dashboard.components.squad import (
    amount,
    as_of_words,
    check_in_words,
    load_level,
    next_words,
    stage_words,
    weeks_words,
)
from dashboard.components.states import empty
from dashboard.text import _, episode_words as words, ngettext
from dashboard.text.ages import ago, clock
from dashboard.text.evidence import kept
from dashboard.text.extent import extent
from imu.report.begun import begun
from imu.store.people import Note
from imu.store.standings import Standing

Answers = Callable[[str], list[Component]]  # buttons of the warning with this key


def head(one: Standing, *, now: datetime, may_open_episode: bool) -> Component:
    """Who it is, and the ways from here: to every page about him that the viewer may open."""
    at = f"/athlete/{one.athlete.athlete_id}"
    ways = [
        *([(_("Episode"), f"{at}/episode")] if may_open_episode else []),
        (_("Runs"), f"{at}/runs"),
        (_("Progress"), f"{at}/progress"),
        (_("Today"), f"{at}/today"),
        (_("Sensors"), f"{at}/sensors"),
        *([(_("Sharing"), f"{at}/sharing")] if "share" in one.athlete.rights else []),
    ]
    stale = (
        [] if one.is_current else [dmc.Text(begun(as_of_words(one.as_of, now=now)), size="sm", c="dimmed")]
    )
    return dmc.Group(
        [
            dmc.Stack([dmc.Title(one.athlete.name, order=2), *stale], gap=0),
            dmc.Group([_way(words, href) for words, href in ways], gap="xs"),
        ],
        justify="space-between",
    )


def standing(content: Mapping[str, Any] | None, *, now: datetime) -> Component:
    """Next session, stage, load and last answers, side by side where there is room."""
    if content is None:
        return empty(
            _("Not judged yet"), _("Once a run or an injury is on record, this page says what follows.")
        )
    return dmc.SimpleGrid(
        [
            _next(content, now=now),
            _stage(content),
            _part(_("Load"), *load_facts(content)),
            _told(content, now=now),
        ],
        cols={"base": 1, "sm": 2},
        spacing="md",
    )


def warnings(found: Sequence[Mapping[str, Any]], answers: Answers | None, *, now: datetime) -> Component:
    """What to look at, with what it rests on and who answered it; `answers` makes the buttons of one."""
    shown = [_warning(one, answers, now=now) for one in found]
    none = dmc.Text(_("Nothing asks for attention."), c="dimmed")
    return section(explained("warning", _("Warnings")), *(shown or [none]))


def _warning(one: Mapping[str, Any], answers: Answers | None, *, now: datetime) -> Component:
    level = levels.of_warning(one["level"])
    acts = [
        f"{words.act(act['kind'])} · {act['by']}, {clock(datetime.fromisoformat(act['at']), now=now)}"
        + (f": {act['reason']}" if act["reason"] else "")
        for act in one.get("acts", ())
    ]
    return dmc.Stack(
        [
            dmc.Group(mark(level, one["sentence"]), wrap="nowrap", align="start"),
            *rests_on(kept(one), to_do=True),
            *(dmc.Text(act, size="xs", c="dimmed") for act in acts),
            *([dmc.Group(answers(one["key"]), gap="xs", mt="xs")] if answers else []),
        ],
        gap=4,
    )


def notes(told: Sequence[Note], form: Component | None, *, now: datetime) -> Component:
    """Notes to the athlete, the latest first, and where one is written."""
    shown = [
        dmc.Stack(
            [
                dmc.Text(f"{one.by} · {clock(one.at, now=now)}", size="xs", c="dimmed"),
                dmc.Text(one.text, style={"whiteSpace": "pre-wrap", "overflowWrap": "anywhere"}),
            ],
            gap=2,
        )
        for one in told
    ]
    none = [] if shown else [dmc.Text(_("Nobody has written yet."), c="dimmed", size="sm")]
    return section(_("Notes"), *([form] if form else []), *none, *shown)


def _next(content: Mapping[str, Any], *, now: datetime) -> Component:
    coming = content["next"]
    reasons = [dmc.Text(begun(reason), size="sm", c="dimmed") for reason in coming["reasons"]]
    return _part(
        _("Next session"),
        mark(levels.may_run()[coming["may_run"]], size="lg"),
        dmc.Text(next_words(coming, now=now), fw=600),
        *reasons,
        *(dmc.Text(step, size="sm") for step in coming["to_do"]),
    )


def _stage(content: Mapping[str, Any]) -> Component:
    plan = content["plan"]
    title, _by = stage_words(plan)
    lines = []
    if plan["held_because"]:
        lines.append(dmc.Text(plan["held_because"], size="sm", className="level-red"))
    if plan["stage_words"]:
        lines.append(dmc.Text(plan["stage_words"]))
        lines.append(
            dmc.Text(
                ngettext(
                    "{done} of {number} session counted",
                    "{done} of {number} sessions counted",
                    plan["needed"],
                    done=plan["successes"],
                ),
                size="sm",
                c="dimmed",
            )
        )
    if fits := plan.get("whether_it_fits"):
        lines.append(dmc.Text(fits, size="sm"))
    if plan["why_not"]:
        lines.append(dmc.Text(words.no_plan(plan["why_not"]), size="sm", c="dimmed"))
    return _part(explained("stage"), dmc.Text(title, fw=650, size="lg"), *lines)


def load_facts(content: Mapping[str, Any]) -> list[Component]:
    """The week and the longest run against earlier ones, and the last weeks."""
    load, weeks = content["load"], content.get("weeks", ())
    facts: list[Component] = []
    for key, found in (("load_week", load["week"]), ("load_longest", load["longest"])):
        level, why = load_level(found), found.get("sentence") or found.get("not_judged", "")
        value = f"{level.word}, {amount(found)}" if amount(found) else level.word
        facts.append(
            dmc.Stack(
                [
                    dmc.Group([explained(key, size="sm"), mark(level, value)], justify="space-between"),
                    dmc.Text(why, size="xs", c="dimmed"),
                ],
                gap=0,
            )
        )
    return [*facts, bars(weeks, weeks_words(weeks))]


def _told(content: Mapping[str, Any], *, now: datetime) -> Component:
    lines: list[Component] = []
    if told := content.get("last_check_in"):
        lines.append(dmc.Text(check_in_words(told), fw=600))
        lines.append(dmc.Text(ago(datetime.fromisoformat(told["at"]), now=now), size="sm", c="dimmed"))
    else:
        lines.append(dmc.Text(_("No check-in yet."), c="dimmed"))
    if last := content.get("last_run"):
        when = ago(datetime.fromisoformat(last["start"]), now=now)
        lines.append(dmc.Text(_("Last run {when}: {extent}.", when=when, extent=extent(last)), size="sm"))
    waiting = [one["sentence"] for one in content["due"] if one["kind"].startswith("check_in")]
    lines += [dmc.Text(_("Unanswered: {question}", question=one), size="sm") for one in waiting]
    return _part(explained("check_in"), *lines)


def _way(words: str, href: str) -> Component:
    return dmc.Anchor(words, href=href, className="way", size="sm", underline="never")


def _part(title: str | Component, *lines: Component) -> Component:
    return dmc.Paper(
        dmc.Stack([dmc.Title(title, order=3, size="sm", c="dimmed"), *lines], gap="xs"),
        withBorder=True,
        p="lg",
    )
