"""A calm screen while sensors stream: lines that renew themselves in a terminal, one every 30 s in a pipe."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imu.cli.summary import aligned
from imu.cli.told import echo

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from imu.collect.reference import ReferenceNow
    from imu.collect.status import Status
    from imu.live import LiveState

LINE_EVERY_S = 30.0  # in a pipe
_WIDE = 80  # columns from which on every sensor's numbers fit beside each other
_SPOKEN = {"shank_left": "left shank", "shank_right": "right shank", "pelvis": "pelvis"}
_REFERENCES = (  # channel, form, unit
    ("heart_rate_bpm", ".0f", "bpm"),
    ("cadence_spm", ".0f", "steps/min"),
    ("speed_mps", ".2f", "m/s"),
)
_ACTIVITIES = {"run": "running", "walk": "walking", "stand": "standing"}


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show now."""

    elapsed_s: float
    seconds: float | None  # how long it lasts; None: until somebody ends it
    sensors: "Sequence[Status]"
    gait: "LiveState"
    references: "Sequence[ReferenceNow]" = ()


class Screen(Protocol):
    """What a session tells while it happens."""

    def say(self, line: str) -> None: ...

    def show(self, moment: Moment) -> None: ...


Draw = Callable[[Moment, int, int], "Text"]  # for so many columns and rows
Tell = Callable[[Moment], str]


@contextmanager
def live_screen(draw: Draw, tell: Tell) -> Iterator[Screen]:
    """`draw` renews itself where somebody can see it; elsewhere `tell` is a line on standard error."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_interactive:
        yield _Lines(tell)
        return
    from rich.live import Live

    # Drawn when there is something new, and at no other time.
    with Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop") as live:
        yield _Drawn(live, draw)


class _Lines:
    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told_s = 0.0

    def say(self, line: str) -> None:
        echo(line, err=True)

    def show(self, moment: Moment) -> None:
        if moment.elapsed_s - self._told_s >= LINE_EVERY_S:
            self._told_s = moment.elapsed_s
            self.say(f"{clock(moment.elapsed_s)}  {self._tell(moment)}")


class _Drawn:
    def __init__(self, live: "Live", draw: Draw) -> None:
        self._live = live
        self._draw = draw

    def say(self, line: str) -> None:
        self._live.console.print(line, markup=False, highlight=False, soft_wrap=False)

    def show(self, moment: Moment) -> None:
        size = self._live.console.size
        self._live.update(self._draw(moment, size.width, size.height), refresh=True)


def recording_text(moment: Moment, width: int, height: int) -> "Text":
    """Time, gait and sensors, as wide as the terminal."""
    from rich.text import Text

    of = "" if moment.seconds is None else f" of {clock(moment.seconds)}"
    lines = [f"Recording {clock(moment.elapsed_s)}{of}", f"  {gait_line(moment.gait)}", ""]
    lines += sensor_lines(moment, width)
    told = [f"{spoken_reference(each):<10}  {words}" for each, words in _told(moment)]
    lines += ["", *told] if told else []
    problems = [f"{spoken(s)}: {s.problem}" for s in moment.sensors if s.problem and not s.connected]
    lines += ["", *problems, *moment.gait.advice, "Ctrl-C ends the recording and analyses it."]
    return Text("\n".join(line[:width] for line in lines[:height]), no_wrap=True, overflow="crop")


def recording_line(moment: Moment) -> str:
    """The same for a log file."""
    sensors = []
    for sensor in moment.sensors:
        numbers = [f"{_rate(sensor)}, {_lost(sensor)} lost, battery {_battery(sensor)}"]
        if not sensor.connected:
            numbers = [sensor_state(sensor), f"({sensor.problem})"]
        sensors.append(" ".join([sensor.placement, *numbers]))
    references = [f"{spoken_reference(each)} {words}" for each, words in _told(moment)]
    return "; ".join([gait_line(moment.gait), *sensors, *references])


def gait_line(gait: "LiveState", *, angles: bool = True) -> str:
    """What the runner does, in a few words; with the shank angles of the last strides or without."""
    words = [_ACTIVITIES.get(gait.activity or "", "waiting for movement")]
    if gait.cadence_spm is not None:
        words.append(f"{gait.cadence_spm:.0f} steps/min")
    if angles and (last_deg := gait.shank_angle_ic_deg):
        last = " ".join(f"{side} {angle:.1f}°" for side, angle in sorted(last_deg.items()))
        words.append(f"shank at contact {last}")
    return ", ".join(words)


def sensor_lines(moment: Moment, width: int) -> list[str]:
    """A table with a line per sensor; a narrow one leaves out what is needed least."""
    names = ["sensor", "rate", "lost", "battery", "signal", "clock offset"]
    names = names[: 6 if width >= _WIDE else 3]
    cells = ([spoken(s), _rate(s), str(_lost(s)), _battery(s), _signal(s), _clock(s)] for s in moment.sensors)
    rows = [names, *(row[: len(names)] for row in cells)]
    states = ["", *(sensor_state(s) for s in moment.sensors)]
    padded = aligned(rows).splitlines()
    longest = max(map(len, padded))
    return [f"{line.ljust(longest)}   {state}".rstrip() for line, state in zip(padded, states, strict=True)]


def sensor_state(sensor: "Status") -> str:
    """One or two words on how a sensor is doing."""
    if not sensor.connected:
        return "away, trying again"
    if sensor.is_slow:
        return "slow: samples are missing"
    return "good" if not sensor.reconnections else f"good (reconnected {sensor.reconnections}x)"


def reference_words(now: "ReferenceNow") -> str:
    """What a strap or a pod says, in its own units; a dash where it says nothing."""
    told = [
        f"{now.values[channel]:{form}} {unit}" for channel, form, unit in _REFERENCES if channel in now.values
    ]
    state = [] if now.connected else ["away, trying again"]
    return ", ".join([*(told or ["-"]), *state])


def spoken_reference(now: "ReferenceNow") -> str:
    return now.kind.replace("_", " ")


def _told(moment: Moment) -> "Iterator[tuple[ReferenceNow, str]]":
    return ((each, reference_words(each)) for each in moment.references)


def spoken(sensor: "Status") -> str:
    return _SPOKEN.get(sensor.placement, sensor.placement)


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _rate(sensor: "Status") -> str:
    rate_hz = sensor.rate_hz() if sensor.connected else None
    return "" if rate_hz is None else f"{rate_hz:.0f} Hz"


def _lost(sensor: "Status") -> int:
    return sensor.lost + sensor.dropped


def _battery(sensor: "Status") -> str:
    return "" if sensor.battery is None else f"{sensor.battery.percent:.0f} %"


def _signal(sensor: "Status") -> str:
    return "-" if sensor.signal_dbm is None else f"{sensor.signal_dbm} dBm"


def _clock(sensor: "Status") -> str:
    """What its clock has gained on the computer's; only the bound, where its samples carry no time."""
    if sensor.clock.within_ms is None:
        return "-"
    gained = "" if sensor.clock.offset_ms is None else f"{sensor.clock.offset_ms:+.1f} "
    return f"{gained}±{sensor.clock.within_ms:.1f} ms"
