"""Is there room on the disk for a session and its recording? Said before anybody runs."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imu.cli.told import echo
from imu.cli.wearing import Places
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.collect.enough import DiskNeed

_LEAST_MINUTES = 60.0  # of room for a run whose length nobody told
_MAKE_ROOM = "make room first"


def check_room(kept: Places, kinds: Sequence[str], *, rate_hz: float, minutes: float | None) -> None:
    """Raises RestrideError where the planned minutes do not fit; only warns where no length was planned."""
    from imu.collect.enough import disk_need

    planned = _LEAST_MINUTES if minutes is None else minutes
    need = disk_need(kinds, rate_hz, planned, logged=False)
    sensors = "1 sensor" if len(kinds) == 1 else f"{len(kinds)} sensors"
    fault = room_fault(kept, need, what=f"{planned:g} min of {sensors} at {rate_hz:g} Hz", minutes=planned)
    if fault and minutes is not None:
        raise RestrideError(f"{fault}; {_MAKE_ROOM}, or take fewer --minutes")
    if fault:
        echo(f"restride: {fault}; {_MAKE_ROOM} if you run for longer", err=True)


def check_room_for_logs(kept: Places, needs: "Iterable[DiskNeed]") -> None:
    """Raises RestrideError where the logs that are to be fetched do not fit."""
    from imu.collect.enough import DiskNeed

    need = sum(needs, DiskNeed(0, 0))
    if fault := room_fault(kept, need, what="the logs on the sensors and their recording", minutes=None):
        raise RestrideError(f"{fault}; {_MAKE_ROOM}, the sensors keep what they hold")


def room_fault(kept: Places, need: "DiskNeed", *, what: str, minutes: float | None) -> str | None:
    """What does not fit on which disk; journals and recording may lie on two of them."""
    from imu.collect.enough import disk_fault

    by_disk: dict[int, tuple[Path, int]] = {}
    for folder, needed in ((kept.session, need.session_bytes), (kept.recording, need.recording_bytes)):
        there = _existing(folder)
        first, sum_ = by_disk.get(there.stat().st_dev, (there, 0))
        by_disk[there.stat().st_dev] = first, sum_ + needed
    for there, needed in by_disk.values():
        if fault := disk_fault(needed, free_bytes(there), what=what, minutes=minutes):
            return f"{there}: {fault}"
    return None


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that is there already."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
