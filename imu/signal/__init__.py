"""The method, in pure NumPy: arrays in, frozen dataclasses of arrays out.

Knows nothing of files, DataFrames or the rest of `imu`. One module per question: `activity` (stand, walk
or run), `alignment` (how the sensor sits on the body), `contacts`, `speed`, `shank`, `pelvis` and so on.
"""
