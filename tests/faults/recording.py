"""A recorder that is killed, again and again: what had reached the disk is in a recording, once.

A kill comes at any moment: while sensors are set up, in the run, while the recording is made, and while
`restride recover` makes up for the one before. What must be there is read from the journals as they lay on
the disk right after the kill; every sample is told by its place in what the chip measured.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.collect.journal import read
from imu.collect.records import Coded
from imu.devices.decoders import decoder_for
from imu.devices.sensor import Decoder, Kind, Packet
from imu.recording import load
from imu.simulate.boards.worn import Chip, Wearer
from tests.cli.outings import Recorder, Scene, scene
from tests.conftest import COMMAND
from tests.streamed import ALL_AXES, CHIP, MOST_APART, counts, streamed

WORN = ("shank_left", "pelvis")
LONG = ("--no-standing", "--minutes", "10")

_RUN_S = 7.0  # after the last sensor is connected, at most: measuring the links takes four of them
_ENDING_SHARE = 0.25  # of recorders are told to end first
_ENDING_S = 2.0
_RECOVERING_SHARE = 0.6  # of what they leave, where recovering is killed as well
_RECOVERING_S = 2.5
_TOO_LITTLE_ROWS = 2.0 * 200 + 20  # of a sensor
_SHARED_S = 0.1  # two sensors are on one clock that well after a second: rows at the edges may be cut off
_AT_MOST_S = 1.0 + 0.2  # of what had arrived, and on its way a packet is filled and waits for its turn
_COLUMNS = {"acc": slice(0, 3), "gyr": slice(3, 6), "both": ALL_AXES}


@dataclass(slots=True)
class Tally:
    """What many kills did."""

    recording: int = 0  # kills while streaming, or before
    ending: int = 0  # kills while the recording was made
    recovering: int = 0
    too_short: int = 0  # sessions that had not yet two seconds: their journals stay
    starved: int = 0  # sessions not counted: the machine was too busy to be the virtual sensors
    rows: int = 0  # that lay on the disk
    lost: int = 0  # of them
    different: int = 0  # rows of recordings that no chip measured, or twice
    tracks: int = 0
    apart: int = 0  # of them, whose rates stand a sample or two beside their accelerations
    tails_s: list[float] = field(
        default_factory=list
    )  # what was measured before the kill, and not on the disk

    @property
    def kills(self) -> int:
        return self.recording + self.ending + self.recovering

    def __str__(self) -> str:
        worst_s, usual_s = (float(of(self.tails_s or [0.0])) for of in (np.max, np.median))
        return (
            f"{self.kills} kills ({self.recording} while recording, {self.ending} while ending, "
            f"{self.recovering} of recover; {self.too_short} sessions too short, "
            f"{self.starved} not counted); {self.rows} rows had reached the disk, {self.lost} lost, "
            f"{self.different} different or twice; rates some samples beside accelerations in "
            f"{self.apart} of {self.tracks} tracks; "
            f"lost at the tail: {worst_s:.2f} s at worst, {usual_s:.2f} s usually"
        )


def killed(folder: Path, *, kind: Kind, options: dict[str, Any], kills: int, seed: int = 1) -> str:
    """SIGKILL until it was `kills` times."""
    random, tally = Random(seed), Tally()
    with scene(
        folder, kind=kind, placements=WORN, options=dict.fromkeys(WORN, options), run_s=7200.0
    ) as here:
        wearer = here.wearer()
        while tally.kills < kills:
            _one_session(here, wearer, random, tally)
    assert max(tally.tails_s) < _AT_MOST_S, str(tally)
    return str(tally)


def _one_session(here: Scene, wearer: Wearer, random: Random, tally: Tally) -> None:
    began_s, alone = here.control.time_s(), random.random() < 0.5
    before, full = replace(tally), here.overflowed()
    only = ("--only", WORN[-1]) if alone else ()
    with here.recorder(*LONG, *only, out=random.random() < 0.5) as recorder:
        recorder.until(f"{WORN[-1]}: connected")
        ending = random.random() < _ENDING_SHARE
        if ending:
            recorder.until("Recording for")
            time.sleep(random.uniform(0.5, 2.0))
            recorder.process.send_signal(signal.SIGINT)
            streamed_until_s = here.control.time_s()
            time.sleep(random.uniform(0.0, _ENDING_S))
        else:
            time.sleep(random.uniform(0.0, _RUN_S))
        recorder.process.kill()
        killed_s = here.control.time_s()
        if recorder.process.wait() == -signal.SIGKILL:
            tally.ending += ending
            tally.recording += not ending
    truth = _Truth(here.config.sensors[WORN[0]].kind == "metamotion", wearer, began_s, killed_s)
    held = _on_disk(recorder, truth)
    if random.random() < _RECOVERING_SHARE:
        tally.recovering += _killed_recovering(recorder, random)
    code, said = _recovered(recorder)
    recordings = [*recorder.home.glob("recordings/*/recording.json"), *recorder.out.glob("recording.json")]
    assert code == 0, said
    assert not [*recorder.home.glob("sessions/*/session.json")], said  # nothing waits
    if not recordings:
        # Sensors are connected one second before they stream, and links are measured for four before the run.
        assert _rows(held) <= len(held) * _TOO_LITTLE_ROWS, f"nothing was made of {held}: {said}"
        assert "Recording for" not in recorder.said(), said
        tally.too_short += 1
        if _rows(held):
            assert _counted(_on_disk(recorder, truth)) == _counted(held)
        return
    assert len(recordings) == 1, recordings
    if here.overflowed() > full:
        # This machine let the virtual sensors themselves wait too long: nothing to be learnt about rows.
        for name in ("recording", "ending", "recovering"):
            setattr(tally, name, getattr(before, name))
        tally.starved += 1
        return
    until_s = streamed_until_s if ending else killed_s
    made = recordings[0].parent
    for placement in held.keys() - load(made).tracks.keys():
        # Its two seconds were not yet full when those of the other were: its journal stays.
        assert len(held[placement]) <= _TOO_LITTLE_ROWS, f"{made}: {placement} is not in it"
        assert len(_on_disk(recorder, truth)[placement]) == len(held.pop(placement))
    _compared(made, held, truth, until_s, tally)


@dataclass(frozen=True, slots=True)
class _Truth:
    """The chips, and between which moments of the world a session may have listened."""

    is_untimed: bool  # samples come without time, acceleration and rate apart
    wearer: Wearer
    began_s: float
    killed_s: float

    def chip(self, placement: str) -> Chip:
        return self.wearer.chip(placement, CHIP)

    def numbers(self, placement: str, rows: NDArray[np.int16], columns: slice) -> NDArray[np.int64]:
        chip = self.chip(placement)
        after, until = chip.taken(self.began_s), chip.taken(self.killed_s + 1.0)
        return streamed(rows, chip, columns=columns, after=after, until=until).number


Numbers = dict[str, NDArray[np.int64]]  # of samples, by where they were worn


def _on_disk(recorder: Recorder, truth: _Truth) -> Numbers:
    """The samples, whole ones, in the journals as a kill left them."""
    return {
        path.stem: _in_journal(path, truth)
        for session in recorder.sessions
        for path in sorted(session.glob("*.journal"))
    }


def _in_journal(path: Path, truth: _Truth) -> NDArray[np.int64]:
    decoder: Decoder | None = None
    pieces: dict[str, list[NDArray[np.int16]]] = {}
    for record in read(path):
        if isinstance(record, Coded):
            decoder = decoder_for(record.coding)
        elif isinstance(record, Packet) and decoder is not None:
            for block in decoder.receive(record):
                pieces.setdefault(block.stream, []).append(block.counts)
    found = {
        stream: truth.numbers(path.stem, np.concatenate(rows), _COLUMNS[stream])
        for stream, rows in pieces.items()
    }
    for stream, number in found.items():
        assert (np.diff(number) == 1).all(), f"{path}: {stream} is not what the chip measured in a row"
    if "both" in found:
        return found["both"]
    none = np.empty(0, np.int64)
    return np.intersect1d(found.get("acc", none), found.get("gyr", none))


def _rows(held: Numbers) -> int:
    return sum(_counted(held).values())


def _counted(held: Numbers) -> dict[str, int]:
    return {placement: len(number) for placement, number in held.items()}


def _compared(made: Path, held: Numbers, truth: _Truth, until_s: float, tally: Tally) -> None:
    found = {}
    for placement, track in load(made).tracks.items():
        rows = counts(track.samples())
        acc, gyr = (
            truth.numbers(placement, rows[:, axes], axes) for axes in (_COLUMNS["acc"], _COLUMNS["gyr"])
        )
        found[placement] = acc
        tally.different += int((acc < 0).sum() + (gyr < 0).sum())
        # Where samples carry no time, seconds of arrivals do not always tell which belong together.
        apart = np.unique(gyr - acc)
        assert len(apart) == 1, f"{made}: {placement}: {apart}, {tally}"
        assert abs(apart[0]) <= (MOST_APART if truth.is_untimed else 0), f"{made}: {placement}: {apart}"
        tally.apart += int(apart[0] != 0)
        tally.tracks += 1
    if _rows(held):
        # All sensors are cut to the time that they share; one alone is not cut.
        shared = {p: truth.chip(p).time_s(number) for p, number in held.items() if len(number)}
        edge_s = _SHARED_S if len(shared) > 1 else 0.0
        edge_s += MOST_APART / 200 if truth.is_untimed else 0.0
        start_s = max(time_s[0] for time_s in shared.values()) + edge_s
        end_s = min(time_s[-1] for time_s in shared.values()) - edge_s
        for placement, time_s in shared.items():
            due = held[placement][(time_s >= start_s) & (time_s <= end_s)]
            tally.rows += len(due)
            tally.lost += len(np.setdiff1d(due, found.get(placement, due[:0])))
    for placement, number in found.items():
        assert (np.diff(number) == 1).all(), f"{placement}: rows are missing in the middle"
        tally.tails_s.append(max(0.0, until_s - float(truth.chip(placement).time_s(number[-1:])[0])))
    assert tally.lost == tally.different == 0, f"{made}: {tally}"


def _killed_recovering(recorder: Recorder, random: Random) -> int:
    """Whether `restride recover` was still at it."""
    process = _recover(recorder)
    time.sleep(random.uniform(0.3, _RECOVERING_S))
    process.kill()
    process.communicate()
    return int(process.returncode == -signal.SIGKILL)


def _recover(recorder: Recorder) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*COMMAND, "recover"],
        env={**os.environ, "RESTRIDE_HOME": str(recorder.home), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _recovered(recorder: Recorder) -> tuple[int, str]:
    process = _recover(recorder)
    _, said = process.communicate(timeout=120.0)
    assert "Traceback" not in said, said
    assert process.returncode in (0, 2), said
    return process.returncode, said
