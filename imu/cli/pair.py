"""`restride pair`: which sensor is worn where, learned by shaking it."""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualSensorsOption, VirtualWorld, air
from imu.cli.pair_reference import offer_references, pair_reference, references_among
from imu.cli.placements import checked, listed, spoken
from imu.cli.progress import changing_text
from imu.cli.told import echo
from imu.errors import RestrideError, SensorError

if TYPE_CHECKING:
    from imu.cli.keyboard import Keyboard
    from imu.collect.pairing import Gathering
    from imu.collect.reach import Reach
    from imu.collect.registry import PairedSensor
    from imu.collect.shaken import Movement
    from imu.devices.sensor import Identity
    from imu.devices.standard.reference import ReferenceKind

_LISTEN_S = 5.0
_SHAKEN_S = 4.0  # by the virtual runner
_CONFIRM_S = 3.0


def pair(
    placements: Annotated[
        str, typer.Option(metavar="LIST", help="What to ask for, in this order, separated by commas.")
    ] = "shank_left,shank_right,pelvis",
    sensor: Annotated[
        str | None,
        typer.Option(metavar="WHICH", help="Serial number (or a strap's name) to pair without shaking."),
    ] = None,
    as_placement: Annotated[
        str | None, typer.Option("--as", metavar="PLACEMENT", help="Where --sensor is worn.")
    ] = None,
    mount_height: Annotated[
        float | None,
        typer.Option(
            metavar="METRES",
            help="From a shank's sensor down to the ankle: sets the scale of speed, 3 cm wrong is 3 to 4 %.",
        ),
    ] = None,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
) -> None:
    """Tell which sensor is worn where, once.

    All sensors in reach blink; then shake the one that is asked for, the others lying still. Enter leaves a
    placement out, Ctrl-C ends and keeps what was paired. A sensor that holds a run is left alone.

    A heart-rate strap or a foot pod needs no shaking: it is offered at the end, or paired by
    `--placements heart_rate,foot_pod`, the nearest of each. Every later recording then holds it, too.

    Example:  restride pair

    Without shaking:  restride pair --sensor 05A1B2 --as shank_left
    """
    if (sensor is None) != (as_placement is None):
        raise RestrideError("--sensor and --as belong together; see restride pair --help")
    if mount_height is not None and as_placement and not checked(as_placement).startswith("shank"):
        raise RestrideError("a mount height is of a shank's sensor (down to the ankle); leave it out")
    wanted = [checked(as_placement)] if as_placement else listed(placements)
    with air(
        radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, first=VirtualWorld.finish_run
    ) as here:
        session = _Session(here, mount_height)
        if sensor is not None:
            here.run(lambda reach: session.pair_one(reach, sensor, wanted[0]))
        else:
            here.run(lambda reach: session.pair_listed(reach, wanted))


class _Session:
    """One run of the verb: the `Guide` of the pairing, and what it remembers."""

    def __init__(self, here: Air, mount_height_m: float | None) -> None:
        from imu.collect.registry import Registry, check_mount_height

        self._here = here
        self._registry: Registry = Registry(here.home)
        self._mount_height_m = mount_height_m
        self._retired = self._retired_now()
        self._change: Callable[[str], None] = lambda _text: None
        self._keyboard: Keyboard | None = None
        self._told = ""
        if mount_height_m is not None:
            check_mount_height(mount_height_m)

    async def pair_one(self, reach: "Reach", serial: str, placement: str) -> None:
        if (kind := _reference(placement)) is not None:
            await pair_reference(reach, self._registry, kind, wanted=serial)
            self._tell_retired()
            return
        from imu.collect.reach import radio_address

        _say(f"Looking for {serial} ...")
        known = {sensor.serial: sensor.address for sensor in self._registry.sensors()}
        found, identity = await reach.meet(serial, address=known.get(serial), seconds=_LISTEN_S)
        self.keep(placement, identity, radio_address(found))
        self._tell_retired()
        async with reach.open(found) as sensor:
            await sensor.blink(seconds=_CONFIRM_S)

    async def pair_listed(self, reach: "Reach", placements: list[str]) -> None:
        """Sensors first, by shaking; then what is no IMU and was listed, too."""
        kinds = [kind for each in placements if (kind := _reference(each)) is not None]
        if shaken := [each for each in placements if each not in kinds]:
            await self._pair_shaken(reach, shaken, offer=not kinds)
        for kind in kinds:
            await pair_reference(reach, self._registry, kind)
        if kinds:
            self._tell_retired()

    async def _pair_shaken(self, reach: "Reach", placements: list[str], *, offer: bool) -> None:
        """offer: ask about straps and pods that are heard, too."""
        from imu.cli.keyboard import Keyboard
        from imu.collect.pairing import gathered, pair_by_shaking
        from imu.collect.reach import ALL_SERVICES

        self._keyboard = Keyboard()
        _say(f"Listening for {_LISTEN_S:g} s ...")
        all_heard = await reach.listen(seconds=_LISTEN_S, services=ALL_SERVICES)
        beside = references_among(all_heard)
        heard = [each for each in all_heard if not any(each in found for found in beside.values())]
        if not heard:
            if plugged := (await reach.plugged())[0]:
                raise SensorError(
                    f"no sensor heard over the air; {plugged[0]}, on its cable, is paired with: "
                    f"restride pair --sensor {plugged[0].serial} --as PLACEMENT"
                )
            raise SensorError(
                "no sensor heard. Wake them (press the button, or move them), bring them within 2 m, and end "
                "their connections to other phones and computers"
            )
        _say(f"Connecting to {_sensors(len(heard))} ...")
        async with gathered(reach, heard) as gathering:
            await self._introduce(gathering)
            with changing_text() as self._change:
                paired = await pair_by_shaking(gathering, placements, guide=self)
        self._tell_retired()
        await self._ask_heights(paired)
        if not paired:
            raise SensorError("no sensor was paired")
        if offer:
            await offer_references(reach, self._registry, beside, self._keyboard)
        _say("Check with: restride sensors")

    # The guide of `pair_by_shaking`

    async def ask(self, placement: str) -> None:
        assert self._keyboard is not None
        leave_out = " (Enter leaves it out)" if self._keyboard.attended else ""
        _say("")
        _say(f"Shake the {spoken(placement)} sensor now, the others lying still{leave_out}.")
        self._told = ""
        await self._virtual_shake(placement)

    async def skip(self) -> None:
        assert self._keyboard is not None
        await self._keyboard.line()

    def show(self, moving: "Movement", *, paired: Collection[str]) -> None:
        told = _movement(moving, {s.serial: s.placement for s in self._registry.worn().values()}, paired)
        if told != self._told:
            self._change(told)
            self._told = told

    def keep(self, placement: str, identity: "Identity", address: str | None) -> None:
        self._change("")
        sensor = self._registry.pair(identity, placement, address=address)
        if self._mount_height_m is not None and placement.startswith("shank"):
            sensor = self._registry.change(identity.serial, mount_height_m=self._mount_height_m)
        echo(f"{placement}: {sensor.model} {sensor.serial}{_height(sensor)}")

    def leave_out(self, placement: str, why: str) -> None:
        self._change("")
        _say(f"{spoken(placement)}: left out; {why}")

    async def _introduce(self, gathering: "Gathering") -> None:
        for aside in gathering.aside:
            _say(f"Left alone: {aside.why}")
        if not gathering.listeners:
            raise SensorError("no sensor can be paired by shaking; see above")
        names = ", ".join(
            f"{each.sensor.identity.model} {serial}" for serial, each in gathering.listeners.items()
        )
        _say(f"{_sensors(len(gathering.listeners))}, blinking now: {names}")
        await gathering.blink(gathering.listeners)

    async def _virtual_shake(self, placement: str) -> None:
        import asyncio

        if (world := self._here.world) is not None and placement in world.config()["sensors"]:
            assert world.control is not None
            _say(f"(the virtual runner shakes the {spoken(placement)} sensor)")
            await asyncio.to_thread(world.control.shake, placement, seconds=_SHAKEN_S)

    def _retired_now(self) -> set[str]:
        return {sensor.serial for sensor in self._registry.sensors() if sensor.retired}

    def _tell_retired(self) -> None:
        """Who lost the placement to another sensor."""
        for serial in sorted(self._retired_now() - self._retired):
            _say(f"{serial}, worn there before, is retired; restride pair gives it a placement again")

    async def _ask_heights(self, placements: Iterable[str]) -> None:
        """The mount heights that nobody has told yet, where somebody can type."""
        assert self._keyboard is not None
        worn = self._registry.worn()
        open_ = [p for p in placements if p.startswith("shank") and worn[p].mount_height_m is None]
        if not open_ or not self._keyboard.attended:
            return
        _say("")
        _say(
            "How far above the ankle does each shank's sensor sit, in m? It sets the scale of speed and "
            "stride length: 3 cm wrong is 3 to 4 %. Enter if unknown: 0.15 is assumed."
        )
        for placement in open_:
            await self._ask_height(placement, self._keyboard)

    async def _ask_height(self, placement: str, keyboard: "Keyboard") -> None:
        while True:
            echo(f"  {spoken(placement)}, m: ", err=True, nl=False)
            answer = (await keyboard.line()).replace(",", ".").removesuffix("m").strip()
            if not answer:
                return
            try:
                self._registry.change(placement, mount_height_m=float(answer))
            except ValueError:
                _say(f"  {answer!r} is no number; 15 cm are 0.15")
            except RestrideError as error:
                _say(f"  {error}")
            else:
                return


def _reference(placement: str) -> "ReferenceKind | None":
    from imu.devices.standard.reference import REFERENCES

    return next((kind for kind in REFERENCES if kind == placement), None)


def _say(line: str) -> None:
    echo(line, err=True)


def _sensors(count: int) -> str:
    return "1 sensor" if count == 1 else f"{count} sensors"


def _height(sensor: "PairedSensor") -> str:
    return "" if sensor.mount_height_m is None else f", {sensor.mount_height_m:g} m above the ankle"


def _movement(moving: "Movement", places: dict[str, str], paired: Collection[str]) -> str:
    """What is seen now, as a calm line."""
    if not moving.moving:
        return "  nothing is shaken yet"
    if moving.shaken is not None and moving.shaken in paired:
        return f"  that is the {spoken(places[moving.shaken])} sensor already; shake another one"
    if moving.shaken:
        return f"  {moving.shaken} is shaken ..."
    return f"  {' and '.join(moving.moving)} move; shake only one, and lay the others down"
