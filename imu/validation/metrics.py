"""What is compared: columns of a stride table, where their truth stands, the unit they are shown in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of the stride table that has a truth."""

    column: str  # in our stride table
    label: str
    unit: str  # as shown
    scale: float  # shown value = scale * value in the table's unit
    truth_columns: tuple[str, ...] = ()  # first one present counts; empty: the same name as ours

    def truth_column(self, present: set[str]) -> str | None:
        """The truth's name of this metric, None where this truth does not know it."""
        return next((name for name in (*self.truth_columns, self.column) if name in present), None)


METRICS: tuple[Metric, ...] = (
    Metric("ic_time_s", "initial contact", "ms", 1e3),
    Metric("to_time_s", "toe-off", "ms", 1e3),
    Metric("contact_time_s", "contact time", "ms", 1e3),
    Metric("stride_time_s", "stride time", "ms", 1e3),
    Metric("cadence_spm", "cadence", "spm", 1.0),
    Metric("speed_mps", "speed", "m/s", 1.0),
    Metric("stride_length_m", "stride length", "m", 1.0),
    # `rel` counts from quiet standing, as ours does; the simulator's truth already has our names.
    Metric("shank_angle_ic_deg", "shank angle at contact", "deg", 1.0, ("shank_angle_ic_rel_deg",)),
    Metric("shank_angle_max_deg", "late-swing maximum", "deg", 1.0, ("shank_angle_max_rel_deg",)),
    Metric("pelvic_drop_deg", "pelvic drop excursion", "deg", 1.0),
    Metric("pelvic_drop_abs_deg", "pelvic drop, absolute", "deg", 1.0),
    Metric("vertical_oscillation_m", "vertical oscillation", "mm", 1e3),
)
METRIC_OF_COLUMN = {metric.column: metric for metric in METRICS}
