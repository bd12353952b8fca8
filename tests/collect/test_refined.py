"""Logs whose clocks were read only long after the run: how uncertain they are, and what three hops tell."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.assemble import assemble
from imu.collect.clocks import fit_exchanges
from imu.collect.records import Record
from imu.collect.session import load_session, write_session
from imu.collect.skews import measured_skews_ppm
from imu.recording import Recording
from imu.simulate import SimulationConfig, simulate
from tests.collect.links import START_NS, BleLink, Clock, bursts
from tests.collect.test_assemble import began_s, framed
from tests.collect.test_hops import TRUE_TIMES
from tests.collect.toys import LSB_PER_DPS, LSB_PER_G, coded, coding, session_folder, toy_decoder_for

US = 1e-6
SKEWS_PPM = {"shank_left": 40.0, "shank_right": -35.0, "pelvis": 5.0}
READ_S = 3600.0  # after the session's start: armed elsewhere, found an hour later


def logged(folder: Path, pattern: str, *, read_s: tuple[float, ...] = (READ_S,)) -> dict[str, Any]:
    """A session of three logs; what was true of each: (counts, time of every row)."""
    simulation = simulate(SimulationConfig(pattern=pattern, errors=TRUE_TIMES, seed=4))
    journals: dict[str, list[Record]] = {}
    truth = {}
    for seed, (placement, track) in enumerate(simulation.recording.tracks.items()):
        samples = track.samples()
        assert samples.gyr_radps is not None
        steps = [samples.acc_mps2 / 9.80665 * LSB_PER_G, np.degrees(samples.gyr_radps) * LSB_PER_DPS]
        counts = np.rint(np.hstack(steps)).astype(np.int16)
        clock = Clock(offset_s=100.0 + 100.0 * seed, skew_ppm=SKEWS_PPM[placement])
        random = np.random.default_rng(seed)
        asked_s = bursts(np.array(read_s), count=100, random=random)
        exchanges = BleLink().exchanges(clock, asked_s, random, tick_s=US)
        log = coded(coding(tick_s=US, mode="log"))
        journals[placement] = [log, *exchanges, *framed(counts, samples.time_s, clock)]
        truth[placement] = counts, samples.time_s
    session_folder(folder, journals, mode="log")
    return truth


def errors_ms(recording: Recording, truth: dict[str, Any]) -> NDArray[np.float64]:
    """How late each sensor is said to be at its start and its end."""
    found = []
    for placement, (counts, true_s) in truth.items():
        samples = recording.tracks[placement].samples()
        acc_mps2 = counts[:, :3] / LSB_PER_G * 9.80665
        first = int(np.isclose(acc_mps2, samples.acc_mps2[0], atol=1e-4).all(axis=1).argmax())
        late_s = samples.time_s + began_s(recording) - true_s[first : first + len(samples)]
        found += [1e3 * float(late_s[0]), 1e3 * float(late_s[-1])]
    return np.array(found)


def told(recording: Recording, placement: str) -> Any:
    assert recording.collection is not None
    return recording.collection["sensors"][placement]


def test_a_clock_that_was_read_only_after_the_run_says_how_far_it_may_have_drifted(tmp_path: Path) -> None:
    truth = logged(tmp_path / "s", "stand:6,run:20@3,stand:6")
    recording = assemble(tmp_path / "s", decoder_for=toy_decoder_for)
    assert np.ptp(errors_ms(recording, truth)) > 200
    for placement, skew_ppm in SKEWS_PPM.items():
        clock = told(recording, placement)["clocks"][0]
        assert clock["skew_uncertainty_ppm"] == 50
        assert abs(skew_ppm) * 3.6 < clock["uncertainty_ms"] == pytest.approx(180, rel=0.03)
        assert "hops" not in told(recording, placement)


def test_the_skew_of_another_day_bounds_it(tmp_path: Path) -> None:
    truth = logged(tmp_path / "s", "stand:6,run:20@3,stand:6")
    session = load_session(tmp_path / "s")
    known = {
        p: type(worn)(worn.identity, worn.mount_height_m, SKEWS_PPM[p]) for p, worn in session.worn.items()
    }
    write_session(tmp_path / "s", type(session)(**{**vars_of(session), "worn": known}))
    recording = assemble(tmp_path / "s", decoder_for=toy_decoder_for)
    assert np.ptp(errors_ms(recording, truth)) < 5
    for placement in SKEWS_PPM:
        assert told(recording, placement)["clocks"][0]["uncertainty_ms"] == pytest.approx(40, rel=0.1)


def vars_of(session: Any) -> dict[str, Any]:
    return {name: getattr(session, name) for name in session.__dataclass_fields__}


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "pattern",
    [
        "stand:6,hops,stand:4,run:70@3,stand:6",
        "stand:6,run:70@3,stand:4,hops,stand:6",
        "stand:6,hops,stand:4,run:70@3,stand:4,hops,stand:6",
    ],
)
def test_hops_at_either_end_or_both_put_it_right(tmp_path: Path, pattern: str) -> None:
    truth = logged(tmp_path / "s", pattern)
    recording = assemble(tmp_path / "s", decoder_for=toy_decoder_for)
    apart_ms = float(np.ptp(errors_ms(recording, truth)))
    assert apart_ms < 15
    said = [told(recording, p)["hops"] for p in SKEWS_PPM if "hops" in told(recording, p)]
    assert len(said) == 2
    for one in said:
        assert one["used"]
        assert one["hops"] == pattern.count("hops")
        assert apart_ms / 2 < one["uncertainty_after_ms"] < one["uncertainty_before_ms"] / 4


@pytest.mark.unhurried
def test_hops_do_not_move_clocks_that_the_radio_knows_better(tmp_path: Path) -> None:
    truth = logged(tmp_path / "s", "stand:6,hops,stand:4,run:70@3,stand:6", read_s=(-30.0, 130.0))
    recording = assemble(tmp_path / "s", decoder_for=toy_decoder_for)
    assert np.ptp(errors_ms(recording, truth)) < 2
    said = [told(recording, p)["hops"] for p in SKEWS_PPM if "hops" in told(recording, p)]
    assert len(said) == 2
    assert not any(one["used"] for one in said)


@pytest.mark.parametrize("seed", range(20))
def test_a_clock_is_as_uncertain_as_it_says(seed: int) -> None:
    """Any skew of a crystal, any number of bursts, hours before and after them."""
    random = np.random.default_rng(seed)
    clock = Clock(random.uniform(0, 400), random.uniform(-45, 45))
    starts_s = np.sort(random.uniform(0, 3000, random.integers(1, 4)))
    asked_s = bursts(starts_s, count=60, random=random)
    exchanges = BleLink(random.choice([0.0075, 0.015, 0.03])).exchanges(clock, asked_s, random, tick_s=US)
    fit = fit_exchanges(exchanges, tick_s=US, start_ns=START_NS)
    assert fit is not None
    for time_s in np.linspace(-7200, 7200, 50).tolist():
        error_ms = 1e3 * abs(float(fit.timeline.at(clock.at(np.array([time_s])))[0]) - time_s)
        assert error_ms < 2 * fit.uncertain_ms(time_s) + 2.5  # the stack's delay, which all share


def test_only_what_was_measured_well_is_remembered() -> None:
    def clock(method: str, within_ppm: float) -> dict[str, Any]:
        return {"method": method, "skew_ppm": 12.5, "skew_uncertainty_ppm": within_ppm}

    sensors = {
        "shank_left": {"serial": "A", "clocks": [clock("exchanges", 0.4)]},
        "shank_right": {"serial": "B", "clocks": [clock("exchanges", 50.0)]},
        "pelvis": {"serial": "C", "clocks": [clock("arrivals", 0.0)]},
    }
    assert measured_skews_ppm({"sensors": sensors}) == {"A": 12.5}
    assert measured_skews_ppm({}) == {}
