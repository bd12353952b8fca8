"""Names of what an episode shows: quantities of two sides, pain, warnings, decisions, gates."""

from dataclasses import dataclass

from dashboard.text import numbers
from dashboard.text.catalogue import N_, _, ngettext
from dashboard.text.rules import spoken
from imu.followup.plans import question_of
from imu.report.begun import begun
from imu.report.metrics import spaced
from imu.training.history import CoarseInjury, DecisionKind, Injury, Moment, RedFlag, Side
from imu.training.pain import FLAG_WORDS
from imu.training.sides import Sided
from imu.training.warnings import ActKind, Code, Level, Status

EXERCISES = (  # of the plan that comes with Restride, for the catalogue
    N_("Chair bridge"),
    N_("Bridge walk-out"),
    N_("Power position"),
    N_("March and skip"),
    N_("Extender"),
    N_("Diver"),
    N_("Glider"),
)
PLAN = (  # of the same plan
    N_("proposal; a physiotherapist has not signed it off"),
    N_(
        "A training log that shows changes of movement. Not medical advice and not a medical device: it does "
        "not diagnose, does not clear you to run and does not predict anything. Your clinician's word counts."
    ),
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a quantity is called and rounded; `scale` turns the stored unit into the one shown."""

    name: str
    more: str  # what a positive difference of injured minus other says
    unit: str
    decimals: int
    scale: float = 1.0

    def number(self, value: float) -> str:
        return f"{numbers.number(value * self.scale, self.decimals)}{spaced(self.unit)}"

    def signed(self, value: float) -> str:
        return f"{numbers.signed(value * self.scale, self.decimals)}{spaced(self.unit)}"


def quantity(name: Sided) -> Quantity:
    known: dict[Sided, Quantity] = {
        "shank_angle_ic_deg": Quantity(
            _("Shank angle at contact"), _("injured side reaches further ahead"), "°", 1
        ),
        "pelvic_drop_deg": Quantity(
            _("Pelvic drop in stance"), _("pelvis sinks more in stance on the injured side"), "°", 1
        ),
        "contact_time_s": Quantity(
            _("Contact time"), _("injured side is longer on the ground"), "ms", 0, 1000.0
        ),
        "impact_g": Quantity(_("Peak tibial acceleration"), _("higher peak at the injured shank"), "g", 1),
    }
    return known[name]


def last_runs(number: int) -> str:
    """What a change is told of."""
    return ngettext("last run", "mean of last {number}", number)


def side(name: Side) -> str:
    return _("left") if name == "left" else _("right")


def side_and_site(injury: Injury) -> str:
    if isinstance(injury, CoarseInjury):
        return _("{side}, site not shared").format(side=side(injury.side))
    site = _("hamstring") if injury.site == "hamstring" else injury.site
    return f"{side(injury.side)} {site}"


def moment(name: Moment) -> str:
    known: dict[Moment, str] = {
        "during": _("during"),
        "after": _("after"),
        "next_morning": _("next morning"),
    }
    return known[name]


def flag(name: RedFlag) -> str:
    return spoken(FLAG_WORDS[name])


def warning(code: Code) -> str:
    known: dict[Code, str] = {
        "overstriding_appeared": _("Overstriding"),
        "drop_asymmetry_changed": _("Pelvic drop"),
        "load_spike": _("Load"),
        "pain_response": _("Pain"),
        "plan_exceeded": _("Plan"),
        "data_not_trusted": _("Data"),
    }
    return known[code]


def level(name: Level) -> str:
    known: dict[Level, str] = {"note": _("note"), "amber": _("amber"), "red": _("red")}
    return known[name]


def status(name: Status) -> str:
    known: dict[Status, str] = {
        "open": _("open"),
        "seen": _("seen"),
        "acknowledged": _("acknowledged"),
        "snoozed": _("put aside"),
        "overruled": _("overruled"),
        "resolved": _("over"),
    }
    return known[name]


def of_plan(text: str) -> str:
    """What a plan says of itself; that of somebody else's plan is in the language it was written in."""
    return _(text) if text in PLAN else text


def act(kind: ActKind) -> str:
    """What somebody did with a warning, as the status that it led to."""
    return status("open" if kind == "reopened" else kind)


def no_plan(because: str) -> str:
    return _("No plan is followed: {because}.", because=spoken(because))


def decision(kind: DecisionKind) -> str:
    known: dict[DecisionKind, str] = {
        "sign_off": _("Signed off"),
        "hold": _("Put on hold"),
        "hold_running": _("Put on hold; exercises go on"),
        "resume": _("Resumed"),
        "step_back": _("Stepped back"),
        "set_stage": _("Stage set"),
        "exercises": _("Exercises agreed to"),
    }
    return known[kind]


def gate(key: str) -> str:
    """What a gate asks, as a heading."""
    return begun(spoken(question_of(key)))
