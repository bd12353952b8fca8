"""Progress: stages with their days, gates with what they rest on, load, and pain on the same axis of time."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import Dash

import imu
from dashboard.figures import episode as figures
from dashboard.figures.stacked import wall
from dashboard.pages.progress import PAGES
from dashboard.text.rules import spoken, standing_in_words
from imu.followup.episode import lately
from imu.followup.judgement import judge
from imu.followup.standing import judged_and_kept
from imu.store import Derived, Store
from imu.training.history import CheckIn, History, Injury, Run
from imu.training.plan_state import PlanState
from tests.dashboard.asking import plain, shown, signed_in, store_of, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NOON, secrets_of
from tests.dashboard.test_today import newcomer

PAGE = "progress"


def drawn(said: str) -> list[dict[str, Any]]:
    """The figures of an answer."""
    found: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "figure" in part:
                found.append(part["figure"])
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(json.loads(said))
    return found


def state_of(app: Dash, athlete_id: str) -> PlanState:
    with store_of(app).seen_by("anna") as repository:
        found = judge(repository.record(athlete_id), now=repository.now())
    assert isinstance(found.state, PlanState)
    return found.state


def test_stages_tell_when_they_were_reached_and_where_one_stands(
    client_of: ClientOf, dash_app: Dash, ids: Ids
) -> None:
    said, state = words(shown(client_of("anna"), PAGE)), state_of(dash_app, ids.anna)
    assert state.stage is not None
    assert '"aria-current": "step"' in said
    assert state.stage.words in said
    assert said.count("reached ") >= 3
    assert "sessions counted" in said or "session counted" in said


def test_gates_tell_what_they_rest_on_and_what_to_do(changing_app: Dash) -> None:
    athlete_id = newcomer(store_of(changing_app))
    hurt(store_of(changing_app), "neo", athlete_id, onset=NOON - timedelta(days=4))
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    with store_of(changing_app).seen_by("neo") as repository:
        found = judge(repository.record(athlete_id), now=repository.now())
    assert isinstance(found.state, PlanState)
    assert found.state.gates
    for gate in found.state.gates:
        assert plain(json.dumps(spoken(gate.sentence), ensure_ascii=False))[1:-1] in said
        assert gate.met or plain(json.dumps(spoken(gate.to_do), ensure_ascii=False))[1:-1] in said


def hurt(store: Store, name: str, athlete_id: str, *, onset: datetime, over: datetime | None = None) -> None:
    with store.changed_by(name) as repository:
        injury = Injury(
            injury_id="calf",
            side="left",
            site="calf",
            onset=onset.date(),
            resolved=over.date() if over else None,
        )
        repository.care.add_injury(athlete_id, injury)
        judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)


def test_load_is_held_against_the_thirty_days_before(client_of: ClientOf, dash_app: Dash, ids: Ids) -> None:
    said = words(shown(client_of("anna"), PAGE))
    with store_of(dash_app).seen_by("anna") as repository:
        kept = repository.standings.one(ids.anna, analysis_version=imu.__version__).content
    content = standing_in_words(kept)
    assert content is not None
    longest = content["load"]["longest"]
    assert plain(longest["sentence"]) in said
    assert longest.get("compared_with", "longest run of the 30 days before").startswith(
        "longest run of the 30"
    )


def test_stages_load_and_pain_share_one_axis_of_time(client_of: ClientOf) -> None:
    (figure,) = drawn(words(shown(client_of("anna"), PAGE)))
    kinds = {trace["type"] for trace in figure["data"]}
    assert kinds == {"scatter", "bar"}
    begin, end = figure["layout"]["xaxis"]["range"]
    assert begin < end == wall(NOON)
    for trace in figure["data"]:
        assert trace.get("xaxis", "x") == "x"
        assert all(at <= end for at in trace["x"])


def test_somebody_without_an_injury_sees_load_and_pain_too(changing_app: Dash, ids: Ids) -> None:
    store = store_of(changing_app)
    athlete_id = newcomer(store)
    copy_runs(store, ids.anna, athlete_id)
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    (figure,) = drawn(said)
    bars = next(trace for trace in figure["data"] if trace["type"] == "bar")
    assert sum(bars["y"]) > 0
    points = [trace for trace in figure["data"] if trace["type"] == "scatter"]
    assert [y for trace in points for y in trace["y"]] == [4]
    assert "Load and pain" in said
    assert "worst pain 4 of 10" in said
    assert "No plan is followed" in said


def copy_runs(store: Store, of: str, to: str) -> None:
    """Some runs of anna's for somebody else, and one answer about pain."""
    with store.seen_by("anna") as repository:
        listed = repository.runs.listed(of)[-8:]
    with store.changed_by("neo") as repository:
        for number, one in enumerate(listed):
            repository.runs.add(to, kept_as(one.run, f"{number:032x}"), None)
        told = CheckIn(at=NOON - timedelta(days=3), moment="after", pain=4)
        repository.care.add_check_in(to, told)


def kept_as(run: Run, run_id: str) -> Derived:
    return Derived(run=replace(run, run_id=run_id), headline={}, summary={}, analysis_version=imu.__version__)


def test_once_an_injury_is_over_the_last_weeks_are_shown_before_it(changing_app: Dash) -> None:
    store = store_of(changing_app)
    athlete_id = newcomer(store)
    hurt(store, "neo", athlete_id, onset=NOON - timedelta(days=90), over=NOON - timedelta(days=40))
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    recent, course = drawn(said)
    assert recent["layout"]["xaxis"]["range"][1] == wall(NOON)
    assert course["layout"]["xaxis"]["range"][1] < wall(NOON - timedelta(days=39))
    assert "until 21 Jan 2026" in said


def test_a_runner_of_whom_nothing_is_known_sees_no_empty_axes_but_what_to_do(changing_app: Dash) -> None:
    newcomer(store_of(changing_app))
    said = words(shown(signed_in(changing_app, "neo"), PAGE))
    assert "tell about it on the page Today" in said
    assert "Nothing yet" in said
    assert drawn(said) == []


def test_the_last_weeks_hold_nothing_older_and_nothing_of_the_future() -> None:
    at = [NOON - timedelta(days=days) for days in (100, 84, 1)]
    history = History(check_ins=tuple(CheckIn(at=one, moment="after", pain=1) for one in at))
    found = lately(history, now=NOON)
    assert [one.at for one in found.answers] == [NOON - timedelta(days=1)]
    assert plain(figures.summary_of_lately(found)).startswith("From 24 Feb 2026 to 2 Mar 2026: 0 minutes")


@pytest.mark.parametrize("name", ["ben", "otto", "uma", "office"])
def test_nobody_else_sees_it(client_of: ClientOf, ids: Ids, name: str) -> None:
    answer = shown(client_of(name), PAGE, ids.anna)
    assert answer.status_code == 404
    assert not any(one in words(answer) for one in secrets_of("anna"))


def test_a_coach_sees_pain_as_numbers_without_words(client_of: ClientOf, ids: Ids) -> None:
    assert any("<athlete_id>" in page.path and "coach" in page.roles for page in PAGES)
    said = words(shown(client_of("kim"), PAGE, ids.anna))
    assert secrets_of("anna")[0] not in said
    assert any(trace["type"] == "scatter" and trace["x"] for trace in drawn(said)[0]["data"])
