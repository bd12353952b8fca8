"""`restride serve`: who may start it, what it keeps to itself, and how it ends."""

import json
import logging
import re
import signal
import socket
import stat
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.metadata import EntryPoint
from pathlib import Path

import httpx
import psutil
import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.serving import verb
from dashboard.serving.environment import provider, settings, told
from dashboard.serving.logs import JsonLines, route_of
from dashboard.serving.processes import listening
from dashboard.serving.secret import secret_key
from dashboard.serving.wsgi import from_environment
from imu.cli import added
from imu.errors import RestrideError, StoreError
from imu.store.passwords import hashed
from tests.conftest import Restride
from tests.served import Served, served
from tests.store.fresh import fresh_store

_TEMPLATES = ("/", "/runs", "/athlete/<athlete_id>/runs", "/run/<run_id>")


@pytest.fixture
def home_of_anna(restride_home: Path) -> Path:
    store = fresh_store(restride_home)
    anna = store.add_account("anna", "runner")
    with store.changed_by(anna) as repository:
        repository.sharing.add_athlete("anna", own=True)
    store.sign_ins.set_password_hash("anna", hashed("anna anna anna"))
    store.close()
    return restride_home


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "home")
    assert len(key) >= 32
    assert secret_key(tmp_path / "home") == key
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret_key"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_key(tmp_path)
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(StoreError, match="others may read it; chmod 600"):
        secret_key(tmp_path)


@pytest.mark.parametrize("given", ["", "short"])
def test_a_given_key_must_be_long(tmp_path: Path, given: str) -> None:
    with pytest.raises(StoreError, match="RESTRIDE_SECRET: has"):
        secret_key(tmp_path, given=given)
    assert secret_key(tmp_path, given="x" * 32) == b"x" * 32
    assert not (tmp_path / "secret_key").exists()


def test_without_an_account_and_nobody_to_ask_it_says_what_to_do(restride: Restride) -> None:
    done = restride("serve", "--port", "0")
    assert done.returncode == 2
    assert re.fullmatch(
        r"restride: nobody can sign in yet: .* restride accounts password NAME\n", done.stderr
    )


def test_a_taken_port_is_one_line(restride: Restride, home_of_anna: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = restride("serve", "--port", port)
    assert (done.returncode, done.stderr) == (
        2,
        f"restride: 127.0.0.1:{port}: address already in use; choose another --port or --host\n",
    )
    assert home_of_anna.exists()


def test_an_address_of_another_computer_is_one_line() -> None:
    with pytest.raises(RestrideError, match=r"203\.0\.113\.1:0: .*choose another --port or --host"):
        listening("203.0.113.1", 0)


def test_without_the_extra_it_says_how_to_install_it(
    restride: Restride, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "find_spec", lambda name: None if name == "dash" else name)
    done = restride("serve")
    assert (done.returncode, done.stderr) == (
        2,
        "restride: the dashboard is not installed (dash is missing): pip install 'restride[dashboard]'\n",
    )


def test_a_verb_that_cannot_be_loaded_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [EntryPoint("weigh", "no_such_package:weigh", added.GROUP)]
    monkeypatch.setattr(added, "entry_points", lambda group: entries if group == added.GROUP else [])
    ((name, function),) = added.added_verbs()
    with pytest.raises(RestrideError, match=r"weigh: no_such_package:weigh cannot be loaded .*install it"):
        function()
    assert name == "weigh"


@pytest.mark.parametrize(
    ("path", "rule", "route"),
    [
        ("/", "/", "/"),
        ("/runs", "/<path:path>", "/runs"),
        ("/athlete/4ac81f/runs", "/<path:path>", "/athlete/<athlete_id>/runs"),
        ("/run/4ac81f", "/<path:path>", "/run/<run_id>"),
        ("/Anna/hamstring", "/<path:path>", "other"),
        ("/Anna", None, "other"),
        ("/api/v1/runs/4ac8", "/api/v1/runs/<run_id>", "/api/v1/runs/<run_id>"),
    ],
)
def test_a_logged_path_has_no_id(path: str, rule: str | None, route: str) -> None:
    assert route_of(path, rule, _TEMPLATES) == route


def test_a_logged_error_says_where_and_quotes_nobody() -> None:
    try:
        raise ValueError("sore left hamstring")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, "", 0, "Exception on /run/4ac8", (), sys.exc_info())
    line = JsonLines().format(record)
    told = json.loads(line)
    assert "hamstring" not in line
    assert "4ac8" not in line
    assert told["error"] == "ValueError"
    assert told["where"][-1].endswith("test_a_logged_error_says_where_and_quotes_nobody")


def test_health_needs_no_sign_in_and_sees_the_database(
    home_of_anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESTRIDE_HOME", str(home_of_anna))
    server = from_environment()
    client = server.test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")
    store = server.extensions["restride.store"]
    store.engine.dispose()
    (home_of_anna / "store.sqlite").rename(home_of_anna / "gone")
    (home_of_anna / "store.sqlite").mkdir()
    assert client.get("/healthz").status_code == 503


def test_the_first_requests_of_a_worker_may_come_at_the_same_time(
    home_of_anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dash finishes itself at its first request; a browser asks for twenty bundles at once."""
    monkeypatch.setenv("RESTRIDE_HOME", str(home_of_anna))
    client = signed_in_at(from_environment(), "anna")
    bundles = re.findall(r'src="(/_dash-component-suites/[^"]+)"', client.get("/today").text)
    assert len(bundles) > 5
    server = from_environment()
    together = threading.Barrier(len(bundles))

    def asked(bundle: str) -> int:
        together.wait(30)
        with server.test_client().get(bundle) as answer:
            return answer.status_code

    with ThreadPoolExecutor(len(bundles)) as browser:
        assert set(browser.map(asked, bundles)) == {200}


def signed_in_at(server: Flask, name: str) -> FlaskClient:
    client = server.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = server.extensions["restride.store"].sign_ins.begin(name, agent="test")
        session["_fresh"] = True
    return client


def loaded_for(here: Served) -> set[str]:
    """Files of all processes of a server."""
    everybody = psutil.Process(here.process.pid).children(recursive=True)
    return {part.path for one in everybody for part in one.memory_maps()}


@pytest.mark.slow
def test_it_serves_alone_writes_no_ids_and_ends_soon_and_in_order(
    home_of_anna: Path, restride: Restride
) -> None:
    with served(home_of_anna) as here, httpx.Client(base_url=here.address) as browser:
        form = browser.get("/sign-in")
        token = re.search(r'name="token" value="([^"]+)"', form.text)
        assert token
        words = {"name": "anna", "password": "anna anna anna", "token": token[1]}
        entered = browser.post("/sign-in", data=words, headers={"Origin": here.address})
        assert entered.status_code == 303
        assert "Secure" not in entered.headers["Set-Cookie"]  # http on this computer
        assert browser.get("/run/4ac81f0000").status_code < 500
        if sys.platform == "linux":
            assert not [
                one for one in loaded_for(here) if "scipy/signal" in one
            ]  # it shows, and analyses nothing
        done = restride("serve", "--port", "0", RESTRIDE_HOME=str(home_of_anna))
        assert done.stderr == f"restride: {home_of_anna}: is served already, at {here.address}\n"
        assert done.returncode == 2
        ends_soon_with_browsers_connected(here, signal.SIGTERM)
    assert here.process.returncode == 0
    log = here.log.read_text()
    requests = [told for told in map(json.loads, log.splitlines()) if told["event"] == "request"]
    assert {"GET", "POST"} <= {told["method"] for told in requests}
    assert "anna" not in "".join(json.dumps(told) for told in requests)
    assert "4ac81f" not in log
    with pytest.raises(httpx.ConnectError):
        httpx.get(here.address)


def test_a_number_of_proxies_is_believed_and_nothing_else(tmp_path: Path) -> None:
    assert told({}).proxies == 0
    assert settings({"RESTRIDE_HOME": str(tmp_path), "RESTRIDE_BEHIND_PROXY": "2"}).proxies == 2
    for wrong in ("yes", "-1", "10", "1.5"):
        with pytest.raises(StoreError, match=f"RESTRIDE_BEHIND_PROXY: {wrong}; give the number"):
            told({"RESTRIDE_BEHIND_PROXY": wrong})


def test_an_identity_provider_is_whole_or_refused(tmp_path: Path) -> None:
    whole = {
        "RESTRIDE_OIDC_ISSUER": "https://id.example.org",
        "RESTRIDE_OIDC_CLIENT_ID": "restride",
        "RESTRIDE_OIDC_CLIENT_SECRET": "s" * 20,
    }
    found = settings({"RESTRIDE_HOME": str(tmp_path), **whole, "RESTRIDE_OIDC_NAME": "The clinic"}).provider
    assert found is not None
    assert (found.issuer, found.name) == ("https://id.example.org", "The clinic")
    assert "s" * 20 not in repr(found)
    assert settings({"RESTRIDE_HOME": str(tmp_path)}).provider is None
    for name in whole:
        half = {one: value for one, value in whole.items() if one != name}
        with pytest.raises(StoreError, match=f"^{name}: missing; an identity provider needs all of"):
            provider(half)


@pytest.mark.slow
def test_behind_a_proxy_cookies_are_for_https_only_and_ctrl_c_ends_it_soon(home_of_anna: Path) -> None:
    with served(home_of_anna, "--behind-proxy") as here:
        answer = httpx.get(f"{here.address}/sign-in", headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in answer.headers["Set-Cookie"]
        ends_soon_with_browsers_connected(here, signal.SIGINT)


def ends_soon_with_browsers_connected(here: Served, number: int) -> None:
    """On a machine that does nothing else in under three; here others may compute at the same time."""
    with ExitStack() as stack:
        for _ in range(6):
            browser = stack.enter_context(httpx.Client(base_url=here.address))
            assert browser.get("/sign-in").status_code == 200  # and the connection is kept
        began = time.monotonic()
        here.process.send_signal(number)
        here.process.wait(30)
        took_s = time.monotonic() - began
    assert took_s < 8


@pytest.mark.slow
def test_killed_it_leaves_nobody_behind_who_keeps_the_port(home_of_anna: Path) -> None:
    with served(home_of_anna) as here:
        here.process.kill()
        here.process.wait(30)
        address, port = here.address, here.address.rpartition(":")[2]
        until = time.monotonic() + 60
        while is_answered(address):
            assert time.monotonic() < until, "a server without anybody to mind it goes on"
            time.sleep(0.1)
    with served(home_of_anna, "--port", port, "--workers", "1", "--no-worker") as again:
        assert is_answered(again.address)


def is_answered(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
