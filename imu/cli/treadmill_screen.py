"""What `restride live` shows: the shank angle of both sides, large, and what is to be done about it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imu.cli.big_numbers import ROWS, big, columns
from imu.cli.live_screen import (
    Moment,
    clock,
    gait_line,
    reference_words,
    sensor_state,
    spoken,
    spoken_reference,
)

if TYPE_CHECKING:
    from rich.text import Text

    from imu.collect.coach import SideNow

_SIDES = ("left", "right")
_WIDEST = "-12.4"
_OTHER_ROWS = 11  # titles, changes, gait, heart rate, notes, advice
_UNKNOWN = "-"


def treadmill_text(
    moment: Moment, width: int, height: int, *, sides: "Mapping[str, SideNow]", notes: list[str]
) -> "Text":
    """Side by side where both fit, above each other in a narrow terminal, small where it is tiny."""
    from rich.text import Text

    lines = _numbers(sides, width, height)
    status = [f"{clock(moment.elapsed_s)}  {gait_line(moment.gait, angles=False)}", *_references(moment)]
    lines += [Text(line[:width]) for line in [*status, *notes, *moment.gait.advice, *troubles(moment)]]
    text = Text("\n").join(lines[: height - 1])
    text.no_wrap, text.overflow = True, "crop"
    return text


def treadmill_line(moment: Moment, *, sides: "Mapping[str, SideNow]", notes: list[str]) -> str:
    """The same for a log file."""
    angles = [
        ", ".join([f"{side} {_angle(now)}°", *filter(None, _words(now))]) for side, now in sides.items()
    ]
    words = [gait_line(moment.gait, angles=False), *_references(moment), *angles, *notes, *troubles(moment)]
    return "; ".join(words)


def _references(moment: Moment) -> list[str]:
    """One line for a heart-rate strap and a foot pod, if any is recorded."""
    told = [f"{spoken_reference(each)} {reference_words(each)}" for each in moment.references]
    return ["   ".join(told)] if told else []


def troubles(moment: Moment) -> list[str]:
    """A line for each sensor that is not well."""
    states = ((spoken(s), sensor_state(s)) for s in moment.sensors)
    return [f"{name}: {state}" for name, state in states if not state.startswith("good")]


def _numbers(sides: "Mapping[str, SideNow]", width: int, height: int) -> "list[Text]":
    from rich.text import Text

    widest = columns(_WIDEST)
    half, room = width // 2, height - _OTHER_ROWS
    if half > widest and room >= ROWS:
        scale = min((half - 1) // widest, room // ROWS)
        blocks = [_side(side, sides.get(side), half, scale) for side in _SIDES]
        return [Text.assemble(*row) for row in zip(*blocks, strict=True)]
    if width >= widest and room >= 2 * ROWS:
        return [row for side in _SIDES for row in _side(side, sides.get(side), width, 1)]
    words = (
        f"{side:<5}  {_angle(sides.get(side)):>5}°  {', '.join(filter(None, _words(sides.get(side))))}"
        for side in _SIDES
    )
    return [Text(line[:width], _style(sides.get(side))) for line, side in zip(words, _SIDES, strict=True)]


def _side(side: str, now: "SideNow | None", width: int, scale: int) -> "list[Text]":
    """One side's block, every row exactly so wide."""
    from rich.text import Text

    rows = [side.upper(), "", *big(_angle(now), scale=scale), "", *_words(now)]
    return [Text(row[:width].center(width), _style(now)) for row in rows]


def _style(now: "SideNow | None") -> str:
    return "bold yellow" if now is not None and now.above_limit else ""


def _angle(now: "SideNow | None") -> str:
    """The angle; where nobody stood still it has no zero, and the change is shown."""
    if now is None or now.angle_deg is now.change_deg is None:
        return _UNKNOWN
    return f"{now.change_deg:+.1f}" if now.angle_deg is None else f"{now.angle_deg:.1f}"


def _words(now: "SideNow | None") -> tuple[str, str]:
    """How it compares with the runner's own minutes, and with the runner's limit; either may be empty."""
    if now is None:
        return "no running stride yet", ""
    change = "" if now.change_deg is None else f"{now.change_deg:+.1f}° from your baseline"
    if now.angle_deg is None:
        return change, "only changes: nobody stood still"
    return change, "above the limit that you set" if now.above_limit else ""
