"""Arming, fetching and freeing, against sensors that behave and sensors that do not."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from imu.collect import bursts
from imu.collect.arming import Armed, arm
from imu.collect.journal import read
from imu.collect.logged import held_of, is_nothing, logged_sessions, set_apart, without_doubles
from imu.collect.session import Session, Worn, create_session, journal_path, load_session, write_session
from imu.collect.syncing import Fetched, LogFetcher, Why
from imu.devices.calibration import ChipCalibration
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Coding, Packet, Settings
from imu.errors import LinkLostError, SensorError, WrongSensorError
from tests.collect.sensors import LoggingSensor, opener
from tests.collect.toys import a_session

CLOCK = HostClock.start()
LOG = [f"packet {number}".encode() for number in range(35)]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bursts, "_LONGEST_PAUSE_S", 0.0)


async def arming_of(
    folder: Path,
    *sensors: LoggingSensor,
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Armed]:
    placements = ("pelvis", "shank_left", "shank_right")[: len(sensors)]

    def session(worn: Mapping[str, Worn]) -> Session:
        return replace(a_session(mode="log"), worn=worn)

    return await arm(
        dict.fromkeys(placements),
        folder,
        opener=opener(*sensors, placements=placements),
        settings=Settings(),
        minutes=1.0,
        clock=CLOCK,
        session=session,
        tell=tell,
    )


def armed(folder: Path, *sensors: LoggingSensor) -> list[Armed]:
    return asyncio.run(arming_of(folder, *sensors))


def fetcher(folder: Path, sensor: LoggingSensor) -> LogFetcher:
    worn = load_session(folder).worn["pelvis"]
    return LogFetcher(folder, "pelvis", worn, opener=opener(sensor), clock=CLOCK)


def fetched(folder: Path, sensor: LoggingSensor, *, tries: int = 2) -> Fetched:
    return asyncio.run(fetcher(folder, sensor).fetch(lambda: [0.0] * tries))


def packets(folder: Path) -> list[bytes]:
    return [r.data for r in read(journal_path(folder, "pelvis")) if isinstance(r, Packet)]


def ran(folder: Path, sensor: LoggingSensor) -> Path:
    armed(folder, sensor)
    sensor.log[:] = LOG
    return folder


def test_all_are_armed_or_none(tmp_path: Path) -> None:
    good, bad = LoggingSensor("A"), LoggingSensor("B", starts=False)
    with pytest.raises(SensorError, match="B: did not start"):
        armed(tmp_path / "s", good, bad)
    assert not good.running
    assert not good.log
    assert not (tmp_path / "s").exists()


class Hanging(LoggingSensor):
    """Begins to log, and says nothing more."""

    async def start_log(self, settings: Settings) -> Coding:
        await super().start_log(settings)
        self.has_begun.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self.has_begun = asyncio.Event()


class OutOfReach(LoggingSensor):
    """Gone once it logs."""

    async def stop_log(self) -> None:
        raise LinkLostError("the connection was lost")


class Busy(LoggingSensor):
    """Does not come to stop."""

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self.is_asked = asyncio.Event()

    async def stop_log(self) -> None:
        self.is_asked.set()
        await asyncio.Event().wait()


def interrupted(folder: Path, first: LoggingSensor) -> list[str]:
    """What is told when Ctrl-C comes while the second of three sensors starts, and once more if need be."""
    told: list[str] = []

    async def arming() -> None:
        second = Hanging("B")
        begun = asyncio.create_task(
            arming_of(folder, first, second, LoggingSensor("C"), tell=told.append),
        )
        await second.has_begun.wait()
        begun.cancel()
        if isinstance(first, Busy):
            await first.is_asked.wait()
            begun.cancel()
        await begun

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(arming())
    return told


def test_arming_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    sensor = LoggingSensor("A")
    told = interrupted(tmp_path / "s", sensor)
    assert told[-1] == "Stopping and freeing what had begun ..."
    assert not sensor.running
    assert not sensor.log
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("first", "left"),
    [(OutOfReach("A"), "pelvis"), (Busy("A"), "pelvis and shank_left")],
    ids=["out of reach", "interrupted again"],
)
def test_who_is_left_logging_is_named_with_how_that_ends(
    tmp_path: Path, first: LoggingSensor, left: str
) -> None:
    told = interrupted(tmp_path / "s", first)
    assert told[-1] == f"{left} may be logging: restride sync stops and frees what does"
    assert [folder.name for folder, _ in logged_sessions(tmp_path)] == ["s"]  # which sync will take up


@pytest.mark.parametrize(
    ("sensor", "reason"),
    [
        (LoggingSensor("A", log=[b"old"]), "holds a run that was not synced; save it first: restride sync"),
        (LoggingSensor("A", running=True), "is logging a run"),
        (LoggingSensor("A", percent=3.0), "the battery is at 3 %"),
    ],
)
def test_nothing_is_armed_that_could_not_log_to_the_end(
    tmp_path: Path, sensor: LoggingSensor, reason: str
) -> None:
    other = LoggingSensor("B")
    with pytest.raises(SensorError, match=reason):
        armed(tmp_path / "s", other, sensor)
    assert not other.log
    assert not (tmp_path / "s").exists()


CALIBRATED = ChipCalibration(gyr_scale=(1.01, 0.99, 1.0), date="2026-11-01")
LATER = replace(CALIBRATED, date="2026-11-26")


def test_a_log_is_read_with_the_calibration_it_was_armed_with(tmp_path: Path) -> None:
    sensor = LoggingSensor("A", calibrated=CALIBRATED)
    folder = ran(tmp_path / "s", sensor)
    sensor.calibrated = LATER
    fetched(folder, sensor)
    coding = held_of(folder, "pelvis").coding
    assert coding is not None
    assert coding.calibration == CALIBRATED
    assert asyncio.run(fetcher(folder, sensor).free())  # it is the same log, whatever it was calibrated since


def test_a_log_that_was_armed_elsewhere_is_read_with_the_calibration_of_its_download(tmp_path: Path) -> None:
    sensor = LoggingSensor("A", log=list(LOG), calibrated=CALIBRATED)
    session = a_session("pelvis", mode="log")
    worn = {"pelvis": Worn(sensor.identity)}
    create_session(tmp_path / "s", replace(session, worn=worn))
    fetched(tmp_path / "s", sensor)
    sensor.calibrated = LATER
    coding = held_of(tmp_path / "s", "pelvis").coding
    assert coding is not None
    assert coding.calibration == CALIBRATED


@pytest.mark.parametrize("forgets", [True, False])
def test_a_download_goes_on_where_it_was_lost(tmp_path: Path, forgets: bool) -> None:
    sensor = LoggingSensor("A", forgets=forgets)
    folder = ran(tmp_path / "s", sensor)
    sensor.lost_after = 2
    assert fetched(folder, sensor) == Fetched(packets=35, missing=0)
    assert packets(folder) == LOG
    assert sensor.downloads == [0, 20]
    assert sensor.log == LOG  # it is for `free` to erase it


def test_pauses_begin_anew_whenever_something_came(tmp_path: Path) -> None:
    sensor = LoggingSensor("A", forgets=True)
    folder = ran(tmp_path / "s", sensor)
    losing = fetcher(folder, sensor)
    for _ in range(3):
        sensor.lost_after = 1
        with pytest.raises(SensorError, match="pelvis: the connection was lost"):
            asyncio.run(losing.fetch(lambda: ()))
    assert len(packets(folder)) == 30
    assert fetched(folder, sensor).packets == 35


def test_a_sensor_that_always_ends_short_is_believed_the_second_time(tmp_path: Path) -> None:
    sensor = LoggingSensor("A", sends_all_but=3)
    folder = ran(tmp_path / "s", sensor)
    sensor.confirmed = 0
    found = fetched(folder, sensor)
    assert (found.missing, found.why) == (3, Why.NEVER_SENT)
    assert set(packets(folder)) == set(LOG[:-3])


def test_another_log_is_neither_read_nor_stopped_nor_erased(tmp_path: Path) -> None:
    sensor = LoggingSensor("A")
    folder = ran(tmp_path / "s", sensor)
    sensor.lost_after = 1
    with pytest.raises(SensorError):
        asyncio.run(fetcher(folder, sensor).fetch(lambda: ()))
    sensor.generation, sensor.running, sensor.log = 2, True, [b"of somebody else"]
    assert fetched(folder, sensor) == Fetched(packets=10, missing=25, why=Why.REPLACED)
    assert not asyncio.run(fetcher(folder, sensor).free())
    assert sensor.running
    assert sensor.log == [b"of somebody else"]


def test_what_was_copied_is_freed_once(tmp_path: Path) -> None:
    sensor = LoggingSensor("A")
    folder = ran(tmp_path / "s", sensor)
    fetched(folder, sensor)
    assert asyncio.run(fetcher(folder, sensor).free())
    assert sensor.log == []
    assert held_of(folder, "pelvis").freed


def test_a_sensor_that_never_began_has_nothing_to_give(tmp_path: Path) -> None:
    sensor = LoggingSensor("A")
    folder = ran(tmp_path / "s", sensor)
    journal_path(folder, "pelvis").unlink()  # the crash came before it was started
    sensor.log.clear()
    sensor.running = False
    assert fetched(folder, sensor).packets == 0
    assert is_nothing([held_of(folder, "pelvis")])


def test_another_sensor_is_not_tried_again(tmp_path: Path) -> None:
    folder = ran(tmp_path / "s", LoggingSensor("A"))
    with pytest.raises(WrongSensorError, match="this is sensor B, the run was armed with A"):
        fetched(folder, LoggingSensor("B"), tries=100)


def test_arming_again_ends_the_wait_for_what_is_gone(tmp_path: Path) -> None:
    sensor = LoggingSensor("A", log=[])
    ran(tmp_path / "first", sensor)
    sensor.log.clear()
    sensor.running = False  # erased elsewhere
    armed(tmp_path / "second", sensor)
    assert [folder.name for folder, _ in logged_sessions(tmp_path)] == ["second"]


def test_what_was_fetched_of_a_run_survives_arming_again(tmp_path: Path) -> None:
    sensor = LoggingSensor("A")
    ran(tmp_path / "first", sensor)
    sensor.lost_after = 1
    with pytest.raises(SensorError):
        asyncio.run(fetcher(tmp_path / "first", sensor).fetch(lambda: ()))
    sensor.log.clear()
    sensor.running, sensor.confirmed = False, 0
    armed(tmp_path / "second", sensor)
    held = held_of(tmp_path / "first", "pelvis")
    assert (held.packets, held.closed, held.freed) == (10, True, True)


def test_what_was_set_apart_by_half_is_undone(tmp_path: Path) -> None:
    """Killed between the two sessions: both name the sensor, and only one may become a recording."""
    armed(tmp_path / "s", LoggingSensor("A"), LoggingSensor("B"))
    whole = load_session(tmp_path / "s")
    before = list(read(journal_path(tmp_path / "s", "shank_left")))
    set_apart(tmp_path / "s", "shank_left")
    journal_path(tmp_path / "s-shank_left", "shank_left").rename(journal_path(tmp_path / "s", "shank_left"))
    write_session(tmp_path / "s", whole)
    without_doubles(tmp_path)
    assert [folder.name for folder, _ in logged_sessions(tmp_path)] == ["s"]
    assert list(read(journal_path(tmp_path / "s", "shank_left"))) == before


def test_a_sensor_set_apart_takes_all_that_is_known_of_its_log_along(tmp_path: Path) -> None:
    sensors = LoggingSensor("A"), LoggingSensor("B")
    armed(tmp_path / "s", *sensors)
    before = list(read(journal_path(tmp_path / "s", "shank_left")))
    own = set_apart(tmp_path / "s", "shank_left")
    assert list(read(journal_path(own, "shank_left"))) == before
    assert list(load_session(own).worn) == ["shank_left"]
    assert list(load_session(tmp_path / "s").worn) == ["pelvis"]
    assert not journal_path(tmp_path / "s", "shank_left").exists()
