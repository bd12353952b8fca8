"""Medians of a few values, without the long way round that SciPy and NumPy take before they begin.

The strides of a live window are a dozen: finding out what to do costs both ten times the doing.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", bound=np.number)


def running_median(values: NDArray[_Number], *, size: int) -> NDArray[_Number]:
    """Median over the `size` (odd or even) values around each of (k,); ends are continued by the end value.

    As `scipy.ndimage.median_filter(values, size, mode="nearest")`.
    """
    around = np.arange(len(values))[:, None] + np.arange(-(size // 2), size - size // 2)
    windows = values.take(np.minimum(np.maximum(around, 0), len(values) - 1))
    windows.sort(axis=1)
    middle: NDArray[_Number] = windows[:, size // 2]
    return middle


def median(values: NDArray[np.floating]) -> float:
    """Of (k,) values, NaN if one of them is or there are none; as `numpy.median`."""
    if not len(values):
        return float("nan")
    ordered = np.sort(values)
    if np.isnan(ordered[-1]):
        return float("nan")
    return float(0.5 * (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]))
