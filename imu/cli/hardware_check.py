"""`restride hardware-check`: does everything work with this sensor, this radio, this computer?"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualWorld, air
from imu.cli.progress import changing_text
from imu.cli.told import echo
from imu.errors import RestrideError, SensorError

if TYPE_CHECKING:
    from imu.cli.keyboard import Keyboard
    from imu.collect.hardware.bench import CheckParameters
    from imu.collect.hardware.report import Report
    from imu.collect.hardware.step import Step
    from imu.collect.reach import Met, Reach
    from imu.devices.sensor import Identity
    from imu.simulate.air.remote import AirControl

_CHECK_FAILED = 1


def hardware_check(
    sensor: Annotated[
        str | None,
        typer.Option(metavar="WHICH", help="Serial number, name or placement; else the nearest."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the report as Markdown, to attach to a bug report, and beside it as JSON.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Keep serial number and address in the report.")
    ] = False,
    stream_seconds: Annotated[
        float, typer.Option(min=1, max=600, help="How long to stream, per rate.")
    ] = 10.0,
    log_seconds: Annotated[float, typer.Option(min=2, max=600, help="How long to log on board.")] = 20.0,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Try every function of a sensor.

    Lay it still and near; takes about four minutes. Connects, blinks, sets every range, streams at every
    rate, reads the clock, logs on board, downloads, breaks off and goes on, erases, and loses and finds the
    connection. A sensor that holds a run is not touched. Exit code 1 if a step failed.

    Example:  restride hardware-check --out report.md
    """
    from imu.collect.hardware.bench import CheckParameters

    parameters = CheckParameters(stream_s=stream_seconds, log_s=log_seconds)
    with (
        air(radio=radio, virtual=virtual, first=VirtualWorld.finish_run) as here,
        changing_text() as change,
    ):
        check = _Check(here, parameters, change, quiet=as_json)
        try:
            here.run(lambda reach: check.run(reach, sensor))
        finally:
            done = check.report(radio="virtual" if virtual else radio, full=full)
            if out is not None and done is not None:
                _write(done, out)
    assert done is not None
    if as_json:
        echo(json.dumps(done.as_dict(), indent=2, ensure_ascii=False))
    else:
        echo(f"{len(done.steps)} steps, failed: {', '.join(done.failed) or 'none'}")
    if done.failed:
        raise typer.Exit(_CHECK_FAILED)


class _Check:
    """One check: what it found so far, and the `Attendant` beside the sensor."""

    def __init__(
        self, here: Air, parameters: "CheckParameters", change: Callable[[str], None], *, quiet: bool
    ) -> None:
        self._here = here
        self._parameters = parameters
        self._change = change
        self._quiet = quiet
        self._steps: list[Step] = []
        self._identity: Identity | None = None
        self._found: Met | None = None
        self._keyboard: Keyboard | None = None
        self._complete = False

    async def run(self, reach: "Reach", wanted: str | None) -> None:
        from imu.cli.keyboard import Keyboard
        from imu.collect.hardware.bench import Bench
        from imu.collect.hardware.walk import walk

        self._keyboard = Keyboard()
        self._found = await self._chosen(reach, wanted)
        bench = Bench(reach, self._found, attendant=self, parameters=self._parameters)

        def tell(step: "Step") -> None:
            self._steps.append(step)
            if bench.connected:
                self._identity = bench.sensor.identity
            self._change("")
            echo(f"{step.outcome:<7}  {step.name}: {step.came}", err=self._quiet)

        await walk(bench, begin=lambda name: self._change(f"...      {name}"), tell=tell)
        self._complete = True

    def report(self, *, radio: str, full: bool) -> "Report | None":
        """What was found, also where it was broken off; None where nothing was tried."""
        from imu.collect.hardware.report import report
        from imu.collect.reach import radio_address

        if self._found is None or not self._steps:
            return None
        return report(
            self._steps,
            identity=self._identity,
            address=radio_address(self._found) or str(self._found),
            radio=radio,
            full=full,
            complete=self._complete,
        )

    async def saw_blinking(self) -> bool | None:
        return await self._answer("Did it blink? [Y/n]")

    async def carry_away(self) -> bool | None:
        if control := self._control:
            await asyncio.to_thread(control.away, self._virtual_name(control))
            return True
        return (
            await self._answer(f"{self._how_to_lose_it} when asked. Enter to begin, n to leave this out")
            or None
        )

    async def carry_back(self) -> bool | None:
        if control := self._control:
            await asyncio.to_thread(control.back, self._virtual_name(control))
        else:
            _say("Bring it back now.")
        return True

    @property
    def _how_to_lose_it(self) -> str:
        from imu.collect.cable import Plugged

        if isinstance(self._found, Plugged):
            return "Pull its plug, then plug it in again"
        return "Carry it away until it is out of reach (or wrap it in foil), then bring it back"

    @property
    def _control(self) -> "AirControl | None":
        return self._here.world.control if self._here.world else None

    def _virtual_name(self, control: "AirControl") -> str:
        from imu.collect.reach import radio_address

        assert self._found is not None
        address = radio_address(self._found)
        return next(name for name, told in control.sensors().items() if told["address"] == address)

    async def _answer(self, question: str) -> bool | None:
        assert self._keyboard is not None
        if not self._keyboard.attended:
            return None
        self._change("")
        _say(question)
        return not (await self._keyboard.line()).lower().startswith("n")

    async def _chosen(self, reach: "Reach", wanted: str | None) -> "Met":
        from imu.collect.registry import Registry

        seconds = self._parameters.listen_s
        if wanted is None and (plugged := (await reach.plugged())[0]):
            _say(f"Checking {plugged[0]}, over its cable")
            return plugged[0]
        _say(f"Listening for {seconds:g} s ...")
        if wanted is not None:
            serial, address = wanted, None
            try:
                known = Registry(self._here.home).sensor(wanted)
                serial, address = known.serial, known.address
            except RestrideError:
                pass  # not paired: it must be a serial number
            found, _ = await reach.meet(serial, address=address, seconds=seconds)
            return found
        heard = await reach.listen(seconds=seconds)
        if not heard:
            raise SensorError(
                "no sensor heard. Wake it (press the button, or move it), bring it within 2 m, and end its "
                "connection to any other phone or computer"
            )
        if len(heard) > 1:
            _say(f"{len(heard)} sensors heard; checking the nearest (--sensor picks another)")
        return heard[0]


def _say(line: str) -> None:
    echo(line, err=True)


def _write(done: "Report", out: Path) -> None:
    page = out if out.suffix == ".md" else out.with_name(f"{out.name}.md")
    data = page.with_suffix(".json")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(done.as_markdown(), encoding="utf-8")
    data.write_text(json.dumps(done.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _say(f"Report: {page} and {data}")
