"""A strap or a foot pod as it is opened: who it says it is, and what it does not tell."""

import asyncio
import struct
from collections.abc import Callable, Mapping

import pytest

from imu.devices.link import Receive
from imu.devices.sensor import Packet
from imu.devices.standard.reference import (
    ReferenceDevice,
    ReferenceIdentity,
    ReferenceKind,
    opened,
    reader_for,
)
from imu.errors import LinkLostError, SensorError


class Offering:
    """A device that offers these characteristics, and fails at those that hold an error."""

    payload = 20

    def __init__(self, offered: Mapping[str, bytes | SensorError]) -> None:
        self._offered = offered
        self.receive: dict[str, Receive] = {}
        self.lose: Callable[[], None] | None = None

    def has(self, characteristic: str) -> bool:
        return characteristic in self._offered

    async def read(self, characteristic: str) -> bytes:
        told = self._offered[characteristic]
        if isinstance(told, SensorError):
            raise told
        return told

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        raise AssertionError(
            f"{data!r} to {characteristic} ({response}): nothing is written to such a device"
        )

    async def subscribe(self, characteristic: str, receive: Receive) -> None:
        self.receive[characteristic] = receive

    def when_lost(self, tell: Callable[[], None]) -> None:
        self.lose = tell


def identity(
    offered: Mapping[str, bytes | SensorError],
    kind: ReferenceKind = "heart_rate",
    *,
    name: str = "",
    address: str = "AA:BB",
) -> ReferenceIdentity:
    async def session() -> ReferenceIdentity:
        async with opened(Offering(offered), kind, name=name, address=address) as device:
            return device.identity

    return asyncio.run(session())


STRAP = {"2a37": b"", "2a24": b"H10", "2a25": b"S-77", "2a26": b"3.1\0"}


def test_a_strap_is_who_it_says_and_is_called_as_it_advertises() -> None:
    assert identity(STRAP) == ReferenceIdentity("heart_rate", "H10", "S-77", "3.1")
    assert identity(STRAP, name="Polar H10 77").model == "Polar H10 77"


def test_what_it_does_not_tell_is_replaced_by_its_kind_and_its_address() -> None:
    assert identity({"2a37": b""}) == ReferenceIdentity("heart_rate", "heart rate", "AA:BB", "")
    silent: dict[str, bytes | SensorError] = {"2a53": b"", "2a24": SensorError("no answer"), "2a25": b"\0\0"}
    assert identity(silent, "foot_pod") == ReferenceIdentity("foot_pod", "foot pod", "AA:BB", "")


def test_a_connection_that_is_lost_meanwhile_is_no_silence() -> None:
    with pytest.raises(LinkLostError):
        identity({"2a37": b"", "2a25": LinkLostError("the connection was lost")})


@pytest.mark.parametrize(("name", "told"), [("Pod", "Pod"), ("", "AA:BB")])
def test_a_device_that_measures_something_else_is_named(name: str, told: str) -> None:
    with pytest.raises(SensorError, match=f"^{told}: offers no foot pod after all$"):
        identity(STRAP, "foot_pod", name=name)


@pytest.mark.parametrize(("level", "percent"), [(b"\x57", 87.0), (b"", None), (None, None)])
def test_a_battery_is_told_where_it_is_known(level: bytes | None, percent: float | None) -> None:
    async def session() -> float | None:
        offered = {"2a37": b""} if level is None else {"2a37": b"", "2a19": level}
        async with opened(Offering(offered), "heart_rate", name="", address="") as device:
            return await device.battery_percent()

    assert asyncio.run(session()) == percent


@pytest.mark.parametrize(("kind", "measurement"), [("heart_rate", "2a37"), ("foot_pod", "2a53")])
def test_what_it_measures_is_taken_until_the_connection_is_lost(
    kind: ReferenceKind, measurement: str
) -> None:
    async def session() -> None:
        link = Offering({measurement: b""})
        async with opened(link, kind, name="", address="A") as device:
            assert isinstance(device, ReferenceDevice)
            await device.start()
            assert list(link.receive) == [measurement]
            link.receive[measurement](5, b"\x01")
            assert link.lose is not None
            link.lose()
            came = device.packets()
            assert await anext(came) == Packet(5, b"\x01")
            with pytest.raises(LinkLostError):
                await anext(came)

    asyncio.run(session())


def test_a_foot_pod_says_speed_cadence_stride_and_way_in_their_units() -> None:
    packet = Packet(9, struct.pack("<BHBHI", 7, 3 * 256, 88, 205, 12345))
    (said,) = reader_for("foot_pod").read(packet)
    assert said.time_ns == 9
    assert said.values == {
        "speed_mps": 3.0,
        "cadence_spm": 176.0,
        "stride_length_m": 2.05,
        "distance_m": 1234.5,
    }


def test_one_doubtful_minute_does_not_outvote_what_was_agreed_on() -> None:
    def running(cadence: int) -> Packet:
        return Packet(0, struct.pack("<BHB", 4, 3 * 256, cadence))

    reader = reader_for("foot_pod")
    reader.read(running(176))
    reader.read(running(176))
    assert reader.read(running(88))[0].values["cadence_spm"] == 88.0  # two for steps, one for strides
    assert "cadence_spm" not in reader.read(running(88))[0].values  # as many for either
    assert reader.read(running(88))[0].values["cadence_spm"] == 176.0


def test_a_strap_that_tells_beats_alone_tells_them() -> None:
    beats = reader_for("heart_rate").read(Packet(2_000_000_000, struct.pack("<BBHH", 0x10, 0, 512, 1024)))
    assert [(one.time_ns, one.values) for one in beats] == [
        (1_000_000_000, {"rr_s": 0.5}),
        (2_000_000_000, {"rr_s": 1.0}),
    ]
