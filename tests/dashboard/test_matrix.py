"""Role x athlete x endpoint: whoever may not see an athlete learns nothing of him, whatever a browser sends.

The cells are made from the application's own callbacks and addresses, so that new pages are covered at once.
The counts are printed: pytest -s.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from imu.training.history import CheckIn
from tests.dashboard import seeded
from tests.dashboard.asking import signed_in, store_of, words
from tests.dashboard.cells import Call, Meant, addresses, calls
from tests.dashboard.conftest import Ids
from tests.dashboard.meant import failed_job, meant
from tests.store.conftest import NOON, Clock

pytestmark = pytest.mark.unhurried

# Who may not see whom at all, and whose words the answer must not hold.
STRANGERS = [
    *(("anna", who) for who in ("ben", "otto", "uma", "office")),
    *(("ben", who) for who in ("anna", "kim", "ito", "otto", "uma", "office")),
]
NOTHING = (204, 400, 401, 403, 404)
HOSTILE = (
    "'\" OR '1'='1'; DROP TABLE account; --",  # ends a text in either kind of quotes
    "../../etc/passwd",
    "%00\x00",
    "\u202e{7*7}{{7*7}}",
    "x" * 5000,
    {"$gt": ""},
    [["x"]],
    -1,
    1e308,
    True,
)
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def post(client: FlaskClient, call: Call) -> Any:
    return client.post("/_dash-update-component", json=call.body)


def ofs(ids: Ids, whose: str) -> tuple[str, ...]:
    """Everything that names an athlete's data in an address."""
    if whose == "ben":
        return ids.ben, ids.run_of_ben, seeded.NAMES["ben"] + seeded.SIMULATED
    return ids.anna, ids.run_of_anna, ids.recorded, seeded.NAMES["anna"] + seeded.SIMULATED


def variables(ids: Ids, whose: str) -> dict[str, str]:
    athlete, run, *_ = ofs(ids, whose)
    return {"athlete_id": athlete, "run_id": run}


def belonging_to(app: Dash, athlete_id: str) -> dict[str, list[str]]:
    """Every row of an athlete, whatever the table."""
    place = store_of(app).engine.url.database
    with closing(sqlite3.connect(str(place))) as connection:
        found = {}
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
            if "athlete_id" in columns:
                rows = connection.execute(f'SELECT * FROM "{name}" WHERE athlete_id = ?', (athlete_id,))
                found[name] = sorted(map(repr, rows))
    return found


def leaks(answer: Any, whose: str) -> list[str]:
    """Secret words in what was answered. The ids that Dash repeats are those that were just sent."""
    told = answer.get_json(silent=True) if answer.is_json else None
    filled = told["response"].values() if isinstance(told, dict) and "response" in told else None
    said = words(answer) if filled is None else json.dumps(list(filled), ensure_ascii=False)
    return [one for one in seeded.secrets_of(whose) if one in said]


def with_callbacks(app: Dash, who: str) -> FlaskClient:
    """Dash collects its callbacks with the first request."""
    client = signed_in(app, who)
    client.get("/_dash-dependencies")
    return client


@pytest.mark.parametrize(("whose", "who"), STRANGERS)
def test_a_stranger_learns_and_changes_nothing(changing_app: Dash, ids: Ids, whose: str, who: str) -> None:
    client, asked = with_callbacks(changing_app, who), Counter[int]()
    as_meant = (
        meant(changing_app, ids, who, job_id=failed_job(changing_app, ids)) if whose == "anna" else Meant()
    )
    before = belonging_to(changing_app, ofs(ids, whose)[0])
    for call in calls(changing_app, ofs(ids, whose), typed=("x",), meant=as_meant):
        answer = post(client, call)
        asked[answer.status_code] += 1
        assert not leaks(answer, whose), (call.key, answer.status_code)
        if call.fills_content and call.of in variables(ids, whose).values():
            assert answer.status_code in NOTHING, (call.key, call.body)
    for address in addresses(changing_app, variables(ids, whose)):
        with client.get(address) as answer:
            asked[answer.status_code] += 1
            assert not leaks(answer, whose), address
            if any(one in address for one in variables(ids, whose).values()):
                # To the API a browser's cookie is nothing.
                assert answer.status_code == (401 if address.startswith("/api/") else 404), address
    assert belonging_to(changing_app, ofs(ids, whose)[0]) == before
    print(f"\n{who} at {whose}: {asked.total()} cells, {dict(asked)}")


def test_nobody_who_is_not_signed_in_gets_an_answer(dash_app: Dash, ids: Ids) -> None:
    with_callbacks(dash_app, "anna")
    stranger, asked = dash_app.server.test_client(), 0
    for whose in ("anna", "ben"):
        for call in calls(dash_app, ofs(ids, whose)):
            assert post(stranger, call).status_code == 401
            asked += 1
    print(f"\nnobody: {asked} cells")


@pytest.mark.parametrize(("who", "hidden"), [("kim", 2), ("ito", 0)])
def test_a_grant_shows_what_it_says_and_no_more(changing_app: Dash, ids: Ids, who: str, hidden: int) -> None:
    client, asked = with_callbacks(changing_app, who), Counter[int]()
    clinical = seeded.secrets_of("anna")[:hidden]
    for call in calls(changing_app, ofs(ids, "anna"), typed=("x",)):
        answer = post(client, call)
        asked[answer.status_code] += 1
        said = words(answer)
        assert not [one for one in clinical if one in said], call.key
        assert not leaks(answer, "ben"), call.key
    print(f"\n{who} at anna: {asked.total()} cells, {dict(asked)}")


def test_an_expired_grant_is_none(changing_app: Dash, ids: Ids, app_clock: Clock) -> None:
    client = with_callbacks(changing_app, "kim")
    assert client.get(f"/athlete/{ids.anna}/runs").status_code == 200
    app_clock.forward(days=31)
    client, asked = with_callbacks(changing_app, "kim"), 0
    for call in calls(changing_app, ofs(ids, "anna"), typed=("x",)):
        answer = post(client, call)
        assert not leaks(answer, "anna"), call.key
        if call.fills_content and call.of in variables(ids, "anna").values():
            assert answer.status_code in NOTHING, call.key
        asked += 1
    assert client.get(f"/athlete/{ids.anna}/runs").status_code == 404
    print(f"\nexpired: {asked} cells")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["anna", "ito", "office"])
def test_nothing_that_is_typed_breaks_a_page_or_the_store(changing_app: Dash, ids: Ids, who: str) -> None:
    client, asked = with_callbacks(changing_app, who), Counter[int]()
    names = [one.name for one in store_of(changing_app).accounts()]
    addressed = tuple(word for word in HOSTILE if isinstance(word, str))
    filled, of_nobody = (
        calls(changing_app, (ids.anna,), typed=HOSTILE),
        calls(changing_app, addressed, typed=("x",)),
    )
    for call in chain(filled, of_nobody):
        answer = post(client, call)
        asked[answer.status_code] += 1
        assert answer.status_code < 500, (call.key, call.body)
    assert {one.name for one in store_of(changing_app).accounts()} >= set(names)
    print(f"\ntyped by {who}: {asked.total()} cells, {dict(asked)}")


def test_an_input_that_claims_to_be_the_sign_in_page_opens_nothing(dash_app: Dash, ids: Ids) -> None:
    client = with_callbacks(dash_app, "otto")
    claims = {"id": "_pages_location", "property": "pathname", "value": "/sign-in"}
    asked = 0
    for call in calls(dash_app, ofs(ids, "anna"), typed=("x",)):
        for inputs in ([claims], [claims, *call.body["inputs"]], [*call.body["inputs"], claims]):
            forged = {**call.body, "inputs": inputs}
            if call.key.startswith(".._pages_content"):
                continue  # this one does read where the browser is
            assert client.post("/_dash-update-component", json=forged).status_code == 400, call.key
            asked += 1
    print(f"\nforged: {asked} bodies")


@pytest.mark.slow
def test_what_somebody_wrote_is_shown_as_text_wherever_it_is_shown(changing_app: Dash, ids: Ids) -> None:
    store = store_of(changing_app)
    with store.changed_by("anna") as repository:
        answer = CheckIn(at=NOON - timedelta(hours=1), moment="after", pain=1, note=MARKUP, site=MARKUP)
        repository.care.add_check_in(ids.anna, answer)
    with store.changed_by("ito") as repository:
        repository.sharing.add_note(ids.anna, MARKUP)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    store.sign_ins.make_token(anna, MARKUP)
    shown = 0
    for who in ("anna", "ito"):
        client = with_callbacks(changing_app, who)
        for call in calls(changing_app, ofs(ids, "anna"), typed=(MARKUP,)):
            answered = post(client, call)
            if MARKUP not in words(answered):
                continue
            shown += 1
            if answered.mimetype == "text/plain":
                continue
            assert answered.mimetype == "application/json", call.key
            assert not list(_run_as_markup(answered.get_json())), call.key
    client = changing_app.server.test_client()
    for address in (f"/{MARKUP}", f"/sign-in?next={MARKUP}", f"/athlete/{MARKUP}/runs"):
        assert MARKUP not in signed_in(changing_app, "anna").get(address).get_data(as_text=True)
        assert MARKUP not in client.get(address).get_data(as_text=True)
    assert shown > 0
    print(f"\nmarkup: shown as text in {shown} answers")


def _run_as_markup(part: Any) -> Iterator[Any]:
    """Components that take a text for markup, and hold what somebody wrote."""
    if isinstance(part, dict):
        takes_markup = part.get("type") in ("Markdown", "DangerouslySetInnerHTML", "Iframe", "Script")
        if takes_markup and MARKUP in json.dumps(part, ensure_ascii=False):
            yield part
        if (
            part.get("props", {}).get("dangerously_allow_html")
            if isinstance(part.get("props"), dict)
            else False
        ):
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _run_as_markup(one)
