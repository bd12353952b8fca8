"""What every number and word on a screen means: one registry for hover texts and the help page.

Names and units of what sensors measure are those of `imu.report.metrics`; how it is measured and how sure it
is stands at length in docs/method.md and docs/validation.md.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from dashboard.text.catalogue import _, language
from dashboard.text.measures import measure_name
from imu.report.metrics import (
    CADENCE,
    CONTACT_TIME,
    OSCILLATION,
    PEAK_ACCELERATION,
    PELVIC_DROP,
    SHANK_ANGLE,
    SHANK_MAXIMUM,
    SPEED,
    STRIDE_LENGTH,
)

Group = Literal["measured", "load", "word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One term. Fields are sentences for a runner; empty where there is nothing to say."""

    key: str
    group: Group
    term: str
    what: str
    unit: str = ""
    how: str = ""
    sign: str = ""
    sure: str = ""
    moves: str = ""


def explanations() -> dict[str, Explanation]:
    """All of them by key, in the order of the help page, in the viewer's language."""
    return _explanations(language())


def explanation(key: str) -> Explanation:
    """One of them. KeyError for a key that nobody wrote: a page asked for a word that is not explained."""
    return explanations()[key]


@cache
def _explanations(_language: str) -> dict[str, Explanation]:
    return {one.key: one for one in (*_angles(), *_steps(), *_pelvis_and_impact(), *_load(), *_words())}


def _angles() -> tuple[Explanation, ...]:
    return (
        Explanation(
            key=SHANK_ANGLE.column,
            group="measured",
            term=measure_name(SHANK_ANGLE),
            unit=SHANK_ANGLE.unit,
            what=_("How far the ankle is ahead of the knee as the foot lands."),
            how=_(
                "From the sensor on the shank, against your own quiet standing at the beginning of "
                "the recording."
            ),
            sign=_("Positive: the ankle is ahead of the knee. Larger: the shank reaches further forward."),
            sure=_(
                "About 1° in a run against motion capture. Strap and stance of the day add 1 to 3° "
                "between runs, so runs are compared over several of them."
            ),
            moves=_(
                "Speed, slope, shoe, surface, step rate, tiredness, and how the strap sits. Your "
                "baseline takes speed, slope and minute of the run into account."
            ),
        ),
        Explanation(
            key=SHANK_MAXIMUM.column,
            group="measured",
            term=measure_name(SHANK_MAXIMUM),
            unit=SHANK_MAXIMUM.unit,
            what=_("The furthest the shank reaches forward before landing."),
            how=_("The largest angle in the quarter of a second before contact, against quiet standing."),
            sign=_("Positive: the ankle is ahead of the knee."),
            sure=_("About 0.6° in a run; it hardly depends on the instant of contact."),
            moves=_(
                "The same as the angle at contact. Where both move together, a change is surer than "
                "where one does."
            ),
        ),
        Explanation(
            key="overstriding",
            group="measured",
            term=_("Overstriding"),
            what=_("Landing with the shank further ahead than is usual for you at this speed."),
            how=_(
                "Shank angle at contact against your own baseline, over several runs, or within one "
                "run against its first minutes."
            ),
            sure=_(
                "A change is told only where it is at least 2° and clearly larger than its own "
                "uncertainty. No published value separates good from bad."
            ),
            moves=_(
                "Slightly quicker steps at the same speed usually bring the foot down closer to the body."
            ),
        ),
    )


def _steps() -> tuple[Explanation, ...]:
    return (
        Explanation(
            key=CADENCE.column,
            group="measured",
            term=measure_name(CADENCE),
            unit=_(CADENCE.unit),
            what=_("Steps of both feet in a minute."),
            how=_("Counted from contact to contact."),
            sure=_("Within 0.1 % over a run."),
            moves=_("Speed, leg length, slope, tiredness, and what you mean to do."),
        ),
        Explanation(
            key=SPEED.column,
            group="measured",
            term=measure_name(SPEED),
            unit=SPEED.unit,
            what=_("Over the ground, or of the belt."),
            how=_("From the movement of the shank between two stances, stride by stride; shown as pace."),
            sure=_("About 1.5 % over a run; 0.5 % after calibrating with one known speed."),
            moves=_("The height of the sensor above the ankle: 3 cm wrong is 3 to 4 % of speed."),
        ),
        Explanation(
            key=STRIDE_LENGTH.column,
            group="measured",
            term=measure_name(STRIDE_LENGTH),
            unit=STRIDE_LENGTH.unit,
            what=_("Two steps: from one landing of a foot to the next of the same foot."),
            how=_("Speed times the time of the stride."),
            sure=_("As speed."),
            moves=_("Speed and cadence."),
        ),
        Explanation(
            key=CONTACT_TIME.column,
            group="measured",
            term=measure_name(CONTACT_TIME),
            unit=CONTACT_TIME.unit,
            what=_("How long the foot stays on the ground."),
            how=_("From the instant force on the foot begins to the instant it ends, as the shank feels it."),
            sure=_(
                "About 10 ms; at slow jogs the end of contact is found early, by about 25 ms in one "
                "of seven runners."
            ),
            moves=_("Speed above all; shoe, surface, tiredness."),
        ),
    )


def _pelvis_and_impact() -> tuple[Explanation, ...]:
    return (
        Explanation(
            key=PELVIC_DROP.column,
            group="measured",
            term=measure_name(PELVIC_DROP),
            unit=PELVIC_DROP.unit,
            what=_("How far the other hip sinks while this foot carries you."),
            how=_(
                "From the sensor at the back of the pelvis, from contact to the lowest point of that stance."
            ),
            sign=_("Never negative. The drop of the left leg is that of the right hip."),
            sure=_(
                "About 0.2° for the sensor itself; how it moves on the skin is not known, so compare "
                "the same belt at the same place."
            ),
            moves=_("Speed, tiredness, how tight the belt is."),
        ),
        Explanation(
            key=OSCILLATION.column,
            group="measured",
            term=measure_name(OSCILLATION),
            unit=OSCILLATION.unit,
            what=_("Rise and fall of the pelvis in a step."),
            how=_("From the vertical acceleration of the sensor at the pelvis."),
            sure=_("About 1.5 mm."),
            moves=_("Cadence and speed."),
        ),
        Explanation(
            key=PEAK_ACCELERATION.column,
            group="measured",
            term=measure_name(PEAK_ACCELERATION),
            unit=PEAK_ACCELERATION.unit,
            what=_("The jolt at the shin just after landing."),
            how=_("The largest acceleration in the first 80 ms of the contact."),
            sure=_(
                "It moves by 1.5 to 2 g between two runs of one person. Where the sensor reached its "
                "range the number is a lower bound. It is not the force in bone or muscle."
            ),
            moves=_("Speed, surface, shoe, where and how tight the sensor sits."),
        ),
    )


def _load() -> tuple[Explanation, ...]:
    return (
        Explanation(
            key="load_week",
            group="load",
            term=_("7-day load"),
            unit="min",
            what=_("Minutes of running in the last seven days against the mean of the three weeks before."),
            how=_("Running only; walking is not counted."),
            sure=_("Advice only: amber above 1.30 times, never red. Times are known to about 0.5 %."),
            moves=_(
                "Not judged in the four weeks after a lay-off or the first run of an injury: the "
                "stage decides then."
            ),
        ),
        Explanation(
            key="load_longest",
            group="load",
            term=_("Longest-run rule"),
            unit="km",
            what=_("The last run against the longest run of the 30 days before."),
            how=_("In kilometres where all are known, else in minutes."),
            sure=_(
                "Amber above 1.10 times, red above 1.30 times: in 5,205 runners injuries were more "
                "frequent after such runs (Frandsen 2025). It says nothing certain of one runner."
            ),
            moves=_(
                "Not judged in the four weeks after a lay-off or the first run of an injury: the "
                "stage decides then."
            ),
        ),
        Explanation(
            key="pain",
            group="load",
            term=_("Pain"),
            unit=_("0 to 10"),
            what=_("What you tell of a run: during it, right after it, and the next morning."),
            how=_(
                "0 is none, 10 the worst imaginable. A session counts only when you have told of it and "
                "of the next morning."
            ),
            sure=_("As you feel it. Green, amber and red are those of your plan's pain profile."),
            moves=_("A morning is compared with the lowest pain you told at rest in the 14 days before."),
        ),
        Explanation(
            key="detectable",
            group="load",
            term=_("Minimal detectable change"),
            what=_(
                "The smallest difference that is more than the scatter of the same runner's own usual runs."
            ),
            how=_("From how much the runs of the baseline differ from each other."),
            sure=_("Smaller differences may be strap, day or chance: nothing is told of them."),
        ),
        Explanation(
            key="uncertainty",
            group="load",
            term=_("± (uncertainty)"),
            what=_(
                "One standard error: in about two of three cases the true value lies within it, in "
                "95 of 100 within twice as much."
            ),
            how=_("From the sensors' known errors and from how much the values scatter."),
        ),
    )


def _words() -> tuple[Explanation, ...]:
    told = (
        ("stage", _("Stage"), _("A step of the plan back to running: what one session of it looks like.")),
        (
            "gate",
            _("Gate"),
            _(
                "What has to be true before the next stage: sessions without trouble, a test that "
                "was answered, or a clinician's word."
            ),
        ),
        (
            "plan",
            _("Plan"),
            _(
                "The stages and rules in use. A version is signed if a clinician chose it; all versions "
                "are kept."
            ),
        ),
        (
            "baseline",
            _("Baseline"),
            _(
                "Your own usual running: the first ten runs without symptoms, at any speed and "
                "slope. It stays as it is until you begin a new one on purpose."
            ),
        ),
        (
            "changed",
            _("Changed from your baseline"),
            _(
                "Your last runs differ from your own usual by more than the measurement scatters. It "
                "says that something changed, not that it is bad, and not why."
            ),
        ),
        (
            "pattern",
            _("Pattern to discuss"),
            _("Something worth talking about with your coach or clinician. Nothing is concluded from it."),
        ),
        (
            "warning",
            _("Warning"),
            _(
                "A finding that asks for attention, with its value, what it was compared with, its "
                "uncertainty and what to do. A movement that changed is amber at most; pain and load can "
                "be red."
            ),
        ),
        (
            "red_flag",
            _("Red flag"),
            _("Sudden sharp pain, a pop, or a limp. It holds the plan until a clinician decides."),
        ),
        (
            "not_judged",
            _("Not judged"),
            _("The data do not support an answer. The reason stands beside it, and no warning comes of it."),
        ),
        (
            "trust",
            _("Trust"),
            _(
                "How good a recording is: good, usable, or poor. A poor one counts as load only and "
                "is compared with nothing."
            ),
        ),
        ("session", _("Session"), _("All running of one day.")),
        ("check_in", _("Check-in"), _("Your answers about pain and effort of a run.")),
        (
            "injured_other",
            _("Injured and other side"),
            _("While an injury is on record, legs are told apart by it instead of left and right."),
        ),
        (
            "as_of",
            _("As of"),
            _("What is shown was judged at that time. It is judged again by itself within the hour."),
        ),
        (
            "data_age",
            _("Last run"),
            _("How long ago the last recorded run was. Old data say little about today."),
        ),
    )
    return tuple(Explanation(key=key, group="word", term=term, what=what) for key, term, what in told)
