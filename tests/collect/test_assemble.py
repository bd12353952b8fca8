"""A session of toy sensors with known truth becomes the recording that was meant."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.assemble import NoRecordingError, assemble
from imu.collect.records import Event, Reading, Record
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Exchange, Packet
from imu.errors import RecordingError
from imu.recording import Recording, load, save
from tests.collect.links import START_NS, BleLink, Clock, bursts
from tests.collect.toys import coded, coding, moving, packet, session_folder, toy_decoder_for

US, LOG_TICK_S = 1e-6, 48 / 32768


def assembled(folder: Path) -> Recording:
    return assemble(folder, decoder_for=toy_decoder_for)


def began_s(recording: Recording) -> float:
    """When its time 0 was, after the session's start."""
    assert recording.start is not None
    return recording.start.timestamp() - START_NS / 1e9


def framed(
    counts: NDArray[np.int16],
    sample_s: NDArray[np.float64],
    clock: Clock,
    *,
    tick_s: float = US,
    size: int = 19,
) -> list[Packet]:
    """Frames of an own board: all six axes, each sample with its tick, 30 ms on the way."""
    ticks = np.floor(clock.at(sample_s) / tick_s).astype(np.int64)
    return [
        packet(sample_s[rows][-1] + 0.03, "both", counts[rows], ticks[rows].tolist())
        for rows in (slice(first, first + size) for first in range(0, len(counts), size))
    ]


def exchanged(clock: Clock, *starts_s: float, tick_s: float = US, seed: int = 1) -> list[Record]:
    random = np.random.default_rng(seed)
    asked_s = bursts(np.array(starts_s), count=20, random=random)
    return list(BleLink().exchanges(clock, asked_s, random, tick_s=tick_s))


def test_samples_of_an_own_board_come_back_in_si_units_at_their_true_times(tmp_path: Path) -> None:
    n, clock = 20_000, Clock(offset_s=4000.0, skew_ppm=35.0)
    sample_s, counts = 3.0 + np.arange(n) / 201.3, moving(n)
    journal = [
        *exchanged(clock, 0.0), coded(coding(tick_s=US), 2.5), *framed(counts, sample_s, clock),
        *exchanged(clock, 110.0),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal})
    recording = assembled(tmp_path / "s")
    track = recording.tracks["pelvis"]
    samples = track.samples()
    assert track.n_samples == len(samples) == n
    np.testing.assert_allclose(samples.time_s, sample_s, atol=0.002)
    np.testing.assert_allclose(np.diff(samples.time_s), 1 / 201.3, atol=2e-6)
    np.testing.assert_allclose(samples.acc_mps2, counts[:, :3] / 2048 * 9.80665, rtol=1e-6)
    assert samples.gyr_radps is not None
    np.testing.assert_allclose(samples.gyr_radps, np.radians(counts[:, 3:] / 16.4), rtol=1e-6)
    assert recording.collection is not None
    told = recording.collection["sensors"]["pelvis"]
    assert (told["rows"], told["gaps"], told["repeated"], told["closed"]) == (n, 0, 0, True)
    assert told["rate_hz"] == pytest.approx(201.3, rel=1e-5)
    assert told["clocks"][0]["skew_ppm"] == pytest.approx(35.0, abs=10)


def test_a_calibrated_sensor_reads_true_and_says_so(tmp_path: Path) -> None:
    n, clock = 2_000, Clock()
    known = ChipCalibration(
        acc_bias_g=(0.03, -0.02, 0.0),
        acc_scale=(1.01, 1.0, 0.98),
        gyr_bias_dps=(0.0, 1.5, -2.0),
        gyr_scale=(1.0, 1.02, 0.99),
        date="2026-11-26",
    )
    sample_s, counts = 3.0 + np.arange(n) / 200.0, moving(n)
    counts[700, :3] = [32767, -32768, 16000]
    journal = [
        *exchanged(clock, 0.0), coded(replace(coding(tick_s=US), calibration=known), 2.5),
        *framed(counts, sample_s, clock), *exchanged(clock, 20.0),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal, "shank_left": [
        coded(coding(tick_s=US), 2.5), *exchanged(clock, 0.0), *framed(counts, sample_s, clock)
    ]})  # fmt: skip
    save(assembled(tmp_path / "s"), tmp_path / "r")
    recording = load(tmp_path / "r")
    samples = recording.tracks["pelvis"].samples()
    true_g = (counts[:, :3] / 2048 - known.acc_bias_g) * known.acc_scale
    rows = len(samples)  # one sensor may end a sample before the other
    true_g[700, :2] = [32767 / 2048, -16.0]  # at the end of the range, which is all that is known
    np.testing.assert_allclose(samples.acc_mps2 / 9.80665, true_g[:rows], atol=2e-6)
    assert samples.gyr_radps is not None
    true_dps = (counts[:, 3:] / 16.4 - known.gyr_bias_dps) * known.gyr_scale
    np.testing.assert_allclose(np.degrees(samples.gyr_radps), true_dps[:rows], atol=1e-4)
    assert recording.collection is not None
    told = recording.collection["sensors"]
    assert ChipCalibration.of(told["pelvis"]["calibration"]) == known
    assert "calibration" not in told["shank_left"]


def test_any_stretch_read_alone_is_that_stretch_of_the_whole(tmp_path: Path) -> None:
    n, clock = 5_000, Clock()
    sample_s = np.arange(n) / 200.0
    sample_s[2000:] += 1.5
    journal = [*exchanged(clock, 0.0), coded(coding(tick_s=US)), *framed(moving(n), sample_s, clock)]
    session_folder(tmp_path / "s", {"pelvis": journal})
    track = assembled(tmp_path / "s").tracks["pelvis"]
    whole = track.samples()
    random = np.random.default_rng(2)
    for start_s, end_s in [*np.sort(random.uniform(-1, 30, (50, 2)), axis=1).tolist(), (10.2, 11.0)]:
        part, expected = track.samples(start_s, end_s), whole.between(start_s, end_s)
        np.testing.assert_array_equal(part.time_s, expected.time_s)
        np.testing.assert_array_equal(part.acc_mps2, expected.acc_mps2)


def test_a_gap_keeps_its_true_length_and_repeats_are_left_out(tmp_path: Path) -> None:
    n, clock = 6_000, Clock(skew_ppm=-20.0)
    sample_s, counts = 1.0 + np.arange(n) / 200.0, moving(n)
    frames = framed(counts, sample_s, clock, size=20)
    received = [*frames[:100], *frames[90:100], *frames[150:]]
    journal = [*exchanged(clock, 0.0, 40.0), coded(coding(tick_s=US)), *received]
    session_folder(tmp_path / "s", {"pelvis": journal})
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    held = np.r_[0:2000, 3000:6000]
    np.testing.assert_allclose(samples.time_s, sample_s[held], atol=0.002)
    assert recording.collection is not None
    told = recording.collection["sensors"]["pelvis"]
    assert (told["rows"], told["gaps"], told["repeated"]) == (5000, 1, 200)
    assert told["missing_s"] == pytest.approx(5.0, abs=0.001)


def test_a_coarse_log_clock_gives_even_times(tmp_path: Path) -> None:
    n, clock = 60_000, Clock(offset_s=500.0, skew_ppm=-30.0)
    sample_s, counts = 60.0 + np.arange(n) / 198.7, moving(n)
    acc = framed_apart(counts, sample_s, clock, stream="acc")
    gyr = framed_apart(counts[2:], sample_s[2:], clock, stream="gyr")
    journal = [
        *exchanged(clock, 0.0, tick_s=LOG_TICK_S), coded(coding(tick_s=LOG_TICK_S, mode="log"), 50.0),
        *acc, *gyr, *exchanged(clock, 400.0, tick_s=LOG_TICK_S),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"shank_left": journal}, mode="log")
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["shank_left"].samples()
    assert len(samples) == n - 2
    assert began_s(recording) == 60.0  # not when it was armed
    np.testing.assert_allclose(samples.time_s + 60.0, sample_s[2:], atol=0.003)
    np.testing.assert_allclose(np.diff(samples.time_s), 1 / 198.7, atol=2e-4)
    assert samples.gyr_radps is not None
    np.testing.assert_allclose(samples.gyr_radps[:, 2], np.radians(counts[2:, 5] / 16.4), rtol=1e-5)
    np.testing.assert_allclose(samples.acc_mps2, counts[2:, :3] / 2048 * 9.80665, rtol=1e-6)


def framed_apart(
    counts: NDArray[np.int16], sample_s: NDArray[np.float64], clock: Clock, *, stream: str
) -> list[Packet]:
    """A log's chunks of one stream, downloaded an hour later."""
    ticks = np.floor(clock.at(sample_s) / LOG_TICK_S).astype(np.int64)
    axes = counts[:, :3] if stream == "acc" else counts[:, 3:]
    name = "acc" if stream == "acc" else "gyr"
    return [
        packet(3600.0, name, axes[first : first + 100], ticks[first : first + 100].tolist())  # type: ignore[arg-type]
        for first in range(0, len(counts), 100)
    ]


def streamed_apart(
    counts: NDArray[np.int16], sample_s: NDArray[np.float64], *, seed: int, gyr_late: int = 0
) -> list[Packet]:
    """Packets of three without time, acceleration and rate apart, the rate beginning some samples late."""
    random, link = np.random.default_rng(seed), BleLink()
    found = []
    for stream, skipped in (("acc", 0), ("gyr", gyr_late)):
        axes = counts[skipped:, :3] if stream == "acc" else counts[skipped:, 3:]
        last = np.arange(2, len(axes), 3)
        arrival_s = link.arrival(sample_s[skipped:][last] + 0.0005, random)
        arrival_s = np.maximum.accumulate(arrival_s + random.exponential(0.001, len(last)))
        name = "acc" if stream == "acc" else "gyr"
        found += [
            packet(at_s, name, axes[row - 2 : row + 1])  # type: ignore[arg-type]
            for row, at_s in zip(last.tolist(), arrival_s.tolist(), strict=True)
        ]
    return sorted(found, key=lambda one: one.arrival_ns)


@pytest.mark.unhurried
def test_streams_without_time_are_paired_to_the_sample_and_a_reconnect_is_a_gap(tmp_path: Path) -> None:
    n = 60_000
    sample_s, counts = 2.0 + np.arange(n) / 199.1, moving(n)
    first, second = slice(0, 40_002), slice(44_000, 44_000 + 3_000)
    journal: list[Record] = [
        coded(coding()), *streamed_apart(counts[first], sample_s[first], seed=1, gyr_late=5),
        Event(START_NS + 10**9 * 203, "lost", {}),
        coded(coding(), 220.0), *streamed_apart(counts[second], sample_s[second], seed=2, gyr_late=1),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal})
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    rows = np.concatenate([np.arange(5, 5 + 3 * ((40_002 - 5) // 3)), 44_000 + np.arange(1, 2998)])
    assert len(samples) == len(rows)
    assert samples.gyr_radps is not None
    np.testing.assert_allclose(samples.gyr_radps[:, 2], np.radians(counts[rows, 5] / 16.4), rtol=1e-5)
    np.testing.assert_allclose(samples.acc_mps2, counts[rows, :3] / 2048 * 9.80665, rtol=1e-6)
    np.testing.assert_allclose(samples.time_s, sample_s[rows], atol=0.008)
    assert recording.collection is not None
    told = recording.collection["sensors"]["pelvis"]
    assert told["gaps"] == 1
    assert told["reconnects"] == 1


def test_packets_that_a_stall_cost_one_stream_do_not_shift_it_against_the_other(tmp_path: Path) -> None:
    n = 30_000
    sample_s, counts = 2.0 + np.arange(n) / 200.7, moving(n)
    packets = streamed_apart(counts, sample_s, seed=3)
    stall_ns = packets[12_000].arrival_ns
    is_acc = [one.data[0] == 0 for one in packets]
    hung = [stall_ns <= one.arrival_ns < stall_ns + 500_000_000 for one in packets]
    lost = [row for row in range(n) if row < len(packets) and hung[row] and is_acc[row]][:4]
    journal: list[Record] = [coded(coding())]
    for row, one in enumerate(packets):
        if row not in lost:
            journal.append(replace(one, arrival_ns=stall_ns + 500_000_000) if hung[row] else one)
    session_folder(tmp_path / "s", {"pelvis": journal})
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    assert len(samples) == n - 12
    assert samples.gyr_radps is not None
    numbers = np.round(np.degrees(samples.gyr_radps[:, 2]) * 16.4).astype(int)
    rows = np.round((samples.time_s - sample_s[0]) * 200.7).astype(int)
    np.testing.assert_array_equal(numbers, counts[rows, 5])
    np.testing.assert_allclose(samples.acc_mps2, counts[rows, :3] / 2048 * 9.80665, rtol=1e-6)
    assert recording.collection is not None
    told = recording.collection["sensors"]["pelvis"]
    assert (told["inferred_lost"], told["gaps"]) == (12, 1)


def test_a_wrapped_counter_and_a_reset_are_understood(tmp_path: Path) -> None:
    n, late, fresh = 4_000, Clock(offset_s=4290.0), Clock(offset_s=-24.0)
    sample_s, counts = 1.0 + np.arange(2 * n) / 200.0, moving(2 * n)
    sample_s[n:] += 5.0
    before = framed(counts[:n], sample_s[:n], late)  # the counter turns over at 4294.97 s
    after = framed(counts[n:], sample_s[n:], fresh)
    random = np.random.default_rng(1)
    asked_s = bursts(np.array([25.0]), count=20, random=random)
    again = [replace(e, reset_id=1) for e in BleLink().exchanges(fresh, asked_s, random, tick_s=US)]
    journal: list[Record] = [
        *exchanged(late, 0.0), coded(coding(tick_s=US), 0.5), *before,
        Event(START_NS, "lost", {}), *again, coded(coding(tick_s=US), 25.5), *after,
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal})
    samples = assembled(tmp_path / "s").tracks["pelvis"].samples()
    np.testing.assert_allclose(samples.time_s, sample_s, atol=0.003)


def test_a_log_belongs_to_the_clock_that_ran_when_it_began(tmp_path: Path) -> None:
    n, then, now = 4_000, Clock(offset_s=300.0), Clock(offset_s=-900.0)
    sample_s = 10.0 + np.arange(n) / 200.0
    after = [replace(e, reset_id=1) for e in exchanged(now, 1000.0) if isinstance(e, Exchange)]
    journal: list[Record] = [
        *exchanged(then, 0.0), coded(coding(tick_s=US, mode="log"), 9.5),
        *after, *framed(moving(n), sample_s, then),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    np.testing.assert_allclose(samples.time_s + began_s(recording), sample_s, atol=0.003)


@pytest.mark.parametrize("up_s", [20_000.0, 90_000.0])
def test_a_log_ahead_of_a_clock_that_was_read_only_after_it_is_not_put_on_it(
    tmp_path: Path, up_s: float
) -> None:
    """Armed elsewhere, reset since; nothing on the board tells."""
    n, now, tick_s = 4_000, Clock(offset_s=300.0), 48 / 32768
    of = replace(coding(tick_s=tick_s, mode="log"), kind="metamotion")
    before = framed(moving(n), np.arange(n) / 200.0, Clock(offset_s=up_s), tick_s=tick_s)
    journal = [coded(of), *exchanged(now, 1.0, tick_s=tick_s), *before]
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    with pytest.raises(NoRecordingError, match="no clock was read that they are of"):
        assembled(tmp_path / "s")


@pytest.mark.parametrize("set_by_s", [-3600.0, 60.0])
def test_a_log_is_placed_though_the_computers_clock_was_set_before_it_was_fetched(
    tmp_path: Path, set_by_s: float
) -> None:
    """The board says that its own clock ran on; the run began when it did by the clock that armed it."""
    n, then, tick_s = 4_000, Clock(offset_s=300.0), 48 / 32768
    since = Clock(offset_s=300.0 - set_by_s)
    sample_s = 10.0 + np.arange(n) / 200.0
    armed, fetched = (
        [replace(e, reset_id=5) for e in exchanged(clock, at_s, tick_s=tick_s) if isinstance(e, Exchange)]
        for clock, at_s in ((then, 0.0), (since, 1000.0 + set_by_s))
    )
    of = replace(coding(tick_s=tick_s, mode="log"), kind="metamotion")
    journal: list[Record] = [
        *armed, coded(of, 9.5), *fetched, *framed(moving(n), sample_s, then, tick_s=tick_s)
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    np.testing.assert_allclose(samples.time_s + began_s(recording), sample_s, atol=0.003)


@pytest.mark.parametrize("tells_reset", [True, False])
def test_a_log_that_went_on_after_a_reset_is_placed_by_both_clocks(tmp_path: Path, tells_reset: bool) -> None:
    n, then, now = 4_000, Clock(offset_s=300.0), Clock(offset_s=-40.0)
    sample_s, counts = 10.0 + np.arange(2 * n) / 200.0, moving(2 * n)
    sample_s[n:] += 12.0
    reset_id = int(tells_reset)
    after = [replace(e, reset_id=reset_id) for e in exchanged(now, 2000.0) if isinstance(e, Exchange)]
    second = [
        replace(packet, data=packet.data[:2] + bytes([1 + reset_id]) + packet.data[3:])
        for packet in framed(counts[n:], sample_s[n:], now)
    ]
    journal: list[Record] = [
        coded(coding(tick_s=US, mode="log"), 9.5), *exchanged(then, 0.0),
        *after, *framed(counts[:n], sample_s[:n], then), *(second if tells_reset else ()),
    ]  # fmt: skip
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    expected_s = sample_s if tells_reset else sample_s[:n]
    np.testing.assert_allclose(samples.time_s + began_s(recording), expected_s, atol=0.003)


def test_a_log_found_hours_later_is_placed_by_a_clock_that_was_read_only_then(tmp_path: Path) -> None:
    n, clock = 4_000, Clock(offset_s=9500.0)
    sample_s = -8999.5 + np.arange(n) / 200.0  # two turns of 32 bits of microseconds before the coding
    read = [replace(e, ticks=e.ticks + (2 << 32)) for e in exchanged(clock, 0.0) if isinstance(e, Exchange)]
    journal: list[Record] = [coded(coding(tick_s=US, mode="log")), *read, *framed(moving(n), sample_s, clock)]
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    assert began_s(recording) == -9000.0
    np.testing.assert_allclose(samples.time_s + began_s(recording), sample_s, atol=0.003)


def test_without_an_exchange_time_stamps_are_placed_by_their_arrival(tmp_path: Path) -> None:
    n, clock = 30_000, Clock(offset_s=77.0, skew_ppm=25.0)
    sample_s = 1.0 + np.arange(n) / 200.0
    journal: list[Record] = [coded(coding(tick_s=US)), *framed(moving(n), sample_s, clock)]
    session_folder(tmp_path / "s", {"pelvis": journal})
    recording = assembled(tmp_path / "s")
    samples = recording.tracks["pelvis"].samples()
    np.testing.assert_allclose(samples.time_s, sample_s + 0.03, atol=0.003)
    assert recording.collection is not None
    assert recording.collection["sensors"]["pelvis"]["clocks"][0]["method"] == "arrivals"


def test_a_log_without_any_clock_reading_is_not_placed(tmp_path: Path) -> None:
    sample_s = np.arange(1000) / 200.0
    journal: list[Record] = [coded(coding(tick_s=US, mode="log")), *framed(moving(1000), sample_s, Clock())]
    session_folder(tmp_path / "s", {"pelvis": journal}, mode="log")
    with pytest.raises(RecordingError, match="no samples that could be placed in time"):
        assembled(tmp_path / "s")


def test_sensors_are_cut_to_the_time_that_they_share_but_not_to_one_that_died(tmp_path: Path) -> None:
    journals: dict[str, list[Record]] = {}
    for number, (placement, start_s, end_s) in enumerate(
        [("shank_left", 1.0, 61.0), ("shank_right", 3.0, 60.0), ("pelvis", 2.0, 30.0)]
    ):
        clock = Clock(offset_s=10.0 * number)
        sample_s = np.arange(start_s, end_s, 1 / 200)
        frames = framed(moving(len(sample_s), seed=number), sample_s, clock)
        journals[placement] = [*exchanged(clock, 0.0), coded(coding(tick_s=US)), *frames]
    session_folder(tmp_path / "s", journals)
    tracks = assembled(tmp_path / "s").tracks
    for track in tracks.values():
        assert 2.99 < track.start_s < 3.01
    assert 59.9 < tracks["shank_left"].end_s < 60.01
    assert 59.9 < tracks["shank_right"].end_s < 60.01
    assert 29.9 < tracks["pelvis"].end_s < 30.01


def test_a_packet_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    sample_s = np.arange(2000) / 200.0
    frames = framed(moving(2000), sample_s, Clock(), size=20)
    frames[40] = Packet(frames[40].arrival_ns, b"\xff\xff\xff")
    session_folder(tmp_path / "s", {"pelvis": [*exchanged(Clock(), 0.0), coded(coding(tick_s=US)), *frames]})
    recording = assembled(tmp_path / "s")
    assert recording.tracks["pelvis"].n_samples == 1980
    assert recording.collection is not None
    assert recording.collection["sensors"]["pelvis"]["unreadable_packets"] == 1


def test_other_devices_stand_beside_the_tracks(tmp_path: Path) -> None:
    sample_s = np.arange(2000) / 200.0
    pelvis = [*exchanged(Clock(), 0.0), coded(coding(tick_s=US)), *framed(moving(2000), sample_s, Clock())]
    beats: list[Record] = [Reading(START_NS + s * 10**9, {"heart_rate_bpm": 140.0 + s}) for s in range(5)]
    session_folder(tmp_path / "s", {"pelvis": pelvis, "reference": beats})
    save(assembled(tmp_path / "s"), tmp_path / "run")
    heart_rate = load(tmp_path / "run").reference["heart_rate_bpm"]
    np.testing.assert_allclose(heart_rate.time_s, np.arange(5.0), atol=1e-6)
    np.testing.assert_array_equal(heart_rate.values, 140.0 + np.arange(5))
