"""The door: nothing without an account, nothing from another site, and one 404 for all that is not there."""

import json
from urllib.parse import urlsplit

import pytest
from dash import Dash, html

from dashboard.auth.addresses import Addresses
from dashboard.auth.forged import is_declared
from dashboard.pages.route import Page
from imu.store.passwords import hashed
from tests.dashboard.asking import shown, signed_in, store_of, value
from tests.dashboard.conftest import ClientOf, Ids

OPEN = {
    "/api/v1/openapi.json",
    "/static/<path:filename>",
    "/assets/<path:filename>",
    "/healthz",
    "/_favicon.ico",
    "/sign-in",
}
SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"


def test_a_stranger_is_let_in_nowhere(dash_app: Dash) -> None:
    stranger, asked = dash_app.server.test_client(), 0
    for rule in dash_app.server.url_map.iter_rules():
        if rule.rule in OPEN | {SUITES} or rule.rule.startswith("/sign-"):
            continue
        address = rule.rule.replace("<path:path>", "athlete/x/runs")
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = stranger.open(address, method=method)
            assert answer.status_code in (302, 401), (method, rule)
            assert answer.status_code != 302 or urlsplit(answer.location)[:3] == ("", "", "/sign-in")
            asked += 1
    assert asked > 8


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/sign-in-x",
            "/sign-in/../_dash-layout",
            "/healthz/x",
            "/assets",
            "/static",
            "/assets/",
            "/static/",
        ),
        *("/_dash-component-suites/", "/_dash-component-suites/x"),
    ],
)
def test_an_address_that_looks_like_an_open_one_is_not(dash_app: Dash, path: str) -> None:
    assert dash_app.server.test_client().get(path).status_code in (302, 401, 404)


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/static/%2e%2e/settings.py", "/assets/..%2f..%2fapp.py"]
)
def test_no_path_leads_out_of_the_static_files(dash_app: Dash, path: str) -> None:
    answer = dash_app.server.test_client().get(path)
    assert answer.status_code == 404
    assert b"import" not in answer.data


HOSTILE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", HOSTILE)
@pytest.mark.parametrize("path", ["/_dash-update-component", "/sign-out", "/sign-in", "/sign-in/next", "/x"])
def test_another_site_cannot_make_a_browser_act(
    client_of: ClientOf, headers: dict[str, str], path: str
) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client_of("anna").open(path, method=method, headers=headers, json={})
        assert answer.status_code == 403


def test_our_own_pages_may_act(client_of: ClientOf, ids: Ids) -> None:
    client = client_of("anna")
    client.environ_base.update(HTTP_ORIGIN="http://localhost", HTTP_SEC_FETCH_SITE="same-origin")
    assert shown(client, "runs", ids.anna).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_dash_takes_json_only(client_of: ClientOf, kind: str) -> None:
    answer = client_of("anna").post("/_dash-update-component", data=b"{}", content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/_dash-x", "/_dash", "/_dash-layout/x", "/_reload-x", "/_dash-config"])
def test_an_address_of_dash_that_there_is_not_is_no_page(client_of: ClientOf, path: str) -> None:
    answer = client_of("anna").get(path)
    assert answer.status_code == 404
    assert b"<html" not in answer.data


def test_every_answer_has_the_headers_that_browsers_obey(client_of: ClientOf) -> None:
    for path in ("/", "/sign-in", "/assets/restride.css", "/_dash-layout", "/nowhere"):
        with client_of("anna").get(path) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert ("no-store" in headers.get("Cache-Control", "")) != path.startswith("/assets")
    policy = client_of("anna").get("/today").headers["Content-Security-Policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in script
    assert "frame-ancestors 'none'" in policy


def test_unknown_unshared_and_another_roles_pages_are_one_page(client_of: ClientOf, ids: Ids) -> None:
    client = client_of("otto")
    paths = [
        f"/athlete/{ids.anna}/runs",
        f"/athlete/{'0' * 32}/runs",
        "/athlete/Anna Quellmalz/runs",
        "/athlete/' OR 1=1 --/runs",
        "/runs",  # a runner's
        "/nowhere",
        "/athlete/%00/runs",
    ]
    answers = [client.get(path) for path in paths]
    assert {one.status_code for one in answers} == {404}
    assert len({one.data for one in answers}) == 1
    assert client_of("kim").get(f"/athlete/{ids.anna}/runs").status_code == 200
    assert client_of("anna").get("/runs").status_code == 200


def test_a_page_whose_address_nobody_can_judge_is_refused_at_the_start() -> None:
    page = Page(path="/squad/<squad_name>", title="Squad", layout=html.Div)
    with pytest.raises(ValueError, match="squad_name"):
        Addresses([page])


CALLBACKS = {
    "a.children": {"inputs": [{"id": "a", "property": "id"}], "state": [], "callback": None},
    '{"content":"runs","of":["MATCH"]}.children': {
        "inputs": [{"id": '{"content":"runs","of":["MATCH"]}', "property": "id"}],
        "state": [{"id": '{"box":["ALL"]}', "property": "value"}],
        "callback": None,
    },
    "frame.navbar": {"inputs": [{"id": "a", "property": "id"}], "state": []},
    "a.children@0f": {"inputs": [{"id": "b", "property": "n_clicks"}], "state": [], "callback": None},
}
OF_X = {"content": "runs", "of": "x"}
GOOD = {
    "output": '{"content":"runs","of":["MATCH"]}.children',
    "outputs": {"id": OF_X, "property": "children"},
    "inputs": [value(OF_X, "id", OF_X)],
    "state": [[value({"box": 1}, "value", "y")]],
    "changedPropIds": ['{"content":"runs","of":"x"}.id'],
}


def test_a_call_as_declared_is_one() -> None:
    assert is_declared(GOOD, CALLBACKS)


def test_a_second_callback_of_the_same_output_is_called_as_browsers_do() -> None:
    pressed = {
        "output": "a.children@0f",
        "outputs": {"id": "a", "property": "children@0f"},
        "inputs": [{"id": "b", "property": "n_clicks"}],
        "changedPropIds": ["b.n_clicks"],
    }
    assert is_declared(pressed, CALLBACKS)


@pytest.mark.parametrize(
    "change",
    [
        {"output": "b.children"},
        {"output": ["a.children"]},
        {"output": None},
        {"inputs": [value("_pages_location", "pathname", "/sign-in")]},
        {"inputs": [value("url", "pathname", "/sign-in"), value(OF_X, "id", OF_X)]},
        {"inputs": [value(OF_X, "id", {"content": "runs", "of": "y"})]},
        {"inputs": [value(OF_X, "children", OF_X)]},
        {"inputs": [value({"content": "runs", "of": ["x"]}, "id", None)]},
        {"inputs": [value({"content": "runs", "of": "x" * 201}, "id", {"content": "runs", "of": "x" * 201})]},
        {"inputs": [value({"content": "squad", "of": "x"}, "id", {"content": "squad", "of": "x"})]},
        {"inputs": [value({**OF_X, "more": 1}, "id", {**OF_X, "more": 1})]},
        {"inputs": []},
        {"inputs": {}},
        {"inputs": [[value(OF_X, "id", OF_X)]]},
        {"state": []},
        {"state": [[value({"box": 1}, "value", "y")] * 501]},
        {"state": [[value({"box": True}, "value", "y")]]},
        {"outputs": {"id": {"content": "squad", "of": "x"}, "property": "children"}},
        {"outputs": {"id": OF_X, "property": "style"}},
        {"outputs": []},
        {"changedPropIds": [1]},
        {"more": json.loads("[" * 60 + "]" * 60)},
    ],
)
def test_a_call_that_was_forged_is_none(change: dict[str, object]) -> None:
    assert not is_declared({**GOOD, **change}, CALLBACKS)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"[" * 100_000, b'{"a":' * 50_000])
def test_a_body_that_is_none_is_refused(client_of: ClientOf, body: bytes) -> None:
    answer = client_of("anna").post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_not_read(client_of: ClientOf) -> None:
    answer = client_of("anna").post(
        "/_dash-update-component", data=b" " * 2_000_001, content_type="application/json"
    )
    assert answer.status_code in (400, 413)


def test_an_expired_grant_shows_nothing(own_app: Dash, ids: Ids) -> None:
    store = store_of(own_app)
    with store.changed_by("anna") as repository:
        repository.sharing.revoke(ids.anna, "kim")
    kim = signed_in(own_app, "kim")
    assert shown(kim, "runs", ids.anna).status_code == 404
    assert kim.get(f"/athlete/{ids.anna}/runs").status_code == 404


def test_a_renewed_password_and_a_closed_account_end_at_once(own_app: Dash) -> None:
    store, anna, kim = store_of(own_app), signed_in(own_app, "anna"), signed_in(own_app, "kim")
    store.sign_ins.set_password_hash("anna", hashed("another password"))
    account = store.profiles.by_name("kim")
    assert account is not None
    with store.changed_by("office") as repository:
        repository.accounts.close(account.account_id)
    assert anna.get("/_dash-layout").status_code == kim.get("/_dash-layout").status_code == 401
