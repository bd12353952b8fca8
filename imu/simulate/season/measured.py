"""A session as its analysis would leave it: bouts, segments, exposure, impacts. No signal is simulated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.simulate.plan import Piece
from imu.simulate.season.athlete import Athlete
from imu.simulate.season.habits import (
    GRADE_SD_PERCENT,
    KEYS,
    LEG_METRICS,
    SIDES,
    SPEED_SD_MPS,
    segments_deg,
)
from imu.simulate.season.session import Session
from imu.simulate.shapes import Gait
from imu.simulate.tissue import strength
from imu.training.history import Bout, Exposure, ImpactLoad, Run, Side, Trust
from imu.training.segments import COLUMNS, NO_SEGMENTS, Segments

Floats = NDArray[np.float64]
Trouble = Literal["slipped", "lost_packets"]

_AT_CONTACT, _LATE_SWING = slice(0, 2), slice(2, 4)  # rows of `KEYS`, both sides

STRIDES = 25  # of one leg in a segment
_CADENCE_SD = 0.004  # share, from segment to segment
_CELL_S = 2.0  # of constant speed
_CELL_SD = 0.012  # share of speed
_BAND_MPS, _BANDS_TO_MPS = 0.25, 9.0
_FAST_MPS2 = 0.5  # what counts as an acceleration
_PEAK_SD = 0.15  # share, from contact to contact
_REFERENCE_G, _EXPONENT = 8.0, 4.0  # of the damage index (docs/method.md)
_SLIP_DEG = 7.0  # what a strap that turned adds to an angle
_LOST_SHARE = 0.4  # of the segments of a shank that lost packets


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What besides the session decides the numbers of one run.

    run_deg: per row of `KEYS`, what the day, pair of shoes, surface and any change add.
    """

    run_id: str
    start: datetime
    shoe: str
    run_deg: Floats
    keep_every: int = 1
    trouble: Trouble | None = None
    troubled: Side = "left"


def measured(athlete: Athlete, session: Session, today: Conditions, rng: np.random.Generator) -> Run:
    """One run of an athlete. Everything random in it comes from `rng`."""
    pieces = session.pieces
    end_s = np.cumsum([piece.duration_s for piece in pieces])
    speed, exposure = _pace(pieces, rng)
    running = _Running.of(athlete, pieces)
    trust, because = _trust(today)
    return Run(
        run_id=today.run_id,
        start=today.start,
        duration_s=float(end_s[-1]),
        bouts=_bouts(pieces, end_s.tolist()),
        distance_m=sum(band.metres for band in exposure) if exposure else None,
        segments=_segments(athlete, session, running, today, rng),
        exposure=exposure,
        accelerations=_accelerations(pieces),
        top_speed_mps=float(np.minimum(speed[1:], speed[:-1]).max()) if len(speed) > 1 else None,
        impact=_impact(athlete, running, today),
        surface=session.surface,
        shoe=today.shoe,
        trust=trust,
        untrusted_because=because,
        effort_cr10=session.effort_cr10,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Running:
    """The pieces of running, as arrays."""

    duration_s: Floats
    speed_mps: Floats  # in the middle
    is_steady: NDArray[np.bool_]
    before_s: Floats  # of running, before each
    cadence_spm: Floats

    @classmethod
    def of(cls, athlete: Athlete, pieces: Sequence[Piece]) -> "_Running":
        rows = [(p.duration_s, p.speed_mps, p.end_speed_mps) for p in pieces if p.activity == "run"]
        duration_s, begin, end = np.array(rows, float).reshape(-1, 3).T
        speed = 0.5 * (begin + end)
        return cls(
            duration_s=duration_s,
            speed_mps=speed,
            is_steady=begin == end,
            before_s=np.cumsum(duration_s) - duration_s,
            cadence_spm=athlete.runner.cadence_spm(Gait(np.ones_like(speed), speed)),
        )


def _segments(
    athlete: Athlete, session: Session, running: _Running, today: Conditions, rng: np.random.Generator
) -> Segments:
    segment_s = STRIDES * 120 / running.cadence_spm
    count = np.where(running.is_steady, running.duration_s // segment_s, 0).astype(int)
    of = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    minute = (running.before_s[of] + (place + 0.5) * segment_s[of]) / 60
    kept = slice(None, None, today.keep_every)
    of, minute = of[kept], minute[kept]
    if not len(minute):
        return NO_SEGMENTS
    speed = running.speed_mps[of] + SPEED_SD_MPS * rng.standard_normal(len(of))
    is_flat = session.surface in ("treadmill", "track")
    grade = np.zeros(len(of)) if is_flat else GRADE_SD_PERCENT * rng.standard_normal(len(of))
    cadence = running.cadence_spm[of] * (1 + _CADENCE_SD * rng.standard_normal(len(of)))
    values = athlete.habits.expected_deg(minute, speed, grade) + today.run_deg[:, None]
    values += segments_deg(rng, len(of))
    # The largest angle of the late swing is no smaller than the one it ends with.
    values[_LATE_SWING] = np.maximum(values[_LATE_SWING], values[_AT_CONTACT])
    shown = np.ones((len(SIDES), len(of)), bool)
    troubled = SIDES.index(today.troubled)
    if today.trouble == "slipped":
        values[[KEYS.index((metric, today.troubled)) for metric in LEG_METRICS[:2]]] += _SLIP_DEG
    elif today.trouble == "lost_packets":
        shown[troubled] = rng.random(len(of)) >= _LOST_SHARE
    table = np.empty((len(of), len(SIDES), len(COLUMNS)), np.float32)  # both legs in turn, in order of time
    of_both = {
        "minute": minute,
        "strides": STRIDES,
        "speed_mps": speed,
        "grade_percent": grade,
        "cadence_spm": cadence,
    }
    table[:, :, COLUMNS.index("side")] = np.arange(len(SIDES))
    for name, column in of_both.items():
        table[:, :, COLUMNS.index(name)] = np.reshape(column, (-1, 1))
    for at, metric in enumerate(LEG_METRICS):
        table[:, :, COLUMNS.index(metric)] = values[2 * at : 2 * at + 2].T
    return Segments(table[shown.T])


def _pace(pieces: Sequence[Piece], rng: np.random.Generator) -> tuple[Floats, tuple[Exposure, ...]]:
    """Speed of running cell by cell, and the same by bands."""
    rows = [(p.duration_s, p.speed_mps, p.end_speed_mps) for p in pieces if p.activity == "run"]
    if not rows:
        return np.empty(0), ()
    duration_s, begin, end = np.array(rows, float).T
    cells = np.maximum(np.ceil(duration_s / _CELL_S).astype(int), 1)
    of = np.repeat(np.arange(len(cells)), cells)
    share = (np.arange(len(of)) - np.repeat(np.cumsum(cells) - cells, cells) + 0.5) / cells[of]
    speed = (begin[of] + (end - begin)[of] * share) * (1 + _CELL_SD * rng.standard_normal(len(of)))
    seconds = (duration_s / cells)[of]
    last = round(_BANDS_TO_MPS / _BAND_MPS)
    band = np.minimum((speed / _BAND_MPS).astype(int), last)
    seconds_in = np.bincount(band, seconds, last + 1)
    metres_in = np.bincount(band, seconds * speed, last + 1)
    return speed, tuple(
        Exposure(
            from_mps=at * _BAND_MPS,
            to_mps=float("inf") if at == last else (at + 1) * _BAND_MPS,
            seconds=float(seconds_in[at]),
            metres=float(metres_in[at]),
        )
        for at in np.flatnonzero(seconds_in).tolist()
    )


def _bouts(pieces: Sequence[Piece], end_s: Sequence[float]) -> tuple[Bout, ...]:
    """Neighbouring pieces of one activity are one bout, at their mean speed."""
    found: list[tuple[str, float, float, float]] = []  # activity, start, end, metres
    for piece, until in zip(pieces, end_s, strict=True):
        metres = piece.duration_s * 0.5 * (piece.speed_mps + piece.end_speed_mps)
        start = until - piece.duration_s
        if found and found[-1][0] == piece.activity:
            _, start, _, before = found.pop()
            metres += before
        found.append((piece.activity, start, until, metres))
    return tuple(
        Bout(
            activity="run" if activity == "run" else "walk" if activity == "walk" else "stand",
            start_s=start,
            end_s=until,
            speed_mps=metres / (until - start) if metres else None,
        )
        for activity, start, until, metres in found
    )


def _accelerations(pieces: Sequence[Piece]) -> int:
    """Starts of running, and speeding up within it."""
    starts = sum(p.activity == "run" and b.activity != "run" for b, p in pairwise(pieces))
    return starts + sum(p.end_speed_mps - p.speed_mps > _FAST_MPS2 * p.duration_s for p in pieces)


def _impact(athlete: Athlete, running: _Running, today: Conditions) -> tuple[ImpactLoad, ...]:
    if not len(running.duration_s):
        return ()
    contacts = running.duration_s * running.cadence_spm / 120
    peak_g = athlete.peak_g * strength(np.ones_like(running.speed_mps), running.speed_mps)
    # Fourth power of a normal peak with that scatter, against that of its mean.
    scattered = 1 + 6 * _PEAK_SD**2 + 3 * _PEAK_SD**4
    damage = float((contacts * (peak_g / _REFERENCE_G) ** _EXPONENT).sum()) * scattered
    return tuple(
        ImpactLoad(
            side=side,
            contacts=int(contacts.sum()),
            cumulative_g=float((contacts * peak_g).sum()),
            damage_index=damage,
            complete=today.trouble != "lost_packets" or side != today.troubled,
        )
        for side in SIDES
    )


def _trust(today: Conditions) -> tuple[Trust, tuple[str, ...]]:
    if today.trouble == "slipped":
        return "poor", (f"the strap of the {today.troubled} shank slipped",)
    if today.trouble == "lost_packets":
        return "usable", (f"many samples of the {today.troubled} shank were lost",)
    return "good", ()
