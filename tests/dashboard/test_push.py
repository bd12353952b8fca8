"""`restride push` between a laptop and a clinic: both as processes, and a way between them that breaks."""

import json
import os
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import imu
from imu.followup.importing import import_recording
from imu.followup.run_facts import RunFacts
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Store
from imu.store.passwords import hashed
from imu.store.rows import UploadRow
from tests.conftest import COMMAND, Restride
from tests.dashboard.relay import Relay
from tests.served import Served, served
from tests.store.fresh import fresh_store

pytestmark = pytest.mark.slow

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
BREAKS_AFTER, PIECE = 600_000, 262_144  # bytes
MINUTES = 2  # a file of several pieces
WITHIN_S = 600  # seconds where a machine has nothing else to do
Push = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Clinic:
    """A server in processes of its own, and the store behind it."""

    here: Served
    store: Store
    account: Account

    @property
    def target(self) -> tuple[str, int]:
        parts = urlsplit(self.here.address)
        return str(parts.hostname), int(parts.port or 0)

    def runs(self) -> int:
        with self.store.seen_by(self.account) as repository:
            return len(repository.runs.listed(repository.sharing.athlete().athlete_id))

    def received(self) -> list[int]:
        """How many bytes there are of each file that came in part."""
        own = UploadRow.account_id == self.account.account_id
        with Session(self.store.engine) as session:
            found = session.execute(select(UploadRow.received, UploadRow.bytes).where(own)).all()
        return [received for received, size in found if received < size]

    def analysed(self, jobs: int) -> list[str]:
        """The states of so many jobs, once the worker is through with them."""
        until = time.monotonic() + WITHIN_S
        while True:
            with self.store.seen_by(self.account) as repository:
                states: list[str] = [one.state for one in repository.jobs.listed()]
            if len(states) == jobs and set(states) <= {"done", "failed"}:
                return states
            assert time.monotonic() < until, f"not analysed: {states}; {self.here.log.read_text()[-2000:]}"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("clinic") / "home"
    store = fresh_store(home)
    _add_runner(store, "office")
    store.close()
    with served(home, "--workers", "1") as here:
        yield here


@pytest.fixture
def clinic(server: Served, request: pytest.FixtureRequest) -> Iterator[Clinic]:
    """The server, and an account of which no other test knows."""
    name = f"anna-{abs(hash(request.node.name))}"
    store = Store.at(server.home)
    _add_runner(store, name)
    yield Clinic(server, store, next(one for one in store.accounts() if one.name == name))
    store.close()


def _add_runner(store: Store, name: str) -> None:
    """Who can sign in."""
    with store.changed_by(store.add_account(name, "runner")) as repository:
        repository.sharing.add_athlete(name, own=True)
    store.sign_ins.set_password_hash(name, hashed("anna anna anna"))


@pytest.fixture(scope="module")
def recordings() -> list[imu.Recording]:
    pattern = f"stand:5,run:{60 * MINUTES}@3,stand:5"
    return [
        replace(
            simulate(
                SimulationConfig(pattern=pattern if day == 0 else "stand:5,run:30@3,stand:5", seed=day)
            ).recording,
            start=START + timedelta(days=day),
        )
        for day in range(2)
    ]


@pytest.fixture
def laptop(tmp_path: Path, recordings: list[imu.Recording]) -> Path:
    """The home of a runner with two runs, the longer one first."""
    home = tmp_path / "laptop"
    store = fresh_store(home)
    account = store.only_account()
    with store.seen_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    for one in recordings:
        import_recording(store, account, athlete_id, one, facts=RunFacts(), analysis_version=imu.__version__)
    store.close()
    return home


@pytest.fixture
def push(laptop: Path, restride: Restride, monkeypatch: pytest.MonkeyPatch) -> Push:
    """In this process, which saves a new one; the server and what it does are processes anyway."""
    monkeypatch.delenv("RESTRIDE_TOKEN", raising=False)

    def run(*arguments: str, token: str | None = None) -> "subprocess.CompletedProcess[str]":
        environment = {"RESTRIDE_HOME": str(laptop)} | ({"RESTRIDE_TOKEN": token} if token else {})
        return restride("push", *arguments, **environment)

    return run


@pytest.fixture
def push_alone(laptop: Path) -> Push:
    """As a process of its own."""

    def run(*arguments: str, token: str | None = None) -> "subprocess.CompletedProcess[str]":
        environment = {name: value for name, value in os.environ.items() if name != "RESTRIDE_TOKEN"}
        environment |= {"RESTRIDE_HOME": str(laptop)} | ({"RESTRIDE_TOKEN": token} if token else {})
        command = [*COMMAND, "push", *arguments]
        return subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
        )

    return run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_runs_reach_the_clinic_once_each_however_often_the_way_breaks(
    clinic: Clinic, laptop: Path, push_alone: Push
) -> None:
    token = clinic.store.sign_ins.make_token(clinic.account, "laptop")
    with Relay(clinic.target) as way:
        away = push_alone("--server", way.address, token=token)
        assert (away.returncode, away.stdout) == (3, ""), away.stderr
        assert "is not reachable" in away.stderr
        assert "nothing is lost" in away.stderr

        way.open()
        entered = push_alone("--server", way.address, "--login", token=token)
        assert (entered.returncode, entered.stdout) == (
            0,
            f"{way.address}: this device sends and reads as {clinic.account.name}.\n",
        )
        assert mode(laptop / "servers.json") == 0o600
        way.cut()

        way.open(after_bytes=BREAKS_AFTER)
        broken = push_alone()
        assert broken.returncode == 3, broken.stderr
        (received,) = clinic.received()
        assert PIECE < received < BREAKS_AFTER

        way.open()
        done = push_alone("--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (len(told["sent"]), told["known"], told["refused"]) == (2, [], {})
        assert mode(laptop / "pushed.json") == 0o600
        assert clinic.received() == []

        again = push_alone()
        assert (again.returncode, again.stdout) == (0, f"Nothing to send: {way.address} has every run.\n")
        (laptop / "pushed.json").unlink()
        forgotten = push_alone()
        assert forgotten.stdout == f"0 sent to {way.address}, 2 were there already.\n"
        assert clinic.analysed(2) == ["done", "done"]
        assert clinic.runs() == 2


def test_a_key_that_is_wrong_or_taken_back_opens_nothing(clinic: Clinic, laptop: Path, push: Push) -> None:
    address = clinic.here.address
    unknown = push("--server", address, "--login", token="restride_wrong")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "does not know this device" in unknown.stderr
    assert not (laptop / "servers.json").exists()

    token = clinic.store.sign_ins.make_token(clinic.account, "laptop")
    assert push("--server", address, "--login", token=token).returncode == 0
    (device,) = clinic.store.sign_ins.devices(clinic.account)
    clinic.store.sign_ins.revoke_token(clinic.account, device.token_id)
    revoked = push()
    assert (revoked.returncode, revoked.stdout) == (2, "")
    assert "does not know this device" in revoked.stderr
    assert token not in revoked.stderr
    assert clinic.received() == []
    assert not (laptop / "pushed.json").exists()  # everything still waits

    other = clinic.store.sign_ins.make_token(clinic.account, "laptop again")
    assert push("--login", token=other).returncode == 0
    assert push().stdout == f"2 sent to {address}, 0 were there already.\n"


def test_a_recording_that_is_broken_is_explained_and_the_others_arrive(
    clinic: Clinic, laptop: Path, push: Push
) -> None:
    token = clinic.store.sign_ins.make_token(clinic.account, "laptop")
    first = sorted(laptop.glob("blobs/recordings/*/*/pelvis.parquet"))[0]
    first.write_bytes(first.read_bytes()[:1000])
    address = clinic.here.address
    assert push("--server", address, token=token).stdout == f"2 sent to {address}, 0 were there already.\n"
    assert sorted(clinic.analysed(2)) == ["done", "failed"]
    assert clinic.runs() == 1
    told = push("--server", address, token=token)
    run_id = first.parent.name
    assert told.stderr.startswith(f"run {run_id[:8]}: the server could not analyse it: pelvis.parquet: ")
    assert str(clinic.here.home) not in told.stderr
    assert told.returncode == 0
