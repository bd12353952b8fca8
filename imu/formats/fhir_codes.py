"""The codes of FHIR exports: our own code system, and those of others that mean exactly the same.

Source: HL7 Personal Health Records guide, 1.0.0-ballot2, `observation-pghd-codes`; UCUM; SNOMED CT for sites.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["left", "right", "both"]
Site = Literal["foot", "shank", "pelvis"]

# A name for good, and of no domain: nobody has to keep an address alive for it.
OWN = "urn:uuid:5c1c6f0e-5f2b-5d3a-8a77-72657374726f"
PHR = "http://hl7.org/fhir/uv/phr/CodeSystem/observation-pghd-codes"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What an Observation is about.

    column: of the stride table and of summaries; `factor` times it is the value in `unit` (UCUM). phr: the
    same in the Personal Health Records guide. whole: of both legs together too.
    """

    code: str
    display: str
    definition: str
    column: str
    unit: str
    factor: float = 1.0
    phr: str | None = None
    site: Site = "foot"
    whole: bool = False


_STANDING = "against quiet standing"
MEASURES = (
    Measure(
        code="cadence",
        display="Cadence",
        definition="Steps of both feet a minute: 120 over the duration of a stride in seconds.",
        column="cadence_spm",
        unit="{steps}/min",
        whole=True,
    ),
    Measure(
        code="running-speed",
        display="Speed",
        definition="Speed of a stride against the ground or the belt.",
        column="speed_mps",
        unit="m/s",
        phr="runningSpeed",
        whole=True,
    ),
    Measure(
        code="stride-length",
        display="Stride length",
        definition="Way from an initial contact to the next of the same foot: two steps.",
        column="stride_length_m",
        unit="m",
        whole=True,
    ),
    Measure(
        code="step-length",
        display="Step length",
        definition="Half of the stride length.",
        column="stride_length_m",
        unit="m",
        factor=0.5,
        phr="runningStrideLength",  # which its guide and Apple define as the way of a single step
        whole=True,
    ),
    Measure(
        code="stride-time",
        display="Stride time",
        definition="From an initial contact to the next of the same foot.",
        column="stride_time_s",
        unit="s",
    ),
    Measure(
        code="ground-contact-time",
        display="Contact time",
        definition="From initial contact to toe-off of the same foot.",
        column="contact_time_s",
        unit="ms",
        factor=1000.0,
        phr="runningGroundContactTime",
    ),
    Measure(
        code="shank-angle-at-contact",
        display="Shank angle at contact",
        definition=f"Sagittal inclination at initial contact {_STANDING}; ankle ahead: positive.",
        column="shank_angle_ic_deg",
        unit="deg",
        site="shank",
    ),
    Measure(
        code="shank-angle-largest",
        display="Largest shank angle",
        definition=f"Largest inclination of the shank in the late swing {_STANDING}.",
        column="shank_angle_max_deg",
        unit="deg",
        site="shank",
    ),
    Measure(
        code="pelvic-drop",
        display="Pelvic drop",
        definition="How far the swing side sinks in the stance of the side told, from initial contact.",
        column="pelvic_drop_deg",
        unit="deg",
        site="pelvis",
    ),
    Measure(
        code="pelvic-drop-from-standing",
        display="Pelvic drop from standing",
        definition=f"Lowest point of the swing side in that stance {_STANDING}; low: positive.",
        column="pelvic_drop_abs_deg",
        unit="deg",
        site="pelvis",
    ),
    Measure(
        code="pelvic-tilt",
        display="Pelvic tilt",
        definition=f"Mean forward tilt over a stride {_STANDING}.",
        column="pelvic_tilt_deg",
        unit="deg",
        site="pelvis",
    ),
    Measure(
        code="peak-tibial-acceleration",
        display="Peak tibial acceleration",
        definition="Largest resultant specific force of the shank in early stance.",
        column="peak_tibial_acc_g",
        unit="[g]",
        site="shank",
    ),
    Measure(
        code="peak-tibial-acceleration-axial",
        display="Peak tibial acceleration along the shank",
        definition="Largest specific force along the shank in early stance.",
        column="peak_tibial_acc_axial_g",
        unit="[g]",
        site="shank",
    ),
    Measure(
        code="vertical-oscillation",
        display="Vertical oscillation",
        definition="Rise and fall of the sensor on the pelvis in the step of a stride.",
        column="vertical_oscillation_m",
        unit="m",
        phr="runningVerticalOscillation",
        site="pelvis",
    ),
)

OTHERS: Mapping[str, tuple[str, str]] = {  # code: display and definition
    "median": ("Median", "Of the strides of running that count."),
    "interquartile-range": ("Width of the middle half", "75th minus 25th percentile over strides."),
    "strides": ("Strides", "How many strides the median is of."),
    "uncertainty": (
        "Uncertainty",
        "One standard deviation of the error of a trial; it does not shrink with the number of strides.",
    ),
    "side": ("Side", "Foot on the ground that the value belongs to, or both together."),
    "left": ("Left", "Left foot or leg."),
    "right": ("Right", "Right foot or leg."),
    "both": ("Both", "Strides of both feet together."),
    "running-gait-report": (
        "Report of running gait",
        "What sensors told of running, for somebody to read: patterns to discuss.",
    ),
}

_SITES: Mapping[tuple[Site, Side], tuple[str, str]] = {
    ("foot", "left"): ("22335008", "Structure of left foot"),
    ("foot", "right"): ("7769000", "Structure of right foot"),
    ("shank", "left"): ("48979004", "Structure of left lower leg"),
    ("shank", "right"): ("32696007", "Structure of right lower leg"),
    ("pelvis", "left"): ("12921003", "Pelvic structure"),
    ("pelvis", "right"): ("12921003", "Pelvic structure"),
    ("pelvis", "both"): ("12921003", "Pelvic structure"),
}


def concept_of(measure: Measure) -> dict[str, Any]:
    """Our code, and that of others beside it."""
    found = own(measure.code, measure.display)
    if measure.phr is not None:
        found["coding"].append({"system": PHR, "code": measure.phr})
    return found


def own(code: str, display: str | None = None) -> dict[str, Any]:
    """A code of ours as a CodeableConcept."""
    told = display or OTHERS[code][0]
    return {"coding": [{"system": OWN, "code": code, "display": told}], "text": told}


def body_site(measure: Measure, side: Side) -> dict[str, Any] | None:
    """Where it was measured; None for both feet together."""
    found = _SITES.get((measure.site, side))
    if found is None:
        return None
    code, display = found
    stance = f", in the stance of the {side} leg" if measure.site == "pelvis" and side != "both" else ""
    return {
        "coding": [{"system": SNOMED, "code": code, "display": display}],
        "text": f"{display}{stance}",
    }


def code_system(version: str) -> dict[str, Any]:
    """Our code system, whole, so that nobody has to look for it."""
    measures = [(one.code, one.display, one.definition) for one in MEASURES]
    others = [(code, *words) for code, words in OTHERS.items()]
    return {
        "resourceType": "CodeSystem",
        "url": OWN,
        "version": version,
        "name": "RestrideRunningGait",
        "title": "Restride: measures of running gait",
        "status": "active",
        "experimental": False,
        "caseSensitive": True,
        "content": "complete",
        "count": len(measures) + len(others),
        "concept": [
            {"code": code, "display": display, "definition": definition}
            for code, display, definition in (*measures, *others)
        ],
    }
