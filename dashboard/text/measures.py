"""Names of what is measured and of where sensors are worn; the same as `imu.report` calls them."""

from dashboard.text.catalogue import N_, _
from imu.report.metrics import Curve, Metric, spaced

MEASURES = (  # `Metric.name`, for the catalogue
    N_("Shank angle at contact"),
    N_("Largest shank angle"),
    N_("Pelvic drop"),
    N_("Contact time"),
    N_("Peak tibial acceleration"),
    N_("Cadence"),
    N_("Speed"),
    N_("Pace"),
    N_("Stride length"),
    N_("Vertical oscillation"),
)
CURVES = (  # `Curve.name` and `Curve.up`, for the catalogue
    N_("Shank angle"),
    N_("Pelvic obliquity"),
    N_("Up: the ankle is further ahead of the knee."),
    N_("Up: the pelvis is higher on the side of this foot."),
)
UNITS = (N_("steps/min"),)  # of `Metric.unit`, those that are words
_PLACES = {
    "shank_left": N_("Left shank"),
    "shank_right": N_("Right shank"),
    "pelvis": N_("Pelvis"),
    "foot_left": N_("Left foot"),
    "foot_right": N_("Right foot"),
    "heart_rate": N_("Heart rate strap"),
    "foot_pod": N_("Foot pod"),
}


def measure_name(metric: Metric) -> str:
    """What a measure is called."""
    return _(metric.name)


def curve_name(curve: Curve) -> str:
    """What a curve over the stride is called."""
    return _(curve.name)


def curve_up(curve: Curve) -> str:
    """How its sign reads, in a sentence."""
    return _(curve.up)


def spaced_unit(metric: Metric) -> str:
    """The unit of a measure, as it follows a number."""
    return spaced(_(metric.unit)) if metric.unit else ""


def place_name(placement: str) -> str:
    """Where something is worn."""
    return _(_PLACES.get(placement, placement.replace("_", " ")))
