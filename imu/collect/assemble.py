"""A session's journals as one recording: decoded, on one clock, in SI units, with its gaps left open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from imu.collect import reference
from imu.collect.clocks import ClockFit
from imu.collect.decode import Decoded, DecoderFor, Segment, decode
from imu.collect.placer import Placer
from imu.collect.refined import Clocked, Refinement, refinements
from imu.collect.runs import Run, paired, single, untangled, within
from imu.collect.session import REFERENCE, Session, Worn, journal_path, load_session
from imu.devices.decoders import decoder_for as product_decoder_for
from imu.errors import RecordingError
from imu.recording import Recording, Samples, SensorTrack
from imu.recording.clock_check import MIN_SPAN_S
from imu.recording.model import joined

EDGE_S = 10.0  # sensors are started and stopped one after another; who is alone for so long was not yet worn
_GAP_INTERVALS = 1.5


class NoRecordingError(RecordingError):
    """A session that no recording can be made of: no sensor has two seconds that can be placed in time."""


def assemble(folder: Path, *, decoder_for: DecoderFor = product_decoder_for) -> Recording:
    """The recording of the session in `folder`, as far as its journals are whole.

    Samples are read from disk when they are asked for. A sensor with less than a track needs is left out.
    Raises NoRecordingError where nothing can be placed in time, or hardly anything.
    """
    session = load_session(folder)
    decoded = {
        placement: decode(path, decoder_for=decoder_for)
        for placement in session.worn
        if (path := journal_path(folder, placement)).is_file()
    }
    sensors = {placement: _timed(one, session, placement) for placement, one in decoded.items()}
    refined = refinements(
        {p: Clocked(one.runs, [clock for clock, _, _ in one.timing]) for p, one in sensors.items()}
    )
    cut = _common(_moved(sensors, refined))
    if session.mode == "log" and np.isfinite(cut[0]):
        start_s = int(np.floor(cut[0]))
        session = _beginning_at(session, start_s)
        sensors = {placement: _timed(one, session, placement) for placement, one in decoded.items()}
        refined = {placement: one.later_by(-start_s) for placement, one in refined.items()}
    sensors = _moved(sensors, refined)
    cut = _common(sensors)
    tracks, collected = {}, {}
    for placement, sensor in sensors.items():
        runs = within(sensor.runs, *cut)
        enough = runs if _span_s(runs) >= MIN_SPAN_S else []
        left_out = 0 if enough else _rows(runs)
        told = _told(sensor, enough, session.worn[placement], refined.get(placement))
        collected[placement] = told | {"left_out": left_out}
        if enough:
            tracks[placement] = _track(placement, enough, session.worn[placement])
    if not tracks:
        raise NoRecordingError(folder, _why_nothing(decoded, sensors))
    return Recording(
        tracks=tracks,
        start=session.start,
        athlete=session.athlete,
        notes=session.notes,
        body=session.body,
        reference_speed_mps=session.reference_speed_mps,
        collection={
            "session": session.id,
            "mode": session.mode,
            "host": session.host,
            "version": session.version,
            "sensors": collected,
            "reference": reference.told(journal_path(folder, REFERENCE)),
        },
        reference=reference.channels(journal_path(folder, REFERENCE), start_ns=session.start_ns),
    )


def _why_nothing(decoded: Mapping[str, Decoded], sensors: Mapping[str, "_Timed"]) -> str:
    longest_s = max((_span_s(sensor.runs) for sensor in sensors.values()), default=0.0)
    if longest_s or not any(one.packets for one in decoded.values()):
        return f"holds {longest_s:.1f} s; a recording needs {MIN_SPAN_S:g} s of a sensor"
    return "holds no samples that could be placed in time: no clock was read that they are of"


def _beginning_at(session: Session, start_s: int) -> Session:
    """Time 0 just before the first sample: a log may be saved, or its sensors armed, hours apart from it."""
    return replace(
        session,
        start=session.start + timedelta(seconds=start_s),
        start_ns=session.start_ns + start_s * 1_000_000_000,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Timed:
    """All of a sensor on the session's clock."""

    decoded: Decoded
    runs: Sequence[Run]  # ascending in time, none over another
    clocks: Sequence[ClockFit]
    timing: Sequence[tuple[ClockFit, float, float]]  # of them, those that runs are read from, and when (s)
    unpaired: int  # samples of acceleration or rate without the other
    unplaced: int  # samples that no clock could place
    inferred_lost: int  # samples that arrivals say are missing, though nobody counted them
    overlapping: int  # samples that another stretch says were later


def _timed(decoded: Decoded, session: Session, placement: str) -> _Timed:
    placer = Placer(decoded, start_ns=session.start_ns, known_skew_ppm=session.worn[placement].skew_ppm)
    found = [run for segment in decoded.segments for run in _measured(segment, placer)]
    has_gyr = any(run.has_gyr for run in found)
    whole = [run for run in found if run.has_gyr == has_gyr]
    parts = [part for segment in decoded.segments for parts in segment.parts.values() for part in parts]
    offered = sum(len(part.counts) for part in parts) - placer.unplaced
    used = sum(run.stretch.count * (2 if run.gyr else 1) for run in whole)
    runs, overlapping = untangled(whole)
    return _Timed(
        decoded=decoded,
        runs=runs,
        clocks=placer.clocks,
        timing=placer.timing(runs),
        unpaired=offered - used,
        unplaced=placer.unplaced,
        inferred_lost=placer.inferred_lost,
        overlapping=overlapping,
    )


def _moved(sensors: dict[str, _Timed], refined: Mapping[str, Refinement]) -> dict[str, _Timed]:
    """Those whose clock hops know better, where the hops say."""
    return {
        placement: replace(sensor, runs=[found.moved(run) for run in sensor.runs])
        if (found := refined.get(placement)) is not None and found.is_better
        else sensor
        for placement, sensor in sensors.items()
    }


def _measured(segment: Segment, placer: Placer) -> Iterator[Run]:
    acc, gyr = segment.parts.get("acc", []), segment.parts.get("gyr", [])
    for number, part in enumerate(segment.parts.get("both", []) + (acc if not gyr else [])):
        yield from map(placer.retimed, single(placer.stretches(part, segment, number), part, segment))
    for number, (one, other) in enumerate(zip(acc, gyr, strict=False)):
        lines = [placer.stretches(part, segment, number) for part in (one, other)]
        runs = paired(*lines, acc_part=one, gyr_part=other, segment=segment)
        yield from map(placer.retimed, runs)


def _common(sensors: Mapping[str, _Timed]) -> tuple[float, float]:
    """From when to when all worked, leaving alone those that began much later or ended much earlier."""
    worked = [sensor.runs for sensor in sensors.values() if _span_s(sensor.runs) >= MIN_SPAN_S]
    if not worked:
        return -np.inf, np.inf
    starts_s = np.array([runs[0].stretch.start_s for runs in worked])
    ends_s = np.array([runs[-1].stretch.end_s for runs in worked])
    start_s = starts_s[starts_s <= starts_s.min() + EDGE_S].max()
    end_s = ends_s[ends_s >= ends_s.max() - EDGE_S].min()
    return float(start_s), float(np.nextafter(end_s, np.inf))


def _span_s(runs: Sequence[Run]) -> float:
    return runs[-1].stretch.end_s - runs[0].stretch.start_s if runs else 0.0


def _rows(runs: Sequence[Run]) -> int:
    return sum(run.stretch.count for run in runs)


def _track(placement: str, runs: list[Run], worn: Worn) -> SensorTrack:
    def read(start_s: float, end_s: float) -> Samples:
        pieces = within(runs, start_s, end_s) or [replace(runs[0], stretch=runs[0].stretch.cut(0, 0))]
        return joined([run.samples() for run in pieces])

    coding, has_gyr = runs[0].segment.coding, runs[0].has_gyr
    return SensorTrack(
        placement=placement,
        n_samples=_rows(runs),
        start_s=runs[0].stretch.start_s,
        end_s=runs[-1].stretch.end_s,
        has_gyroscope=has_gyr,
        read=read,
        device=worn.identity.model,
        serial=worn.identity.serial,
        rate_hz=coding.rate_hz,
        acc_range_g=coding.acc_range_g,
        gyr_range_dps=coding.gyr_range_dps if has_gyr else None,
        mount_height_m=worn.mount_height_m,
    )


def _told(sensor: _Timed, runs: list[Run], worn: Worn, refined: Refinement | None) -> dict[str, Any]:
    """What was done, for recording.json."""
    decoded = sensor.decoded
    interval_s = float(np.median([run.stretch.interval_s for run in runs])) if runs else np.nan
    calibration = runs[0].segment.coding.calibration if runs else None
    steps_s = np.array([after.stretch.start_s - before.stretch.end_s for before, after in pairwise(runs)])
    gaps_s = steps_s[steps_s > _GAP_INTERVALS * interval_s] - interval_s
    return {
        "serial": worn.identity.serial,
        "firmware": worn.identity.firmware,
        "rows": _rows(runs),
        "rate_hz": round(1 / interval_s, 4) if runs else None,
        "gaps": len(gaps_s),
        "missing_s": round(float(gaps_s.sum()), 4),
        "longest_gap_s": round(float(gaps_s.max(initial=0.0)), 4),
        "packets": decoded.packets,
        "unreadable_packets": decoded.unreadable,
        "dropped_packets": decoded.dropped,
        "lost": decoded.lost,
        "inferred_lost": sensor.inferred_lost,
        "repeated": decoded.repeated + sensor.overlapping,
        "unpaired": sensor.unpaired,
        "unplaced": sensor.unplaced,
        "reconnects": decoded.reconnects,
        "torn_bytes": decoded.torn_bytes,
        "closed": decoded.closed,
        "clocks": [_clock_told(clock, sensor.timing) for clock in sensor.clocks],
        **({"hops": refined.told()} if refined is not None else {}),
        **({"calibration": calibration.told()} if calibration is not None else {}),
    }


def _clock_told(clock: ClockFit, timing: Sequence[tuple[ClockFit, float, float]]) -> dict[str, Any]:
    spans_s = [(start_s, end_s) for one, start_s, end_s in timing if one is clock]
    uncertainty_ms = clock.most_uncertain_ms(*spans_s[0]) if spans_s else clock.uncertainty_ms
    return {
        "method": clock.method,
        "offset_s": round(clock.offset_s, 6),
        "skew_ppm": round(clock.skew_ppm, 3),
        "residual_rms_ms": round(clock.residual_rms_ms, 3),
        "residual_p95_ms": round(clock.residual_p95_ms, 3),
        "skew_uncertainty_ppm": round(clock.skew_uncertainty_ppm, 3),
        "uncertainty_ms": round(uncertainty_ms, 3),
        "used": clock.used,
        "of": clock.of,
    }
