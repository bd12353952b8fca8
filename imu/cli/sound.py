"""Sounds for a runner: the terminal's bell, or a short tone through what the system plays sounds with.

No audio library: each brings its own native code for two short tones. What plays a WAV file is part of macOS
and Windows, and on Linux comes with PipeWire, PulseAudio or ALSA, whichever the desktop has.
"""

import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from imu.errors import RestrideError

_PLAYERS = (("afplay",), ("pw-play",), ("paplay",), ("aplay", "-q"))
_RATE_HZ = 44100
_CUE, _TICK = (660.0, 0.35), (1320.0, 0.04)  # Hz and seconds
_EDGE_S = 0.005  # fading in and out: without it a tone clicks
_LOUDNESS = 0.6
_MOST_AT_ONCE = 2  # of one sound: a device that hangs must not collect players


class Sound(StrEnum):
    bell = "bell"
    tone = "tone"


@dataclass(frozen=True, slots=True)
class Sounds:
    """What may be called at any moment, from any thread; returns at once."""

    cue: Callable[[], None]
    tick: Callable[[], None]


@contextmanager
def sounds(kind: Sound, terminal: IO[str]) -> Iterator[Sounds]:
    """Sounds of this kind. Raises RestrideError where the system has nothing to play them with."""
    if kind is Sound.bell:

        def bell() -> None:
            if terminal.isatty():  # in a file it would be a strange character
                terminal.write("\a")
                terminal.flush()

        yield Sounds(bell, bell)
        return
    with tempfile.TemporaryDirectory(prefix="restride-sounds-", ignore_cleanup_errors=True) as folder:
        files = {name: Path(folder, f"{name}.wav") for name in ("cue", "tick")}
        for name, (hz, seconds) in (("cue", _CUE), ("tick", _TICK)):
            write_tone(files[name], hz, seconds)
        players = [_Player(files[name]) for name in ("cue", "tick")]
        try:
            yield Sounds(*(player.play for player in players))
        finally:
            for player in players:
                player.close()


class _Player:
    """Plays one file through the system."""

    def __init__(self, file: Path) -> None:
        self._command = [*_system_player(), str(file)]
        self._playing: list[subprocess.Popen[bytes]] = []

    def play(self) -> None:
        if sys.platform == "win32":
            import winsound

            flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
            winsound.PlaySound(self._command[-1], flags)
            return
        self._playing = [process for process in self._playing if process.poll() is None]
        if len(self._playing) < _MOST_AT_ONCE:
            quiet = subprocess.DEVNULL
            self._playing.append(subprocess.Popen(self._command, stdin=quiet, stdout=quiet, stderr=quiet))

    def close(self) -> None:
        for process in self._playing:
            process.kill()
            process.wait()


def _system_player() -> tuple[str, ...]:
    if sys.platform == "win32":
        return ()
    command = next((player for player in _PLAYERS if shutil.which(player[0])), None)
    if command is None:
        names = ", ".join(player[0] for player in _PLAYERS[1:])
        raise RestrideError(f"--sound tone: none of {names} is installed; use --sound bell")
    return command


def write_tone(path: Path, hz: float, seconds: float) -> None:
    """A sine as a WAV file."""
    n = round(seconds * _RATE_HZ)
    edge = _EDGE_S * _RATE_HZ
    levels = (
        _LOUDNESS * min(1.0, k / edge, (n - k) / edge) * math.sin(2 * math.pi * hz * k / _RATE_HZ)
        for k in range(n)
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(b"".join(struct.pack("<h", round(32767 * level)) for level in levels))
