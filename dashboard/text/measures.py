"""Names of what is measured and of where sensors are worn; the same as `imu.report` calls them."""

from dashboard.text.catalogue import N_, _
from imu.report.metrics import Metric

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


def place_name(placement: str) -> str:
    """Where something is worn."""
    return _(_PLACES.get(placement, placement.replace("_", " ")))
