"""Pairing what is no IMU: a heart-rate strap or a foot pod is told by its name, and by what it says now."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from imu.cli.placements import spoken
from imu.cli.told import echo
from imu.errors import SensorError

if TYPE_CHECKING:
    from imu.cli.keyboard import Keyboard
    from imu.collect.reach import Reach
    from imu.collect.registry import Registry
    from imu.devices.standard.reference import ReferenceDevice, ReferenceKind
    from imu.radio.scan import Found

_LISTEN_S = 5.0
_SAYS_S = 6.0  # they speak every second, some a little after they were connected to
_SHOWN = {"heart_rate_bpm": ".0f bpm", "cadence_spm": ".0f steps/min", "speed_mps": ".2f m/s"}


async def pair_reference(
    reach: "Reach", registry: "Registry", kind: "ReferenceKind", *, wanted: str | None = None
) -> None:
    """Remember the one of this name, address or serial number; the nearest where none is named."""
    from imu.devices.standard import reference

    _say(f"Listening for {_LISTEN_S:g} s ...")
    heard = await reach.listen(seconds=_LISTEN_S, services=reference.SERVICES)
    of_kind = references_among(heard).get(kind, [])
    if not of_kind:
        raise SensorError(
            f"no {_called(kind)} heard. Put it on (a strap sleeps until it touches skin, a pod until it "
            "moves), and end its connection to a watch or phone that lets only one listen"
        )
    if wanted is not None:
        await _keep(reach, registry, await _wanted(reach, of_kind, wanted))
        return
    if len(of_kind) > 1:
        others = ", ".join(map(str, of_kind[1:]))
        _say(f"{len(of_kind)} heard; taking the nearest. Else: --sensor with the name or address of {others}")
    await _keep(reach, registry, of_kind[0])


async def offer_references(
    reach: "Reach",
    registry: "Registry",
    heard: "Mapping[ReferenceKind, Sequence[Found]]",
    keyboard: "Keyboard",
) -> None:
    """After the sensors: ask whether a strap or pod that was heard is to be recorded, too."""
    paired = {sensor.address for sensor in registry.references().values()}
    for kind, of_kind in heard.items():
        if paired & {found.address for found in of_kind}:
            continue
        if not keyboard.attended:
            _say(f"A {_called(kind)} is near: restride pair --placements {kind} has it recorded, too")
            continue
        called = of_kind[0].name or of_kind[0].address
        echo(f"Record the {_called(kind)} {called} in every run, too? [y/N] ", err=True, nl=False)
        if (await keyboard.line()).lower().startswith("y"):
            try:
                await _keep(reach, registry, of_kind[0])
            except SensorError as error:  # the sensors are paired; this one can come another day
                _say(f"{spoken(kind)}: not paired; {error}")


def references_among(heard: "Iterable[Found]") -> "dict[ReferenceKind, list[Found]]":
    """Those of what was heard, by kind, in the same order."""
    from imu.collect.reach import reference_kind

    found: dict[ReferenceKind, list[Found]] = {}
    for each in heard:
        if (kind := reference_kind(each)) is not None:
            found.setdefault(kind, []).append(each)
    return found


async def _wanted(reach: "Reach", heard: "Sequence[Found]", wanted: str) -> "Found":
    for found in heard:
        if wanted.casefold() in (found.name.casefold(), found.address.casefold()):
            return found
    met = []
    for found in heard:
        try:
            async with reach.open_reference(found) as device:
                serial = device.identity.serial
        except SensorError as error:
            met.append(str(error))
            continue
        if serial.casefold() == wanted.casefold():
            return found
        met.append(f"{found} {serial}")
    raise SensorError(f"{wanted}: not found in {_LISTEN_S:g} s; met {', '.join(met)}")


async def _keep(reach: "Reach", registry: "Registry", found: "Found") -> None:
    async with reach.open_reference(found) as device:
        says = await _says(device)
        who = device.identity
    registry.pair(who, who.kind, address=found.address)
    echo(f"{who.kind}: {who.model} {who.serial}, {says}")


async def _says(device: "ReferenceDevice") -> str:
    """What it measures at this moment: whoever wears it knows at once whether it is theirs."""
    from imu.devices.standard.reference import reader_for

    reader = reader_for(device.identity.kind)
    try:
        async with asyncio.timeout(_SAYS_S):
            await device.start()
            async for packet in device.packets():
                values = {name: value for said in reader.read(packet) for name, value in said.values.items()}
                told = [_with_unit(values[name], form) for name, form in _SHOWN.items() if name in values]
                if told:
                    return f"says {', '.join(told)} now"
    except TimeoutError:
        pass
    return "says nothing yet: is it worn?"


def _with_unit(value: float, form: str) -> str:
    digits, unit = form.split(" ")
    return f"{value:{digits}} {unit}"


def _called(kind: str) -> str:
    return {"heart_rate": "heart-rate strap"}.get(kind, spoken(kind))


def _say(line: str) -> None:
    echo(line, err=True)
