"""A calm screen while sensors stream: a table in a terminal, a few lines in a pipe."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from imu.collect.keeper import Status

_LINE_EVERY_S = 30.0  # in a pipe


class Screen(Protocol):
    """What a recording tells while it happens."""

    def say(self, line: str) -> None: ...

    def begin(self, seconds: float | None) -> None:
        """The run begins; it lasts so long, or until somebody stops it."""
        ...

    def show(self, sensors: "Sequence[Status]") -> None: ...


@contextmanager
def live_screen() -> Iterator[Screen]:
    """A table that renews itself where somebody can see it, lines on standard error where not."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_interactive:
        yield _Lines()
        return
    from rich.live import Live

    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield _Table(live)


class _Lines:
    def __init__(self) -> None:
        self._began_s: float | None = None
        self._shown_s = 0.0

    def say(self, line: str) -> None:
        typer.echo(line, err=True)

    def begin(self, seconds: float | None) -> None:
        self._began_s = self._shown_s = time.monotonic()
        until = "until Ctrl-C" if seconds is None else f"for {seconds:g} s"
        self.say(f"Recording {until}.")

    def show(self, sensors: "Sequence[Status]") -> None:
        now_s = time.monotonic()
        if self._began_s is None or now_s - self._shown_s < _LINE_EVERY_S:
            return
        self._shown_s = now_s
        told = ", ".join(f"{s.placement} {s.samples} samples, {s.lost} lost" for s in sensors)
        self.say(f"{now_s - self._began_s:.0f} s: {told}")


class _Table:
    def __init__(self, live: "Live") -> None:
        self._live = live
        self._began_s: float | None = None
        self._seconds: float | None = None

    def say(self, line: str) -> None:
        self._live.console.print(line, markup=False, highlight=False)

    def begin(self, seconds: float | None) -> None:
        self._began_s, self._seconds = time.monotonic(), seconds

    def show(self, sensors: "Sequence[Status]") -> None:
        self._live.update(self._drawn(sensors))

    def _drawn(self, sensors: "Sequence[Status]") -> "RenderableType":
        from rich.table import Table

        elapsed_s = time.monotonic() - self._began_s if self._began_s is not None else 0.0
        left = "" if self._seconds is None else f" of {_clock(self._seconds)}"
        table = Table(
            title=f"Recording {_clock(elapsed_s)}{left}   Ctrl-C ends it", title_justify="left", box=None
        )
        for name in ("sensor", "rate", "lost", "battery", "clock ±", "state"):
            table.add_column(name, justify="left" if name in ("sensor", "state") else "right")
        for sensor in sensors:
            rate_hz = sensor.rate_hz()
            table.add_row(
                sensor.placement,
                "" if rate_hz is None else f"{rate_hz:.0f} Hz",
                str(sensor.lost + sensor.dropped),
                "" if sensor.battery is None else f"{sensor.battery.percent:.0f} %",
                "" if sensor.fastest_exchange_ms is None else f"{sensor.fastest_exchange_ms / 2:.1f} ms",
                _state(sensor),
            )
        return table


def _state(sensor: "Status") -> str:
    if not sensor.connected:
        return "out of reach, trying again"
    return "streaming" if not sensor.reconnections else f"streaming (reconnected {sensor.reconnections}x)"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
