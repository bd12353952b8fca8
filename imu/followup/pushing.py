"""The runs of a history on their way to a server: what it does not have yet is sent, from where it stopped.

What was sent is remembered beside the store. If that is lost, everything is offered again, and the server
takes nothing twice.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from imu.errors import RestrideError, ServerError, writing
from imu.followup.parcels import pack
from imu.store import Account, ListedRun, Store

FILE_NAME = "pushed.json"
_TRIES = 4  # of one request; a train's tunnel is longer, and then it is for another time
_WAIT_S = 0.5  # before the second one, doubled each time
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_ALONE = ("localhost", "127.0.0.1", "::1")


@dataclass(slots=True, kw_only=True)
class Pushed:
    """What became of the runs that were to be sent; ids of runs, and why where something is wrong."""

    sent: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)  # the server had them
    refused: dict[str, str] = field(default_factory=dict)


class Server:
    """A dashboard's server, asked with the key of a device. ServerError where it cannot be reached."""

    def __init__(self, url: str, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = checked_url(url)
        self._client = httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
            transport=transport,
        )

    def ask(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        """One request, tried again where the way is bad: every one may be sent twice.

        `Refused` where the server says no.
        """
        for number in range(_TRIES):
            if number:
                time.sleep(_WAIT_S * 2 ** (number - 1))
            try:
                answer = self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
                continue
            if answer.status_code >= 500:
                trouble = f"it answers {answer.status_code}"
                continue
            return self._read(answer)
        raise ServerError(f"{self.url}: is not reachable ({trouble}); nothing is lost, push again later")

    def close(self) -> None:
        self._client.close()

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            told = None
        if answer.is_success and isinstance(told, dict):
            return told
        error = told.get("error") if isinstance(told, dict) else None
        if answer.status_code == 401:
            raise RestrideError(
                f"{self.url}: does not know this device; make a key on the account's page there, "
                "then: restride push --login"
            )
        if not isinstance(error, dict):
            raise ServerError(f"{self.url}: does not answer as a restride server does; is the address right?")
        raise Refused(str(error.get("code")), str(error.get("message")), error.get("received"))


class Refused(RestrideError):  # noqa: N818 - what the server did
    """The server says no, in its words."""

    def __init__(self, code: str, message: str, received: int | None) -> None:
        super().__init__("".join(c if c.isprintable() else " " for c in message))
        self.code = code
        self.received = received


def checked_url(url: str) -> str:
    """Without a slash at its end. RestrideError where a key would travel readable for all."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RestrideError(f"{url}: is no address of a server; give one like https://clinic.example")
    if parts.scheme == "http" and parts.hostname not in _ALONE:
        raise RestrideError(f"{url}: http can be read on the way; use https")
    return url.rstrip("/")


def push(
    store: Store,
    viewer: Account,
    athlete_id: str,
    server: Server,
    *,
    home: Path,
    again: bool = False,
    progress: Callable[[float, str], None] = lambda _share, _words: None,
) -> Pushed:
    """Send every run with a recording that the server does not have, the earliest first.

    again: have it try once more what it could not analyse. ServerError where it goes away; what was sent
    until then stays sent.
    """
    done, remembered = Pushed(), Remembered(home, server.url)
    with store.seen_by(viewer) as repository:
        recorded = set(repository.runs.derived_otherwise(athlete_id, than=None))
        listed = [one for one in repository.runs.listed(athlete_id) if one.run.run_id in recorded]
    waiting = [one for one in listed if again or one.run.run_id not in remembered.jobs]
    for number, one in enumerate(waiting):
        run_id, words = one.run.run_id, f"{one.run.start:%Y-%m-%d %H:%M}"

        def shown(share: float, number: int = number, words: str = words) -> None:
            progress((number + share) / len(waiting), words)

        shown(0.0)
        try:
            job, was_known = _sent(store, viewer, one, server, shown)
            if again and job["state"] == "failed":
                job = server.ask("POST", f"jobs/{job['job_id']}/again")
        except Refused as refused:
            done.refused[run_id] = str(refused)
            continue
        remembered.keep(run_id, str(job["job_id"]))
        (done.known if was_known else done.sent).append(run_id)
    return done


def failed_there(server: Server, home: Path) -> dict[str, str]:
    """Runs that the server could not analyse, and why."""
    told = {one["job_id"]: one for one in server.ask("GET", "jobs")["jobs"]}
    jobs = Remembered(home, server.url).jobs
    return {
        run_id: str(told[job_id]["message"])
        for run_id, job_id in jobs.items()
        if job_id in told and told[job_id]["state"] == "failed"
    }


def _sent(
    store: Store, viewer: Account, one: ListedRun, server: Server, progress: Callable[[float], None]
) -> tuple[dict[str, Any], bool]:
    """The job that the server made of a run, and whether it had all of it before."""
    with _parcel(store, viewer, one.run.run_id) as parcel, parcel.open("rb") as file:
        announced = {
            "sha256": file_digest(file, "sha256").hexdigest(),
            "bytes": parcel.stat().st_size,
            "facts": {
                "surface": one.run.surface,
                "shoe": one.run.shoe,
                "effort_cr10": one.run.effort_cr10,
            },
        }
        upload = server.ask("POST", "uploads", json=announced)
        if upload["state"] == "complete":
            return upload["job"], True
        received, size = int(upload["received"]), int(announced["bytes"])  # type: ignore[call-overload]
        address = f"uploads/{upload['upload_id']}"
        while received < size:
            progress(received / size)
            file.seek(received)
            piece = file.read(int(upload["piece_bytes"]))
            now = int(server.ask("PUT", f"{address}/pieces/{received}", content=piece)["received"])
            if now <= received:
                raise ServerError(f"{server.url}: does not take what it is sent; push again later")
            received = now
        return server.ask("POST", f"{address}/complete"), False


@contextmanager
def _parcel(store: Store, viewer: Account, run_id: str) -> Iterator[Path]:
    """A run as one file, for as long as it is sent."""
    with tempfile.TemporaryDirectory(prefix="restride-push-") as scratch:
        path = Path(scratch, "run.zip")
        with store.seen_by(viewer) as repository:
            raw = repository.runs.raw(run_id)
            assert raw is not None
            pack(raw.files, lambda name: repository.files.raw(run_id, name), path)
        yield path


class Remembered:
    """What was sent to a server: its job by our run, in a file of the home."""

    def __init__(self, home: Path, url: str) -> None:
        self._path = home / FILE_NAME
        self._url = url

    @property
    def jobs(self) -> Mapping[str, str]:
        """Nothing where the file is gone or damaged: then all is offered again."""
        found = self._all().get(self._url)
        return found if isinstance(found, dict) else {}

    def keep(self, run_id: str, job_id: str) -> None:
        """Write it down, whole or not at all."""
        content = {**self._all(), self._url: {**self.jobs, run_id: job_id}}
        write_private(self._path, content)

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """JSON that only its owner reads, written beside and renamed."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(
                beside, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)
            ) as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
