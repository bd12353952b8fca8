"""A strap is offered to whoever pairs sensors, and never taken without being asked for."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from imu.cli.pair_reference import offer_references, references_among
from imu.collect.registry import Registry
from imu.devices.sensor import Packet
from imu.devices.standard.reference import SERVICES, ReferenceDevice, ReferenceIdentity
from imu.errors import SensorError
from imu.radio.scan import Found

STRAP = Found("C4:12", "H10 1234", -60, SERVICES[:1], {}, cast(Any, None))


class Strap:
    identity = ReferenceIdentity("heart_rate", "H10 1234", "1234")

    async def start(self) -> None: ...

    async def packets(self) -> AsyncIterator[Packet]:
        yield Packet(0, struct.pack("<BB", 0, 0))  # nothing counted yet
        yield Packet(0, struct.pack("<BB", 0, 71))


class Near:
    """A radio that hears the strap, which may be held by a watch."""

    def __init__(self, *, busy: bool = False) -> None:
        self._busy = busy

    @asynccontextmanager
    async def open_reference(self, _found: Found) -> AsyncIterator[ReferenceDevice]:
        if self._busy:
            raise SensorError("H10 1234: seen, but it accepts no connection")
        yield cast(ReferenceDevice, Strap())


class Somebody:
    """At the keyboard, or not."""

    def __init__(self, *answers: str) -> None:
        self.attended = bool(answers)
        self._answers = iter(answers)

    async def line(self) -> str:
        return next(self._answers)


def offer(home: Path, somebody: Somebody, *, busy: bool = False) -> Registry:
    registry = Registry(home)
    heard = references_among([STRAP])
    asyncio.run(offer_references(cast(Any, Near(busy=busy)), registry, heard, cast(Any, somebody)))
    return registry


def test_yes_has_it_recorded_and_tells_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = offer(tmp_path, Somebody("y"))
    assert registry.references()["heart_rate"].address == "C4:12"
    assert capsys.readouterr().out == "heart_rate: H10 1234 1234, says 71 bpm now\n"
    offer(tmp_path, Somebody("nobody asks again"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("somebody", [Somebody(""), Somebody("n"), Somebody()])
def test_anything_else_leaves_it_alone(tmp_path: Path, somebody: Somebody) -> None:
    assert offer(tmp_path, somebody).references() == {}


def test_a_strap_that_a_watch_holds_spoils_no_pairing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert offer(tmp_path, Somebody("y"), busy=True).references() == {}
    assert "heart rate: not paired; H10 1234: seen, but it accepts no connection" in capsys.readouterr().err
