"""What a standard sensor said at one moment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceReading:
    """One notification; None where it did not say."""

    arrival_ns: int  # host clock, as in `Packet`
    heart_rate_bpm: int | None = None
    rr_s: tuple[float, ...] = ()  # between beats, oldest first
    speed_mps: float | None = None
    cadence_spm: float | None = None  # steps per minute, of both feet together
    stride_length_m: float | None = None
    distance_m: float | None = None
