"""The pieces of a run: what one watch knew of the ground is not lost to another that knew less."""

import numpy as np

from imu.training.segments import Segment, Segments


def test_a_slope_that_is_not_known_leaves_the_one_that_is() -> None:
    pieces = Segments.of(
        [Segment(side="left", minute=float(at), strides=25, speed_mps=3.0) for at in range(3)]
    )
    first = pieces.on_slope(np.array([2.0, 3.0, np.nan]))
    second = first.on_slope(np.array([np.nan, 4.0, np.nan]))
    assert [one.grade_percent for one in second] == [2.0, 4.0, None]
    assert [one.grade_percent for one in pieces] == [None, None, None]
