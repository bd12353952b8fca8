"""The mixed ridge regression, against the same model written out in full."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.training.regression import MixedFit, fit_mixed

TRUE = np.array([8.0, 1.4, -0.5])


def data(
    runs: int, segments: int, *, seed: int, sd_run: float = 1.5, sd_within: float = 0.8
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    run = np.repeat(np.arange(runs), segments)
    x = np.column_stack([np.ones(len(run)), rng.normal(0, 0.4, (len(run), 2))])
    y = x @ TRUE + sd_run * rng.standard_normal(runs)[run] + sd_within * rng.standard_normal(len(run))
    return x, y, run


def fit(x: NDArray[np.float64], y: NDArray[np.float64], run: NDArray[np.intp]) -> MixedFit:
    return fit_mixed(x, y, run, prior_mean=np.array([0, 1.0, 0]), prior_sd=np.array([100, 1.5, 2.0]))


def test_it_is_generalised_least_squares_with_the_priors_as_further_data() -> None:
    x, y, run = data(8, 12, seed=1)
    found = fit(x, y, run)
    same_run = run[:, None] == run
    inverse = np.linalg.inv(found.sd_run**2 * same_run + found.sd_within**2 * np.eye(len(y)))
    precision = np.diag([1 / 100**2, 1 / 1.5**2, 1 / 2.0**2])
    posterior = np.linalg.inv(x.T @ inverse @ x + precision)
    assert found.covariance == pytest.approx(posterior, rel=1e-6)
    assert found.mean == pytest.approx(posterior @ (x.T @ inverse @ y + precision @ [0, 1.0, 0]), rel=1e-6)


def test_both_spreads_are_found() -> None:
    fits = [fit(*data(40, 15, seed=seed)) for seed in range(10)]
    assert np.mean([one.sd_run for one in fits]) == pytest.approx(1.5, rel=0.1)
    assert np.mean([one.sd_within for one in fits]) == pytest.approx(0.8, rel=0.03)


def test_standard_errors_are_honest_though_segments_share_their_run() -> None:
    fits = [fit(*data(10, 40, seed=seed)) for seed in range(40)]
    z = [(one.mean[0] - TRUE[0]) / one.covariance[0, 0] ** 0.5 for one in fits]
    assert 0.75 < np.std(z) < 1.35


def test_more_segments_of_the_same_runs_say_hardly_more_about_the_level() -> None:
    few, many = (fit(*data(10, segments, seed=3)).covariance[0, 0] for segments in (20, 80))
    assert many > 0.5 * few


def test_without_any_difference_in_a_term_its_prior_stands() -> None:
    x, y, run = data(6, 10, seed=2)
    x[:, 1] = 0
    found = fit(x, y, run)
    assert found.mean[1] == pytest.approx(1.0)
    assert found.covariance[1, 1] == pytest.approx(1.5**2)


def test_the_order_of_rows_does_not_matter() -> None:
    x, y, run = data(6, 10, seed=4)
    order = np.random.default_rng(0).permutation(len(y))
    assert fit(x[order], y[order], run[order]).mean == pytest.approx(fit(x, y, run).mean, abs=1e-3)


def test_data_that_do_not_belong_together_are_refused() -> None:
    x, y, run = data(3, 5, seed=1)
    with pytest.raises(ValueError, match="do not fit"):
        fit(x, y[:-1], run)
