"""What the analysis is meant to reach, as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from imu.validation import measures
from imu.validation.experiments import ALL_SENSORS, OTHER_TRIAL, SAME_TRIAL, UNCALIBRATED
from imu.validation.measures import Measure

# Where the truth of a quantity is exact enough to judge a goal: force plates time contacts in these sets; ...
TIMED_SETS = ("rbds", "hamner")
COUNTED_SETS = ("rbds", "welk", "hamner")  # ... contacts seen at the foot's height can be counted; ...
BELT_SETS = ("rbds",)  # ... only this belt's speed is known to a percent; ...
POSE_SETS = ("rbds", "welk")  # ... and only these have anatomical landmarks.
SENSOR_GROUPS: Mapping[str, tuple[str, ...]] = {
    "all sensors": (ALL_SENSORS,),
    "two shanks": ("two shanks",),
    "one shank": ("left shank", "right shank"),
    "pelvis": ("pelvis",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A limit on one measure over a part of the evidence."""

    chapter: str
    quantity: str
    measure: Measure
    limit: float
    unit: str
    sets: tuple[str, ...] = ()  # none named: all
    at_least: bool = False  # the value must reach the limit; otherwise its size must stay within
    sensors: tuple[str, ...] = (ALL_SENSORS,)  # none named: whatever was worn
    by_sensors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a column each, not per variant
    calibration: str = UNCALIBRATED  # empty: with and without
    activity: str = "run"

    @property
    def limit_text(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}".rstrip()


def _contacts() -> Iterator[Goal]:
    here = partial(Goal, chapter="Contacts")
    for quantity, part, limit in (
        ("missed contacts", "missed", 0.3),
        ("extra contacts", "extra", 0.1),
        ("contacts on the wrong side", "side_wrong", 0.0),
    ):
        counted = partial(measures.contact_share_percent, part=part)
        yield here(quantity=quantity, measure=counted, limit=limit, unit="%", sets=COUNTED_SETS)
    for quantity, measure, metric, limit in (
        ("initial contact, bias", measures.bias, "ic_time_s", 5.0),
        ("initial contact, 95 % limits ±", measures.limits, "ic_time_s", 10.0),
        ("initial contact, worst runner", measures.worst_runner_bias, "ic_time_s", 8.0),
        ("toe-off, bias", measures.bias, "to_time_s", 5.0),
        ("toe-off, 95 % limits ±", measures.limits, "to_time_s", 20.0),
        ("contact time, RMSE", measures.rmse, "contact_time_s", 10.0),
    ):
        timed = partial(measure, metric=metric)
        yield here(quantity=quantity, measure=timed, limit=limit, unit="ms", sets=TIMED_SETS)


def _pace() -> Iterator[Goal]:
    here = partial(Goal, chapter="Cadence, speed, stride length", unit="%")
    bias, rmse = measures.trial_bias_percent, measures.trial_rmse_percent
    cadence = partial(rmse, metric="cadence_spm")
    yield here(quantity="cadence, RMSE of trials", measure=cadence, limit=0.1, sets=COUNTED_SETS)
    for name, metric in (("speed", "speed_mps"), ("stride length", "stride_length_m")):
        for quantity, measure, limit, calibration in (
            ("uncalibrated: bias", bias, 2.0, UNCALIBRATED),
            ("uncalibrated: RMSE of trials", rmse, 2.5, UNCALIBRATED),
            ("known once, same trial: RMSE", rmse, 0.5, SAME_TRIAL),
            ("known once, other trials: bias", bias, 0.5, OTHER_TRIAL),
            ("known once, other trials: RMSE", rmse, 1.0, OTHER_TRIAL),
        ):
            yield here(
                quantity=f"{name} {quantity}",
                measure=partial(measure, metric=metric),
                limit=limit,
                sets=BELT_SETS,
                calibration=calibration,
            )


def _angles() -> Iterator[Goal]:
    here = partial(Goal, chapter="Shank and pelvis")
    angle, drop = "shank_angle_ic_deg", "pelvic_drop_deg"
    for quantity, measure, metric, limit, unit, sets in (
        ("shank angle at contact, bias", measures.bias, angle, 0.5, "deg", BELT_SETS),
        ("shank angle at contact, RMSE", measures.rmse, angle, 1.0, "deg", BELT_SETS),
        ("shank angle, left - right", measures.asymmetry_rmse, angle, 0.8, "deg", BELT_SETS),
        ("largest shank angle, RMSE", measures.rmse, "shank_angle_max_deg", 0.6, "deg", POSE_SETS),
        ("pelvic drop excursion, RMSE", measures.rmse, drop, 0.45, "deg", TIMED_SETS),
        ("pelvic drop, left - right", measures.asymmetry_rmse, drop, 0.6, "deg", TIMED_SETS),
        ("pelvic roll, average stride: RMSE", measures.rmse, "pelvic_roll_deg", 0.5, "deg", POSE_SETS),
        ("vertical oscillation, RMSE", measures.rmse, "vertical_oscillation_m", 2.5, "mm", COUNTED_SETS),
    ):
        yield here(
            quantity=quantity, measure=partial(measure, metric=metric), limit=limit, unit=unit, sets=sets
        )


def _coverage() -> Iterator[Goal]:
    for name, metric, sets in (
        ("contact time", "contact_time_s", COUNTED_SETS),
        ("speed", "speed_mps", POSE_SETS),
        ("shank angle", "shank_angle_ic_deg", POSE_SETS),
        ("pelvic drop", "pelvic_drop_deg", COUNTED_SETS),
        ("vertical oscillation", "vertical_oscillation_m", COUNTED_SETS),
    ):
        yield Goal(
            chapter="True strides with a valid value",
            quantity=name,
            measure=partial(measures.coverage_percent, metric=metric),
            limit=96.0,
            unit="%",
            sets=sets,
            at_least=True,
        )


def _changes() -> Iterator[Goal]:
    here = partial(Goal, chapter="A change within a simulated 20 min run", unit="deg", sets=("simulated",))
    change = measures.largest_change_error
    for name, step, metric in (
        ("shank angle", "+3 deg", "shank_angle_ic_deg"),
        ("pelvic drop", "+2 deg", "pelvic_drop_deg"),
    ):
        found = partial(change, metric=metric, injected=True)
        yield here(quantity=f"{name} {step}: error of the change", measure=found, limit=0.5)
        invented = partial(change, metric=metric, injected=False)
        yield here(quantity=f"{name} unchanged: change seen", measure=invented, limit=0.3)


def _sprint() -> Iterator[Goal]:
    for quantity, measure, limit, unit in (
        ("initial contact, bias", partial(measures.bias, metric="ic_time_s"), 8.0, "ms"),
        ("shank angle at contact, RMSE", partial(measures.rmse, metric="shank_angle_ic_deg"), 3.0, "deg"),
        ("speed of a stride, RMSE", partial(measures.stride_rmse_percent, metric="speed_mps"), 5.0, "%"),
    ):
        yield Goal(
            chapter="Overground sprint build-up",
            quantity=quantity,
            measure=measure,
            limit=limit,
            unit=unit,
            sets=("sprint",),
        )


def _fewer_sensors() -> Iterator[Goal]:
    shanks = {name: sensors for name, sensors in SENSOR_GROUPS.items() if "shank" in name}
    missed = partial(measures.contact_share_percent, part="missed")
    speed = partial(measures.trial_rmse_percent, metric="speed_mps")
    for quantity, measure, limit, unit, sets in (
        ("missed contacts", missed, 0.3, "%", COUNTED_SETS),
        ("initial contact, bias", partial(measures.bias, metric="ic_time_s"), 5.0, "ms", TIMED_SETS),
        ("contact time, RMSE", partial(measures.rmse, metric="contact_time_s"), 10.0, "ms", TIMED_SETS),
        ("shank angle, RMSE", partial(measures.rmse, metric="shank_angle_ic_deg"), 1.0, "deg", BELT_SETS),
        ("speed, RMSE of trials", speed, 2.5, "%", BELT_SETS),
    ):
        yield Goal(
            chapter="Running with shank sensors only",
            quantity=quantity,
            measure=measure,
            limit=limit,
            unit=unit,
            sets=sets,
            by_sensors=shanks,
        )


def _pelvis() -> Iterator[Goal]:
    chapter = "Pelvis alone"
    force_plate = partial(Goal, chapter=chapter, sets=("alcantara",))
    alone = partial(Goal, chapter=chapter, sets=(*TIMED_SETS, "walkrun"), sensors=("pelvis",))
    for here, prefix in ((force_plate, "real, force plate: "), (alone, "")):
        for quantity, measure, limit, unit in (
            ("missed contacts", partial(measures.contact_share_percent, part="missed"), 1.0, "%"),
            ("initial contact, 95 % limits ±", partial(measures.limits, metric="ic_time_s"), 22.0, "ms"),
            ("contact time, RMSE", partial(measures.rmse, metric="contact_time_s"), 16.0, "ms"),
        ):
            yield here(quantity=prefix + quantity, measure=measure, limit=limit, unit=unit)
    yield alone(
        quantity="bouts with the wrong side", measure=measures.bouts_wrong_side_percent, limit=2.0, unit="%"
    )


def _activity() -> Iterator[Goal]:
    mixed, walking = ("walkrun",), ("realwalk",)
    median, p95 = (partial(measures.edge_s, percentile=percentile) for percentile in (50, 95))
    for quantity, measure, limit, unit, at_least, sets in (
        ("seconds right", measures.seconds_right_percent, 99.0, "%", True, mixed),
        ("runs of 20 s and more found", measures.runs_found_percent, 100.0, "%", True, mixed),
        ("runs invented", measures.runs_invented, 0.0, "", False, (*mixed, *walking)),
        ("boundaries, median", median, 0.5, "s", False, mixed),
        ("boundaries, 95 %", p95, 1.0, "s", False, mixed),
        ("real walking called running", measures.walking_as_running_percent, 0.0, "%", False, walking),
        ("real walking found", measures.walking_found_percent, 95.0, "%", True, walking),
        ("real walking, cadence RMSE", measures.window_cadence_percent, 1.0, "%", False, walking),
    ):
        yield Goal(
            chapter="Stand, walk, run",
            quantity=quantity,
            measure=measure,
            limit=limit,
            unit=unit,
            at_least=at_least,
            sets=sets,
            by_sensors=SENSOR_GROUPS,
        )


def _walking() -> Iterator[Goal]:
    cadence = partial(measures.trial_rmse_percent, metric="cadence_spm")
    for quantity, measure, limit, at_least in (
        ("strides found", measures.strides_found_percent, 99.0, True),
        ("strides called running", measures.mislabelled_percent, 0.2, False),
        ("cadence of a bout, RMSE", cadence, 0.2, False),
    ):
        yield Goal(
            chapter="Walking strides",
            quantity=quantity,
            measure=measure,
            limit=limit,
            unit="%",
            at_least=at_least,
            sets=("walkrun",),
            by_sensors=SENSOR_GROUPS,
            activity="walk",
        )


def _real() -> Iterator[Goal]:
    here = partial(Goal, chapter="Everything else")
    cadence, refused = measures.window_cadence_percent, measures.refused
    yield here(quantity="cadence, real outdoor run", measure=cadence, limit=1.0, unit="%", sets=("adept",))
    yield here(quantity="analyses refused", measure=refused, limit=0.0, unit="", sensors=(), calibration="")


GOALS: tuple[Goal, ...] = (
    *_contacts(),
    *_pace(),
    *_angles(),
    *_coverage(),
    *_changes(),
    *_sprint(),
    *_fewer_sensors(),
    *_pelvis(),
    *_activity(),
    *_walking(),
    *_real(),
)
