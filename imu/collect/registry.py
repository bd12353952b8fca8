"""Which sensor is worn where: remembered by serial number, in one small file."""

import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Identity, Kind
from imu.devices.standard.reference import REFERENCES, ReferenceIdentity, ReferenceKind
from imu.errors import RestrideError
from imu.recording import PLACEMENTS

FORMAT = "restride-sensors/1"
FILE_NAME = "sensors.json"
LONGEST_NAME = 40
_WORN_AS = (*PLACEMENTS, *REFERENCES)
HIGHEST_MOUNT_M = 0.6  # no higher than a long shank


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSensor:
    """One sensor of this runner. Its serial number is what it is known by: macOS hides addresses.

    A heart-rate strap or a foot pod is worn as what it is, and found by its address.
    """

    serial: str
    kind: Kind | ReferenceKind
    model: str
    placement: str  # where it is worn, or was before it was retired
    name: str
    since: str  # ISO date
    address: str | None = None  # on this computer, when it was last met: saves asking every sensor who it is
    mount_height_m: float | None = None  # sensor to ankle, along the shank
    retired: bool = False
    skew_ppm: float | None = None  # of its clock, positive where it is fast, when it was last measured well
    calibration: ChipCalibration | None = None  # of its chip; one that the sensor keeps itself counts more
    seen: str | None = None  # when it was last heard of, ISO with zone, and
    battery_percent: float | None = None  # what its battery held then


class Registry:
    """The sensors of one home folder; every change is on disk when the call returns."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE_NAME

    def sensors(self) -> tuple[PairedSensor, ...]:
        """All that were ever paired, those in use first."""
        if not self._file.exists():
            return ()
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise RestrideError(
                    f"{self._file}: format {content['format']!r} is not {FORMAT}; update restride"
                )
            found = [_checked(row) for row in content["sensors"]]
        except (ValueError, KeyError, TypeError) as error:
            reason = "move it away and pair the sensors again"
            raise RestrideError(f"{self._file}: cannot be read ({error}); {reason}") from error
        return tuple(sorted(found, key=lambda s: (s.retired, _WORN_AS.index(s.placement))))

    def worn(self) -> dict[str, PairedSensor]:
        """The sensors in use, by placement."""
        return {s.placement: s for s in self.sensors() if not s.retired and s.placement in PLACEMENTS}

    def references(self) -> dict[str, PairedSensor]:
        """The heart-rate strap and the foot pod in use, by kind."""
        return {s.placement: s for s in self.sensors() if not s.retired and s.placement in REFERENCES}

    def pair(
        self, identity: Identity | ReferenceIdentity, placement: str, *, address: str | None = None
    ) -> PairedSensor:
        """Give a sensor its placement; whoever had it before is retired, and a name it had is kept."""
        possible = PLACEMENTS if isinstance(identity, Identity) else (identity.kind,)
        if placement not in possible:
            raise RestrideError(f"unknown placement {placement!r}; known are {', '.join(possible)}")
        known = {sensor.serial: sensor for sensor in self.sensors()}
        before = known.pop(identity.serial, None)
        sensor = PairedSensor(
            serial=identity.serial,
            kind=identity.kind,
            model=identity.model,
            placement=placement,
            name=before.name if before else placement.replace("_", " "),
            since=date.today().isoformat(),
            address=address or (before.address if before else None),
            mount_height_m=before.mount_height_m if before and before.placement == placement else None,
            skew_ppm=before.skew_ppm if before else None,
            calibration=before.calibration if before else None,
            seen=before.seen if before else None,
            battery_percent=before.battery_percent if before else None,
        )
        others = [replace(o, retired=o.retired or o.placement == placement) for o in known.values()]
        self._write([sensor, *others])
        return sensor

    def sensor(self, wanted: str) -> PairedSensor:
        """The one sensor of this serial, name or placement."""
        sensors = self.sensors()
        matching = [s for s in sensors if wanted.casefold() == s.serial.casefold()]
        for retired in (False, True):  # a name or placement means the one in use, if there is one
            matching = matching or [
                s for s in sensors if s.retired is retired and wanted in (s.name, s.placement)
            ]
        if len(matching) != 1:
            known = ", ".join(f"{s.serial} ({s.name})" for s in sensors) or "none; see restride pair"
            which = "is no sensor" if not matching else "is more than one sensor"
            raise RestrideError(f"{wanted!r} {which} of yours; known are {known}")
        return matching[0]

    def change(self, wanted: str, **changes: Any) -> PairedSensor:
        """Change anything of one sensor but what it is and where it is worn."""
        changed = replace(self.sensor(wanted), **changes)
        _check(changed)
        sensors = self.sensors()
        others = [s for s in sensors if s.serial != changed.serial]
        if not changed.retired and (holder := _holder(others, changed.placement)):
            raise RestrideError(
                f"{changed.placement} is worn by {holder.serial} already; retire that one first"
            )
        self._write([changed, *others])
        return changed

    def _write(self, sensors: Iterable[PairedSensor]) -> None:
        content = {"format": FORMAT, "sensors": [asdict(sensor) for sensor in sensors]}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_name(f".{self._file.name}.{uuid.uuid4().hex[:8]}")
        try:
            with unfinished.open("w", encoding="utf-8") as file:
                json.dump(content, file, indent=2, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._file)
        finally:
            unfinished.unlink(missing_ok=True)


def check_mount_height(metres: float) -> None:
    """Raises RestrideError for a height that no sensor on a shank has."""
    if not 0.0 < metres <= HIGHEST_MOUNT_M:
        slip = f"; {metres:g} cm are {metres / 100:g}" if 1.0 < metres <= 100 * HIGHEST_MOUNT_M else ""
        raise RestrideError(f"mount height {metres:g} m: use metres above 0, up to {HIGHEST_MOUNT_M:g}{slip}")


def _holder(sensors: Iterable[PairedSensor], placement: str) -> PairedSensor | None:
    return next((s for s in sensors if s.placement == placement and not s.retired), None)


def _check(sensor: PairedSensor) -> None:
    """Raises RestrideError for what a user should not have typed."""
    if not (sensor.name.strip() and sensor.name.isprintable() and len(sensor.name) <= LONGEST_NAME):
        raise RestrideError(f"a name is 1 to {LONGEST_NAME} printable characters, not {sensor.name!r}")
    height_m = sensor.mount_height_m
    if height_m is None:
        return
    if not sensor.placement.startswith("shank"):
        raise RestrideError(
            f"{sensor.name}: a mount height is of a shank's sensor (down to the ankle), "
            f"and this one is worn as {sensor.placement}"
        )
    check_mount_height(height_m)


def _checked(row: dict[str, Any]) -> PairedSensor:
    if (calibration := row.get("calibration")) is not None:
        row = row | {"calibration": ChipCalibration.of(calibration)}
    sensor = PairedSensor(**row)
    if sensor.kind not in (*get_args(Kind), *REFERENCES):
        raise ValueError(f"unknown kind {sensor.kind!r}")
    if sensor.placement not in ((sensor.kind,) if sensor.kind in REFERENCES else PLACEMENTS):
        raise ValueError(f"unknown placement {sensor.placement!r}")
    return sensor
