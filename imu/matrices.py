"""How NumPy shares out its work here."""

import os


def in_one_thread() -> None:
    """For this process, before it loads NumPy, and for all that it starts; unless the user said otherwise.

    Matrices are small here. More threads than one only wait for each other: a quarter of a second of a core
    at each start, a tenth of an analysis.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
