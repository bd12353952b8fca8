"""What the analysis wrote of a run: why something is not judged, and how a sensor did.

It lies in the summary of a run as a plain sentence, so its pattern is found by the sentence. One without a
pattern, such as one that an older version wrote down, stays as it is.
"""

import re
from functools import cache

from dashboard.text.catalogue import N_, _, language
from dashboard.text.numbers import decimal_sign

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
    N_("pelvis"),
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
)


def analysed(sentence: str) -> str:
    """A sentence of the analysis, or its name for something, in the viewer's language."""
    if language() == _OWN:
        return sentence
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
