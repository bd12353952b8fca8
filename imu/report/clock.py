"""Lengths of time as a clock shows them. It waits for no chart: the command line writes paces by it."""


def clock(length_s: float) -> str:
    """`4:05` or `1:04:05`."""
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
