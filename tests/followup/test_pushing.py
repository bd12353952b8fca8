"""Runs go to a server once each, whatever happens on the way."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

import imu
from dashboard.app import create_app
from dashboard.settings import Settings
from imu.errors import RestrideError, ServerError
from imu.followup import pushing
from imu.followup.arriving import arrive
from imu.followup.importing import import_recording
from imu.followup.pushing import FILE_NAME, Pushed, Server, checked_url, failed_there, push
from imu.followup.run_facts import RunFacts
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Store
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.unhurried

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
NOW = START + timedelta(days=2)


class Clinic:
    """A server, and what goes wrong on the way to it: `breaks` says at which request, before or after it."""

    def __init__(self, home: Path) -> None:
        settings = Settings(home=home, secret_key=b"k" * 32, secure_cookies=False, clock=lambda: NOW)
        app = create_app(settings)
        self.store: Store = app.server.extensions["restride.store"]
        self.account = self.store.only_account()
        self.token = self.store.sign_ins.make_token(self.account, "laptop")
        self._inner = httpx.WSGITransport(app=app.server)
        self.asked: list[str] = []
        self.breaks: dict[int, str] = {}
        self.is_away = False

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        how = self.breaks.get(len(self.asked))
        if self.is_away or how == "before":
            raise httpx.ConnectError("the way is bad", request=request)
        answer = self._inner.handle_request(request)
        answer.read()
        if how == "after":
            raise httpx.ReadError("the answer is lost", request=request)
        if how == "500":
            return httpx.Response(503, request=request)
        return answer

    def analysed(self) -> int:
        """All that waits; how many runs there are then."""
        while (held := self.store.jobs.take()) is not None:
            arrive(self.store, held, analysis_version=imu.__version__)
        with self.store.seen_by(self.account) as repository:
            return len(repository.runs.listed(repository.sharing.athlete().athlete_id))


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path / "clinic")
    yield made
    made.store.close()


@pytest.fixture
def server(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(pushing, "_WAIT_S", 0.0)
    there = Server("http://localhost", clinic.token, transport=httpx.MockTransport(clinic.handle))
    yield there
    there.close()


@pytest.fixture(scope="module")
def recording() -> imu.Recording:
    return simulate(SimulationConfig(pattern="stand:5,run:30@3,stand:5", seed=4)).recording


@pytest.fixture
def store(tmp_path: Path, recording: imu.Recording) -> Store:
    """Two runs on a laptop."""
    store = fresh_store(tmp_path / "laptop", clock=lambda: NOW)
    anna = store.only_account()
    with store.seen_by(anna) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    analysis = imu.analyze(recording)
    for days in (0, 1):
        import_recording(
            store,
            anna,
            athlete_id,
            replace(recording, start=START + timedelta(days=days)),
            facts=RunFacts(surface="track"),
            analysis_version="1",
            analysis=analysis,
        )
    return store


def pushed(store: Store, server: Server, home: Path, **how: Any) -> Pushed:
    anna: Account = store.only_account()
    with store.seen_by(anna) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    return push(store, anna, athlete_id, server, home=home, **how)


def test_every_run_is_sent_once(store: Store, server: Server, clinic: Clinic, tmp_path: Path) -> None:
    shares: list[float] = []
    done = pushed(store, server, tmp_path, progress=lambda share, _words: shares.append(share))
    assert (len(done.sent), done.known, done.refused) == (2, [], {})
    assert shares == sorted(shares)
    assert clinic.analysed() == 2
    asked = len(clinic.asked)
    assert pushed(store, server, tmp_path) == Pushed()
    assert len(clinic.asked) == asked
    kept = tmp_path / FILE_NAME
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.write_text("{ half", "utf-8")
    assert len(pushed(store, server, tmp_path).known) == 2
    assert clinic.analysed() == 2


@pytest.mark.parametrize("how", ["before", "after", "500"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_one_bad_moment_changes_nothing(
    store: Store, server: Server, clinic: Clinic, tmp_path: Path, at: int, how: str
) -> None:
    clinic.breaks = {at: how}
    assert len(pushed(store, server, tmp_path).sent) == 2
    with clinic.store.seen_by(clinic.account) as repository:
        assert len(repository.jobs.listed()) == 2


def test_without_a_server_everything_waits(
    store: Store, server: Server, clinic: Clinic, tmp_path: Path
) -> None:
    clinic.is_away = True
    with pytest.raises(ServerError, match=r"not reachable .*nothing is lost"):
        pushed(store, server, tmp_path)
    clinic.is_away = False
    clinic.breaks = dict.fromkeys(range(len(clinic.asked) + 3, len(clinic.asked) + 9), "before")
    with pytest.raises(ServerError):
        pushed(store, server, tmp_path)
    clinic.breaks = {}
    done = pushed(store, server, tmp_path)
    assert len(done.sent) + len(done.known) == 2
    assert clinic.analysed() == 2


def test_what_the_server_cannot_analyse_is_told_and_tried_again_when_asked(
    store: Store, server: Server, clinic: Clinic, tmp_path: Path
) -> None:
    done = pushed(store, server, tmp_path)
    held = clinic.store.jobs.take()
    assert held is not None
    clinic.store.jobs.fail(held.job, "pelvis.parquet: is empty")
    told = failed_there(server, tmp_path)
    assert list(told.values()) == ["pelvis.parquet: is empty"]
    assert set(told) < set(done.sent)
    assert pushed(store, server, tmp_path) == Pushed()
    assert len(pushed(store, server, tmp_path, again=True).known) == 2
    assert clinic.analysed() == 2
    assert failed_there(server, tmp_path) == {}


def test_an_unknown_key_is_said(clinic: Clinic, store: Store, tmp_path: Path) -> None:
    there = Server("http://localhost", "not a key", transport=httpx.MockTransport(clinic.handle))
    with pytest.raises(RestrideError, match="does not know this device"):
        pushed(store, there, tmp_path)


def test_another_kind_of_server_is_said(store: Store, tmp_path: Path) -> None:
    page = httpx.MockTransport(lambda _request: httpx.Response(200, text="<html>"))
    with pytest.raises(ServerError, match="does not answer as a restride server"):
        pushed(store, Server("http://localhost", "key", transport=page), tmp_path)


@pytest.mark.parametrize("url", ["clinic.example", "http://clinic.example", "ftp://x", "https://", ""])
def test_a_key_is_sent_where_nobody_can_read_it(url: str) -> None:
    with pytest.raises(RestrideError):
        checked_url(url)


def test_addresses_are_one_however_they_end() -> None:
    assert checked_url("https://clinic.example/") == checked_url("https://clinic.example")
    assert checked_url("http://127.0.0.1:8050") == "http://127.0.0.1:8050"
