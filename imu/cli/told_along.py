"""What a session's screen shows is told to the dashboard of this computer, too."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from imu.cli.wearing import remember_batteries

if TYPE_CHECKING:
    from imu.cli.bluetooth import Air
    from imu.cli.live_screen import Moment, Screen
    from imu.cli.treadmill import Treadmill
    from imu.collect.ongoing import Ongoing, OngoingFile, Verb
    from imu.collect.status import Status

_BEAT_S = 0.5


@contextmanager
def told_along(
    screen: "Screen",
    here: "Air",
    feedback: "Treadmill",
    *,
    verb: "Verb",
    limit_deg: float | None = None,
) -> Iterator["Screen"]:
    """The same screen, told along while it is open; afterwards the sensors' batteries are remembered."""
    from imu.collect.ongoing import Ongoing, OngoingFile

    first = Ongoing(
        verb=verb,
        virtual=here.world is not None,
        account=os.environ.get("RESTRIDE_AS") or None,
        limit_deg=limit_deg,
    )
    both = _Both(screen, OngoingFile(here.home), feedback, first)
    try:
        yield both
    finally:
        both.end()
        heard = (one for one in both.sensors if one.samples)
        remember_batteries(here.home, {one.placement: one.battery.percent for one in heard if one.battery})


class _Both:
    """Two screens as one."""

    def __init__(
        self, screen: "Screen", file: "OngoingFile", feedback: "Treadmill", first: "Ongoing"
    ) -> None:
        self._screen, self._file, self._feedback, self._now = screen, file, feedback, first
        self.sensors: list[Status] = []
        self._turn = threading.Lock()
        self._shown = threading.Event()
        # Until the run begins nobody looks at strides, and what was said last stays true.
        self._beating = threading.Thread(target=self._beat, daemon=True)
        self._beating.start()

    def say(self, line: str) -> None:
        self._screen.say(line)
        self._tell(replace(self._now, said=line))

    def show(self, moment: "Moment") -> None:
        self._screen.show(moment)
        self._shown.set()
        self.sensors = list(moment.sensors)
        self._tell(_told(self._now, moment, self._feedback))

    def end(self) -> None:
        self._shown.set()
        self._beating.join()
        self._file.remove()

    def _tell(self, now: "Ongoing") -> None:
        with self._turn:
            self._now = now
            self._file.write(now)

    def _beat(self) -> None:
        while not self._shown.wait(_BEAT_S):
            with self._turn:
                self._file.write(self._now)


def _told(before: "Ongoing", moment: "Moment", feedback: "Treadmill") -> "Ongoing":
    from imu.collect.ongoing import SensorNow

    values = {name: value for each in moment.references for name, value in each.values.items()}
    return replace(
        before,
        elapsed_s=moment.elapsed_s,
        seconds=moment.seconds,
        activity=moment.gait.activity,
        cadence_spm=moment.gait.cadence_spm,
        heart_rate_bpm=values.get("heart_rate_bpm"),
        cues=feedback.cues,
        sides=feedback.sides(),
        sensors=tuple(
            SensorNow(
                placement=one.placement,
                connected=one.connected,
                slow=bool(one.is_slow),
                battery_percent=None if one.battery is None else one.battery.percent,
            )
            for one in moment.sensors
        ),
        notes=(*feedback.notes(), *moment.gait.advice),
    )
