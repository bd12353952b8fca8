"""What the verbs that talk to sensors have in common: which radio, which world, and Ctrl-C."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from imu.errors import RestrideError
from imu.home import home

if TYPE_CHECKING:
    from imu.collect.reach import Reach
    from imu.devices.host_clock import HostClock
    from imu.devices.sensor import Kind
    from imu.simulate.air.remote import AirControl

T = TypeVar("T")


class VirtualKind(StrEnum):
    """Kinds of sensors that there are virtual ones of."""

    metamotion = "metamotion"
    esp32 = "esp32"
    heart_rate = "heart_rate"
    foot_pod = "foot_pod"


RadioOption = Annotated[
    str,
    typer.Option(
        "--radio",
        envvar="RESTRIDE_RADIO",
        metavar="TRANSPORT",
        help="Bluetooth to use: system, or an HCI controller such as usb:0 or serial:/dev/ttyUSB0,1000000.",
    ),
]
VirtualOption = Annotated[
    bool,
    typer.Option("--virtual", help="Use virtual sensors, worn by a simulated runner, instead of real ones."),
]
VirtualSensorsOption = Annotated[
    list[VirtualKind] | None,
    typer.Option(
        metavar="KIND",
        help="With --virtual: metamotion or esp32 sensors, and a heart_rate strap or a foot_pod beside; "
        "repeatable.  [default: those of last time]",
    ),
]

_PLACEMENTS = ("shank_left", "shank_right", "pelvis")
_BESIDE = (VirtualKind.heart_rate, VirtualKind.foot_pod)
_NOT_YET_S = 1e8  # years away: until a verb has it run, the runner of a world stands
_STANDS_S = 20.0  # before a simulated run: time to connect, and to be asked to stand
_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Air:
    """The radio to use, and the virtual world behind it, if it is one."""

    transport: str
    clock: "HostClock"
    home: Path
    world: "VirtualWorld | None" = None

    def run(self, work: "Callable[[Reach], Awaitable[T]]") -> T:
        """Do `work` with this radio, in an event loop of its own."""
        from imu.collect import cable
        from imu.collect.reach import Reach
        from imu.radio.radio import Radio

        def no_ports() -> Sequence[str]:
            return ()

        ports = cable.ports if self.world is None else no_ports  # nothing real in a virtual world

        async def with_radio() -> T:
            async with Radio(self.transport) as radio:
                return await work(Reach(radio, clock=self.clock, ports=ports))

        try:
            return asyncio.run(with_radio())
        except asyncio.CancelledError:  # by whoever took Ctrl-C into his own hands
            raise KeyboardInterrupt from None


class VirtualWorld:
    """The world of `--virtual`: kept in a folder between two commands, so that a log can be synced later."""

    def __init__(self, folder: Path, *, link: Mapping[str, float] = MappingProxyType({})) -> None:
        """link: of LinkModel, what is to differ."""
        self._link = dict(link)
        self._file = folder / "virtual.json"
        self._state = folder / "air.json"
        self._told: dict[str, Any] = {
            "kind": "metamotion",
            "beside": [],
            "ahead_s": 0.0,
            "runner": {"begins_s": _NOT_YET_S},
        }
        self.control: AirControl | None = None
        if self._file.exists():
            self._told |= json.loads(self._file.read_text(encoding="utf-8"))

    @property
    def ahead_s(self) -> float:
        """By how much time was skipped so far: the world's day is that much later."""
        return float(self._told["ahead_s"])

    @property
    def kind(self) -> "Kind":
        return "esp32" if self._told["kind"] == "esp32" else "metamotion"

    def is_made_of(self, kinds: Sequence[VirtualKind]) -> None:
        """Have sensors of these kinds; those of another kind are gone with what they held."""
        worn = [kind.value for kind in kinds if kind not in _BESIDE]
        if len(worn) > 1:
            raise RestrideError(f"virtual sensors are all of one kind; take {' or '.join(worn)}")
        self._keep(beside=[kind.value for kind in _BESIDE if kind in kinds])
        if worn and worn[0] != self.kind:
            self._state.unlink(missing_ok=True)
            self._keep(kind=worn[0])

    def will_run(
        self,
        pattern: str,
        *,
        injections: tuple[str, ...] = (),
        seed: int = 1,
        stands_s: float = _STANDS_S,
    ) -> float:
        """Have the runner stand for a while from now on, and then run; when, in the world's seconds."""
        from imu.simulate.plan import parse_pattern

        begins_s = self._now_s() + stands_s
        plan = {"pattern": pattern, "injections": list(injections), "seed": seed, "begins_s": begins_s}
        ends_s = begins_s + sum(piece.duration_s for piece in parse_pattern(pattern))
        self._keep(runner=plan, ends_s=ends_s)
        return begins_s

    def finish_run(self) -> None:
        """Let time pass at once until the simulated run is over."""
        assert self.control is not None
        left_s = float(self._told.get("ends_s", 0.0)) - self.control.time_s()
        if left_s > 0:
            self.skip(left_s + _AFTER_S)

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        assert self.control is not None
        self.control.skip(seconds)
        self._keep(ahead_s=self.ahead_s + seconds)

    def config(self) -> dict[str, Any]:
        """What the world is made of."""
        sensors = {
            placement: {"kind": self.kind, "serial": f"V{self.kind[:1].upper()}{number:04d}"}
            for number, placement in enumerate(_PLACEMENTS, start=1)
        }
        sensors |= {
            kind: {"kind": kind, "serial": f"V{kind[:1].upper()}0001"} for kind in self._told["beside"]
        }
        runner, state = self._told["runner"], str(self._state)
        return {"sensors": sensors, "runner": runner, "link": self._link, "state": state}

    def _now_s(self) -> float:
        if not self._state.exists():
            return 0.0
        saved = json.loads(self._state.read_text(encoding="utf-8"))
        return float(saved["world_s"] + max(0.0, time.time() - saved["saved_unix_s"]))

    def _keep(self, **changes: Any) -> None:
        self._told |= changes
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._told, indent=2), encoding="utf-8")


def sensors_home(*, virtual: bool) -> Path:
    """The folder of sensors, sessions and recordings: those of virtual sensors are kept apart."""
    return home() / "virtual" if virtual else home()


@contextmanager
def air(
    *,
    radio: str,
    virtual: bool,
    virtual_sensors: Sequence[VirtualKind] | None = None,
    prepare: Callable[[VirtualWorld], None] = lambda _world: None,
    first: Callable[[VirtualWorld], None] = lambda _world: None,
) -> Iterator[Air]:
    """The air that the options mean; a virtual one is started, and saved and ended afterwards.

    prepare: what to change in a virtual world before it starts; first: what to do with it once it runs.
    """
    from imu.devices.host_clock import HostClock

    if not virtual:
        if virtual_sensors:
            raise RestrideError("--virtual-sensors says which virtual sensors to use: add --virtual")
        yield Air(radio, HostClock.start(), sensors_home(virtual=False))
        return
    if radio != "system":
        raise RestrideError("--virtual brings its own radio; leave out --radio")
    folder = sensors_home(virtual=True)
    world = VirtualWorld(folder)
    if virtual_sensors:
        world.is_made_of(virtual_sensors)
    prepare(world)
    with virtual_air(world, folder, first=first) as here:
        yield here


@contextmanager
def virtual_air(
    world: VirtualWorld, folder: Path, *, first: Callable[[VirtualWorld], None] = lambda _world: None
) -> Iterator[Air]:
    """A virtual world while it lives; `folder` is the home of its sensors."""
    from imu.devices.host_clock import HostClock
    from imu.simulate.air.config import AirConfig
    from imu.simulate.air.launch import launch
    from imu.simulate.air.remote import AirControl

    with launch(AirConfig.from_json(world.config())) as running, AirControl.at(running.control) as control:
        world.control = control
        first(world)
        yield Air(running.transport, HostClock.start(ahead_s=world.ahead_s), folder, world)
