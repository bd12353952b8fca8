"""Streams without time, some of whose samples come again with the device's: within 2 ms on any link."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.assemble import assemble
from imu.collect.records import Record
from imu.devices.sensor import Packet
from imu.recording import Recording
from tests.collect.links import BleLink, Clock, bursts, packets
from tests.collect.toys import LSB_PER_G, coded, coding, moving, packet, session_folder, toy_decoder_for

LOG_TICK_S = 48 / 32768
PLACEMENTS = ("shank_left", "shank_right", "pelvis")


def streamed(
    seconds: float, link: BleLink, *, seed: int, rate_hz: float, drift: float = 0.0, stamped: bool = True
) -> tuple[list[Record], NDArray[np.float64]]:
    """A journal of acceleration alone, and when its samples were taken."""
    random = np.random.default_rng(seed)
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    sample_s = 1.0 + 0.005 * seed + time_s + drift * (time_s - 600 * (1 - np.exp(-time_s / 600)))
    counts = moving(len(sample_s), seed=seed)[:, :3]
    clock = Clock(50.0 * seed, 40.0 * (seed - 1))
    starts_s = np.append(np.arange(1.5, seconds, 32.5), seconds + 1.5)
    asked_s = bursts(starts_s, count=30, random=random, pause_s=0.15)
    records: list[Record] = [*link.exchanges(clock, asked_s, random, tick_s=LOG_TICK_S)]
    index, arrival_s = packets(sample_s, link, random)
    sent = [
        packet(at_s, "acc", counts[last - 2 : last + 1])
        for last, at_s in zip(index.astype(int).tolist(), arrival_s.tolist(), strict=True)
    ]
    for start_s in np.append(starts_s[:-1] + 3, sample_s[-1] - 0.3):
        rows: NDArray[np.intp] = (
            np.flatnonzero((sample_s >= start_s) & (sample_s < start_s + 0.25))
            if stamped
            else np.empty(0, np.intp)
        )
        for row in rows:
            tick = int(clock.at(sample_s[row : row + 1])[0] / LOG_TICK_S)
            at_s = float(link.arrival(sample_s[row : row + 1] + 0.0005, random)[0])
            sent.append(packet(at_s, "stamped", counts[row : row + 1], [tick]))
    begun = coded(coding(stamp_tick_s=LOG_TICK_S if stamped else None), 0.5)
    return [begun, *records, *sorted(sent, key=lambda one: one.arrival_ns)], sample_s


def apart_ms(
    folder: Path, journals: list[tuple[list[Record], NDArray[np.float64]]]
) -> tuple[float, Recording]:
    """How far three sensors are apart, at worst, and their recording."""
    session_folder(folder, {p: records for p, (records, _) in zip(PLACEMENTS, journals, strict=True)})
    recording = assemble(folder, decoder_for=toy_decoder_for)
    errors = []
    for placement, (_, sample_s) in zip(PLACEMENTS, journals, strict=True):
        samples = recording.tracks[placement].samples()
        time_s = samples.time_s
        counts = moving(len(sample_s), seed=PLACEMENTS.index(placement))[:, :3]
        same = np.isclose(counts / LSB_PER_G * 9.80665, samples.acc_mps2[0], atol=1e-4).all(axis=1)
        first = int(np.flatnonzero(same)[0])
        late_s = time_s - sample_s[first : first + len(time_s)]
        errors += [late_s[: len(late_s) // 50].mean(), late_s[-len(late_s) // 50 : -5].mean(), late_s.mean()]
    return 1e3 * float(np.ptp(errors)), recording


@pytest.mark.parametrize("interval_s", [0.0075, 0.015, 0.03])
@pytest.mark.parametrize("seconds", [22.0, 130.0])
def test_three_stamped_streams_are_within_two_milliseconds(
    tmp_path: Path, interval_s: float, seconds: float
) -> None:
    link = BleLink(interval_s, repeated_share=0.1)
    journals = [streamed(seconds, link, seed=s, rate_hz=200 * (1 + 0.004 * (s - 1))) for s in range(3)]
    worst_ms, recording = apart_ms(tmp_path / "s", journals)
    # A clock that was read only twice, half a minute apart, over a slow link, is the less certain one.
    assert worst_ms < (2.5 if interval_s == 0.03 and seconds < 60 else 2)
    assert recording.collection is not None
    for placement in PLACEMENTS:
        methods = [clock["method"] for clock in recording.collection["sensors"][placement]["clocks"]]
        assert "stamps" in methods
        assert recording.collection["sensors"][placement]["unpaired"] == 0


@pytest.mark.unhurried
def test_sampling_in_step_with_the_radio_no_longer_matters(tmp_path: Path) -> None:
    """Each always waits equally long, every one something else: arrivals alone cannot know."""
    link = BleLink(0.015, repeated_share=0.1)
    for stamped in (False, True):
        journals = [streamed(100.0, link, seed=s, rate_hz=200.0, stamped=stamped) for s in range(3)]
        worst_ms, _ = apart_ms(tmp_path / f"{stamped}", journals)
        assert worst_ms < 2 if stamped else worst_ms > 2.2


def test_a_stream_in_which_nothing_can_be_told_apart_stays_with_its_arrivals(tmp_path: Path) -> None:
    records, _ = streamed(40.0, BleLink(), seed=1, rate_hz=200.0)
    silent = [_silent(one) if isinstance(one, Packet) else one for one in records]
    session_folder(tmp_path / "s", {"pelvis": silent})
    recording = assemble(tmp_path / "s", decoder_for=toy_decoder_for)
    assert recording.collection is not None
    methods = [clock["method"] for clock in recording.collection["sensors"]["pelvis"]["clocks"]]
    assert "stamps" not in methods
    assert "arrivals" in methods


def _silent(one: Packet) -> Packet:
    """The same packet of a sensor that always says zero."""
    samples = slice(3, 3 + 6 * one.data[1])
    return Packet(one.arrival_ns, one.data[:3] + bytes(6 * one.data[1]) + one.data[samples.stop :])
