"""Leading a sensor over its six faces and through its turns; what comes next is seen from what it feels."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from imu.collect.calibrating.fit import AXES, fault_of
from imu.collect.calibrating.watch import FACES, Face, Rest, RestParameters, Turn, Watch
from imu.collect.pairing import run_held
from imu.devices.decoders import decoder_for
from imu.devices.sensor import Sensor, Settings
from imu.errors import ProtocolError, RestrideError, SensorError

What = Literal["begun", "moving", "leaning", "face", "again", "ready", "turn", "fault"]


@dataclass(frozen=True, slots=True)
class GuideParameters:
    """How it is asked, and how long it is waited for."""

    settings: Settings = Settings(rate_hz=100.0)  # in the ranges of a run: scales differ a little with them
    rest: RestParameters = RestParameters()
    look_s: float = 0.1
    patience_s: float = 180.0  # without anything new


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the sensor showed: how it is, or what was taken just now."""

    what: What
    face: Face | None = None
    why: str = ""  # of a fault


class Progress:
    """What was found so far. Does no I/O, and knows no time but the sensor's."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.faces: dict[Face, Rest] = {}
        self.turns: list[Turn] = []
        self._rest: Rest | None = None  # the last one

    @property
    def open_faces(self) -> list[Face]:
        return [face for face in FACES if face not in self.faces]

    @property
    def open_axes(self) -> list[str]:
        """About which it was not turned yet."""
        turned = {face[-1] for turn in self.turns if (face := turn.before.face()) is not None}
        return [axis for axis in AXES if axis not in turned]

    def settled_turns(self) -> list[Turn]:
        """By the sampling rate as it is known now: better than when they were seen."""
        return [self.watch.turn(turn.before, turn.after) for turn in self.turns]

    def look(self) -> Seen:
        """At the newest samples: faces first, in any order, then turns about any face."""
        rest = self.watch.rest()
        if rest is None:
            return Seen("moving")
        before, self._rest = self._rest, rest
        face = rest.face()
        if face is None:
            return Seen("leaning")
        if self.open_faces:
            if face in self.faces:
                return Seen("again", face)
            self.faces[face] = rest
            return Seen("face", face)
        if before is not None and self.watch.moved(before, rest):
            turn = self.watch.turn(before, rest)
            fault = fault_of(turn)
            if fault is None:
                self.turns.append(turn)
                return Seen("turn", face)
            if fault:
                return Seen("fault", face, fault)
        return Seen("ready" if face[-1] in self.open_axes else "again", face)


class Guide(Protocol):
    """Whoever leads through it: says what to do next."""

    async def tell(self, seen: Seen, progress: Progress) -> None:
        """Something is otherwise than at the last look, or was taken."""
        ...

    async def skip(self) -> None:
        """Return once the turns that are left are to be left out."""
        ...


async def led(
    sensor: Sensor, guide: Guide, *, turns: bool, parameters: GuideParameters = GuideParameters()
) -> Progress:
    """Six faces, and turns unless they are not wanted or skipped.

    Changes nothing on the sensor. Raises RestrideError where no new face comes for too long, SensorError
    where the sensor holds a run, or is lost.
    """
    if held := run_held(await sensor.log_status()):
        raise SensorError(f"{sensor.identity.serial} {held}; save it first: restride sync")
    coding = await sensor.configure(parameters.settings)
    progress = Progress(Watch(coding, parameters=parameters.rest))
    decoder = decoder_for(coding)

    async def listen() -> None:
        async for packet in sensor.packets():
            with suppress(ProtocolError):  # it is missing then, and seen to be
                for block in decoder.receive(packet):
                    progress.watch.hear(block)

    await sensor.start()
    listening = asyncio.create_task(listen())
    try:
        await guide.tell(Seen("begun"), progress)
        await _unless_lost(listening, _faces(progress, guide, parameters))
        if turns:
            skipped = asyncio.ensure_future(guide.skip())
            try:
                await _unless_lost(listening, _turns(progress, guide, parameters, skipped))
            finally:
                skipped.cancel()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        with suppress(SensorError):
            await sensor.stop()
    return progress


async def _faces(progress: Progress, guide: Guide, parameters: GuideParameters) -> None:
    patience = _Patience(parameters.patience_s)
    before: Seen | None = None
    while progress.open_faces:
        await asyncio.sleep(parameters.look_s)
        seen = progress.look()
        if seen.what == "face":
            patience.renew()
        elif patience.is_over:
            raise RestrideError(
                f"calibration: no new face for {parameters.patience_s:g} s, {len(progress.faces)} of 6 were "
                "taken; nothing was changed"
            )
        if seen != before:
            await guide.tell(seen, progress)
        before = seen


async def _turns(
    progress: Progress, guide: Guide, parameters: GuideParameters, skipped: "asyncio.Future[None]"
) -> None:
    """Until there is one about each axis, or nobody wants to go on."""
    patience = _Patience(parameters.patience_s)
    before: Seen | None = None
    while progress.open_axes and not skipped.done() and not patience.is_over:
        await asyncio.sleep(parameters.look_s)
        seen = progress.look()
        if seen.what == "turn":
            patience.renew()
        if seen != before:
            await guide.tell(seen, progress)
        before = seen


class _Patience:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.renew()

    def renew(self) -> None:
        self._ends_s = asyncio.get_running_loop().time() + self._seconds

    @property
    def is_over(self) -> bool:
        return asyncio.get_running_loop().time() > self._ends_s


async def _unless_lost(listening: "asyncio.Task[None]", work: Awaitable[None]) -> None:
    """Do it, as long as the sensor is heard."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait((listening, working), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            listening.result()
        working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
