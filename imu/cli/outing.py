"""What `record` and `live` have in common: from paired sensors to the end of their streams.

Imports what is heavy at its top: the verbs import it only when they are called.
"""

import asyncio
import platform
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from shutil import rmtree
from types import MappingProxyType

import pandas as pd

import imu
from imu.calibration import Calibration
from imu.cli.awake import kept_awake
from imu.cli.beside import Beside
from imu.cli.bluetooth import Air
from imu.cli.live_screen import Moment, Screen
from imu.cli.told import echo
from imu.cli.wearing import Places
from imu.collect.keeper import Keep, Keeper
from imu.collect.live_feed import LiveFeed
from imu.collect.reach import Reach
from imu.collect.readiness import battery_faults, check_links, stood_still
from imu.collect.records import Closed
from imu.collect.registry import PairedSensor
from imu.collect.session import REFERENCE, Session, Worn, create_session, journal_path
from imu.collect.streaming import stream
from imu.collect.writer import JournalWriter
from imu.devices.sensor import Identity, Settings
from imu.errors import SensorError
from imu.live import LiveState
from imu.radio.again import BackOff
from imu.recording import SensorFacts

_STANDING_S = 36.0  # to be found standing within; then it goes on without, and angles are relative
_HOPS = "If you like, hop three times on both feet and stand 3 s more: it compares the sensors' clocks."
_USUAL_MINUTES = 30.0  # of a run whose length nobody told

Follow = Callable[[pd.DataFrame, LiveState], None]  # the strides that were just finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    settings: Settings
    minutes: float | None = None
    standing: bool = True
    athlete: str | None = None
    notes: str | None = None
    speed_mps: float | None = None
    surface: str | None = None
    shoe: str | None = None
    calibration: Calibration | None = None


def go_out(
    here: Air,
    worn: Mapping[str, PairedSensor],
    *,
    references: Mapping[str, PairedSensor] = MappingProxyType({}),
    wish: Wish,
    kept: Places | None,
    screen: Screen,
    look_s: float = 1.0,
    follow: Follow = lambda _strides, _gait: None,
) -> None:
    """Stream from all worn sensors until somebody or the time ends it; into journals where `kept` is given.

    references: heart-rate strap and foot pod, by kind; none of them ever holds up the run.
    look_s: time between two looks at the newest strides, which take most of what this costs the processor.
    Raises KeyboardInterrupt for a Ctrl-C before the run began, and for a second one in it.
    """
    outing = _Outing(here, worn, references, wish, kept, screen, look_s, follow)
    try:
        with kept_awake():
            here.run(outing.stream)
    except BaseException:
        if kept is not None and outing.has_session and not outing.has_begun:
            rmtree(kept.session, ignore_errors=True)  # nobody has run yet
        elif kept is not None and outing.has_session:
            echo(f"What was received is kept in {kept.session}; restride recover finishes it.", err=True)
        raise


class _Outing:
    """One session while it happens."""

    def __init__(
        self,
        here: Air,
        worn: Mapping[str, PairedSensor],
        references: Mapping[str, PairedSensor],
        wish: Wish,
        kept: Places | None,
        screen: Screen,
        look_s: float,
        follow: Follow,
    ) -> None:
        self._here, self._worn, self._wish, self._kept = here, worn, wish, kept
        self._screen, self._look_s, self._follow = screen, look_s, follow
        self._keepers: list[Keeper] = []
        self._references = Beside(references, clock=here.clock, may_look=self._runs_well, tell=screen.say)
        self._begun_s: float | None = None
        self.has_session = False  # whether this very outing made its folder
        self._feed = self._new_feed()

    @property
    def has_begun(self) -> bool:
        """Whether the wearer was told to run."""
        return self._begun_s is not None

    async def stream(self, reach: Reach) -> None:
        stop = asyncio.Event()
        with ExitStack() as open_files, self._interrupts(stop):
            self._screen.say(f"Looking for {', '.join(self._worn)} ...")
            await reach.locate(self._worn.values())
            self._keepers = [self._keeper(reach, placement) for placement in self._worn]
            journals: list[JournalWriter] = []
            async with self._references.connected(reach):
                await stream(
                    self._keepers,
                    stop=stop,
                    begin=partial(self._begin, open_files, journals),
                    started=partial(self._conduct, stop),
                    tell=self._screen.say,
                )
            for journal in journals:
                journal.append(Closed(self._here.clock.now_ns()))

    def _new_feed(self) -> LiveFeed:
        asked = self._wish.settings
        facts = SensorFacts(acc_range_g=asked.acc_range_g, gyr_range_dps=asked.gyr_range_dps)
        return LiveFeed(
            dict.fromkeys(self._worn, facts),
            start_ns=self._here.clock.now_ns(),
            calibration=self._wish.calibration,
        )

    def _keeper(self, reach: Reach, placement: str) -> Keeper:
        return Keeper(
            placement,
            opener=partial(reach.placed, placement),
            settings=self._wish.settings,
            clock=self._here.clock,
            pauses_s=lambda: BackOff().delays_s(Random()),
            signal=partial(reach.signal_dbm, placement),
            remembered=self._worn[placement].calibration,
            hear=lambda placement, coding, block: self._feed.hear(placement, coding, block),
        )

    def _begin(
        self, open_files: ExitStack, journals: list[JournalWriter], identities: Mapping[str, Identity]
    ) -> dict[str, Keep]:
        """All are connected: check what can be checked without a stream, and open what is kept."""
        faults = battery_faults(self._keepers, self._wish.minutes or _USUAL_MINUTES)
        if faults and self._wish.minutes is not None:
            raise SensorError("; ".join(faults))
        for fault in faults:
            self._screen.say(fault)
        if self._kept is None:
            return dict.fromkeys(identities, lambda _record: None)
        create_session(self._kept.session, self._session(identities))
        self.has_session = True
        keeps: dict[str, Keep] = {}
        for placement in identities:
            journal = open_files.enter_context(JournalWriter(journal_path(self._kept.session, placement)))
            journals.append(journal)
            keeps[placement] = journal.append
        if self._references:
            path = journal_path(self._kept.session, REFERENCE)
            journals.append(open_files.enter_context(JournalWriter(path)))
            self._references.begin(journals[-1].append)
        return keeps

    def _session(self, identities: Mapping[str, Identity]) -> Session:
        return Session(
            start=datetime.now().astimezone(),
            start_ns=self._here.clock.now_ns(),
            mode="stream",
            worn={p: Worn(identities[p], self._worn[p].mount_height_m) for p in self._worn},
            settings=self._wish.settings,
            host=f"{platform.system()} {platform.release()}",
            version=imu.__version__,
            athlete=self._wish.athlete,
            notes=self._wish.notes,
            reference_speed_mps=self._wish.speed_mps,
            surface=self._wish.surface,
            shoe=self._wish.shoe,
        )

    async def _conduct(self, stop: asyncio.Event) -> None:
        """Standing first, then the run, until the time is over."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look(stop))
            tasks.create_task(self._references.keep(stop))
            if self._wish.standing:
                await self._stand()
            await check_links(self._keepers)
            self._begun_s = asyncio.get_running_loop().time()
            minutes = self._wish.minutes
            until = "until Ctrl-C" if minutes is None else f"for {minutes:g} min"
            self._screen.say(f"{'Showing' if self._kept is None else 'Recording'} {until}.")
            await sooner(stop, None if minutes is None else 60.0 * minutes)
            stop.set()

    def _runs_well(self) -> bool:
        """Whether the radio has time for others: the run has begun, and every sensor streams."""
        return self.has_begun and all(keeper.status.connected for keeper in self._keepers)

    async def _stand(self) -> None:
        if await stood_still(self._keepers, seconds=_STANDING_S, tell=self._screen.say):
            self._screen.say("Standing is good. Run when you like.")
            if self._kept is not None and len(self._keepers) > 1:
                self._screen.say(_HOPS)
        else:
            self._screen.say("No quiet standing was found: angles have no zero, only their changes count.")

    async def _look(self, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        seconds = None if self._wish.minutes is None else 60.0 * self._wish.minutes
        while not await sooner(stop, self._look_s):
            try:
                # Packets are stamped as they arrive: the loop must not wait for a look at them.
                strides = await asyncio.to_thread(self._feed.strides, self._feed.take())
            except Exception as error:
                if self._kept is None:
                    raise
                # What is shown must never end what is recorded.
                self._screen.say(f"The live view failed and begins anew; the recording goes on ({error})")
                self._feed = self._new_feed()
                continue
            if self._begun_s is None:
                continue
            self._follow(strides, self._feed.state)
            self._screen.show(
                Moment(
                    loop.time() - self._begun_s,
                    seconds,
                    [keeper.status for keeper in self._keepers],
                    self._feed.state,
                    self._references.now(),
                )
            )

    @contextmanager
    def _interrupts(self, stop: asyncio.Event) -> Iterator[None]:
        """Ctrl-C, or being told to end: once in a run ends it properly, before it and once more at once."""
        loop, whole = asyncio.get_running_loop(), asyncio.current_task()
        assert whole is not None

        asked = False

        def end() -> None:
            nonlocal asked
            if self.has_begun and not asked:
                asked = True
                self._screen.say("Ending ... (Ctrl-C once more: at once)")
                stop.set()
            else:
                whole.cancel()

        def told(*_signal: object) -> None:
            loop.call_soon_threadsafe(end)

        before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def sooner(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait for the event, for so long at most; whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
