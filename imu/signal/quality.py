"""How well each sensor recorded and sat, and what that forbids to judge.

Statistics are taken from the sensor's own samples, block by block, and added; the judgement comes once, at
the end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from imu.signal.sensor_statistics import SensorStatistics

Grade = Literal["good", "fair", "poor"]
GRADES: tuple[Grade, ...] = ("good", "fair", "poor")

# Nominal 100 Hz sensors run at 97-104 Hz. At 80 Hz a contact lies within 6 ms of a sample; at 50 Hz the
# whole rise of the force at contact (about 30 ms) is one or two samples. A sensor set to 80 Hz runs within
# 1 % of it.
CONTACT_RATE_HZ = 0.99 * 80.0
# Peaks need 199 Hz nominal: at 102 Hz they came out 0.5-1.4 g low in 19 runners, by an amount the samples
# cannot tell. A sensor set to 200 Hz runs at 190 or more.
PEAK_RATE_HZ = 190.0


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Each pair: from where on fair, and from where on poor."""

    # A burst of 0.15 s hides the stride it falls in: 2 % of the samples are about 10 % of the strides.
    missing_share: tuple[float, float] = (0.02, 0.10)
    # A hard landing saturates one or two samples; one sample in 140 is one in every stride.
    clipped_share: tuple[float, float] = (0.001, 0.007)
    # Of the sampling period; events move as much as the time stamps do. At 0.4 a late sample looks like a
    # lost one.
    jitter_share: tuple[float, float] = (0.25, 0.4)
    # Between the rate declared and the one the time stamps show: one of them is wrong.
    rate_mismatch: tuple[float, float] = (0.03, 0.10)
    doubt: tuple[float, float] = (0.4, 0.7)  # 1 - alignment confidence; the samples of all runners reach 0.6
    # Each costs some strides; four say that the strap does not hold.
    mount_shifts: tuple[float, float] = (1, 4)
    switching_s: float = 5.0  # sensors are switched on and off one after another; more is missing
    long_gap_s: float = 2.0  # worth a sentence: three strides
    # Of a level in standing, by the step in which accelerations come: whole m/s2 make 1.7 deg, 0.1 make 0.2.
    level_step_deg: tuple[float, float] = (0.5, 1.5)
    warming_degc: float = 15.0  # worth a sentence: gyroscope offsets move by 0.01-0.05 deg/s per degree


@dataclass(frozen=True, slots=True)
class Measure:
    """The number behind a grade, what it would have to be, and what to do about it."""

    value: float
    unit: str
    needed: str
    advice: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth a sentence; with a measure wherever it can be poor."""

    grade: Grade
    sentence: str
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class SensorQuality:
    """The judgement on one sensor."""

    rate_hz: float
    jitter_s: float
    missing_share: float
    longest_gap_s: float
    clipped_share: float
    temperature_degc: tuple[float, float] | None  # coldest and warmest
    alignment_confidence: float | None  # None: nothing moved that could be aligned
    alignment_grade: Grade | None
    mount_shifts: int
    grade: Grade
    remarks: tuple[Remark, ...]  # everything that is not good, and what follows from it

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(remark.sentence for remark in self.remarks)


def judge_sensor(
    statistics: SensorStatistics,
    *,
    recording_s: tuple[float, float] | None = None,
    declared_rate_hz: float | None = None,
    alignment_confidence: float | None = None,
    relative: bool = False,
    mount_shifts: int = 0,
    limits: QualityLimits = QualityLimits(),
) -> SensorQuality:
    """Grade one sensor: as good as its worst property.

    recording_s: from when to when any sensor recorded; this one's own first and last sample where not given.
    relative: aligned without a standing phase.
    """
    absence = _absence(statistics, recording_s, limits)
    missing_share = statistics.missing_share(beyond_s=sum(absence))
    sitting = tuple(_on_sitting(alignment_confidence, relative, mount_shifts, limits))
    remarks = (*_on_recording(statistics, declared_rate_hz, missing_share, limits), *sitting)
    if recording_s is not None and any(absence):
        remarks = (_on_absence(statistics, recording_s), *remarks)
    measured = np.isfinite(statistics.coldest_degc)
    return SensorQuality(
        rate_hz=statistics.rate_hz,
        jitter_s=statistics.jitter_s,
        missing_share=missing_share,
        longest_gap_s=statistics.longest_gap_s,
        clipped_share=statistics.clipped_share,
        temperature_degc=(statistics.coldest_degc, statistics.warmest_degc) if measured else None,
        alignment_confidence=alignment_confidence,
        alignment_grade=None if alignment_confidence is None else _worst(sitting),
        mount_shifts=mount_shifts,
        grade=_worst(remarks),
        remarks=remarks,
    )


def worst_grade(grades: Iterable[Grade]) -> Grade:
    """Of several judgements; nothing to judge is good."""
    return max(grades, key=GRADES.index, default="good")


def limited_by_rate(placement: str, rate_hz: float) -> dict[str, str]:
    """What a sensor at this measured rate cannot tell, each with the reason."""
    where = spoken(placement)
    if rate_hz < CONTACT_RATE_HZ:
        reason = f"{where}: {rate_hz:.0f} Hz is too slow to find contacts; record at 100 Hz or more"
        return {"strides": reason}
    if placement.startswith("shank") and rate_hz < PEAK_RATE_HZ:
        reason = (
            f"{where}: {rate_hz:.0f} Hz misses the top of the shock (0.5-1.4 g at 102 Hz); record at 200 Hz"
        )
        return {"peak_tibial_acc_g": reason}
    return {}


def percent(share: float, decimals: int = 0) -> str:
    return f"{100 * share:.{decimals}f} %"


def spoken(placement: str) -> str:
    """`shank_left` as people say it: left shank."""
    return " ".join(reversed(placement.split("_")))


def _absence(
    found: SensorStatistics, recording_s: tuple[float, float] | None, limits: QualityLimits
) -> tuple[float, float]:
    """Seconds at the beginning and at the end that others recorded and this sensor did not."""
    if recording_s is None or not found.samples:
        return 0.0, 0.0
    start_s, end_s = found.first_s - recording_s[0], recording_s[1] - found.last_s
    return start_s * (start_s > limits.switching_s), end_s * (end_s > limits.switching_s)


def _on_absence(found: SensorStatistics, recording_s: tuple[float, float]) -> Remark:
    first, last, end = (
        _on_a_watch(at - recording_s[0]) for at in (found.first_s, found.last_s, recording_s[1])
    )
    return Remark("good", f"It recorded only {first} to {last} of {end}.")


def _on_recording(
    found: SensorStatistics, declared_rate_hz: float | None, missing_share: float, limits: QualityLimits
) -> Iterator[Remark]:
    yield from _on_clock(found, declared_rate_hz, limits)
    if (grade := _graded(missing_share, limits.missing_share)) != "good":
        yield Remark(
            grade,
            f"{percent(missing_share, 1)} of its samples are missing; strides with a gap are not judged.",
            Measure(
                100 * missing_share,
                "%",
                f"less than {percent(limits.missing_share[1])} of its samples missing",
                "Look after its battery, memory and radio link before the next run.",
            ),
        )
    if found.longest_gap_s >= limits.long_gap_s:
        yield Remark("good", f"Its longest gap lasts {_lasting(found.longest_gap_s)}.")
    if found.clipped_samples:
        yield Remark(
            _graded(found.clipped_share, limits.clipped_share),
            f"{found.clipped_samples} samples are at the sensor's limit; those peaks are lower bounds.",
            Measure(
                100 * found.clipped_share,
                "%",
                f"less than {percent(limits.clipped_share[1], 1)} of its samples at its limit",
                "Set it to a wider range before the next run.",
            ),
        )
    step_deg = found.level_step_deg
    if (grade := _graded(step_deg, limits.level_step_deg)) != "good":
        yield Remark(
            grade,
            f"Its accelerations come in steps of {found.acc_step_mps2:.2g} m/s²: the zero of its angles is "
            f"uncertain by {step_deg:.1f}°.",
            Measure(
                step_deg,
                "deg",
                f"less than {limits.level_step_deg[1]:g}° from the steps of its accelerations",
                "Export it with three decimals or more.",
            ),
        )
    warming = found.warmest_degc - found.coldest_degc
    if warming >= limits.warming_degc:
        yield Remark("good", f"Its temperature changed by {warming:.0f} °C; gyroscope offsets drift with it.")


def _on_clock(
    found: SensorStatistics, declared_rate_hz: float | None, limits: QualityLimits
) -> Iterator[Remark]:
    if found.rate_hz < CONTACT_RATE_HZ:
        yield Remark(
            "poor",
            f"It recorded at {found.rate_hz:.0f} Hz; contacts need 100 Hz or more.",
            Measure(found.rate_hz, "Hz", "100 Hz or more", "Set it to 200 Hz before the next run."),
        )
    elif declared_rate_hz:
        mismatch = abs(found.rate_hz / declared_rate_hz - 1.0)
        if (grade := _graded(mismatch, limits.rate_mismatch)) != "good":
            yield Remark(
                grade,
                f"It was set to {declared_rate_hz:g} Hz, its time stamps say {found.rate_hz:.1f} Hz.",
                Measure(
                    found.rate_hz,
                    "Hz",
                    f"within {percent(limits.rate_mismatch[1])} of the {declared_rate_hz:g} Hz it was set to",
                    "Correct rate_hz in recording.json, or the time stamps, and analyse again.",
                ),
            )
    if (grade := _graded(found.jitter_s * found.rate_hz, limits.jitter_share)) != "good":
        yield Remark(
            grade,
            f"Its time stamps are uneven by {1000 * found.jitter_s:.1f} ms (1 sd); so are all events.",
            Measure(
                1000 * found.jitter_s,
                "ms",
                f"less than {1000 * limits.jitter_share[1] / found.rate_hz:.1f} ms (1 sd)",
                "Export the sensor's own time stamps, not those of arrival.",
            ),
        )


def _on_sitting(
    confidence: float | None, relative: bool, mount_shifts: int, limits: QualityLimits
) -> Iterator[Remark]:
    if confidence is not None and (grade := _graded(1.0 - confidence, limits.doubt)) != "good":
        yield Remark(
            grade,
            f"How it sat is not certain (confidence {confidence:.2f}); angles may be off.",
            Measure(
                confidence,
                "",
                f"a confidence above {1 - limits.doubt[1]:.1f} in how it sat",
                "Strap it tighter, and stand still for five seconds before the next run.",
            ),
        )
    if confidence is not None and relative:
        yield Remark("fair", "Its angles have no zero from quiet standing; only their changes can be read.")
    if mount_shifts:
        times = "once" if mount_shifts == 1 else f"{mount_shifts} times"
        yield Remark(
            _graded(mount_shifts, limits.mount_shifts),
            f"It shifted {times}; angles before and after are aligned apart.",
            Measure(
                mount_shifts,
                "shifts",
                f"fewer than {limits.mount_shifts[1]:g} shifts",
                "Strap it tighter before the next run.",
            ),
        )


def _on_a_watch(seconds: float) -> str:
    """As a watch shows it: 5:07 or 1:05:07."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _lasting(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _graded(value: float, limits: tuple[float, float]) -> Grade:
    fair, poor = limits
    return "good" if value < fair else "fair" if value < poor else "poor"


def _worst(remarks: Iterable[Remark]) -> Grade:
    return worst_grade(remark.grade for remark in remarks)
