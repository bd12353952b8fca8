"""Words that say why a stride, or a value of it, must be doubted. Each is a bit while strides are arrays."""

from enum import IntFlag

import numpy as np
from numpy.typing import NDArray


class Flag(IntFlag):
    GAP = 1
    CLIPPED = 2
    TURN = 4
    IRREGULAR = 8
    MOUNT_SHIFT = 16
    IMPLAUSIBLE = 32
    OTHER_LEG = 64

    @property
    def word(self) -> str:
        return str(self.name).lower()


MEANINGS = {
    Flag.GAP: "samples were lost in this stride; values that need them are absent",
    Flag.CLIPPED: "the accelerometer reached its range; the peak is a lower bound",
    Flag.TURN: "the runner turned; not counted in averages",
    Flag.IRREGULAR: "stride time differs by more than a quarter from its neighbours; not counted in averages",
    Flag.MOUNT_SHIFT: "the strap slipped within seconds of this stride; not counted in averages",
    Flag.IMPLAUSIBLE: "a value no moving person has, or force and rate that contradict each other; "
    "withheld, and the stride not counted in averages",
    Flag.OTHER_LEG: "speed and stride length are the other leg's around this stride",
}
SPOILING = Flag.TURN | Flag.IRREGULAR | Flag.MOUNT_SHIFT | Flag.IMPLAUSIBLE


def flag_words(bits: NDArray[np.int64]) -> list[str]:
    """Space-separated words for each stride."""
    distinct, which = np.unique(bits, return_inverse=True)
    words = [" ".join(flag.word for flag in Flag if value & flag) for value in distinct.tolist()]
    return [words[i] for i in which.tolist()]
