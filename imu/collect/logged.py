"""Sessions that are logged on board: what of each log lies in its journal, and what becomes of the rest."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from pathlib import Path

from imu.collect import journal as journals
from imu.collect.records import Closed, Coded, Event, Progress
from imu.collect.session import (
    FILE_NAME,
    Session,
    journal_path,
    load_session,
    remove_session,
    sessions_in,
    write_session,
)
from imu.collect.writer import JournalWriter, copy_durably
from imu.devices.sensor import Coding, Exchange, Packet


@dataclass(frozen=True, slots=True)
class Held:
    """What of one sensor's log lies in its journal."""

    coding: Coding | None = None  # how to read it
    packets: int = 0
    done: int = 0  # where a sensor that can begins again, in the unit of its log
    left: int | None = None  # None: nothing was downloaded yet
    whole: int = 0  # most that was ever left: a sensor may count only what it has not forgotten
    resets: frozenset[int] = frozenset()  # lives of its clock that were read after the run
    clock_read_ns: int = 0  # when that was, the last time
    closed: bool = False  # nothing more will come
    freed: bool = False  # and the sensor was told to forget it

    @property
    def share(self) -> float:
        if self.closed:
            return 1.0
        return 0.0 if self.left is None or not self.whole else 1.0 - self.left / self.whole

    @property
    def fetched(self) -> int:
        """How much of the log is here, in its unit."""
        return 0 if self.left is None else self.whole - self.left

    def with_progress(self, progress: Progress) -> "Held":
        """Once all up to there is durable."""
        left, whole = progress.total - progress.done, max(self.whole, progress.total)
        return replace(self, done=progress.done, left=left, whole=whole)

    def with_exchange(self, exchange: Exchange) -> "Held":
        """Of the time after the run."""
        return replace(self, resets=self.resets | {exchange.reset_id}, clock_read_ns=exchange.after_ns)


def logged_sessions(root: Path) -> list[tuple[Path, Session]]:
    """Sessions whose sensors log on board, or were not freed yet after it; oldest first."""
    return [one for one in sessions_in(root)[0] if one[1].mode == "log"]


def held_of(folder: Path, placement: str) -> Held:
    """Read how far an earlier download came."""
    path = journal_path(folder, placement)
    held, packets, is_after = Held(), 0, False
    if not path.exists():
        return held
    for record in journals.read(path):
        match record:
            case Packet():
                packets += 1
            case Coded(_, coding):
                held = replace(held, coding=held.coding or coding)
            case Exchange() if is_after:
                held = held.with_exchange(record)
            case Progress():
                held = held.with_progress(record)
            case Event(_, "connected"):
                is_after = True
            case Event(_, "freed"):
                held = replace(held, freed=True)
            case Closed():
                held = replace(held, closed=True)
    return replace(held, packets=packets)


def is_nothing(held: Iterable[Held]) -> bool:
    """Whether nothing was logged, or nothing of it ever came, and nothing will."""
    return all(one.closed and not one.packets for one in held)


def give_up_older(root: Path, serials: Set[str], *, now_ns: int) -> None:
    """These sensors are empty: nothing that sessions in `root` wait for lies on them any more.

    Sessions of which nothing was ever fetched are removed.
    """
    for folder, session in logged_sessions(root):
        for placement, worn in session.worn.items():
            if worn.identity.serial in serials:
                with JournalWriter(journal_path(folder, placement)) as journal:
                    held = held_of(folder, placement)
                    if not held.closed:
                        journal.append(Closed(now_ns))
                    if not held.freed:
                        journal.append(Event(now_ns, "freed", {}))
        if is_nothing(held_of(folder, placement) for placement in session.worn):
            remove_session(folder)


def set_apart(folder: Path, placement: str) -> Path:
    """Give a sensor that is not to be waited for a session of its own, with all that is known of its log.

    An interruption in between leaves it in both, never in none (see `without_doubles`).
    """
    session = load_session(folder)
    own = _own_of(folder, placement)
    journal = journal_path(folder, placement)
    own.mkdir(exist_ok=True)
    if journal.exists():
        copy_durably(journal, journal_path(own, placement))
    alone = {placement: session.worn[placement]}
    write_session(own, replace(session, worn=alone, id=f"{session.id}-{placement}"))
    write_session(folder, replace(session, worn={p: w for p, w in session.worn.items() if p != placement}))
    journal.unlink(missing_ok=True)
    return own


def without_doubles(root: Path) -> None:
    """Undo what was set apart by half: as long as a session names the sensor, its journal is what counts."""
    for folder, session in logged_sessions(root):
        for own in (_own_of(folder, placement) for placement in session.worn):
            if (own / FILE_NAME).exists():
                remove_session(own)


def _own_of(folder: Path, placement: str) -> Path:
    return folder.with_name(f"{folder.name}-{placement}")
