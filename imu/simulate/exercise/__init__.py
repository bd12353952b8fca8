"""Exercises of the rehabilitation programme, and other movements that only look like them.

`routine` knows what a person does in each, `script` when, `body` where that puts pelvis and shanks, and
`overlay` makes smooth paths of it that come on top of standing.
"""

from imu.simulate.exercise.routine import MOVEMENTS as MOVEMENTS
from imu.simulate.exercise.script import (
    Doing as Doing,
    DoneSet as DoneSet,
    Performance as Performance,
    perform as perform,
)

__all__ = ["MOVEMENTS", "Doing", "DoneSet", "Performance", "perform"]
