"""`restride calibrate`: a chip compared with gravity and with whole turns, and what it gets wrong kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualSensorsOption, VirtualWorld, air
from imu.cli.progress import changing_text
from imu.cli.summary import aligned
from imu.cli.told import echo
from imu.cli.wearing import worn_sensors
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.cli.keyboard import Keyboard
    from imu.collect.calibrating.fit import Fitted
    from imu.collect.calibrating.guide import Progress, Seen
    from imu.collect.reach import Reach
    from imu.collect.registry import PairedSensor
    from imu.devices.calibration import ChipCalibration
    from imu.devices.sensor import Sensor

_TURN_DEG, _TURN_S = 360.0, 3.0  # by the virtual hand
_WITHOUT_TURNS = (
    "Not turned about {}: the gyroscope's scale stays as it was there. Without turns more than half of what "
    "calibrating wins for the difference of left and right is lost."
)


def calibrate(
    sensor: Annotated[
        str, typer.Argument(metavar="SENSOR", help="Serial number, name or placement.", show_default=False)
    ],
    show: Annotated[bool, typer.Option("--show", help="Print what is in force, and change nothing.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Forget the sensor's calibration.")] = False,
    turns: Annotated[
        bool, typer.Option("--turns/--no-turns", help="Turn it about its axes after the six faces.")
    ] = True,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the calibration as JSON.")] = False,
) -> None:
    """Measure what a sensor's chip gets wrong, once.

    Lay it still on a firm table, on each of its six sides, in any order. Then turn it, flat on the table, by
    one full turn about each of its three axes, the same side against a straight edge before and after (a
    book, taped down). It sees by itself what you do; two minutes in all. Enter leaves turns out.

    Kept on an ESP32 sensor itself, for a MetaMotion on this computer; later recordings use it. A recording's
    raw packets stay as they came.

    Example:  restride calibrate shank_left
    """
    if show and clear:
        raise RestrideError("--show changes nothing and --clear forgets; take one of them")
    with (
        air(
            radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, first=VirtualWorld.finish_run
        ) as here,
        changing_text() as change,
    ):
        session = _Session(here, sensor, change)
        if clear:
            here.run(session.clear)
            echo(f"{session.who}: no calibration any more")
            return
        if show:
            known = here.run(session.in_force)
            echo(json.dumps(known and known.told(), indent=2) if as_json else _shown(session.who, known))
            return
        found = here.run(lambda reach: session.calibrate(reach, turns=turns))
    if as_json:
        echo(json.dumps(_told(found), indent=2))
    else:
        echo(_text(session.who, found))


class _Session:
    """One run of the verb: the `Guide`, and where calibrations are kept."""

    def __init__(self, here: Air, wanted: str, change: Callable[[str], None]) -> None:
        from imu.collect.registry import Registry

        self._here = here
        if here.world is not None:
            worn_sensors(here, ())  # virtual ones need no pairing
        self._registry: Registry = Registry(here.home)
        self._paired: PairedSensor = self._registry.sensor(wanted)
        if self._paired.kind not in ("metamotion", "esp32"):
            raise RestrideError(f"{self._paired.name}: is no motion sensor; there is nothing to calibrate")
        self._change = change
        self._keyboard: Keyboard | None = None
        self._asked = ""

    @property
    def who(self) -> str:
        return f"{self._paired.name} ({self._paired.model} {self._paired.serial})"

    async def in_force(self, reach: "Reach") -> "ChipCalibration | None":
        if self._paired.kind == "metamotion":  # not on the sensor: nobody has to be asked
            return self._paired.calibration
        async with self._opened(reach) as sensor:
            return await sensor.calibration(self._paired.calibration)

    async def clear(self, reach: "Reach") -> None:
        from imu.collect.calibrating.keep import keep

        if self._paired.kind == "metamotion":
            self._registry.change(self._paired.serial, calibration=None)
            return
        async with self._opened(reach) as sensor:
            await keep(sensor, self._registry, None)

    async def calibrate(self, reach: "Reach", *, turns: bool) -> "Fitted":
        from imu.cli.keyboard import Keyboard
        from imu.collect.calibrating.fit import fit
        from imu.collect.calibrating.guide import led
        from imu.collect.calibrating.keep import keep

        self._keyboard = Keyboard()
        async with self._opened(reach) as sensor:
            before = await sensor.calibration(self._paired.calibration)
            progress = await led(sensor, self, turns=turns)
            self._change("")
            if progress.open_axes:
                _say(_WITHOUT_TURNS.format(" and ".join(progress.open_axes)))
            found = fit(
                progress.faces, progress.settled_turns(), before=before, date=date.today().isoformat()
            )
            await keep(sensor, self._registry, found.calibration)
        return found

    @asynccontextmanager
    async def _opened(self, reach: "Reach") -> "AsyncIterator[Sensor]":
        _say(f"Looking for {self._paired.name} ...")
        placement, serial = self._paired.placement, self._paired.serial
        await reach.locate([self._paired])
        if address := reach.addresses().get(placement):
            self._registry.change(serial, address=address)
        async with reach.placed(placement) as sensor:
            yield sensor

    # The guide

    async def tell(self, seen: "Seen", progress: "Progress") -> None:
        if seen.what in ("face", "turn", "fault"):
            self._change("")
            _say(_news(seen, progress))
        if seen.what in ("begun", "face", "turn", "fault"):
            asked = self._next(progress)
            if asked != self._asked:
                _say(asked)
            self._asked = asked
        else:
            self._change(_now(seen))
        await self._by_virtual_hand(seen, progress)

    async def skip(self) -> None:
        assert self._keyboard is not None
        await self._keyboard.line()

    def _next(self, progress: "Progress") -> str:
        if len(progress.open_faces) == 6:
            return "Lay it on a firm table, on any of its six sides, and let go."
        if progress.open_faces:
            return "Lay it on another side, and let go."
        if not progress.open_axes:
            return "Done."
        assert self._keyboard is not None
        leave_out = " (Enter leaves turns out)" if self._keyboard.attended else ""
        return (
            "Now turn it, flat on the table, by one full turn, a side against a straight edge before and "
            f"after; then with another side down, until all three axes had their turn{leave_out}."
        )

    async def _by_virtual_hand(self, seen: "Seen", progress: "Progress") -> None:
        if (world := self._here.world) is None or world.control is None:
            return
        placement, control = self._paired.placement, world.control
        if seen.what in ("begun", "face") and progress.open_faces:
            await asyncio.to_thread(control.lay, placement, face=progress.open_faces[0])
        elif seen.what == "turn" and progress.open_axes:
            await asyncio.to_thread(control.lay, placement, face=progress.open_axes[0])
        elif seen.what == "ready":
            await asyncio.to_thread(control.turn, placement, degrees=_TURN_DEG, seconds=_TURN_S)


def _news(seen: "Seen", progress: "Progress") -> str:
    face = _spoken(seen.face)
    if seen.what == "face":
        return f"{len(progress.faces)}/6  {face}"
    if seen.what == "turn":
        turned = abs(progress.turns[-1].about_up_deg)
        return f"turn {3 - len(progress.open_axes)}/3  {face}: {turned:.1f} degrees as the chip says"
    return f"No full turn with {face}: {seen.why}. Once more."


def _now(seen: "Seen") -> str:
    return {
        "moving": "moving ...",
        "leaning": "leans; lay it flat on a side",
        "again": f"{_spoken(seen.face)}: that is done",
        "ready": f"{_spoken(seen.face)}, still: turn it now",
    }.get(seen.what, "")


def _spoken(face: str | None) -> str:
    """-z: the chip's z axis points down."""
    return "" if face is None else f"{face[-1]} {'down' if face.startswith('-') else 'up'}"


def _text(who: str, found: "Fitted") -> str:
    known = found.calibration
    lines = [("", "bias", "95 % within", "scale", "95 % within")]
    for axis in range(3):
        bias, own = 1e3 * known.acc_bias_g[axis], 1e3 * found.acc_bias_own_g[axis]
        scale = _percent(known.acc_scale[axis]), f"{100 * found.acc_scale_own[axis]:.2f} %"
        lines.append((f"acceleration {'xyz'[axis]}", f"{bias:+.1f} mg", f"{own:.1f} mg", *scale))
    for axis in range(3):
        bias, own = known.gyr_bias_dps[axis], found.gyr_bias_own_dps[axis]
        scale_own = found.gyr_scale_own[axis]
        scale = _percent(known.gyr_scale[axis]), "" if scale_own is None else f"{100 * scale_own:.2f} %"
        row = f"{bias:+.2f} deg/s", f"{own:.2f} deg/s"
        lines.append((f"rate {'xyz'[axis]}", *row, *(scale if scale_own is not None else ("as before", ""))))
    now = "" if found.after_mg is None else f", now by {found.after_mg:.1f} mg"
    at_rest = f"At rest it was off 1 g by up to {found.before_mg:.1f} mg{now}."
    return "\n".join([f"{who}: calibrated", aligned(lines), at_rest])


def _shown(who: str, known: "ChipCalibration | None") -> str:
    if known is None:
        return f"{who}: not calibrated"
    of_day = "on a day that this computer does not know" if known.date is None else known.date
    lines = [("", "bias", "scale")]
    for axis in range(3):
        bias, scale = f"{1e3 * known.acc_bias_g[axis]:+.1f} mg", _percent(known.acc_scale[axis])
        lines.append((f"acceleration {'xyz'[axis]}", bias, scale))
    for axis in range(3):
        bias, scale = f"{known.gyr_bias_dps[axis]:+.2f} deg/s", _percent(known.gyr_scale[axis])
        lines.append((f"rate {'xyz'[axis]}", bias, scale))
    return "\n".join([f"{who}: calibrated {of_day}", aligned(lines)])


def _percent(scale: float) -> str:
    return f"{100 * (scale - 1):+.2f} %"


def _told(found: "Fitted") -> dict[str, object]:
    values = asdict(found)
    return {**values.pop("calibration"), **values}


def _say(line: str) -> None:
    echo(line, err=True)
