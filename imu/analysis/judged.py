"""How far each sensor's sitting can be trusted, and what could not be judged, with the reason."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from imu.analysis.absent import CONTRADICTED, Absent
from imu.analysis.columns import IMPACT, OF_PELVIS, SHANK_ANGLE, SPEED, SUMMARY_METRICS
from imu.analysis.consistency import Consistency
from imu.analysis.disagreements import drop_not_judged
from imu.analysis.distance import HELD_S, distance
from imu.analysis.findings import WATCHED
from imu.analysis.legs import SIDES
from imu.analysis.survey import Survey
from imu.analysis.table import SIDE_NAMES
from imu.calibration import Calibration
from imu.recording import Recording
from imu.signal.activity import RUN, STAND, WALK
from imu.signal.alignment import AlignmentParameters, quiet_seconds
from imu.signal.quality import limited_by_rate, spoken

LIMITED_BY_RATE = {
    "strides": ("strides", SUMMARY_METRICS),
    "peak_tibial_acc_g": ("peak tibial acceleration", IMPACT),
}
DONE = {"run": "run", "walk": "walked"}
SURELY_PLANAR = 0.75  # share of the rate's variance about one axis; runners 0.68-0.95
CLEAR_SKEWNESS = 0.15  # of the sagittal rate: half of what running has


def alignment_confidence(found: Survey, placement: str) -> float | None:
    """0..1, the lowest of all mounts; None where there was nothing to align."""
    if found.shanks.get(placement):
        least = AlignmentParameters().planar_share
        return min(
            float(np.clip((mount.planarity - least) / (SURELY_PLANAR - least), 0.0, 1.0))
            * (0.7 if mount.carried else 1.0)
            * min(1.0, max(0.0, mount.swing_skewness / CLEAR_SKEWNESS) + 0.5 * (mount.stand_s > 0))
            for mount in found.shanks[placement]
        )
    if placement == "pelvis" and _ran(found) and found.pelvis:
        return min(mount.alignment.confidence for mount in found.pelvis)
    return None


def relative_alignment(found: Survey, placement: str) -> bool:
    """Whether nobody stood still, so that angles are known only up to a constant."""
    if placement == "pelvis":
        return _ran(found) and any(mount.alignment.relative for mount in found.pelvis)
    return any(mount.standing_line is None for mount in found.shanks.get(placement, ()))


def mount_shifts(found: Survey, placement: str) -> int:
    """How often the strap slipped."""
    mounts = found.pelvis if placement == "pelvis" else found.shanks.get(placement, ())
    return max(0, len(mounts) - 1)


def _ran(found: Survey) -> bool:
    """Pelvic angles belong to running; in a walk there is nothing to align the pelvis sensor for."""
    return bool((found.seconds == RUN).any())


def not_judged(
    recording: Recording,
    found: Survey,
    strides: pd.DataFrame,
    agreement: Consistency,
    fitted: Calibration | str | None,
) -> tuple[Absent, ...]:
    """Everything that is absent."""
    if not any((found.seconds == code).any() for code in (RUN, WALK)):
        return (Absent("everything", "no walking or running was found in this recording", SUMMARY_METRICS),)
    absent: list[Absent] = []
    if not _ran(found):
        absent.append(Absent("running", "no running was found in this recording", SUMMARY_METRICS))
    for placement in ("shank_left", "shank_right", "pelvis"):
        contradicts = SIDES.get(placement) in agreement.contradicting
        absent += _of_sensor(recording, found, strides, placement, contradicts=contradicts)
    too_slow = any(one.what == LIMITED_BY_RATE["strides"][0] for one in absent)
    absent += _of_all(recording, strides, too_slow=too_slow)
    absent += _in_gaps(recording, found, strides, agreement)
    for sign in agreement.contradicting:
        side = SIDE_NAMES[sign]
        why = (
            f"gyroscope and accelerometer of the {side} shank contradict each other (mean force "
            f"{agreement.gravity_ratio[sign]:.2f} g instead of 1); check ranges, units and axes of that "
            "sensor"
        )
        absent.append(Absent(CONTRADICTED.format(side=side), why, (*SHANK_ANGLE, *SPEED), side))
    absent += drop_not_judged(agreement)
    for activity in ("run", "walk"):
        way = distance(strides, activity, *found.bouts_s(activity))
        if way.metres is not None and way.unknown_s >= HELD_S:
            why = f"for {way.unknown_s:.0f} s no stride has a speed; they are not counted in it"
            absent.append(Absent(f"whole distance {DONE[activity]}", why))
    if _comparable(strides, at_a_speed=False) and not _comparable(strides, at_a_speed=True):
        why = "without a shank sensor's speed, strides at the same pace cannot be told from others"
        absent.append(Absent("changes within the run", why))
    for placement in recording.unlisted:
        absent.append(Absent(placement, "its file is there, but recording.json does not name it"))
    if isinstance(fitted, str):
        absent.append(Absent("calibration", fitted))
    return tuple(dict.fromkeys(absent))


def _comparable(strides: pd.DataFrame, *, at_a_speed: bool) -> bool:
    """Whether running strides hold a value whose change within the run is looked for."""
    counts = (strides["activity"] == "run") & strides["valid"]
    if at_a_speed:
        counts &= strides["speed_mps"].notna()
    return bool(strides.loc[counts, [watched.column for watched in WATCHED]].notna().any(axis=None))


def _of_all(recording: Recording, strides: pd.DataFrame, *, too_slow: bool) -> Iterator[Absent]:
    """What no sensor tells."""
    swinging = [p for p, track in recording.tracks.items() if p in SIDES and track.has_gyroscope]
    if strides.empty and not too_slow:
        told = swinging or "pelvis" in recording.tracks
        why = (
            "no whole stride was recorded"
            if told
            else "no pelvis sensor, and no shank sensor with a gyroscope"
        )
        yield Absent("strides, contacts and cadence", why, SUMMARY_METRICS)
    if not swinging:
        yield Absent("speed, stride length and distance", "no shank sensor with a gyroscope", SPEED)
    running = strides[strides["activity"] == "run"]
    if len(running) and (running["side"] == "unknown").all():
        pelvis = recording.tracks["pelvis"]
        why = "its rolling did not tell the feet apart" if pelvis.has_gyroscope else "it has no gyroscope"
        yield Absent("left and right", f"only the pelvis sensor told the steps, and {why}", SUMMARY_METRICS)


def _in_gaps(
    recording: Recording, found: Survey, strides: pd.DataFrame, agreement: Consistency
) -> Iterator[Absent]:
    """Shank sensors that lost samples in every stride: no angle is carried across a gap."""
    for placement, sign in SIDES.items():
        if placement not in recording.tracks or not recording.tracks[placement].has_gyroscope:
            continue
        side = placement.removeprefix("shank_")
        own = strides[(strides["side"] == side) & (strides["activity"] == "run")]
        has_mount = bool(found.shanks.get(placement)) and sign not in agreement.contradicting
        if has_mount and len(own) and own["shank_angle_change_deg"].isna().all():
            why = f"samples of the {spoken(placement)} sensor are missing in every stride"
            yield Absent(f"{side} shank angle", why, SHANK_ANGLE, side)


def _stood(found: Survey, placement: str) -> bool:
    quiet = (found.seconds == STAND) & quiet_seconds(found.moments[placement])
    return bool(quiet.sum() >= AlignmentParameters().shortest_stand_s)


def _of_sensor(
    recording: Recording, found: Survey, strides: pd.DataFrame, placement: str, *, contradicts: bool
) -> Iterator[Absent]:
    if placement == "pelvis":
        yield from _of_pelvis(recording, found)
        return
    side = placement.removeprefix("shank_")
    if placement not in recording.tracks:
        what, why = f"{side} shank angle and impact", f"no {side} shank sensor"
        stepped = (strides["side"] == side).any()  # as the pelvis sensor tells it
        yield Absent(what, why, (*SHANK_ANGLE, *IMPACT) if stepped else SUMMARY_METRICS, side)
        return
    yield from _of_rate(found, placement, side=side)
    if not recording.tracks[placement].has_gyroscope:
        what = f"{side} shank angle, impact, stride length and speed"
        why = f"the {spoken(placement)} sensor has no gyroscope"
        yield Absent(what, why, (*SHANK_ANGLE, *IMPACT, *SPEED), side)
    elif relative_alignment(found, placement) and not contradicts:
        why = f"{_without_zero(found, placement)}: its zero is not known, how it changed in this run is given"
        yield Absent(f"{side} shank angle", why, SHANK_ANGLE, side)


def _of_pelvis(recording: Recording, found: Survey) -> Iterator[Absent]:
    every = "pelvic drop, tilt and vertical oscillation"
    if "pelvis" not in recording.tracks:
        yield Absent(every, "no pelvis sensor", OF_PELVIS)
        return
    yield from _of_rate(found, "pelvis", side=None)
    if not recording.tracks["pelvis"].has_gyroscope:
        yield Absent(every, "the pelvis sensor has no gyroscope", OF_PELVIS)
    elif _ran(found) and not found.pelvis:
        why = "fewer than five strides to align the pelvis sensor with"
        yield Absent("pelvic drop and tilt", why, OF_PELVIS)
    elif relative_alignment(found, "pelvis"):
        why = f"{_without_zero(found, 'pelvis')}: its zero is not known"
        yield Absent("absolute pelvic drop", why, ("pelvic_drop_abs_deg",))


def _of_rate(found: Survey, placement: str, *, side: str | None) -> Iterator[Absent]:
    limited = limited_by_rate(placement, found.statistics[placement].rate_hz)
    for name, why in limited.items():
        what, columns = LIMITED_BY_RATE[name]
        yield Absent(what, why, columns, side)


def _without_zero(found: Survey, placement: str) -> str:
    if _stood(found, placement):
        return "it was not worn in standing as in moving"
    return "nobody stood still for 2 s"
