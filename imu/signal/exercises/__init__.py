"""Exercises of the rehabilitation programme, recognised and counted from pelvis and shanks.

`carriage` says how each sensor is turned and moved, `bridges` and `upright` find repetitions lying and
standing, and `sets` puts them together. Tested on simulated movement only.
"""

from imu.signal.exercises.carriage import Carriage as Carriage, Reference as Reference, carriage as carriage
from imu.signal.exercises.repetition import SIDES as SIDES
from imu.signal.exercises.sets import ExerciseSet as ExerciseSet, find_exercises as find_exercises

__all__ = ["SIDES", "Carriage", "ExerciseSet", "Reference", "carriage", "find_exercises"]
