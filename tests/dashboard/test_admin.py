"""Sharing, taking one's data along, erasing it, and administration: as each does it, and as others try."""

import io
import json
import zipfile
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard import ids as at
from imu.errors import Forbidden
from imu.store.passwords import fits
from tests.dashboard import seeded
from tests.dashboard.asking import call, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf, Ids

Fields = dict[str, Any]


def press(app: Dash, client: FlaskClient, part: str, pressed: dict[str, Any], **typed: Any) -> TestResponse:
    """Press a button; `typed` by the names of the fields that its callback reads."""
    client.get("/_dash-dependencies")
    key = next(one for one in app.callback_map if f'"content":"{part}"' in one and "@" in one)
    declared = app.callback_map[key]
    several = "ALL" in declared["inputs"][0]["id"]
    inputs: Any = value(pressed, "n_clicks", 1)
    fields = [_name(one["id"]) for one in declared["state"]]
    state = [value(at.control(page, name, pressed["of"]), "value", typed.get(name)) for page, name in fields]
    to = {"id": at.content(part, pressed["of"]), "property": f"children@{key.rpartition('@')[2]}"}
    return call(client, key, to=to, inputs=[[inputs] if several else inputs], state=state)


def _name(text: str) -> tuple[str, str]:
    found = json.loads(text)
    return found["control"], found["name"]


@pytest.fixture
def anna(changing_app: Dash) -> FlaskClient:
    return signed_in(changing_app, "anna")


@pytest.fixture
def office(changing_app: Dash) -> FlaskClient:
    return signed_in(changing_app, "office")


def share(
    app: Dash,
    client: FlaskClient,
    of: str,
    key: str,
    who: str,
    scope: Any,
    until: Any,
    password: str = "anna anna anna",
) -> TestResponse:
    pressed = at.control("sharing", "act", of, key)
    typed = {"with": who, "scope": scope, "until": until, "password": password}
    return press(app, client, "sharing", pressed, **typed)


def granted(app: Dash, of: str, who: str) -> list[str]:
    """Ids of all grants to an account, as anna sees them."""
    with store_of(app).seen_by("anna") as repository:
        return [one.grant_id for one in repository.sharing.grants(of) if one.viewer == who]


def test_an_athlete_shares_until_a_day_and_takes_it_back(
    changing_app: Dash, anna: FlaskClient, ids: Ids
) -> None:
    otto = signed_in(changing_app, "otto")
    assert shown(otto, "runs", ids.anna).status_code == 404
    told = words(share(changing_app, anna, ids.anna, "share", "otto", "training", "2026-05-01"))
    assert "until 1 May 2026" in told
    assert shown(otto, "runs", ids.anna).status_code == 200
    assert "otto" in words(shown(anna, "sharing", ids.anna))
    (grant,) = granted(changing_app, ids.anna, "otto")
    share(changing_app, anna, ids.anna, grant, "", "training", None)
    assert shown(otto, "runs", ids.anna).status_code == 404


def test_sharing_asks_for_the_password(changing_app: Dash, anna: FlaskClient, ids: Ids) -> None:
    told = words(share(changing_app, anna, ids.anna, "share", "otto", "clinical", None, "wrong"))
    assert "not your password" in told
    assert not granted(changing_app, ids.anna, "otto")


def test_an_account_of_any_name_and_with_two_grants_loses_them(
    changing_app: Dash, anna: FlaskClient, ids: Ids
) -> None:
    store_of(changing_app).add_account("share", "coach")
    for scope in ("training", "clinical"):
        told = share(changing_app, anna, ids.anna, "share", "share", scope, None)
        assert "can see it now" in words(told)
    given = granted(changing_app, ids.anna, "share")
    page = words(shown(anna, "sharing", ids.anna))
    assert all(page.count(f'"key": "{one}"') == 1 for one in given)
    assert "Nothing is shared with share" in words(
        share(changing_app, anna, ids.anna, given[0], "", None, None, "")
    )
    assert shown(signed_in(changing_app, "share"), "runs", ids.anna).status_code == 404
    again = share(changing_app, anna, ids.anna, "0" * 32, "", None, None, "")
    assert "not shared any more" in words(again)


@pytest.mark.parametrize(
    ("who", "scope", "until", "why"),
    [
        ("nobody", "training", None, "there is none"),
        ("otto", "keeper", None, "Choose what you share"),
        ("otto", None, None, "Choose what you share"),
        ("otto", "training", "2026-02-30", "Give a day"),
        ("otto", "training", "2020-01-01", "later time"),
        ("otto", "training", {"a": 1}, "Give a day"),
    ],
)
def test_what_cannot_be_shared_is_said_and_not_done(
    changing_app: Dash, anna: FlaskClient, ids: Ids, who: str, scope: Any, until: Any, why: str
) -> None:
    assert why in words(share(changing_app, anna, ids.anna, "share", who, scope, until))
    assert shown(signed_in(changing_app, "otto"), "runs", ids.anna).status_code == 404


@pytest.mark.parametrize("name", ["kim", "ito", "ben", "office"])
def test_nobody_else_shares_exports_or_erases(changing_app: Dash, ids: Ids, name: str) -> None:
    client = signed_in(changing_app, name)
    assert client.get(f"/athlete/{ids.anna}/sharing").status_code == 404
    assert shown(client, "sharing", ids.anna).status_code == 404
    assert shown(client, "own-data", ids.anna).status_code == 404
    assert share(changing_app, client, ids.anna, "share", name, "clinical", None).status_code == 404
    assert client.post("/export", data={"of": ids.anna}).status_code == 404
    pressed = at.control("own-data", "erase", ids.anna)
    typed = {"name": seeded.NAMES["anna"] + seeded.SIMULATED, "password": f"{name} {name} {name}"}
    assert press(changing_app, client, "own-data", pressed, **typed).status_code == 404
    with store_of(changing_app).seen_by("anna") as repository:
        assert repository.sharing.athlete().athlete_id == ids.anna


@pytest.mark.unhurried
def test_everything_can_be_taken_along_with_the_password(anna: FlaskClient, ids: Ids) -> None:
    refused = anna.post("/export", data={"of": ids.anna, "password": "wrong"})
    assert (refused.status_code, refused.mimetype) == (403, "text/html")
    assert "not your password" in words(refused)
    with anna.post("/export", data={"of": ids.anna, "password": "anna anna anna"}) as answer:
        assert answer.mimetype == "application/zip"
        assert "attachment" in answer.headers["Content-Disposition"]
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
    names = packed.namelist()
    assert "restride-export/README.md" in names
    assert any(one.endswith("recording/recording.json") for one in names)
    check_ins = packed.read("restride-export/tables/check_in.csv").decode()
    assert seeded.secrets_of("anna")[0] in check_ins
    assert seeded.secrets_of("ben")[0] not in check_ins


def test_erasing_asks_for_the_name_and_the_password(changing_app: Dash, anna: FlaskClient, ids: Ids) -> None:
    pressed, store = at.control("own-data", "erase", ids.anna), store_of(changing_app)
    name = seeded.NAMES["anna"] + seeded.SIMULATED
    for typed, why in (
        ({"name": "anna", "password": "anna anna anna"}, "Type exactly"),
        ({"name": name, "password": "wrong"}, "not your password"),
        ({"name": None, "password": None}, "Type exactly"),
    ):
        assert why in words(press(changing_app, anna, "own-data", pressed, **typed))
    with store.seen_by("anna") as repository:
        assert repository.sharing.athlete().athlete_id == ids.anna
    told = words(press(changing_app, anna, "own-data", pressed, name=name, password="anna anna anna"))
    assert ids.anna in told
    assert name not in told
    assert len(store.jobs.erased()) == 1  # free pages are left to the worker, for others wait meanwhile
    with store.seen_by("ito") as repository, pytest.raises(Forbidden):
        repository.sharing.by_id(ids.anna)


def admin(app: Dash, client: FlaskClient, act: str, key: str = "", **typed: Any) -> str:
    return words(press(app, client, "accounts", at.control("accounts", act, key=key), **typed))


def test_an_administrator_adds_accounts_and_changes_them(changing_app: Dash, office: FlaskClient) -> None:
    store = store_of(changing_app)
    told = admin(changing_app, office, "add", name="newcomer", role="coach")
    made = store.profiles.by_name("newcomer")
    assert made is not None
    given = next(word for word in told.split('"') if fits(word, store.sign_ins.password_hash("newcomer")))
    assert store.profiles.has_one_time_password(made)
    admin(changing_app, office, "clinician", made.account_id)
    again = store.profiles.by_name("newcomer")
    assert again is not None
    assert again.role == "clinician"
    told = admin(changing_app, office, "renew", made.account_id)
    assert given not in told
    assert not fits(given, store.sign_ins.password_hash("newcomer"))
    admin(changing_app, office, "link", who=made.account_id, outside="subject")
    assert store.profiles.by_outside_id("subject") == again
    admin(changing_app, office, "close", made.account_id)
    assert store.profiles.by_name("newcomer") is None
    admin(changing_app, office, "open", made.account_id)
    assert store.profiles.by_name("newcomer") is not None


@pytest.mark.parametrize(
    ("act", "key", "typed", "why"),
    [
        ("add", "", {"name": "anna", "role": "coach"}, "choose another"),
        ("add", "", {"name": "", "role": "coach"}, "Give the account a name."),
        ("add", "", {"name": "king", "role": "king"}, "there is none"),
        ("close", "0" * 32, {}, "no such account"),
        ("drop table", "0" * 32, {}, "no such account"),
    ],
)
def test_what_an_administrator_cannot_do_is_said(
    changing_app: Dash, office: FlaskClient, act: str, key: str, typed: Fields, why: str
) -> None:
    before = store_of(changing_app).accounts()
    assert why in admin(changing_app, office, act, key, **typed)
    assert store_of(changing_app).accounts() == before


def test_a_backup_is_made_and_listed(changing_app: Dash, office: FlaskClient) -> None:
    told = words(press(changing_app, office, "backups", at.control("backups", "make")))
    assert "is written" in told
    home = changing_app.server.extensions["restride.home"]
    (made,) = (home / "backups").glob("*.restride")
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("part", ["accounts", "backups", "health"])
def test_administration_names_no_athlete(client_of: ClientOf, ids: Ids, part: str) -> None:
    said = words(shown(client_of("office"), part, at_once=True))
    for whose in ("anna", "ben"):
        assert not [one for one in seeded.secrets_of(whose) if one in said]
    assert ids.anna not in said


@pytest.fixture(params=["anna", "kim", "ito"])
def other(request: pytest.FixtureRequest, changing_app: Dash) -> FlaskClient:
    return signed_in(changing_app, request.param)


def test_nobody_else_administers(changing_app: Dash, other: FlaskClient) -> None:
    for part in ("accounts", "backups", "health"):
        assert shown(other, part, at_once=True).status_code == 404
    before = store_of(changing_app).accounts()
    for act in ("add", "renew", "close", "admin", "link"):
        pressed = at.control("accounts", act, key=before[0].account_id)
        assert press(changing_app, other, "accounts", pressed, name="x", role="admin").status_code == 404
    assert press(changing_app, other, "backups", at.control("backups", "make")).status_code == 404
    assert store_of(changing_app).accounts() == before
    assert not (changing_app.server.extensions["restride.home"] / "backups").exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Give the account a name."),
        ("  ", "Give the account a name."),
        (None, "Give the account a name."),
        ("anna", "there is one of this name"),
        ("ANNA", "there is anna, which differs only in case"),
        ("x" * 81, "1 to 80 characters"),
    ],
)
def test_an_account_that_cannot_be_added_is_told_at_its_field_with_what_was_typed(
    changing_app: Dash, office: FlaskClient, name: Any, why: str
) -> None:
    before = len(store_of(changing_app).accounts())
    pressed = at.control("accounts", "add")
    answer = press(changing_app, office, "accounts", pressed, name=name, role="coach", who=None, outside="")
    assert answer.status_code == 200
    (field,) = fields_of(json.loads(answer.data), "name")
    assert why in field["error"]
    assert field["value"] == (name or "")
    assert len(store_of(changing_app).accounts()) == before


def fields_of(part: Any, name: str) -> list[dict[str, Any]]:
    """The properties of the fields of the form for accounts that have this name."""
    if isinstance(part, dict):
        own = part.get("id")
        found = (
            [part]
            if isinstance(own, dict) and (own.get("control"), own.get("name")) == ("account-form", name)
            else []
        )
        return found + [one for each in part.values() for one in fields_of(each, name)]
    return [one for each in part for one in fields_of(each, name)] if isinstance(part, list) else []


@pytest.mark.parametrize("page", ["sharing", "own-data", "today", "runs"])
@pytest.mark.parametrize("whose", ["", "anna"])
def test_what_is_pressed_on_a_page_is_heard_by_it(anna: FlaskClient, ids: Ids, page: str, whose: str) -> None:
    """A browser matches buttons with the content that they fill by whose page it is, as its address says."""
    of = ids.anna if whose else ""
    found = _ids(json.loads(shown(anna, page, of).data))
    own = {one["of"] for one in found if one.get("control") == page and one["name"] != "verdict"}
    assert own == {of}  # a verdict is of a run


def _ids(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        own = [part["id"]] if isinstance(part.get("id"), dict) else []
        return own + [one for each in part.values() for one in _ids(each)]
    return [one for each in part for one in _ids(each)] if isinstance(part, list) else []
