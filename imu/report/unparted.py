"""What no line may part: a number and its unit, a value and its error."""

import re

_UNITS = (
    *("%", "°C", "ms", "s", "h", "min", "min/km", "min/mi", "km", "mi", "m", "cm", "mm"),
    *("m/s", "m/s²", "g", "Hz", "steps/min", "sd", "SD"),
)
# From the space on: lists of hundreds are read so, and a pattern that begins with a letter is found quickly.
_JOINTS = re.compile(
    rf" (?:(?<=\d )(?=(?:{'|'.join(map(re.escape, _UNITS))})(?![\w/]))|(?<=[\d°%] )(?=± ?\d)|(?<=± )(?=\d))"
)


def unparted(text: str) -> str:
    """The same text with spaces that do not break where a break would part what is read as one."""
    return _JOINTS.sub("\N{NO-BREAK SPACE}", text)


def as_typed(text: str) -> str:
    """With spaces as people type them: for records and files that are searched and are no page."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
