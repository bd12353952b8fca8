"""The squad's lines: what a coach reads of each athlete, in the order of need, within what is shared."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dash import Dash

import imu
from dashboard.components.squad import SquadRow, counted, filtered, rows_of, stages
from dashboard.pages.squad import ATTENTION, CARDS, CLOCK, COUNT, GRID, MORE, NEWEST, STAGE, TEXT
from imu.followup.needs import by_need
from imu.followup.standing import WEEKS
from imu.store.standings import Standing
from tests.dashboard.asking import call, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NAMES, NOON, secrets_of

ANNA = f"{NAMES['anna']} (simulated)"
SQUAD_S = 0.3  # of a page with 500 athletes


@pytest.fixture(scope="module")
def standing(dash_app: Dash) -> Standing:
    with store_of(dash_app).seen_by("kim") as repository:
        return repository.standings.squad(analysis_version=imu.__version__)[0]


def rows(*standings: Standing) -> tuple[SquadRow, ...]:
    return rows_of(by_need(standings, now=NOON), now=NOON)


def named(standing: Standing, name: str, **content: Any) -> Standing:
    athlete = replace(standing.athlete, name=name, athlete_id=name)
    return replace(standing, athlete=athlete, content={**(standing.content or {}), **content})


WARNING = {
    "key": "load_spike:1",
    "code": "load_spike",
    "level": "red",
    "sentence": "The run was 2.0 times the longest.",
}
ON_HOLD = {"followed": True, "held_because": "wait for the scan", "complete": False, "stage": "4"}


def test_a_line_tells_stage_next_load_check_in_and_twelve_weeks(standing: Standing) -> None:
    (row,) = rows(standing)
    assert row.name == ANNA
    assert row.stage.startswith("Stage ")
    assert row.next_words
    assert row.week.word in ("usual", "raised", "not judged")
    assert row.check_in.startswith("1/10")
    assert len(row.weeks) == WEEKS
    assert row.weeks[-1] > 0
    assert not row.as_of


def test_a_line_is_plain_enough_for_a_browser(standing: Standing) -> None:
    (row,) = rows(standing)
    assert json.loads(json.dumps(row.plain()))["need"]


def test_a_standing_that_may_be_judged_otherwise_says_when_it_was_judged(standing: Standing) -> None:
    old = replace(standing, is_current=False, as_of=NOON - timedelta(hours=3))
    (row,) = rows(old)
    assert row.as_of.startswith("as of 09:00")


def test_an_athlete_that_was_never_judged_is_listed(standing: Standing) -> None:
    (row,) = rows(replace(standing, content=None, as_of=None, is_current=False))
    assert (row.stage, row.check_in_age, row.as_of) == (
        "No plan followed",
        "no check-in yet",
        "not judged yet",
    )


def test_the_most_pressing_warnings_are_named_in_a_few_whole_words(standing: Standing) -> None:
    note = {"key": "d:1", "code": "data_not_trusted", "level": "note", "sentence": "It cannot be trusted."}
    ahead = {
        "key": "overstride_left:1",
        "code": "overstriding_appeared",
        "level": "amber",
        "side": "left",
        "value": 12.4,
        "reference": 7.5,
        "sentence": "From the run of 2026-02-01 on the left shank met the ground further ahead than usual.",
    }
    (row,) = rows(named(standing, "Ada", warnings=[note, ahead, WARNING]))
    assert row.warning_names == ("Load", "Overstriding, left, +4.9°")
    assert row.warning_words == WARNING["sentence"]
    assert row.warnings == 3


@pytest.mark.parametrize(
    ("value", "name"), [(6.5, "Pelvic drop, left, +5.5°"), (-4.5, "Pelvic drop, right, +5.5°")]
)
def test_a_warning_of_pelvic_drop_names_the_leg_by_its_sign(
    standing: Standing, value: float, name: str
) -> None:
    drop = {
        "key": "drop_asymmetry:1",
        "code": "drop_asymmetry_changed",
        "level": "amber",
        "side": None,
        "value": value,
        "reference": 1.0,
        "sentence": "The pelvis sank more.",
    }
    (row,) = rows(named(standing, "Ada", warnings=[drop]))
    assert row.warning_names == (name,)


def test_a_plan_on_hold_comes_before_everything(standing: Standing) -> None:
    calm = named(standing, "Ada", warnings=[], due=[])
    alarmed = named(standing, "Zoe", warnings=[WARNING])
    held = named(standing, "Ole", plan=ON_HOLD, warnings=[WARNING])
    assert [row.name for row in rows(calm, alarmed, held)] == ["Ole", "Zoe", "Ada"]
    assert rows(held)[0].stage == "On hold"


def test_filters_narrow_and_say_how_many_are_left(standing: Standing) -> None:
    every = rows(
        named(standing, "Ada", warnings=[], due=[]),
        named(standing, "Zoe", warnings=[WARNING]),
        named(standing, "Ole", plan=ON_HOLD, warnings=[]),
    )
    assert [row.name for row in filtered(every, attention="attention", stage=None, text="")] == ["Ole", "Zoe"]
    assert [row.name for row in filtered(every, attention="warnings", stage=None, text="")] == ["Zoe"]
    assert [row.name for row in filtered(every, attention="all", stage="On hold", text="")] == ["Ole"]
    assert [row.name for row in filtered(every, attention="all", stage=None, text="ZO longest")] == ["Zoe"]
    assert filtered(every, attention="all", stage="no such stage", text="") == ()
    assert counted(every, shown=1) == "3 athletes · 2 ask for attention · 1 shown"


def test_stages_are_offered_in_the_order_of_the_plan(standing: Standing) -> None:
    def at(stage: str) -> Standing:
        return named(standing, stage, plan={**(standing.content or {})["plan"], "stage": stage})

    found = stages(rows(*(at(stage) for stage in ("S1", "12", "2", "S6", "9"))))
    assert found == ["Stage 2", "Stage 9", "Stage 12", "Stage S1", "Stage S6"]


def test_a_coach_sees_whoever_shares_and_nobody_else(client_of: ClientOf) -> None:
    told = words(shown(client_of("kim"), "squad", at_once=True))
    assert NAMES["anna"] in told
    assert not any(secret in told for secret in secrets_of("ben"))
    assert secrets_of("anna")[0] not in told


@pytest.mark.parametrize(("name", "scope"), [("otto", "training"), ("uma", "clinical")])
def test_an_empty_squad_says_how_sharing_works(client_of: ClientOf, name: str, scope: str) -> None:
    told = words(shown(client_of(name), "squad", at_once=True))
    assert f"restride share with NAME --scope {scope}" in told
    assert not any(one in told for one in NAMES.values())


def test_a_clinician_is_led_to_the_episode(client_of: ClientOf, ids: Ids) -> None:
    assert f"/athlete/{ids.anna}/episode" in words(shown(client_of("ito"), "squad", at_once=True))
    assert f"/athlete/{ids.anna}/episode" not in words(shown(client_of("kim"), "squad", at_once=True))


def narrowed(app: Dash, name: str, **given: Any) -> dict[str, Any]:
    """What the squad shows after its filters were set."""
    parts = {"rowData": GRID, "children": CARDS, "count": COUNT, "data": STAGE, "style": MORE}
    names = {"count": "children"}
    (output,) = (key for key in app.callback_map if '"name":"grid"' in key and "rowData" in key)
    answer = call(
        signed_in(app, name),
        output,
        to=[{"id": of, "property": names.get(what, what)} for what, of in parts.items()],
        inputs=[
            value(CLOCK, "n_intervals", 1),
            value(NEWEST, "data", None),
            value(ATTENTION, "value", given.get("attention", "all")),
            value(STAGE, "value", given.get("stage")),
            value(TEXT, "value", given.get("text")),
            value(MORE, "n_clicks", given.get("more")),
        ],
    )
    assert answer.status_code == 200, answer.text
    response: dict[str, Any] = json.loads(answer.text)["response"]
    return response


def grid_names(response: dict[str, Any]) -> list[str]:
    (found,) = (part["rowData"] for part in response.values() if "rowData" in part)
    return [row["name"] for row in found]


def test_a_minute_later_the_same_filters_hold(dash_app: Dash) -> None:
    assert grid_names(narrowed(dash_app, "kim")) == [ANNA]
    assert grid_names(narrowed(dash_app, "kim", text="nobody of this name")) == []
    assert grid_names(narrowed(dash_app, "otto")) == []


@pytest.mark.parametrize("odd", [{"a": 1}, ["x"], 7, "<b>", "%' OR 1=1"])
def test_filters_that_no_page_offers_find_nobody_and_break_nothing(dash_app: Dash, odd: Any) -> None:
    assert grid_names(narrowed(dash_app, "kim", text=odd)) == []
    assert grid_names(narrowed(dash_app, "kim", stage=odd)) == []
    assert grid_names(narrowed(dash_app, "kim", attention=odd, more=odd)) == [ANNA]


@pytest.mark.unhurried
def test_five_hundred_athletes_become_lines_in_a_fraction_of_the_time_there_is(standing: Standing) -> None:
    squad = [named(standing, f"Athlete {number}") for number in range(500)]
    took_s = []
    for _ in range(3):
        began = time.process_time()
        json.dumps([row.plain() for row in rows(*squad)])
        took_s.append(time.process_time() - began)
    assert min(took_s) < SQUAD_S


@pytest.mark.parametrize(
    ("name", "loads"), [("anna", False), ("kim", True), ("ito", True), ("office", False)]
)
def test_only_who_has_a_squad_loads_what_draws_its_table(dash_app: Dash, name: str, loads: bool) -> None:
    """A runner's phone is spared more than a megabyte."""
    page = signed_in(dash_app, name).get("/help").text
    assert "/dash_mantine_components/" in page
    assert ("/dash_ag_grid/" in page) == loads
