"""A computer that stays awake while it talks to sensors: one that falls asleep loses every link."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def kept_awake() -> Iterator[None]:
    """Ask the system not to fall asleep by itself; the screen may go dark.

    A system that cannot be asked is no reason to say anything, nor one that has gone before the end.
    """
    from wakepy import keep

    mode = keep.running(on_fail="pass")
    mode.__enter__()
    try:
        yield
    finally:
        with suppress(RuntimeError):  # what was recorded is worth more than a computer that may sleep again
            mode.__exit__(None, None, None)
