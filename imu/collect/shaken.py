"""Which of several sensors is being shaken?"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import constants

SHAKEN_G = 0.5  # standard deviation of the force's magnitude; walking about with a sensor stays under 0.3
TIMES_THE_NEXT = 3.0  # a table that is knocked shakes all that lie on it


def shaken(acc_mps2: Mapping[str, NDArray[np.floating]]) -> str | None:
    """The key of the one sensor that is clearly shaken and the others not, or None.

    acc_mps2: the last second or two of each sensor, (n, 3).
    """
    sd_g = {
        key: float(np.linalg.norm(values, axis=1).std() / constants.g) if len(values) > 1 else 0.0
        for key, values in acc_mps2.items()
    }
    if not sd_g:
        return None
    most = max(sd_g, key=lambda key: sd_g[key])
    others = max((value for key, value in sd_g.items() if key != most), default=0.0)
    return most if sd_g[most] > max(SHAKEN_G, TIMES_THE_NEXT * others) else None
