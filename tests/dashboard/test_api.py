"""What a device may ask a server, and how it is answered."""

import re
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest
from dash import Dash
from hypothesis import HealthCheck, given, settings, strategies as st
from werkzeug.test import TestResponse

from dashboard.api.description import document
from tests.dashboard import seeded
from tests.dashboard.asking import signed_in, store_of
from tests.dashboard.conftest import Ids
from tests.store.conftest import Clock

FILE = b"PK" + bytes(2000)
BEGIN = {"sha256": sha256(FILE).hexdigest(), "bytes": len(FILE), "facts": {"shoe": "blue"}}


class Device:
    """A program with the key of a device of somebody."""

    def __init__(self, app: Dash, name: str) -> None:
        store = store_of(app)
        (self.account,) = [one for one in store.accounts() if one.name == name]
        self.key = store.sign_ins.make_token(self.account, "test")
        self._client = app.server.test_client()

    def __call__(self, method: str, path: str, **sent: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer: TestResponse = self._client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
        return answer


@pytest.fixture
def anna(changing_app: Dash) -> Device:
    return Device(changing_app, "anna")


@pytest.fixture
def ben(changing_app: Dash) -> Device:
    return Device(changing_app, "ben")


def code_of(answer: TestResponse) -> str:
    return str(answer.get_json()["error"]["code"])


def begun(device: Device, **more: Any) -> dict[str, Any]:
    answer = device("POST", "/uploads", json=BEGIN | more)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.get_json())


@pytest.mark.unhurried
def test_the_description_is_openapi() -> None:
    from openapi_spec_validator import validate  # compiles grammars for seconds, wherever tests are collected

    validate(document())


def test_every_route_is_described(changing_app: Dash) -> None:
    rules = [rule for rule in changing_app.server.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    served = {
        (rule.rule, method.lower())
        for rule in rules
        if rule.endpoint != "api.nothing"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {
        (f"/api/v1{path}".replace("{", "<").replace("}", ">"), method)
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert served == described


def test_nothing_is_told_without_a_key(changing_app: Dash, anna: Device) -> None:
    client = changing_app.server.test_client()
    for path, methods in document()["paths"].items():
        for method in methods:
            address = "/api/v1" + path.replace("{offset}", "0").replace("{", "").replace("}", "")
            answer = client.open(address, method=method.upper())
            if path != "/openapi.json":
                assert (answer.status_code, code_of(answer)) == (401, "unauthorized"), address
    assert anna("GET", "/me").status_code == 200
    sign_ins = store_of(changing_app).sign_ins
    (device,) = sign_ins.devices(anna.account)
    sign_ins.revoke_token(anna.account, device.token_id)
    assert anna("GET", "/me").status_code == 401


def test_a_wrong_address_or_method_is_said_in_the_same_form(anna: Device) -> None:
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/nowhere/else", 404, "not_found"),
        ("DELETE", "/me", 405, "method_not_allowed"),
        ("GET", "/check-ins", 405, "method_not_allowed"),
    ):
        answer = anna(method, path)
        assert (answer.status_code, code_of(answer)) == (status, code)
    assert anna("DELETE", "/me").headers["Allow"] == "GET"


def test_a_recording_is_sent_in_pieces(anna: Device) -> None:
    upload = begun(anna)
    pieces = f"/uploads/{upload['upload_id']}/pieces"
    assert upload["state"] == "receiving"
    assert anna("PUT", f"{pieces}/0", data=FILE[:1000]).get_json()["received"] == 1000
    behind_a_gap = anna("PUT", f"{pieces}/1500", data=FILE[1500:])
    assert (behind_a_gap.status_code, code_of(behind_a_gap)) == (409, "out_of_step")
    assert behind_a_gap.get_json()["error"]["received"] == 1000
    early = anna("POST", f"/uploads/{upload['upload_id']}/complete")
    assert (early.status_code, code_of(early)) == (409, "out_of_step")
    assert begun(anna)["received"] == 1000
    assert anna("PUT", f"{pieces}/500", data=FILE[500:]).get_json()["received"] == len(FILE)
    job = anna("POST", f"/uploads/{upload['upload_id']}/complete")
    assert (job.status_code, job.get_json()["state"]) == (202, "waiting")
    again = anna("POST", f"/uploads/{upload['upload_id']}/complete").get_json()
    assert again["job_id"] == job.get_json()["job_id"]
    known = begun(anna)
    assert (known["state"], known["job"]["job_id"]) == ("complete", again["job_id"])
    assert [one["job_id"] for one in anna("GET", "/jobs").get_json()["jobs"]] == [again["job_id"]]


def test_another_file_than_announced_is_refused(anna: Device) -> None:
    upload = begun(anna)
    anna("PUT", f"/uploads/{upload['upload_id']}/pieces/0", data=bytes(len(FILE)))
    answer = anna("POST", f"/uploads/{upload['upload_id']}/complete")
    assert (answer.status_code, code_of(answer)) == (422, "not_as_announced")
    assert anna("GET", f"/uploads/{upload['upload_id']}").status_code == 404
    assert begun(anna)["received"] == 0


def test_of_somebody_else_nobody_learns_anything(anna: Device, ben: Device, ids: Ids) -> None:
    upload = begun(anna)["upload_id"]
    anna("PUT", f"/uploads/{upload}/pieces/0", data=FILE)
    job = anna("POST", f"/uploads/{upload}/complete").get_json()["job_id"]
    unknown = ben("GET", "/uploads/" + "0" * 32)
    asked = [
        ben("GET", f"/uploads/{upload}"),
        ben("PUT", f"/uploads/{upload}/pieces/0", data=FILE),
        ben("POST", f"/uploads/{upload}/complete"),
        ben("GET", f"/jobs/{job}"),
        ben("POST", f"/jobs/{job}/again"),
        ben("GET", f"/runs/{ids.run_of_anna}"),
        ben("GET", f"/runs/{ids.recorded}/strides.csv"),
        ben("GET", f"/runs/{ids.recorded}/strides.parquet"),
        ben("GET", f"/runs?athlete_id={ids.anna}"),
        ben("POST", "/uploads", json=BEGIN | {"athlete_id": ids.anna}),
        ben("POST", "/check-ins", json={"athlete_id": ids.anna, "resting": 1}),
    ]
    assert {(one.status_code, one.data) for one in asked} == {(404, unknown.data)}
    told = ben("GET", "/me").text + ben("GET", "/jobs").text + ben("GET", "/runs").text
    assert not [word for word in seeded.secrets_of("anna") if word in told]


def test_an_empty_id_is_nobodys_and_not_ones_own(anna: Device) -> None:
    for answer in (
        anna("GET", "/runs?athlete_id="),
        anna("POST", "/uploads", json=BEGIN | {"athlete_id": ""}),
        anna("POST", "/check-ins", json={"athlete_id": "", "resting": 1}),
    ):
        assert answer.status_code in (400, 404), answer.text


@pytest.mark.parametrize(("who", "reads"), [("anna", True), ("ito", True), ("kim", False)])
def test_what_the_runner_wrote_is_told_with_the_clinical_scope_only(
    changing_app: Dash, ids: Ids, who: str, reads: bool
) -> None:
    told = Device(changing_app, who)("GET", f"/runs/{ids.recorded}")
    assert told.get_json()["summary"]["running"]
    clinical = [one in told.text for one in seeded.secrets_of("anna")[:2]]
    assert clinical == [False, reads]


def test_without_an_id_nobody_elses_record_is_meant(changing_app: Dash) -> None:
    kim = Device(changing_app, "kim")  # who sees one athlete, and has no record
    for answer in (
        kim("POST", "/uploads", json=BEGIN),
        kim("POST", "/check-ins", json={"resting": 1}),
        kim("GET", "/runs"),
    ):
        assert (answer.status_code, code_of(answer)) == (422, "refused")
        assert "no record of its own" in answer.text


def test_what_is_gone_is_said_without_its_place(changing_app: Dash, anna: Device, ids: Ids) -> None:
    store = store_of(changing_app)
    store.blobs.remove_all(f"derived/{ids.anna}")
    page = signed_in(changing_app, "anna").get(f"/run/{ids.recorded}/strides.csv")
    for answer in (anna("GET", f"/runs/{ids.recorded}/strides.csv"), page):
        assert answer.status_code in (400, 422)
        assert "cannot be reached" in answer.text
        assert not [one for one in (ids.anna, str(store.blobs.url), "parquet") if one in answer.text]


def test_whoever_announces_a_file_may_ask_about_its_job(changing_app: Dash, anna: Device, ids: Ids) -> None:
    kim = Device(changing_app, "kim")
    jobs = []
    for device in (anna, kim):
        upload = begun(device, athlete_id=ids.anna)
        device("PUT", f"/uploads/{upload['upload_id']}/pieces/0", data=FILE)
        jobs.append(device("POST", f"/uploads/{upload['upload_id']}/complete").get_json()["job_id"])
        assert device("GET", f"/jobs/{jobs[-1]}").status_code == 200
    assert kim("GET", f"/jobs/{jobs[0]}").status_code == 404
    assert begun(kim, athlete_id=ids.anna)["job"]["job_id"] == jobs[1]


@pytest.mark.parametrize("who", ["otto", "uma", "office"])
def test_a_key_opens_what_its_account_may_see(changing_app: Dash, ids: Ids, who: str) -> None:
    allowed, device = Device(changing_app, "ito"), Device(changing_app, who)
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/runs/{ids.recorded}", None),
        ("GET", f"/runs/{ids.recorded}/strides.csv", None),
        ("GET", f"/runs/{ids.recorded}/strides.parquet", None),
        ("GET", f"/runs?athlete_id={ids.anna}", None),
        ("POST", "/uploads", BEGIN | {"athlete_id": ids.anna}),
        ("POST", "/check-ins", {"athlete_id": ids.anna, "resting": 1}),
    ]
    for method, path, sent in asked:
        assert device(method, path, json=sent).status_code == 404, path
        assert allowed(method, path, json=sent).status_code in (200, 201), path


def test_a_key_opens_no_more_than_the_grant(changing_app: Dash, ids: Ids, app_clock: Clock) -> None:
    kim = Device(changing_app, "kim")
    assert kim("GET", f"/runs?athlete_id={ids.anna}").status_code == 200
    told = {"athlete_id": ids.anna, "resting": 1}  # a coach with the training scope tells no symptoms
    assert kim("POST", "/check-ins", json=told).status_code == 404
    app_clock.forward(days=31)
    assert kim("GET", f"/runs?athlete_id={ids.anna}").status_code == 404
    assert kim("POST", "/uploads", json=BEGIN | {"athlete_id": ids.anna}).status_code == 404


def test_a_table_of_strides_is_the_same_from_the_page_and_by_a_program(changing_app: Dash, ids: Ids) -> None:
    """And the athlete learns of both alike."""
    kim = Device(changing_app, "kim")
    page = signed_in(changing_app, "kim").get(f"/run/{ids.recorded}/strides.csv")
    assert page.status_code == 200
    told = kim("GET", f"/runs/{ids.recorded}/strides.csv")
    assert told.data == page.data
    kim("GET", f"/runs/{ids.recorded}/strides.parquet")
    with store_of(changing_app).seen_by("anna") as repository:
        log = [one.subject for one in repository.sharing.audit(ids.anna) if one.by == "kim"]
    assert {f"run {ids.recorded} as strides as {form}" for form in ("csv", "parquet")} <= set(log)


def test_runs_and_strides_are_read(changing_app: Dash, anna: Device, ids: Ids) -> None:
    runs = anna("GET", "/runs").get_json()["runs"]
    assert {ids.run_of_anna, ids.recorded} <= {one["run_id"] for one in runs}
    assert anna("GET", f"/runs/{ids.recorded}").get_json()["summary"]["running"]
    parquet = pd.read_parquet(BytesIO(anna("GET", f"/runs/{ids.recorded}/strides.parquet").data))
    told = pd.read_csv(BytesIO(anna("GET", f"/runs/{ids.recorded}/strides.csv").data))
    assert list(told.columns) == list(parquet.columns)
    assert len(told) == len(parquet) > 50
    page = signed_in(changing_app, "anna").get(f"/run/{ids.recorded}/strides.csv")
    assert anna("GET", f"/runs/{ids.recorded}/strides.csv").data == page.data
    simulated = anna("GET", f"/runs/{ids.run_of_anna}/strides.csv")
    assert (simulated.status_code, code_of(simulated)) == (422, "refused")


def test_a_check_in_that_is_sent_twice_is_kept_once(
    anna: Device, app_clock: Clock, changing_app: Dash
) -> None:
    told = {"at": app_clock().isoformat(), "during": 1, "after": 2, "side": "left", "note": "a <b>word</b>"}
    first = anna("POST", "/check-ins", json=told)
    assert first.status_code == 201, first.text
    assert [one["pain"] for one in first.get_json()["kept"]] == [1, 2]
    assert any(line.startswith("Next") for line in first.get_json()["follows"])
    again = anna("POST", "/check-ins", json=told)
    assert (again.status_code, [one["is_new"] for one in again.get_json()["kept"]]) == (200, [False, False])
    with store_of(changing_app).seen_by("anna") as repository:
        history = repository.record(repository.sharing.athlete().athlete_id).history
    assert len([one for one in history.check_ins if one.note == told["note"]]) == 1


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"during": 11}, 400, "invalid"),
        ({"during": 1.5}, 400, "invalid"),
        ({"during": 1, "else": 1}, 400, "invalid"),
        ({"during": 1, "at": "2026-03-02T12:00:00"}, 400, "invalid"),
        ({"during": 1, "at": "2036-03-02T12:00:00Z"}, 422, "refused"),
        ({}, 422, "refused"),
        ({"during": 1, "resting": 1}, 422, "refused"),
        ([], 400, "invalid"),
    ],
)
def test_what_cannot_be_told_is_refused(anna: Device, sent: Any, status: int, code: str) -> None:
    answer = anna("POST", "/check-ins", json=sent)
    assert (answer.status_code, code_of(answer)) == (status, code)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[" * 60_000, "invalid"),
        (b'{"bytes":' * 5_000, "invalid"),
        (b" " * 100_000, "too_large"),
        (b"\xff\xfe", "invalid"),
        (b"", "invalid"),
    ],
)
def test_a_hostile_body_is_refused(anna: Device, content: bytes, code: str) -> None:
    answer = anna("POST", "/uploads", data=content, content_type="application/json")
    assert answer.status_code in (400, 413)
    assert code_of(answer) == code


def test_pieces_that_are_too_large_are_refused_before_they_are_kept(anna: Device) -> None:
    upload = begun(anna, bytes=5_000_000)["upload_id"]
    answer = anna("PUT", f"/uploads/{upload}/pieces/0", data=bytes((1 << 20) + 1))
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    assert anna("GET", f"/uploads/{upload}").get_json()["received"] == 0


def test_the_page_about_it_names_every_route() -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    named = {
        (method, re.sub("ID|OFFSET", "{}", path)) for method, path in re.findall(r"`([A-Z]+) (/[^`]+)`", page)
    }
    described = {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, methods in document()["paths"].items()
        for method in methods
    }
    assert {(method, path.removeprefix("/api/v1")) for method, path in named} == described


# -- everything that the description allows, and what it does not ------------------------------------------


@pytest.fixture(scope="module")
def described(
    filled_home: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, dict[str, str]]]:
    import schemathesis

    from tests.dashboard.conftest import _app

    for app in _app(filled_home, tmp_path_factory.mktemp("described"), Clock()):
        device = Device(app, "anna")
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app.server)
        yield schema, {"Authorization": f"Bearer {device.key}", "Accept-Encoding": "identity"}


OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]


@pytest.mark.unhurried
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_does_what_it_describes(
    described: tuple[Any, dict[str, str]], path: str, method: str
) -> None:
    # Half a second that only this test waits for, and not whoever collects it.
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        negative_data_rejection,
        response_schema_conformance,
        status_code_conformance,
        unsupported_method,
    )

    checks = [
        not_a_server_error,
        content_type_conformance,
        negative_data_rejection,
        response_schema_conformance,
        status_code_conformance,
        unsupported_method,
    ]
    schema, headers = described
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    if path == "/openapi.json":  # takes nothing, and so nothing wrong
        modes.pop()

    for mode in modes:
        strategy = schema[path][method].as_strategy(generation_mode=mode)

        @settings(
            max_examples=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def asked(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=checks)

        asked()


@pytest.mark.unhurried
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.binary(max_size=300))
def test_any_word_as_an_id_is_answered(anna: Device, word: str, content: bytes) -> None:
    for path in ("/uploads/{}", "/runs/{}", "/runs/{}/strides.csv", "/jobs/{}", "/runs?athlete_id={}"):
        answer = anna("GET", path.format(quote(word, safe="")))
        assert answer.status_code in (200, 308, 404, 422), answer.text
        assert answer.is_json or answer.status_code == 308
    upload = anna("PUT", f"/uploads/{quote(word, safe='')}/pieces/0", data=content)
    assert upload.status_code in (308, 404)
