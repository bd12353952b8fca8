"""A dashboard over a small store, and a browser for whoever is to look."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import argon2
import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard import collector, desk
from dashboard.app import create_app
from dashboard.settings import Settings
from imu.store import Store
from tests.dashboard import seeded
from tests.dashboard.asking import signed_in
from tests.once import made_once
from tests.store.conftest import Clock


@dataclass(frozen=True, slots=True)
class Ids:
    """What addresses hold: athletes, and a run of each. `recorded`: the run of anna with a recording."""

    anna: str
    ben: str
    run_of_anna: str
    run_of_ben: str
    recorded: str


ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hashes that cost nothing: what they cost by purpose would be most of the time of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        quick = partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(argon2, "PasswordHasher", quick)
        yield


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the store of `seeded`. Nobody writes here: it is copied."""
    return made_once(tmp_path_factory, "filled-home", seeded.fill)


@pytest.fixture(scope="session")
def ids(filled_home: Path) -> Ids:
    store = Store.at(filled_home)
    found = {}
    for name in ("anna", "ben"):
        with store.seen_by(name) as repository:
            athlete = repository.sharing.athlete()
            found[name] = athlete.athlete_id, repository.runs.listed(athlete.athlete_id)
    store.close()
    return Ids(
        anna=found["anna"][0],
        ben=found["ben"][0],
        run_of_anna=found["anna"][1][0].run.run_id,
        run_of_ben=found["ben"][1][0].run.run_id,
        recorded=found["anna"][1][-1].run.run_id,
    )


@pytest.fixture(scope="session")
def dash_app(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """A dashboard for everybody who only looks; whoever changes something takes `changing_app`."""
    yield from _app(filled_home, tmp_path_factory.mktemp("looking"), Clock())


@pytest.fixture(scope="session")
def client_of(dash_app: Dash) -> ClientOf:
    """`client_of("anna")`: a browser in which somebody of `seeded.ROLES` is signed in, to look."""
    return lambda name: signed_in(dash_app, name)


@pytest.fixture
def app_clock() -> Clock:
    """The clock of `changing_app` and `own_app`."""
    return Clock()


@pytest.fixture(scope="session")
def _made_once(filled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dash]:
    """An application keeps nothing but its store, and takes longer to make than most pages to fill."""
    yield from _app(filled_home, tmp_path_factory.mktemp("changing"), Clock())


@pytest.fixture
def changing_app(_made_once: Dash, filled_home: Path, tmp_path: Path, app_clock: Clock) -> Iterator[Dash]:
    """A dashboard over a store of its own: `signed_in(changing_app, "anna")`, `store_of(changing_app)`.

    The application itself is that of other tests, too; whoever changes it takes `own_app`.
    """
    server, home = _made_once.server, tmp_path / "home"
    shutil.copytree(filled_home, home)
    with pytest.MonkeyPatch.context() as patch:
        for limiter in server.extensions["limiter"]:
            limiter.reset()
        patch.setattr(server, "extensions", dict(server.extensions))
        store = Store.at(home, clock=app_clock)
        desk.furnish(server, store, home)
        collector.furnish(server, home)
        yield _made_once
        store.close()


@pytest.fixture
def own_app(filled_home: Path, tmp_path: Path, app_clock: Clock) -> Iterator[Dash]:
    """The same, made for this test: for the door, whose limits are set as it is made."""
    yield from _app(filled_home, tmp_path, app_clock)


def _app(filled: Path, folder: Path, clock: Clock) -> Iterator[Dash]:
    home = folder / "home"
    shutil.copytree(filled, home)
    app = create_app(Settings(home=home, secret_key=b"k" * 32, secure_cookies=False, clock=clock))
    yield app
    app.server.extensions["restride.store"].close()
