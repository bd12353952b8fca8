"""Peaks of tibial acceleration on made-up shocks of known height."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.impact import Impacts, impact_load, tibial_impacts

Array = NDArray[np.float64]

GRAVITY = 9.80665
TIME = np.arange(0.0, 12.0, 0.005)
CONTACTS: Array = 0.5 + 0.7 * np.arange(16.0)
PEAKS_G: Array = 6.0 + 0.25 * np.arange(16.0)
UP = np.array([0.6, 0.0, 0.8])  # the shank's axis in the sensor's


def shocks(peaks_g: Array = PEAKS_G, *, delay_s: float = 0.025, limit_g: float = np.inf) -> Array:
    """Gravity along the shank, a bell of 10 ms (1 sd) after every contact, and a higher one at push-off."""
    axial = np.ones_like(TIME)
    for contact, peak in zip(CONTACTS, peaks_g, strict=True):
        axial += (peak - 1.0) * np.exp(-0.5 * ((TIME - contact - delay_s) / 0.010) ** 2)
        axial += 20.0 * np.exp(-0.5 * ((TIME - contact - 0.26) / 0.010) ** 2)
    return np.asarray(GRAVITY * np.clip(axial[:, None] * UP, -limit_g, limit_g))


@pytest.mark.parametrize("delay_s", [0.015, 0.025, 0.045, 0.060])
def test_the_peak_of_early_stance_is_found_and_not_the_push_off(delay_s: float) -> None:
    found = tibial_impacts(TIME, shocks(delay_s=delay_s), CONTACTS, shank_up=UP, acc_range_g=50.0)
    np.testing.assert_allclose(found.peak_g, PEAKS_G, rtol=1e-6)
    np.testing.assert_allclose(found.axial_g, PEAKS_G, rtol=1e-6)
    assert not found.clipped.any()


def test_axial_peak_counts_only_what_runs_along_the_shank() -> None:
    acc = shocks()
    acc[:, 1] += 3.0 * GRAVITY
    found = tibial_impacts(TIME, acc, CONTACTS, shank_up=UP)
    np.testing.assert_allclose(found.axial_g, PEAKS_G, rtol=1e-6)
    np.testing.assert_allclose(found.peak_g, np.hypot(PEAKS_G, 3.0), rtol=1e-6)


def test_without_the_shanks_axis_the_axial_peak_is_absent() -> None:
    found = tibial_impacts(TIME, shocks(), CONTACTS)
    assert np.isnan(found.axial_g).all()
    assert np.isfinite(found.peak_g).all()


def test_a_short_contact_ends_the_search_before_its_push_off() -> None:
    sprint = np.ones_like(TIME)
    sprint += 7.0 * np.exp(-0.5 * ((TIME - 1.015) / 0.004) ** 2)
    sprint += 15.0 * np.exp(-0.5 * ((TIME - 1.085) / 0.010) ** 2)
    found = tibial_impacts(
        TIME, GRAVITY * sprint[:, None] * UP, np.array([1.0]), contact_time_s=np.array([0.09])
    )
    np.testing.assert_allclose(found.peak_g, 8.0, rtol=1e-3)


@pytest.mark.parametrize("acc_range_g", [8.0, None])
def test_saturated_peaks_are_kept_as_they_are_and_flagged(acc_range_g: float | None) -> None:
    limit_g = 8.0 if acc_range_g else 5.0  # 8 g declared, or any end of the range that shows as a flat top
    found = tibial_impacts(TIME, shocks(limit_g=limit_g), CONTACTS, acc_range_g=acc_range_g)
    on_stronger_axis = 0.8 * PEAKS_G
    np.testing.assert_array_equal(found.clipped, on_stronger_axis >= limit_g)
    low = found.peak_g[found.clipped]
    assert (low <= PEAKS_G[found.clipped]).all()
    assert (low >= limit_g).all()


def test_a_sensor_calibrated_below_its_full_scale_is_still_seen_to_saturate() -> None:
    found = tibial_impacts(TIME, shocks(limit_g=7.7), CONTACTS, acc_range_g=8.0)
    np.testing.assert_array_equal(found.clipped, 0.8 * PEAKS_G >= 7.7)


def test_quiet_signals_that_repeat_are_not_saturated() -> None:
    resting = np.tile([0.0, GRAVITY, 0.0], (len(TIME), 1))
    assert not tibial_impacts(TIME, resting, CONTACTS).clipped.any()


@pytest.mark.parametrize("lost_s", [(0.002, 0.013), (0.02, 0.03), (0.072, 0.082)])
def test_a_shock_that_was_not_recorded_whole_is_absent(lost_s: tuple[float, float]) -> None:
    since = TIME - CONTACTS[5]
    kept = (since < lost_s[0]) | (since > lost_s[1])
    found = tibial_impacts(TIME[kept], shocks()[kept], CONTACTS, acc_range_g=50.0)
    np.testing.assert_array_equal(np.isnan(found.peak_g), np.arange(16) == 5)
    assert not found.clipped.any()


def test_contacts_at_the_edges_of_the_recording_or_unknown_are_absent() -> None:
    contacts = np.array([-0.2, 0.0, 5.4, 11.97, 30.0, np.nan])
    found = tibial_impacts(TIME, shocks(), contacts)
    np.testing.assert_array_equal(np.isfinite(found.peak_g), contacts == 5.4)


@pytest.mark.parametrize("samples", [0, 1])
def test_an_empty_sensor_gives_absent_peaks(samples: int) -> None:
    found = tibial_impacts(TIME[:samples], shocks()[:samples], CONTACTS)
    assert np.isnan(found.peak_g).all()
    assert len(tibial_impacts(TIME, shocks(), np.array([])).peak_g) == 0


def test_load_counts_what_was_measured_and_says_when_it_is_a_lower_bound() -> None:
    peaks = np.array([8.0, 16.0, np.nan, 4.0])
    clipped = np.array([False, True, False, False])
    load = impact_load(Impacts(peaks, peaks, clipped), reference_g=8.0)
    assert (load.contacts, load.unmeasured, load.clipped) == (3, 1, 1)
    assert load.cumulative_g == pytest.approx(28.0)
    assert load.damage == pytest.approx(1.0 + 16.0 + 1 / 16)
    assert load.caveat == "lower bound: of 4 contacts 1 had a saturated peak and 1 had no peak to count"
    assert impact_load(Impacts(peaks[:1], peaks[:1], clipped[:1])).caveat is None


def test_loads_of_blocks_add_up() -> None:
    whole = Impacts(PEAKS_G, PEAKS_G, PEAKS_G > 9.0)
    parts = [Impacts(PEAKS_G[s], PEAKS_G[s], PEAKS_G[s] > 9.0) for s in (slice(0, 7), slice(7, None))]
    total, joined = impact_load(whole), impact_load(parts[0]) + impact_load(parts[1])
    assert (joined.contacts, joined.clipped) == (total.contacts, total.clipped)
    assert joined.damage == pytest.approx(total.damage)
    assert joined.cumulative_g == pytest.approx(total.cumulative_g)
