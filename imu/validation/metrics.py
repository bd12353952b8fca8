"""What is compared: columns of a stride table, where their truth stands, the unit they are shown in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of the stride table that has a truth."""

    column: str  # in our stride table
    label: str
    unit: str  # as shown
    scale: float = 1.0  # shown value = scale * value in the table's unit
    truth_columns: tuple[str, ...] = ()  # first one present counts; empty: the same name as ours
    rough_sets: tuple[str, ...] = ()  # sets whose truth is only approximate here: shown, never judged

    def truth_column(self, present: set[str]) -> str | None:
        """The truth's name of this metric, None where this truth does not know it."""
        return next((name for name in (*self.truth_columns, self.column) if name in present), None)


# welk's contacts were read off the height of the foot; its belt, and hamner's, are known to about 5 %; nobody
# stood still in hamner, so its angles have no zero.
_CONTACTS, _BELT, _NO_STAND = ("welk",), ("welk", "hamner"), ("hamner",)
# `rel` counts from quiet standing, as ours does; the simulator's truth already has our names.
_AT_CONTACT, _MAXIMUM = ("shank_angle_ic_rel_deg",), ("shank_angle_max_rel_deg",)

METRICS: tuple[Metric, ...] = (
    Metric("ic_time_s", "Initial contact", "ms", 1e3, rough_sets=_CONTACTS),
    Metric("to_time_s", "Toe-off", "ms", 1e3, rough_sets=_CONTACTS),
    Metric("contact_time_s", "Contact time", "ms", 1e3, rough_sets=_CONTACTS),
    Metric("stride_time_s", "Stride time", "ms", 1e3, rough_sets=_CONTACTS),
    Metric("cadence_spm", "Cadence", "spm"),
    Metric("speed_mps", "Speed", "m/s", rough_sets=_BELT),
    Metric("stride_length_m", "Stride length", "m", rough_sets=_BELT),
    Metric("shank_angle_ic_deg", "Shank angle at contact", "deg", 1.0, _AT_CONTACT, _CONTACTS),
    Metric("shank_angle_max_deg", "Late-swing maximum of the shank angle", "deg", 1.0, _MAXIMUM),
    Metric("pelvic_drop_deg", "Pelvic drop excursion", "deg", rough_sets=_CONTACTS),
    Metric("pelvic_drop_abs_deg", "Pelvic drop against standing", "deg", rough_sets=_CONTACTS),
    Metric("pelvic_roll_deg", "Pelvic roll over the average stride", "deg", rough_sets=_NO_STAND),
    Metric("vertical_oscillation_m", "Vertical oscillation", "mm", 1e3, rough_sets=_CONTACTS),
)
METRIC_OF_COLUMN = {metric.column: metric for metric in METRICS}
