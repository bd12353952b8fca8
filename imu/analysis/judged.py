"""How far each sensor's sitting can be trusted, and what could not be judged, with the reason."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from imu.analysis.consistency import Consistency
from imu.analysis.disagreements import drop_not_judged
from imu.analysis.distance import HELD_S, distance
from imu.analysis.findings import WATCHED
from imu.analysis.legs import SIDES
from imu.analysis.survey import Survey
from imu.calibration import Calibration
from imu.recording import Recording
from imu.signal.activity import RUN, STAND, WALK
from imu.signal.alignment import AlignmentParameters, quiet_seconds
from imu.signal.quality import limited_by_rate, spoken

LIMITED_BY_RATE = {"strides": "strides", "peak_tibial_acc_g": "peak tibial acceleration"}
DONE = {"run": "run", "walk": "walked"}
CONTRADICTED = "{side} shank angle, stride length and speed"  # where a sensor contradicts itself
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
) -> list[dict[str, Any]]:
    """Each entry: what is absent, and why in plain words."""
    reasons: list[tuple[str, str]] = []
    moved = {RUN: "running", WALK: "walking"}
    if not any((found.seconds == code).any() for code in moved):
        return [{"what": "everything", "why": "no walking or running was found in this recording"}]
    if not _ran(found):
        reasons.append(("running", "no running was found in this recording"))
    for placement in ("shank_left", "shank_right", "pelvis"):
        contradicts = SIDES.get(placement) in agreement.contradicting
        reasons += _of_sensor(recording, found, placement, contradicts=contradicts)
    reasons += _of_all(recording, strides, too_slow=LIMITED_BY_RATE["strides"] in dict(reasons))
    reasons += _in_gaps(recording, found, strides, agreement)
    for side in agreement.contradicting:
        name = "left" if side < 0 else "right"
        ratio = agreement.gravity_ratio[side]
        why = (
            f"gyroscope and accelerometer of the {name} shank contradict each other (mean force {ratio:.2f} "
            "g instead of 1); check ranges, units and axes of that sensor"
        )
        reasons.append((CONTRADICTED.format(side=name), why))
    reasons += drop_not_judged(agreement)
    for activity in ("run", "walk"):
        way = distance(strides, found, activity)
        if way.metres is not None and way.unknown_s >= HELD_S:
            why = f"for {way.unknown_s:.0f} s no stride has a speed; they are not counted in it"
            reasons.append((f"whole distance {DONE[activity]}", why))
    if _comparable(strides, at_a_speed=False) and not _comparable(strides, at_a_speed=True):
        why = "without a shank sensor's speed, strides at the same pace cannot be told from others"
        reasons.append(("changes within the run", why))
    for placement in recording.unlisted:
        reasons.append((placement, "its file is there, but recording.json does not name it"))
    if isinstance(fitted, str):
        reasons.append(("calibration", fitted))
    return [{"what": what, "why": why} for what, why in dict.fromkeys(reasons)]


def _comparable(strides: pd.DataFrame, *, at_a_speed: bool) -> bool:
    """Whether running strides hold a value whose change within the run is looked for."""
    counts = (strides["activity"] == "run") & strides["valid"]
    if at_a_speed:
        counts &= strides["speed_mps"].notna()
    return bool(strides.loc[counts, [watched.column for watched in WATCHED]].notna().any(axis=None))


def _of_all(recording: Recording, strides: pd.DataFrame, *, too_slow: bool) -> Iterator[tuple[str, str]]:
    """What no sensor tells."""
    swinging = [p for p, track in recording.tracks.items() if p in SIDES and track.has_gyroscope]
    if strides.empty and not too_slow:
        told = swinging or "pelvis" in recording.tracks
        yield (
            "strides, contacts and cadence",
            "no whole stride was recorded"
            if told
            else "no pelvis sensor, and no shank sensor with a gyroscope",
        )
    if not swinging:
        yield "speed, stride length and distance", "no shank sensor with a gyroscope"
    running = strides[strides["activity"] == "run"]
    if len(running) and (running["side"] == "unknown").all():
        pelvis = recording.tracks["pelvis"]
        why = "its rolling did not tell the feet apart" if pelvis.has_gyroscope else "it has no gyroscope"
        yield "left and right", f"only the pelvis sensor told the steps, and {why}"


def _in_gaps(
    recording: Recording, found: Survey, strides: pd.DataFrame, agreement: Consistency
) -> Iterator[tuple[str, str]]:
    """Shank sensors that lost samples in every stride: no angle is carried across a gap."""
    for placement, sign in SIDES.items():
        if placement not in recording.tracks or not recording.tracks[placement].has_gyroscope:
            continue
        side = placement.removeprefix("shank_")
        own = strides[(strides["side"] == side) & (strides["activity"] == "run")]
        has_mount = bool(found.shanks.get(placement)) and sign not in agreement.contradicting
        if has_mount and len(own) and own["shank_angle_change_deg"].isna().all():
            yield (
                f"{side} shank angle",
                f"samples of the {spoken(placement)} sensor are missing in every stride",
            )


def _stood(found: Survey, placement: str) -> bool:
    quiet = (found.seconds == STAND) & quiet_seconds(found.moments[placement])
    return bool(quiet.sum() >= AlignmentParameters().shortest_stand_s)


def _of_sensor(
    recording: Recording, found: Survey, placement: str, *, contradicts: bool
) -> list[tuple[str, str]]:
    side = placement.removeprefix("shank_")
    if placement not in recording.tracks:
        if placement == "pelvis":
            return [("pelvic drop, tilt and vertical oscillation", "no pelvis sensor")]
        return [(f"{side} shank angle and impact", f"no {side} shank sensor")]
    limited = limited_by_rate(placement, found.statistics[placement].rate_hz)
    reasons = [(LIMITED_BY_RATE[name], why) for name, why in limited.items()]
    if not recording.tracks[placement].has_gyroscope:
        what = (
            "pelvic drop, tilt and vertical oscillation"
            if placement == "pelvis"
            else f"{side} shank angle, impact, stride length and speed"
        )
        return [*reasons, (what, f"the {spoken(placement)} sensor has no gyroscope")]
    if placement == "pelvis":
        if _ran(found) and not found.pelvis:
            reasons.append(
                ("pelvic drop and tilt", "fewer than five strides to align the pelvis sensor with")
            )
        elif relative_alignment(found, placement):
            reasons.append(
                ("absolute pelvic drop", f"{_without_zero(found, placement)}: its zero is not known")
            )
    elif relative_alignment(found, placement) and not contradicts:
        why = f"{_without_zero(found, placement)}: its zero is not known, how it changed in this run is given"
        reasons.append((f"{side} shank angle", why))
    return reasons


def _without_zero(found: Survey, placement: str) -> str:
    if _stood(found, placement):
        return "it was not worn in standing as in moving"
    return "nobody stood still for 2 s"
