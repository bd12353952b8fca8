"""The `restride` command: one module per verb; each parses, calls the library and prints.

Results go to standard output, everything else to standard error. Heavy libraries are imported inside the
functions that need them, so that a help page does not wait for SciPy.
"""

from imu.cli.command import main as main
