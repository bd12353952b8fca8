"""Which sensors a session uses, and where what it makes is kept."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import imu
from imu.cli.told import echo
from imu.errors import RecordingError, RestrideError

if TYPE_CHECKING:
    from imu.cli.bluetooth import Air, VirtualWorld
    from imu.collect.assemble import NoRecordingError
    from imu.collect.recover import Finished
    from imu.collect.registry import PairedSensor, Registry
    from imu.collect.session import Worn
    from imu.followup.run_facts import RunFacts


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of one session."""

    session: Path  # journals, until the recording is verified
    recording: Path

    @property
    def results(self) -> Path:
        return self.recording / "results"


def places(here: "Air", start: datetime, out: Path | None) -> Places:
    """Where a session that starts now is kept; `out` is where its recording goes instead of home.

    A clock that was set back, or a second runner on the same computer, gets a name of its own.
    """
    usual = start.strftime("%Y-%m-%dT%H%M%S")
    names = chain([usual], (f"{usual}-{number}" for number in count(2)))
    taken = (here.home / "sessions", here.home / "recordings")
    name = next(name for name in names if not any((folder / name).exists() for folder in taken))
    if out is not None and out.exists():
        raise RestrideError(f"{out}: exists already; a recording is never overwritten, choose another --out")
    return Places(here.home / "sessions" / name, out or here.home / "recordings" / name)


def worn_sensors(here: "Air", wanted: Sequence[str]) -> dict[str, "PairedSensor"]:
    """The paired sensors at the placements `wanted` (all, where none is named)."""
    from imu.collect.registry import Registry

    registry = Registry(here.home)
    worn = registry.worn()
    if here.world is not None:
        worn = _virtual(here.world, registry)
    if not worn:
        raise RestrideError("no sensor is paired yet; run: restride pair")
    known = [*worn, *registry.references()]
    if unknown := [placement for placement in wanted if placement not in known]:
        raise RestrideError(f"no sensor is paired as {unknown[0]!r}; paired are {', '.join(known)}")
    chosen = {placement: sensor for placement, sensor in worn.items() if not wanted or placement in wanted}
    if not chosen:
        raise RestrideError(f"{wanted[0]} is a reference beside a run's sensors; name one of them, too")
    return chosen


def worn_references(here: "Air", wanted: Sequence[str]) -> dict[str, "PairedSensor"]:
    """The paired heart-rate strap and foot pod, by kind; of `wanted` placements only, where any are named."""
    from imu.collect.registry import Registry

    worn = Registry(here.home).references()
    if here.world is not None:
        worn = {kind: sensor for kind, sensor in worn.items() if kind in here.world.config()["sensors"]}
    return {kind: sensor for kind, sensor in worn.items() if not wanted or kind in wanted}


def known_as(here: "Air", worn: "Mapping[str, Worn]", wanted: Iterable[str]) -> "dict[str, PairedSensor]":
    """The sensors of a session, with the addresses they were met at last."""
    from imu.collect.registry import PairedSensor, Registry

    addresses = {sensor.serial: sensor.address for sensor in Registry(here.home).sensors()}
    return {
        placement: PairedSensor(
            serial=who.serial,
            kind=who.kind,
            model=who.model,
            placement=placement,
            name=placement.replace("_", " "),
            since=date.today().isoformat(),
            address=addresses.get(who.serial),
        )
        for placement, who in ((p, worn[p].identity) for p in wanted)
    }


def remember(here: "Air", worn: "Mapping[str, Worn]", addresses: Mapping[str, str]) -> None:
    """Keep where paired sensors were met, by placement: next time nobody has to be asked who he is."""
    from imu.collect.registry import Registry

    registry = Registry(here.home)
    known = {sensor.serial: sensor.address for sensor in registry.sensors()}
    for placement, address in addresses.items():
        serial = worn[placement].identity.serial
        if serial in known and known[serial] != address:
            registry.change(serial, address=address)


def remember_batteries(home: Path, percent: Mapping[str, float]) -> None:
    """Keep that these sensors, by placement, were heard of just now, and what their batteries held.

    What is only to be shown later ends nothing.
    """
    from imu.collect.registry import Registry

    registry, now = Registry(home), datetime.now().astimezone().isoformat(timespec="seconds")
    for placement, battery_percent in percent.items():
        with suppress(RestrideError, OSError):
            registry.change(placement, battery_percent=battery_percent, seen=now)


def tell_unreadable(sessions: Path) -> None:
    """A session that nobody can read waits for ever, and is not deleted for that."""
    from imu.collect.session import sessions_in

    for error in sessions_in(sessions)[1]:
        echo(f"restride: {error}; move its folder elsewhere", err=True)


def let_go_of(session: Path, finished: "Finished") -> None:
    """Remove a session that became a recording; where that could not take all of it, say what stays."""
    from imu.collect.recover import let_go

    if not let_go(session, finished):
        echo(f"Not all samples could be used; those that are in no recording stay in {session}.", err=True)


def let_go_of_little(session: Path, error: "NoRecordingError") -> RestrideError:
    """Set a session aside that no recording can be made of. Whoever wanted one is told by this error."""
    from imu.collect.recover import set_aside

    set_aside(session)
    return RestrideError(f"{error}; what came stays there, and nothing waits for it any more")


def remember_skews(home: Path, finished: "Finished") -> None:
    """Keep how fast the clocks of paired sensors run, as far as this recording measured it well."""
    from imu.collect.registry import Registry
    from imu.collect.skews import measured_skews_ppm

    registry = Registry(home)
    known = {sensor.serial for sensor in registry.sensors()}
    for serial, skew_ppm in measured_skews_ppm(imu.load(finished.recording).collection or {}).items():
        if serial in known:
            registry.change(serial, skew_ppm=skew_ppm)


def analysed(places: Places, *, home: Path, facts: "RunFacts | None" = None) -> str:
    """Analyse a finished recording beside it, take it into the history of `home`, and say what was found."""
    from imu.cli.in_history import taken_in
    from imu.cli.summary import run_text
    from imu.report import write_page

    analysis = imu.analyze(imu.load(places.recording))
    analysis.save(places.results)
    write_page(analysis, places.results / "report.html")
    found = run_text(analysis.summary, out=places.results)
    paragraph = taken_in(home, places.recording, analysis, facts=facts)
    return found if paragraph is None else f"{found}\n\n{paragraph}"


def analysed_if_long(places: Places, *, home: Path, facts: "RunFacts | None" = None) -> str | None:
    """Like `analysed`, for a recording that may be too short to say anything; then it says that."""
    try:
        return analysed(places, home=home, facts=facts)
    except RecordingError as error:
        echo(f"{places.recording}: recorded, but not analysed ({error.reason})", err=True)
        return None


def _virtual(world: "VirtualWorld", registry: "Registry") -> dict[str, "PairedSensor"]:
    """Virtual sensors need no pairing: they are worn where their world says."""
    from imu.devices.sensor import Identity
    from imu.devices.standard.reference import REFERENCES, ReferenceIdentity

    known = {sensor.serial for sensor in (*registry.worn().values(), *registry.references().values())}
    sensors = world.config()["sensors"]
    for placement, sensor in sensors.items():
        if sensor["serial"] not in known and placement not in REFERENCES:
            registry.pair(Identity(world.kind, "virtual", sensor["serial"], ""), placement)
    for kind in REFERENCES:
        if kind in sensors and sensors[kind]["serial"] not in known:
            registry.pair(ReferenceIdentity(kind, "virtual", sensors[kind]["serial"]), kind)
    return registry.worn()
