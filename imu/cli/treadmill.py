"""A treadmill session's coach, with his screen and his sounds."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

from imu.cli.live_screen import Moment
from imu.cli.sound import Sound, Sounds, sounds
from imu.cli.treadmill_screen import treadmill_line, treadmill_text
from imu.collect.coach import Coach, SideNow
from imu.collect.metronome import Metronome
from imu.live import LiveState

if TYPE_CHECKING:
    from rich.text import Text


@contextmanager
def treadmill(coach: Coach, *, sound: Sound) -> Iterator["Treadmill"]:
    """With sounds that can be played, and a metronome that waits."""
    with sounds(sound, sys.stderr) as playing, Metronome(playing.tick) as metronome:
        yield Treadmill(coach, metronome, playing)


class Treadmill:
    """What follows each look at the newest strides."""

    def __init__(self, coach: Coach, metronome: Metronome, sounds: Sounds) -> None:
        self._coach = coach
        self._metronome = metronome
        self._sounds = sounds
        self._time_s = 0.0
        self.cues = 0  # that were given so far

    def follow(self, strides: pd.DataFrame, gait: LiveState) -> None:
        """Hear what was finished, and sound what is due."""
        self._time_s = gait.time_s or 0.0
        self._coach.hear(strides)
        self._metronome.beat(self._coach.pace_spm(self._time_s))
        if self._coach.cue_due(self._time_s) is not None:
            self.cues += 1
            self._sounds.cue()

    def sides(self) -> Mapping[str, SideNow]:
        return self._coach.now(self._time_s)

    def notes(self) -> list[str]:
        return self._coach.notes(self._time_s)

    def text(self, moment: Moment, width: int, height: int) -> "Text":
        return treadmill_text(moment, width, height, sides=self.sides(), notes=self.notes())

    def line(self, moment: Moment) -> str:
        return treadmill_line(moment, sides=self.sides(), notes=self.notes())
