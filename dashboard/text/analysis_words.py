"""What the analysis wrote of a run: what it noticed, why something is not judged, and how a sensor did.

It lies in the summary of a run as a plain sentence, so its pattern is found by the sentence. One without a
pattern, such as one that an older version wrote down, stays as it is.
"""

import re
from functools import cache

from dashboard.text.catalogue import N_, _, language
from dashboard.text.numbers import decimal_sign
from imu.analysis.flags import Flag
from imu.report.begun import begun
from imu.report.unparted import unparted

_OWN = "en"  # the language that the analysis writes
_PATTERNS = (
    # What is absent.
    N_("everything"),
    N_("running"),
    N_("strides"),
    N_("strides, contacts and cadence"),
    N_("speed, stride length and distance"),
    N_("left and right"),
    N_("calibration"),
    N_("changes within the run"),
    N_("whole distance run"),
    N_("whole distance walked"),
    N_("peak tibial acceleration"),
    N_("pelvic drop"),
    N_("left pelvic drop"),
    N_("right pelvic drop"),
    N_("absolute pelvic drop"),
    N_("pelvic drop and tilt"),
    N_("pelvic drop, tilt and vertical oscillation"),
    N_("left shank angle"),
    N_("right shank angle"),
    N_("left shank angle and impact"),
    N_("right shank angle and impact"),
    N_("left shank angle, stride length and speed"),
    N_("right shank angle, stride length and speed"),
    N_("left shank angle, impact, stride length and speed"),
    N_("right shank angle, impact, stride length and speed"),
    # Where a sensor sat, within a reason.
    N_("left shank"),
    N_("right shank"),
    N_("shanks"),
    N_("pelvis"),
    N_("left foot"),
    N_("right foot"),
    # Why.
    N_("no walking or running was found in this recording"),
    N_("no running was found in this recording"),
    N_("no whole stride was recorded"),
    N_("no pelvis sensor"),
    N_("no left shank sensor"),
    N_("no right shank sensor"),
    N_("no shank sensor with a gyroscope"),
    N_("no pelvis sensor, and no shank sensor with a gyroscope"),
    N_("the {where} sensor has no gyroscope"),
    N_("samples of the {where} sensor are missing in every stride"),
    N_("only the pelvis sensor told the steps, and {why}"),
    N_("its rolling did not tell the feet apart"),
    N_("it has no gyroscope"),
    N_("fewer than five strides to align the pelvis sensor with"),
    N_("nobody stood still for 2 s"),
    N_("it was not worn in standing as in moving"),
    N_("{why}: its zero is not known, how it changed in this run is given"),
    N_("{why}: its zero is not known"),
    N_("{where}: {rate} Hz is too slow to find contacts; record at 100 Hz or more"),
    N_("{where}: {rate} Hz misses the top of the shock (0.5-1.4 g at 102 Hz); record at 200 Hz"),
    N_(
        "gyroscope and accelerometer of the left shank contradict each other (mean force {force} g instead "
        "of 1); check ranges, units and axes of that sensor"
    ),
    N_(
        "gyroscope and accelerometer of the right shank contradict each other (mean force {force} g instead "
        "of 1); check ranges, units and axes of that sensor"
    ),
    N_("the clocks of the pelvis and the left shank do not agree: when it stood is not known"),
    N_("the clocks of the pelvis and the right shank do not agree: when it stood is not known"),
    N_("pelvis and shank sensors stand on different feet, so whose stance it was is not sure"),
    N_("for {seconds} s no stride has a speed; they are not counted in it"),
    N_("without a shank sensor's speed, strides at the same pace cannot be told from others"),
    N_("its file is there, but recording.json does not name it"),
    # How a sensor did.
    N_("It recorded only {first} to {last} of {end}."),
    N_("{share} of its samples are missing; strides with a gap are not judged."),
    N_("Its longest gap lasts {time}."),
    N_("{number} samples are at the sensor's limit; those peaks are lower bounds."),
    N_("Its accelerations come in steps of {step} m/s²: the zero of its angles is uncertain by {angle}°."),
    N_("Its temperature changed by {change} °C; gyroscope offsets drift with it."),
    N_("It recorded at {rate} Hz; contacts need 100 Hz or more."),
    N_("It was set to {set} Hz, its time stamps say {found} Hz."),
    N_("Its time stamps are uneven by {time} ms (1 sd); so are all events."),
    N_("How it sat is not certain (confidence {confidence}); angles may be off."),
    N_("Its angles have no zero from quiet standing; only their changes can be read."),
    N_("It shifted once; angles before and after are aligned apart."),
    N_("It shifted {number} times; angles before and after are aligned apart."),
    # A sensor that is not trusted, and what to do about it.
    N_("The {where} sensor is not to be trusted in this run."),
    N_("Look after its battery, memory and radio link before the next run."),
    N_("Set it to a wider range before the next run."),
    N_("Export it with three decimals or more."),
    N_("Set it to 200 Hz before the next run."),
    N_("Correct rate_hz in recording.json, or the time stamps, and analyse again."),
    N_("Export the sensor's own time stamps, not those of arrival."),
    N_("Strap it tighter, and stand still for five seconds before the next run."),
    N_("Strap it tighter before the next run."),
    # What changed within the run, what that is, and what to do about it.
    N_(
        "From about minute {minute} of running, the left shank met the ground {size}° further ahead "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the right shank met the ground {size}° further ahead "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the left shank met the ground {size}° less far ahead "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the right shank met the ground {size}° less far ahead "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the left stance let the pelvis drop {size}° more "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the right stance let the pelvis drop {size}° more "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the left stance let the pelvis drop {size}° less "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_(
        "From about minute {minute} of running, the right stance let the pelvis drop {size}° less "
        "(± {error}°) than in the first {minutes} minutes at about this speed: {what}."
    ),
    N_("changed from the start of this run"),
    N_("the strap moved, the ground sloped or the landing changed, which this sensor cannot tell apart"),
    N_("Look whether the strap sits where it did."),
    N_(
        "If you did not mean to, take slightly shorter, quicker steps or end the run, and see whether it "
        "returns."
    ),
    N_("Shorter, quicker steps do this."),
    N_("If you did not mean to, see whether it comes back in the next runs."),
    N_("A pattern to discuss if it comes back in the next runs; tiredness does this too."),
    N_("Nothing to do; worth a note if it comes back in the next runs."),
    # Sensors that contradict each other.
    N_(
        "Left and right contradict each other: in {share} of the steps the pelvis leans over the other foot "
        "than the shank sensors say."
    ),
    N_(
        "The straps may be on the wrong legs, the signs of the pelvis sensor's axes wrong, or its clock off "
        "by a step."
    ),
    N_("Pelvic drop is not judged."),
    N_("Correct recording.json or the sensor's file, and analyse again."),
    N_(
        "The clocks of the pelvis and the {where} do not agree: the pelvis feels the same steps {time} ms "
        "later (or whole steps more)."
    ),
    N_(
        "The clocks of the pelvis and the {where} do not agree: the pelvis feels the same steps {time} ms "
        "earlier (or whole steps more)."
    ),
    N_(
        "The clocks of the pelvis and the {where} do not agree: the pelvis feels the same steps {time} ms "
        "later (or whole steps more), {drift}."
    ),
    N_(
        "The clocks of the pelvis and the {where} do not agree: the pelvis feels the same steps {time} ms "
        "earlier (or whole steps more), {drift}."
    ),
    N_("{time} ms later at the end than at first"),
    N_("{time} ms earlier at the end than at first"),
    N_("Their contacts were kept apart, and that pelvic drop is not judged."),
    N_("Synchronise the sensors' clocks and analyse again."),
    N_(
        "Left and right foot landed only {share} of a stride apart, which no running does: the clock of one "
        "shank sensor is probably off."
    ),
    N_("Each leg's own numbers hold; what is said of one leg by the other does not."),
    # Of a run that is known from a watch alone.
    N_("gait is not judged: no sensors were worn, a watch told this run"),
)
_CLOSED_UP = re.compile(r"(?<=\d)%")  # as analyses wrote a share that were kept before it had its space
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")  # between two of them


def analysed(sentence: str) -> str:
    """Sentences of the analysis, or its name for something, in the viewer's language."""
    sentence = _CLOSED_UP.sub(" %", sentence)
    if language() == _OWN:
        return unparted(sentence)
    return unparted(" ".join(_one(part) for part in _SENTENCES.split(sentence)))


def distrusted(reason: str) -> str:
    """Why a run is not trusted, as its judgement tells it: without a full stop, behind the place."""
    where, parted, why = reason.partition(": ")
    if language() == _OWN:
        return analysed(reason)
    if parted and where in _PATTERNS:
        return f"{analysed(where)}: {analysed(f'{begun(why)}.').removesuffix('.')}"
    for whole in (f"{reason}.", reason):
        if (found := analysed(whole)) != unparted(_CLOSED_UP.sub(" %", whole)):
            return found.removesuffix(".")
    return reason


def stride_flag(word: str) -> str:
    """Why a stride must be doubted, in a few words."""
    known = {
        Flag.GAP: _("samples lost"),
        Flag.CLIPPED: _("shock beyond the sensor's range"),
        Flag.TURN: _("turning"),
        Flag.IRREGULAR: _("irregular"),
        Flag.MOUNT_SHIFT: _("strap slipping"),
        Flag.IMPLAUSIBLE: _("values that no runner has"),
        Flag.OTHER_LEG: _("speed told by the other leg"),
    }
    return next((words for flag, words in known.items() if flag.word == word), word)


def _one(sentence: str) -> str:
    if sentence in _PATTERNS:
        return _(sentence)
    for pattern, gaps in _with_gaps():
        if found := gaps.fullmatch(sentence):
            return _(pattern, **{name: _filled(value) for name, value in found.groupdict().items()})
    return sentence


def _filled(value: str) -> str:
    """What filled a gap: a number, or words that have a pattern themselves."""
    return re.sub(r"(?<=\d)\.(?=\d)", decimal_sign(), analysed(value))


@cache
def _with_gaps() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each pattern with gaps, and what a sentence that was made from it looks like."""
    found = []
    for pattern in _PATTERNS:
        texts = re.split(r"\{(\w+)\}", pattern)
        if len(texts) > 1:
            made = (re.escape(one) if at % 2 == 0 else f"(?P<{one}>.+?)" for at, one in enumerate(texts))
            found.append((pattern, re.compile("".join(made))))
    return tuple(found)
