"""What every sensor's samples are asked, whatever file they come from."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from imu.recording.clock_check import ClockCheck
from imu.recording.model import Samples, SensorFacts
from imu.recording.signal_check import SignalCheck


def checked(pieces: Iterable[Samples], file: Path, facts: SensorFacts) -> Iterator[Samples]:
    """Hand every piece on as it comes; after the last, refuse what only the whole shows.

    RecordingError names `file`, column and row.
    """
    clock, signal = ClockCheck(file), SignalCheck(file, facts)
    for piece in pieces:
        clock.look(piece.time_s)
        signal.look(piece.acc_mps2, piece.gyr_radps, sampling_interval_s=clock.interval_s)
        yield piece
    clock.conclude()
    signal.conclude()
