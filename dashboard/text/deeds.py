"""What somebody did with an athlete's data, or looked at, as the athlete reads it."""

import re
from typing import cast

from dashboard.text.catalogue import _
from dashboard.text.episode_words import act
from imu.training.warnings import ActKind

_TAKEN = re.compile(r"run \w+ as (?P<form>.+)")
_WARNING = "warning "


def deed(action: str, subject: str | None) -> str:
    """A line of the log without the names of rows. What has no words here stays as the log has it."""
    if action == "read":
        return _("looked at: {what}", what=_looked_at(subject or ""))
    if action.startswith(_WARNING):
        return _("answered a warning: {act}", act=act(cast("ActKind", action.removeprefix(_WARNING))))
    known = {
        "all runs to be derived again": _("had all runs derived again"),
        "all watches to be read again": _("had the files of all watches read again"),
        "athlete added": _("began this record"),
        "baseline kept": _("a baseline was fitted"),
        "check-in": _("answered a check-in"),
        "clearance told": _("told that a clinician without an account cleared the plan"),
        "decided": _("decided about the plan"),
        "exercise": _("ticked off an exercise"),
        "exported": _("exported everything"),
        "gate answered": _("answered a gate"),
        "handed over": _("handed the record over"),
        "injury over": _("ended an injury"),
        "injury recorded": _("recorded an injury"),
        "note written": _("wrote a note"),
        "plan adopted": _("put a plan in force"),
        "run added": _("added a run"),
        "run derived again": _("derived a run again"),
        "run removed": _("removed a run"),
        "run taken over": _("replaced a run by the same one"),
        "run told more of": _("told of a run where it was, in which shoes or how hard"),
        "run told by a watch": _("told more of a run by a watch"),
        "shared": _("began sharing"),
        "sharing ended": _("ended sharing"),
        "watch attached": _("added a watch to a run"),
    }
    return known.get(action, action)


def _looked_at(subject: str) -> str:
    if taken := _TAKEN.fullmatch(subject):
        return _("a run, taken away as {form}", form=taken["form"])
    if subject.startswith("run "):
        return _("a run")
    known = {
        "standing": _("the summary in a list"),
        "record": _("the history"),
        "notes": _("notes"),
        "runs": _("the list of runs"),
        "sensors": _("the sensors"),
        "episode report": _("the injury, taken away as a report"),
        "episode as fhir": _("the injury, taken away as FHIR"),
        "episode runs": _("the runs around the injury, taken away as a table"),
        "episode check-ins": _("the check-ins around the injury, taken away as a table"),
    }
    return known.get(subject, subject)
