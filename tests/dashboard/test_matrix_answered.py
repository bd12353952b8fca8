"""The other half of the matrix: what is refused to strangers does something for whoever may.

For every callback of the application somebody is answered, and every button that he presses changes the
store, its files, or, for the few of `LOOKS`, what he sees.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from dash import Dash

from imu.store import Store
from imu.training.history import CheckIn
from tests.dashboard.asking import signed_in, store_of
from tests.dashboard.cells import Call, calls
from tests.dashboard.conftest import Ids
from tests.dashboard.meant import failed_job, meant
from tests.dashboard.test_matrix import ofs, post, with_callbacks

WHOEVER_MAY = {"anna": "anna", "ito": "anna", "office": "anna", "ben": "ben"}  # at whose pages; ben is alone
LOOKS = ("preview", "second-step", "squad")  # parts of ids: pressed, and nothing is kept of it
_CHANGED_BY_LOOKING = ("audit", "standing", "sqlite_sequence")


@pytest.mark.slow
def test_for_every_callback_there_is_somebody_whose_request_does_something(
    changing_app: Dash, ids: Ids
) -> None:
    job_id = failed_job(changing_app, ids)
    clients = {who: with_callbacks(changing_app, who) for who in WHOEVER_MAY}
    limps(store_of(changing_app), ids)  # so that something waits for a clinician
    signed_in(changing_app, "anna")  # elsewhere, to be signed out from here
    waiting = {key for key, one in changing_app.callback_map.items() if "callback" in one}
    waiting -= {key for key in waiting if key.startswith("_pages_dummy")}
    assert len(waiting) > 50
    database = Path(str(store_of(changing_app).engine.url.database))
    asked = [
        (client, call)
        for who, client in clients.items()
        for call in calls(
            changing_app,
            ofs(ids, WHOEVER_MAY[who]),
            ("x",),
            meant=meant(changing_app, ids, who, job_id=job_id),
        )
    ]
    asked.sort(key=lambda one: "own-data" in one[1].key)  # what is erased takes its files along
    with put_back(database) as restore:
        for client, call in asked:
            if call.key in waiting:
                looks = only_looks(call)
                before = None if looks else everything(database)
                answer = post(client, call)
                if answer.status_code == 200 and (says(answer) if looks else everything(database) != before):
                    waiting.remove(call.key)
                if not looks:
                    restore()
    assert not waiting


def limps(store: Store, ids: Ids) -> None:
    with store.changed_by("ben") as repository:
        answer = CheckIn(at=repository.now(ids.ben), moment="after", pain=2, red_flags=("limp",))
        repository.care.add_check_in(ids.ben, answer)


def only_looks(call: Call) -> bool:
    return not call.presses or any(one in str(call.body["inputs"]) for one in LOOKS)


def says(answer: Any) -> bool:
    """Whether anything is filled by an answer."""
    told = answer.get_json()
    filled = [*told.get("response", {}).values(), *told.get("sideUpdate", {}).values()]
    return any(part is not None for one in filled for part in one.values())


def everything(database: Path) -> dict[str, Any]:
    """Rows of each table, but what looking changes, and the files beside."""
    found: dict[str, Any] = {
        "files": sorted(str(one) for one in database.parent.rglob("*.*") if one.is_file())
    }
    with closing(sqlite3.connect(database)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name == "sign_in":  # when a browser was last seen is no change
                found[name] = connection.execute("SELECT count(*) FROM sign_in").fetchall()
            elif name not in _CHANGED_BY_LOOKING:
                found[name] = sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
    return found


@contextmanager
def put_back(database: Path) -> Iterator[Any]:
    """What brings all rows back as they are now."""
    with closing(sqlite3.connect(":memory:")) as kept:
        with closing(sqlite3.connect(database)) as now:
            now.backup(kept)

        def restore() -> None:
            with closing(sqlite3.connect(database)) as now:
                kept.backup(now)

        yield restore
