"""The columns of the stride table, in order: name, unit and meaning, the single place where they are
listed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`term`: what people call it, in every screen, report and export; of what is reported over strides."""

    name: str
    unit: str
    meaning: str
    term: str = ""


STRIDE_COLUMNS = (
    Column("side", "", "left, right or unknown"),
    Column("ic_time_s", "s", "initial contact, on the recording's clock"),
    Column("to_time_s", "s", "toe-off of the same foot"),
    Column("next_ic_time_s", "s", "the next initial contact of the same foot"),
    Column("activity", "", "run or walk"),
    Column("stride_time_s", "s", "initial contact to the next of the same foot", "Stride time"),
    Column("contact_time_s", "s", "initial contact to toe-off", "Contact time"),
    Column("cadence_spm", "steps/min", "120 / stride_time_s", "Cadence"),
    Column("speed_mps", "m/s", "over this stride, against the ground or the belt", "Speed"),
    Column("stride_length_m", "m", "over this stride, against the ground or the belt", "Stride length"),
    Column("stride_length_sd_m", "m", "uncertainty (1 sd) of stride_length_m"),
    Column(
        "shank_angle_ic_deg",
        "deg",
        "inclination at initial contact against quiet standing; ankle ahead: positive",
        "Shank angle at contact",
    ),
    Column(
        "shank_angle_max_deg",
        "deg",
        "largest inclination in the late swing before this contact",
        "Largest shank angle",
    ),
    Column("shank_angle_sd_deg", "deg", "uncertainty (1 sd) of shank_angle_ic_deg"),
    Column(
        "shank_angle_change_deg",
        "deg",
        "shank_angle_ic_deg against this run's first three minutes, same side",
    ),
    Column(
        "peak_tibial_acc_g",
        "g",
        "largest resultant specific force in early stance",
        "Peak tibial acceleration",
    ),
    Column(
        "peak_tibial_acc_axial_g",
        "g",
        "its largest component along the shank",
        "Peak tibial acceleration along the shank",
    ),
    Column(
        "pelvic_drop_deg",
        "deg",
        "how far the swing side sinks in this stance, from initial contact",
        "Pelvic drop",
    ),
    Column(
        "pelvic_drop_abs_deg",
        "deg",
        "its lowest point against quiet standing; swing side low: positive",
        "Pelvic drop from standing",
    ),
    Column(
        "pelvic_tilt_deg", "deg", "mean forward tilt over the stride against quiet standing", "Pelvic tilt"
    ),
    Column(
        "vertical_oscillation_m", "m", "of the pelvis sensor over this stride's step", "Vertical oscillation"
    ),
    Column("turn_dps", "deg/s", "change of heading; left: positive"),
    Column("valid", "", "false where the stride must not enter any average; flags says why"),
    Column("flags", "", "space-separated words, see docs/method.md"),
)
COLUMN_NAMES = tuple(column.name for column in STRIDE_COLUMNS)

# reported as median, iqr and n over valid running strides
SUMMARY_METRICS = (
    "cadence_spm",
    "speed_mps",
    "stride_length_m",
    "stride_time_s",
    "contact_time_s",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "pelvic_drop_deg",
    "pelvic_drop_abs_deg",
    "pelvic_tilt_deg",
    "peak_tibial_acc_g",
    "peak_tibial_acc_axial_g",
    "vertical_oscillation_m",
)

# values that come and go together
SHANK_ANGLE = ("shank_angle_ic_deg", "shank_angle_max_deg")
IMPACT = ("peak_tibial_acc_g", "peak_tibial_acc_axial_g")
SPEED = ("speed_mps", "stride_length_m")
PELVIC_DROP = ("pelvic_drop_deg", "pelvic_drop_abs_deg")
OF_PELVIS = (*PELVIC_DROP, "pelvic_tilt_deg", "vertical_oscillation_m")
