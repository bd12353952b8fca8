"""Today: may I run, what and why; answers in three taps, exercises, warnings; and whoever has none of it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import imu
from dashboard import ids as names
from dashboard.text import numbers
from dashboard.text.rules import standing_in_words
from imu.store import AthleteRecord, Derived, Store
from imu.training.history import CheckIn, Run
from imu.training.pace import pace_limit
from tests.dashboard.asking import call, plain, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NOON, secrets_of
from tests.store.conftest import Clock

PAGE = "today"
_TOLD = ("during", "after", "next_morning", "resting", "more-flags", "side", "site", "effort", "note")
_INJURY = ("injured-side", "injured-site", "onset", "grade")
_AS_SHOWN = {"profile": ("value", "strain"), "in-tendon": ("checked", False)}  # as the form comes


def control(name: str, of: str = "", key: str = "") -> dict[str, Any]:
    return names.control(PAGE, name, of, key)


def pressed(app: Dash, who: FlaskClient, name: str, *, of: str, key: str, state: list[Any]) -> TestResponse:
    """The answer to a button of the page; the last of what it sends along is whose page it is."""
    at = names.content(PAGE, of)
    (output,) = (
        one
        for one, found in app.callback_map.items()
        if f'"content":"{PAGE}"' in one and f'"name":"{name}"' in str(found["inputs"])
    )
    several = '["ALL"]' in app.callback_map[output]["inputs"][0]["id"]
    press = value(control(name, of, key), "n_clicks", 1)
    parts = output[2:-2].split("...") if output.startswith("..") else [output]
    filled: list[Any] = [{"id": at, "property": parts[0].rpartition(".")[2]}]
    if len(parts) == 2:
        wrong = {"record": "wrong-injury", "tell": "wrong-clearance"}.get(name, "wrong")
        filled.append({"id": control(wrong, of), "property": "children"})
    return call(
        who,
        output,
        to=filled if len(parts) == 2 else filled[0],
        inputs=[[press]] if several else [press],
        state=[*state, value(at, "id", at)],
    )


def tapped(app: Dash, name: str, key: str, *, of: str = "", flags: Any = ()) -> TestResponse:
    ticked = [value(control("flags", of), "value", flags if isinstance(flags, str) else list(flags))]
    return pressed(app, signed_in(app, name), "pain", of=of, key=key, state=[ticked])


def ticked_off(app: Dash, name: str, exercise: str, *, of: str = "") -> TestResponse:
    return pressed(app, signed_in(app, name), "done", of=of, key=exercise, state=[])


def told(app: Dash, name: str, given: Mapping[str, Any], *, of: str = "") -> TestResponse:
    about = [value(control("about", of), "value", given["about"])] if "about" in given else []
    state = [*(value(control(one, of), "value", given.get(one)) for one in _TOLD), about]
    return pressed(app, signed_in(app, name), "keep", of=of, key="", state=state)


def injured(app: Dash, name: str, *given: Any, of: str = "", **answered: Any) -> TestResponse:
    state = [value(control(one, of), "value", what) for one, what in zip(_INJURY, given, strict=True)]
    for one, (at, default) in _AS_SHOWN.items():
        state.append(value(control(one, of), at, answered.get(one.replace("-", "_"), default)))
    return pressed(app, signed_in(app, name), "record", of=of, key="", state=state)


def record(app: Dash, name: str = "anna") -> AthleteRecord:
    with store_of(app).seen_by(name) as repository:
        return repository.record(repository.sharing.athlete().athlete_id, segments=False)


def answers(app: Dash, run_id: str) -> list[tuple[str, int]]:
    found = record(app).history.answers.of_run(run_id)
    return [(one.moment, one.pain) for one in found]


def newcomer(store: Store) -> str:
    """A runner who has just signed in for the first time: nothing is known of him."""
    account = store.add_account("neo", "runner")
    with store.changed_by(account) as repository:
        return repository.sharing.add_athlete("Neo", own=True).athlete_id


# --- What one opens the page for --------------------------------------------------------------------------


def test_it_says_whether_what_and_why_and_the_one_finding_of_the_last_run(
    client_of: ClientOf, dash_app: Dash, ids: Ids
) -> None:
    said = words(shown(client_of("anna"), PAGE))
    with store_of(dash_app).seen_by("anna") as repository:
        content = repository.standings.one(ids.anna, analysis_version=imu.__version__).content
    kept = json.loads(plain(json.dumps(standing_in_words(content), ensure_ascii=False)))
    assert {"yes": "May run", "easy": "Easy only", "rest": "Rest today"}[kept["next"]["may_run"]] in said
    assert kept["next"]["words"] in said
    for reason in kept["next"]["reasons"]:
        assert reason[1:].rstrip(".") in said
    kind, slowest, fastest = (kept["next"][key] for key in ("kind", "from_mps", "to_mps"))
    limit = pace_limit(kind, slowest, fastest, written=numbers.pace, unit="min/km")
    assert limit is not None
    assert {str(limit[0]), str(limit[1])} <= set(_texts(said))
    assert kept["last_run"]["finding"] in said
    assert f"/run/{ids.recorded}" in said
    for warning in kept["warnings"]:
        assert {warning["sentence"], warning["to_do"]} <= set(_texts(said))


def _texts(said: str) -> list[str]:
    """All texts of an answer, of whatever component."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, str):
            found.append(part)
        for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            walk(one)

    walk(json.loads(said))
    return found


def test_the_day_after_it_says_again(changing_app: Dash, app_clock: Clock) -> None:
    """What was judged yesterday is judged anew before it is shown."""
    first = words(shown(signed_in(changing_app, "anna"), PAGE))
    app_clock.forward(days=3)
    client = signed_in(changing_app, "anna")
    assert shown(client, PAGE).status_code == 200
    assert "2 h ago" in first or "hours ago" in first
    assert "3 days ago" in words(shown(client, PAGE))


def test_a_runner_without_a_run_is_told_how_to_begin(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert "restride sync" in said
    assert "How was it?" not in said
    assert "Exercises for today" not in said
    assert "injured-side" in said  # no plan is followed, so an injury can be told
    assert "Nothing asks for attention." in said


# --- Three taps -------------------------------------------------------------------------------------------


@pytest.mark.unhurried
def test_three_taps_answer_a_run_and_then_nothing_is_asked(
    changing_app: Dash, app_clock: Clock, ids: Ids
) -> None:
    assert tapped(changing_app, "anna", f"during {ids.recorded} 2").status_code == 200
    said = words(tapped(changing_app, "anna", f"after {ids.recorded} 1"))
    assert "Kept. What follows:" in said
    assert "How was it?" not in said
    app_clock.forward(hours=20)
    said = words(shown(signed_in(changing_app, "anna"), PAGE))
    assert f"next_morning {ids.recorded} 0" in said
    said = words(tapped(changing_app, "anna", f"next_morning {ids.recorded} 0"))
    assert "How was it?" not in said
    kept = answers(changing_app, ids.recorded)
    assert sorted(kept) == [("after", 1), ("during", 2), ("next_morning", 0)]


def test_a_red_flag_is_kept_with_the_answer_and_holds_the_plan(changing_app: Dash, ids: Ids) -> None:
    said = words(tapped(changing_app, "anna", f"during {ids.recorded} 6", flags=["sudden_sharp", "made up"]))
    (kept,) = record(changing_app).history.answers.of_run(ids.recorded)
    assert kept.red_flags == ("sudden_sharp",)
    assert "Rest today" in said


@pytest.mark.unhurried
def test_a_red_flag_is_asked_for_with_every_answer(changing_app: Dash, app_clock: Clock, ids: Ids) -> None:
    """What began on the evening after, or in the night, is told the next morning."""
    for moment in ("during", "after"):
        tapped(changing_app, "anna", f"{moment} {ids.recorded} 1")
    app_clock.forward(hours=20)
    said = json.loads(words(shown(signed_in(changing_app, "anna"), PAGE)))
    assert len(_parts(said, "flags")) == 1
    assert not any(one.get("hidden") for one in _parts(said, "flags", around=True))
    tapped(changing_app, "anna", f"next_morning {ids.recorded} 1", flags=["limp"])
    kept = {one.moment: one.red_flags for one in record(changing_app).history.answers.of_run(ids.recorded)}
    assert kept == {"during": (), "after": (), "next_morning": ("limp",)}


@pytest.mark.parametrize("moment", ["during", "after", "next_morning", "resting"])
def test_a_red_flag_is_told_at_any_time(changing_app: Dash, moment: str) -> None:
    assert _parts(json.loads(words(shown(signed_in(changing_app, "anna"), PAGE))), "more-flags")
    answer = told(changing_app, "anna", {moment: "2", "more-flags": ["pop", "made up"]})
    assert answer.status_code == 200, answer.text
    assert record(changing_app).history.check_ins[-1].red_flags == ("pop",)


def _parts(part: Any, name: str, *, around: bool = False) -> list[dict[str, Any]]:
    """Properties of all components that are a control of this name, or (`around`) hold one."""
    found: list[dict[str, Any]] = []
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        found += _parts(one, name, around=around)
    at = part.get("id") if isinstance(part, dict) else None
    is_it = isinstance(at, dict) and at.get("name") == name
    return [*found, part] if is_it or (around and found and isinstance(part, dict)) else found


def test_the_same_tap_twice_is_one_answer(changing_app: Dash, ids: Ids) -> None:
    """A finger that trembles, or a second window."""
    once = tapped(changing_app, "anna", f"during {ids.recorded} 2")
    again = tapped(changing_app, "anna", f"during {ids.recorded} 2")
    assert (once.status_code, again.status_code) == (200, 200)
    assert f"during {ids.recorded}" not in words(again)
    assert answers(changing_app, ids.recorded) == [("during", 2)]


@pytest.mark.parametrize(
    "key",
    [
        "during {run} 11",
        "during {run} -1",
        "during {run} x",
        "during {run}",
        "never {run} 2",
        "resting {run} 2",
        "during {run} 2 2",
        "",
        "during {run} ²",
    ],
)
def test_a_tap_that_no_button_makes_is_refused_in_words(changing_app: Dash, ids: Ids, key: str) -> None:
    before = record(changing_app).history.check_ins
    answer = tapped(changing_app, "anna", key.format(run=ids.recorded))
    assert answer.status_code == 400
    assert answer.text == "this answer cannot be read; open the page again"
    assert record(changing_app).history.check_ins == before


@pytest.mark.parametrize("run", ["of_ben", "unknown"])
def test_a_tap_about_a_run_of_somebody_else_keeps_nothing(changing_app: Dash, ids: Ids, run: str) -> None:
    run_id = ids.run_of_ben if run == "of_ben" else "0" * 32
    before = record(changing_app).history.check_ins, record(changing_app, "ben").history.check_ins
    answer = tapped(changing_app, "anna", f"during {run_id} 2")
    assert answer.status_code == 400
    assert (record(changing_app).history.check_ins, record(changing_app, "ben").history.check_ins) == before


@pytest.mark.parametrize("name", ["ben", "otto", "uma", "office"])
def test_nobody_else_answers_ticks_or_tells(changing_app: Dash, ids: Ids, name: str) -> None:
    before = record(changing_app)
    of = ids.anna
    for answer in (
        tapped(changing_app, name, f"during {ids.recorded} 2", of=of),
        ticked_off(changing_app, name, "chair_bridge", of=of),
        told(changing_app, name, {"resting": "2"}, of=of),
        injured(changing_app, name, "left", "knee", "2026-03-01", "", of=of),
    ):
        assert answer.status_code == 404
        assert not any(one in words(answer) for one in secrets_of("anna"))
    assert record(changing_app) == before


def test_a_coach_who_may_look_cannot_answer_for_her(changing_app: Dash, ids: Ids) -> None:
    said = words(shown(signed_in(changing_app, "kim"), PAGE, ids.anna))
    assert '"name": "pain"' not in said
    assert '"name": "done"' not in said
    assert tapped(changing_app, "kim", f"during {ids.recorded} 2", of=ids.anna).status_code == 404
    assert answers(changing_app, ids.recorded) == []


# --- More to tell -----------------------------------------------------------------------------------------


def test_pain_without_a_run_is_told_with_its_place(changing_app: Dash) -> None:
    answer = told(
        changing_app, "anna", {"resting": "3", "side": "left", "site": " hamstring ", "note": " on stairs "}
    )
    assert answer.status_code == 200
    last = record(changing_app).history.check_ins[-1]
    assert (last.pain, last.run_id, last.side, last.site, last.note) == (
        3,
        None,
        "left",
        "hamstring",
        "on stairs",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "no answer about pain"),
        ({"during": "x"}, "Pain is a whole number from 0 to 10."),
        ({"during": "2.5"}, "Pain is a whole number from 0 to 10."),
        ({"during": "11"}, "10"),
        ({"during": [1]}, "Pain is a whole number from 0 to 10."),
        ({"during": "1", "effort": 11}, "Effort is a number from 0 to 10."),
        ({"during": "1", "effort": "hard"}, "Effort is a number from 0 to 10."),
        ({"during": "1", "note": "x" * 2001}, "A note has at most 2000 characters."),
        ({"during": "1", "resting": "1"}, "does not go with answers about one"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_form(
    changing_app: Dash, given: Mapping[str, Any], sentence: str
) -> None:
    before = record(changing_app).history.check_ins
    answer = told(changing_app, "anna", given)
    assert answer.status_code == 200, answer.text
    assert sentence in words(answer)
    assert "May run" not in words(answer)  # only the sentence is sent; what was typed stays
    assert record(changing_app).history.check_ins == before


def ran(app: Dash, run_id: str, start: datetime, **facts: Any) -> str:
    """A run of neo's."""
    run = Run(run_id=run_id, start=start, duration_s=1800, bouts=(), **facts)
    with store_of(app).changed_by("neo") as repository:
        derived = Derived(run=run, headline={}, summary={}, analysis_version=imu.__version__)
        repository.runs.add(repository.sharing.athlete().athlete_id, derived, None)
    return run_id


def offered(app: Dash, name: str = "neo") -> list[tuple[str, str]]:
    """The runs to choose from, by id and words."""
    (field,) = _parts(json.loads(words(shown(signed_in(app, name), PAGE))), "about")
    return [(one["value"], one["label"]) for one in field["data"]]


def chosen(app: Dash, name: str = "neo") -> str | None:
    (field,) = _parts(json.loads(words(shown(signed_in(app, name), PAGE))), "about")
    found: str | None = field["value"]
    return found


def test_where_there_are_not_several_runs_none_is_chosen(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    for days in (60, 1):  # the first is of long ago
        said = words(shown(signed_in(changing_app, "neo"), PAGE))
        assert "Tell more" in said
        assert "About which run" not in said
        ran(changing_app, f"{days:032d}", NOON - timedelta(days=days))
    assert "About which run" not in words(shown(signed_in(changing_app, "neo"), PAGE))


def test_the_runs_of_the_last_days_are_offered_the_newest_first(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    early = ran(changing_app, "a" * 32, NOON - timedelta(days=3, hours=4), distance_m=5210.0)
    late = ran(changing_app, "b" * 32, NOON - timedelta(days=3))
    last = ran(changing_app, "c" * 32, NOON - timedelta(days=1), distance_m=8000.0)
    assert offered(changing_app) == [
        (last, "1 Mar 2026, 8.0 km"),
        (late, "27 Feb 2026, 12:00, 30 min"),
        (early, "27 Feb 2026, 08:00, 5.2 km"),
    ]
    assert chosen(changing_app) == last
    for number, days in enumerate((4, 5, 6)):
        ran(changing_app, f"{number:032d}", NOON - timedelta(days=days))
    assert len(offered(changing_app)) == 5


def test_after_two_days_no_run_is_chosen_unasked(changing_app: Dash) -> None:
    """Nobody remembers by himself; whoever does can say which one."""
    newcomer(store_of(changing_app))
    ran(changing_app, "a" * 32, NOON - timedelta(days=4))
    last = ran(changing_app, "b" * 32, NOON - timedelta(days=3))
    assert chosen(changing_app) is None
    assert "no run in 2 days" in words(told(changing_app, "neo", {"during": "1", "about": None}))
    told(changing_app, "neo", {"during": "1", "about": last})
    assert [one.run_id for one in record(changing_app, "neo").history.check_ins] == [last]


def test_an_answer_goes_to_the_run_that_was_chosen(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    meant = ran(changing_app, "a" * 32, NOON - timedelta(days=3))
    ran(changing_app, "b" * 32, NOON - timedelta(days=1))
    answer = told(changing_app, "neo", {"during": "1", "next_morning": "2", "effort": 5, "about": meant})
    assert "Kept." in words(answer)
    kept = record(changing_app, "neo").history.check_ins
    assert {(one.moment, one.pain, one.run_id, one.effort_cr10) for one in kept} == {
        ("during", 1, meant, 5),
        ("next_morning", 2, meant, None),
    }


def test_whoever_leaves_the_choice_alone_tells_of_what_he_always_did(changing_app: Dash) -> None:
    """This morning is of the run before today's, and pain without a run of none."""
    newcomer(store_of(changing_app))
    before = ran(changing_app, "a" * 32, NOON - timedelta(days=1))
    today = ran(changing_app, "b" * 32, NOON - timedelta(hours=2))
    assert chosen(changing_app) == today
    assert "This morning is told of the last run of a day before" in words(
        shown(signed_in(changing_app, "neo"), PAGE)
    )
    for given in ({"during": "1", "next_morning": "2"}, {"resting": "3"}):
        assert "Kept." in words(told(changing_app, "neo", {**given, "about": today}))
    kept = {one.pain: one.run_id for one in record(changing_app, "neo").history.check_ins}
    assert kept == {1: today, 2: before, 3: None}


@pytest.mark.parametrize("about", ["of_ben", "0" * 32, "x", [1], {"a": 1}, 7])
def test_a_choice_that_is_no_run_of_hers_keeps_nothing(changing_app: Dash, ids: Ids, about: Any) -> None:
    before = record(changing_app).history.check_ins, record(changing_app, "ben").history.check_ins
    answer = told(
        changing_app, "anna", {"during": "1", "about": ids.run_of_ben if about == "of_ben" else about}
    )
    assert answer.status_code == 200, answer.text
    assert "there is none of this name" in words(answer)
    assert (record(changing_app).history.check_ins, record(changing_app, "ben").history.check_ins) == before


# --- Exercises --------------------------------------------------------------------------------------------


def due_now(app: Dash, name: str = "anna") -> list[str]:
    said = words(shown(signed_in(app, name), PAGE))
    return [one for one in ("chair_bridge", "bridge_walkout", "power_position_hold") if f'"{one}"' in said]


@pytest.mark.unhurried
def test_an_exercise_is_ticked_off_with_its_dose(changing_app: Dash) -> None:
    exercise = due_now(changing_app)[0]
    answer = ticked_off(changing_app, "anna", exercise)
    assert answer.status_code == 200
    kept = record(changing_app).history.exercises[-1]
    assert (kept.exercise, kept.at) == (exercise, NOON)
    assert kept.sets
    assert kept.sets >= 1
    assert "done" in words(answer)


def test_an_exercise_that_the_plan_does_not_have_is_not_kept(changing_app: Dash) -> None:
    before = record(changing_app).history.exercises
    answer = ticked_off(changing_app, "anna", "headstand")
    assert answer.status_code == 400
    assert "headstand" in answer.text
    assert record(changing_app).history.exercises == before


@pytest.mark.unhurried
def test_on_hold_exercises_wait_for_a_clinician_and_can_be_told_all_the_same(
    changing_app: Dash, ids: Ids
) -> None:
    exercise = due_now(changing_app)[0]
    before = words(shown(signed_in(changing_app, "anna"), PAGE))
    assert "due, 0 of 1" in before or "overdue, 0 of 1" in before
    said = words(tapped(changing_app, "anna", f"during {ids.recorded} 6", flags=["limp"]))
    why = "Exercises wait for a clinician: the plan is on hold (a red flag was told: a limp)."
    for page in (said, words(shown(signed_in(changing_app, "kim"), PAGE, ids.anna))):  # and her coach's
        assert why in page
        assert "waits for a clinician" in page
        assert "due, 0 of" not in page
    assert "Done while the plan was on hold" in words(ticked_off(changing_app, "anna", exercise))


@pytest.mark.unhurried
def test_what_is_overdue_is_called_so(changing_app: Dash, app_clock: Clock) -> None:
    exercise = next(one for one in due_now(changing_app) if one != "march_skip_drill")
    ticked_off(changing_app, "anna", exercise)
    app_clock.forward(days=3)
    assert "overdue, 0 of 1" in words(shown(signed_in(changing_app, "anna"), PAGE))


# --- An injury --------------------------------------------------------------------------------------------


def test_an_injury_that_is_told_begins_the_plan(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    answer = injured(changing_app, "neo", "right", " calf ", "2026-03-01", "")
    assert answer.status_code == 200
    assert "From today the plan back to running is followed." in words(answer)
    (kept,) = record(changing_app, "neo").history.injuries
    assert (kept.side, kept.site, kept.onset.isoformat(), kept.grade) == ("right", "calf", "2026-03-01", None)
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert "injured-side" not in said
    assert "Before the first stage of the plan." in said


def test_an_injury_of_another_site_is_told_that_the_plan_was_made_for_the_hamstring(
    changing_app: Dash,
) -> None:
    kept = newcomer(store_of(changing_app))
    fits = "This plan was made for hamstring strains; ask a clinician whether it fits."
    assert fits in words(injured(changing_app, "neo", "right", "knee", "2026-03-01", "1"))
    client = signed_in(changing_app, "neo")
    assert fits in words(shown(client, PAGE))
    assert fits in words(shown(client, "episode", kept))


def test_exercises_for_the_hamstring_wait_where_it_is_another_site(changing_app: Dash) -> None:
    of, store = newcomer(store_of(changing_app)), store_of(changing_app)
    with store.changed_by("neo") as repository:
        repository.sharing.grant(of, "ito", "clinical")
        repository.sharing.grant(of, "kim", "training")
    injured(changing_app, "neo", "right", "knee", "2026-03-01", "1")
    own = "Exercises wait for a clinician: this plan's exercises are for the hamstring."
    client = signed_in(changing_app, "ito")
    for page in (words(shown(signed_in(changing_app, "neo"), PAGE)), words(shown(client, "episode", of))):
        assert own in page
        assert "due, 0 of" not in page
    coachs = words(shown(signed_in(changing_app, "kim"), PAGE, of))
    assert "Exercises wait for a clinician, who decides whether they fit this injury" in coachs
    assert "hamstring" not in coachs  # the site is not shared
    assert "due, 0 of" not in coachs
    assert own in words(ticked_off(changing_app, "neo", "chair_bridge"))
    with store.changed_by("ito") as repository:
        repository.care.answer_gate(of, "clinician_ok_exercises", passed=True, at=NOON)
    after = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert own not in after
    assert "due, 0 of 1" in after


def test_an_injury_of_the_hamstring_is_told_nothing_of_that(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    answer = words(injured(changing_app, "neo", "right", "Biceps femoris", "2026-03-01", "1"))
    assert "made for" not in answer + words(shown(signed_in(changing_app, "neo"), PAGE))


def test_what_decides_gates_and_limits_of_pain_is_asked_and_kept(changing_app: Dash) -> None:
    kept = newcomer(store_of(changing_app))
    injured(changing_app, "neo", "left", "hamstring", "2026-03-01", "1", profile="tendon", in_tendon=True)
    (injury,) = record(changing_app, "neo").history.injuries
    assert (injury.profile, injury.intratendinous) == ("tendon", True)
    said = words(shown(signed_in(changing_app, "neo"), "episode", kept))
    assert "Asked because of: intratendinous, proximal tendon." in said


def test_who_answers_neither_is_judged_as_a_strain(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    injured(changing_app, "neo", "left", "hamstring", "2026-03-01", "1")
    (injury,) = record(changing_app, "neo").history.injuries
    assert (injury.profile, injury.intratendinous) == ("strain", False)


def test_a_german_form_shows_a_german_word_and_keeps_the_one_of_the_command(changing_app: Dash) -> None:
    kept = newcomer(store_of(changing_app))
    client = signed_in(changing_app, "neo")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    assert '"value": "hinterer Oberschenkel"' in words(shown(client, PAGE))
    filled = [*zip(_INJURY, ("left", "hinterer Oberschenkel", "2026-03-01", "1"), strict=True)]
    state = [
        *(value(control(one), "value", what) for one, what in filled),
        *(value(control(one), *given) for one, given in _AS_SHOWN.items()),
    ]
    answer = pressed(changing_app, client, "record", of="", key="", state=state)
    assert "Ab heute gilt der Plan" in words(answer)
    (injury,) = record(changing_app, "neo").history.injuries
    assert injury.site == "hamstring"
    assert "links hinterer Oberschenkel" in words(shown(client, "episode", kept))


def cleared(app: Dash, name: str, *given: Any, of: str = "", awaited: str = "sign_off") -> TestResponse:
    state = [
        value(control(one, of), "value", what)
        for one, what in zip(("clinician", "cleared"), given, strict=True)
    ]
    return pressed(app, signed_in(app, name), "tell", of=of, key=awaited, state=state)


def test_a_runner_whom_no_clinician_follows_tells_of_a_clearance(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    injured(changing_app, "neo", "right", " calf ", "2026-03-01", "")
    assert "A clinician has cleared me" in words(shown(signed_in(changing_app, "neo"), PAGE))
    for given, sentence in (((" ", "fine"), "Say which clinician."), (("Dr Mori", ""), "what was said")):
        assert sentence in words(cleared(changing_app, "neo", *given))
    assert record(changing_app, "neo").history.decisions == ()
    answer = cleared(changing_app, "neo", "Dr Mori", "may jog")
    assert "Told by neo, not by a clinician's account: Dr Mori: may jog" in words(answer)
    (kept,) = record(changing_app, "neo").history.decisions
    assert (kept.kind, kept.stage, kept.cleared_by) == ("sign_off", None, "Dr Mori")
    assert "A clinician has cleared me" not in words(shown(signed_in(changing_app, "neo"), PAGE))


@pytest.mark.unhurried
def test_a_clearance_is_of_what_waited_when_the_page_was_shown(changing_app: Dash) -> None:
    """A red flag that was told elsewhere meanwhile, a second press, and a request that no page makes."""
    newcomer(store_of(changing_app))
    injured(changing_app, "neo", "right", " calf ", "2026-03-01", "")
    limps = CheckIn(at=store_of(changing_app).now(), moment="next_morning", pain=1, red_flags=("limp",))
    with store_of(changing_app).changed_by("neo") as repository:
        repository.care.add_check_in(repository.sharing.athlete().athlete_id, limps)
    for awaited, sentence in (
        ("sign_off", "the plan is on hold"),
        ("hold", "only a clinician's account does that"),
        ("nonsense", "only a clinician's account does that"),
    ):
        assert sentence in words(cleared(changing_app, "neo", "Dr Mori", "may jog", awaited=awaited))
    assert record(changing_app, "neo").history.decisions == ()
    for awaited, kept in (("resume", 1), ("resume", 1), ("sign_off", 2), ("sign_off", 2)):
        cleared(changing_app, "neo", "Dr Mori", "may jog", awaited=awaited)
        assert len(record(changing_app, "neo").history.decisions) == kept


def test_a_runner_alone_tells_of_the_exercises_that_a_clinician_agreed_to(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    injured(changing_app, "neo", "right", " calf ", "2026-03-01", "")
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert "Keep what I was told" in said  # the entry gate waits, too
    assert "Keep: I may do the exercises" in said
    answer = cleared(changing_app, "neo", "Dr Mori", "may begin", awaited="exercises")
    assert "Told by neo, not by a clinician's account: Dr Mori: may begin" in words(answer)
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    told_by = "agreed, told by neo, not by a clinician's account: Dr Mori."
    assert f"Exercises that need a clinician's word: {told_by}" in said
    assert "waits for a clinician" not in said
    assert "Keep: I may do the exercises" not in said
    assert "A clinician has cleared me" in said  # what else waits is not told with it
    cleared(changing_app, "neo", "Dr Mori", "may begin", awaited="exercises")  # pressed twice
    assert [one.kind for one in record(changing_app, "neo").history.decisions] == ["exercises"]


def test_where_only_exercises_wait_the_page_says_so(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    injured(changing_app, "neo", "right", "hamstring", "2026-03-01", "1")  # no gate needs a clinician
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert "A clinician has agreed to the exercises that wait" in said
    assert "Keep what I was told" not in said
    answer = cleared(changing_app, "neo", "Dr Mori", "may jog", awaited="sign_off")
    assert "no gate waits for a clinician" in words(answer)


def test_whoever_has_a_clinician_is_not_asked_for_anothers_word(changing_app: Dash) -> None:
    before = record(changing_app)
    assert "ito decides about this plan" in words(cleared(changing_app, "anna", "Dr Mori", "may jog"))
    assert record(changing_app) == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((None, "calf", "2026-03-01", ""), "Say which side."),
        (("both", "calf", "2026-03-01", ""), "Say which side."),
        (("left", "  ", "2026-03-01", ""), "Say where, for instance hamstring."),
        (("left", "calf", None, ""), "Say since which day."),
        (("left", "calf", "yesterday", ""), "Say since which day."),
    ],
)
def test_half_an_injury_is_no_injury(changing_app: Dash, given: tuple[Any, ...], sentence: str) -> None:
    newcomer(store_of(changing_app))
    answer = injured(changing_app, "neo", *given)
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert record(changing_app, "neo").history.injuries == ()


def test_an_answer_that_came_in_elsewhere_is_shown_when_the_page_is_opened(
    changing_app: Dash, ids: Ids
) -> None:
    with store_of(changing_app).changed_by("anna") as repository:
        for moment in ("during", "after"):
            kept = CheckIn(at=NOON - timedelta(minutes=5), moment=moment, pain=0, run_id=ids.recorded)
            repository.care.add_check_in(ids.anna, kept)
    assert "How was it?" not in words(shown(signed_in(changing_app, "anna"), PAGE))


# --- A runner whose record is still kept by somebody else -------------------------------------------------


@pytest.mark.parametrize("page", ["today", "runs", "progress", "sensors", "sharing"])
def test_a_runner_without_a_record_is_told_so_on_every_page_of_his(changing_app: Dash, page: str) -> None:
    store_of(changing_app).add_account("neo", "runner")
    answer = shown(signed_in(changing_app, "neo"), page)
    assert answer.status_code == 200, answer.text
    assert "No record of yours yet" in words(answer)


def test_nor_is_anything_of_his_offered_for_download(changing_app: Dash) -> None:
    store_of(changing_app).add_account("neo", "runner")
    answer = shown(signed_in(changing_app, "neo"), "own-data")
    assert answer.status_code == 200, answer.text
    assert "Download" not in words(answer)


def test_whoever_becomes_a_runner_has_a_record(changing_app: Dash) -> None:
    store = store_of(changing_app)
    (otto,) = (one for one in store.accounts() if one.name == "otto")
    with store.changed_by("office") as repository:
        repository.accounts.set_role(otto.account_id, "runner")
        repository.accounts.set_role(otto.account_id, "coach")
        repository.accounts.set_role(otto.account_id, "runner")
    with store.seen_by("otto") as repository:
        (own,) = repository.sharing.athletes()
    assert (own.name, own.is_own) == ("otto", True)


# --- A recording that somebody sent and that could not be analysed ----------------------------------------


def failed_job(app: Dash, name: str, athlete_id: str) -> str:
    """The id of a job that somebody asked for, and that failed."""
    store = store_of(app)
    with store.changed_by(name) as repository:
        asked = repository.jobs.ask(athlete_id, "arrival", subject="0" * 64, detail={}).job_id
    held = store.jobs.take()
    assert held is not None
    assert held.job.job_id == asked
    store.jobs.fail(held.job, "time goes back")
    return asked


@pytest.mark.unhurried
def test_whoever_sent_a_recording_sees_that_it_failed_and_lets_it_be_tried_again(
    changing_app: Dash, ids: Ids
) -> None:
    job_id = failed_job(changing_app, "kim", ids.anna)
    for name in ("kim", "anna"):
        said = words(shown(signed_in(changing_app, name), PAGE, ids.anna))
        assert "time goes back" in said
        assert job_id in said
    assert "time goes back" not in words(shown(signed_in(changing_app, "ito"), PAGE, ids.anna))
    kim, ito = signed_in(changing_app, "kim"), signed_in(changing_app, "ito")
    assert pressed(changing_app, ito, "again", of=ids.anna, key=job_id, state=[]).status_code == 404
    said = words(pressed(changing_app, kim, "again", of=ids.anna, key=job_id, state=[]))
    assert "waits to be analysed" in said
    assert "time goes back" not in said
