"""What an open page asks every few seconds: one word, and another one once something happened."""

import json
from typing import Any

import pytest
from dash import Dash
from werkzeug.test import TestResponse

from dashboard import ids as names
from imu.store import Store
from tests.dashboard.asking import call, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import Ids
from tests.dashboard.seeded import NAMES
from tests.dashboard.test_progress import kept_as
from tests.dashboard.test_today import newcomer
from tests.store.conftest import Clock


def asked(app: Dash, name: str, page: str, known: Any, *, of: str = "", tick: Any = 1) -> TestResponse:
    """The answer to one look for news of a page that knows so much."""
    at = {part: names.control(page, part, of) for part in ("asked", "newest")}
    (output,) = (
        key
        for key, found in app.callback_map.items()
        if '"name":"newest"' in key
        and f'"control":"{page}"' in key
        and '"name":"asked"' in str(found["inputs"])
    )
    return call(
        signed_in(app, name),
        output,
        to={"id": at["newest"], "property": "data"},
        inputs=[value(at["asked"], "data", tick)],
        state=[value(at["newest"], "data", known), value(at["newest"], "id", at["newest"])],
    )


def newest(answer: TestResponse) -> str:
    """What a content that was shown knows."""
    found: list[str] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            own = part.get("id")
            if isinstance(own, dict) and own.get("name") == "newest":
                found.append(part["data"])
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(json.loads(answer.data))
    (known,) = found
    return known


def written(store: Store, athlete_id: str, text: str = "Easy, please.") -> None:
    with store.changed_by("ito") as repository:
        repository.sharing.add_note(athlete_id, text)


@pytest.mark.parametrize(("name", "page"), [("anna", "today"), ("anna", "runs"), ("kim", "squad")])
def test_nothing_is_sent_while_nothing_happened(changing_app: Dash, name: str, page: str) -> None:
    known = newest(shown(signed_in(changing_app, name), page, at_once=page == "squad"))
    assert asked(changing_app, name, page, known).status_code == 204
    assert asked(changing_app, name, page, "older", tick=None).status_code == 204


def test_today_is_filled_again_when_somebody_wrote(changing_app: Dash, ids: Ids) -> None:
    known = newest(shown(signed_in(changing_app, "anna"), "today"))
    written(store_of(changing_app), ids.anna, "Easy, please.")
    answer = asked(changing_app, "anna", "today", known)
    assert answer.status_code == 200
    assert "Easy, please." in words(answer)
    assert newest(shown(signed_in(changing_app, "anna"), "today")) != known


def test_what_one_did_oneself_is_no_news(changing_app: Dash, ids: Ids) -> None:
    """Else the sentence about what follows from an answer would be gone in a moment."""
    written(store_of(changing_app), ids.anna)
    known = newest(shown(signed_in(changing_app, "anna"), "today"))
    assert asked(changing_app, "anna", "today", known).status_code == 204


@pytest.mark.parametrize(("name", "page"), [("anna", "runs"), ("kim", "squad")])
def test_a_list_hears_of_news_and_is_sent_no_content(
    changing_app: Dash, ids: Ids, name: str, page: str
) -> None:
    known = newest(shown(signed_in(changing_app, name), page, at_once=page == "squad"))
    written(store_of(changing_app), ids.anna)
    answer = asked(changing_app, name, page, known)
    assert answer.status_code == 200
    assert NAMES["anna"] not in words(answer)
    assert len(answer.data) < 300


def test_the_first_athlete_of_a_coach_and_the_first_run_of_a_runner_appear(
    changing_app: Dash, ids: Ids
) -> None:
    store = store_of(changing_app)
    none = newest(shown(signed_in(changing_app, "otto"), "squad", at_once=True))
    with store.changed_by("anna") as repository:
        repository.sharing.grant(ids.anna, "otto", "training")
    assert NAMES["anna"] in words(asked(changing_app, "otto", "nobody", none))

    athlete_id = newcomer(store)
    nothing = newest(shown(signed_in(changing_app, "neo"), "runs"))
    with store.seen_by("anna") as repository:
        listed = repository.runs.listed(ids.anna)[-1]
    with store.changed_by("neo") as repository:
        repository.runs.add(athlete_id, kept_as(listed.run, "a" * 32), None)
    assert "a" * 32 in words(asked(changing_app, "neo", "no-runs", nothing))


def test_a_new_day_is_news(changing_app: Dash, app_clock: Clock) -> None:
    known = newest(shown(signed_in(changing_app, "anna"), "today"))
    app_clock.forward(days=1)
    assert asked(changing_app, "anna", "today", known).status_code == 200


def test_the_word_says_nothing_and_counts_only_what_is_shared(changing_app: Dash, ids: Ids) -> None:
    store = store_of(changing_app)

    def word(name: str) -> str:
        with store.seen_by(name) as repository:
            return repository.standings.newest()

    before = {name: word(name) for name in ("anna", "ben", "kim", "otto", "office")}
    written(store, ids.anna)
    after = {name: word(name) for name in before}
    assert {name for name in before if before[name] != after[name]} == {"anna", "kim"}
    assert all(ids.anna not in one and len(one) == 16 for one in after.values())


@pytest.mark.parametrize("page", ["today", "runs", "squad", "no-runs", "nobody"])
@pytest.mark.parametrize("name", ["ben", "otto", "uma", "office"])
def test_nobody_asks_about_others(changing_app: Dash, ids: Ids, name: str, page: str) -> None:
    for of in (ids.anna, "0" * 32):
        assert asked(changing_app, name, page, None, of=of).status_code == 404


def test_an_ended_grant_is_news_and_then_nothing(changing_app: Dash, ids: Ids, app_clock: Clock) -> None:
    known = newest(shown(signed_in(changing_app, "kim"), "squad", at_once=True))
    app_clock.forward(days=31)  # anna shares with kim for 30
    assert asked(changing_app, "kim", "squad", known).status_code == 200
    assert asked(changing_app, "kim", "today", None, of=ids.anna).status_code == 404
