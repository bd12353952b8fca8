"""What a browser sends where somebody means it: the keys of buttons that are there, and what is typed.

A refusal proves something only of what somebody else may do, so this is what strangers send too.
"""

import json
from typing import Any

from dash import Dash

import imu
from imu.followup.plan_drafts import drafted, usual_numbers
from imu.followup.plan_versions import plan_of
from imu.followup.plans import content_in_force
from tests.dashboard.asking import store_of
from tests.dashboard.cells import Meant
from tests.dashboard.conftest import Ids

_RULE = "rules.min_rest_days_between_runs"


def failed_job(app: Dash, ids: Ids) -> str:
    """A job of anna's that can be tried again."""
    store = store_of(app)
    with store.changed_by("anna") as repository:
        job = repository.jobs.ask(ids.anna, "unknown", subject="it", detail={})
    held = store.jobs.take()
    assert held is not None
    store.jobs.fail(held.job, "for a test")
    return job.job_id


def meant(app: Dash, ids: Ids, who: str, *, job_id: str) -> Meant:
    """Everything that can be pressed and filled in about anna, and about the account of `who` presses it."""
    store = store_of(app)
    with store.seen_by("anna") as repository:
        record = repository.record(ids.anna, segments=False)
        kept = repository.standings.one(ids.anna, analysis_version=imu.__version__).content
    assert kept is not None
    warning = kept["warnings"][0]["key"]
    before = content_in_force(record)
    text = json.dumps(before)
    draft = drafted(before, text, {_RULE: 2}, places=usual_numbers("strain"))
    keys = {
        **{(page, kind): warning for page in _WARNED for kind in _KINDS},
        **{(page, "why"): warning for page in _WARNED},
        ("accounts", "add"): "",
        ("browsers", "end"): "others",
        ("devices", "act"): "add",
        ("episode", "adopt"): draft.digest,
        ("episode", "decide"): "hold",
        ("episode", "end"): next(one.injury_id for one in record.history.injuries if one.resolved is None),
        ("episode", "gate"): "yes:clinician_ok_exercises",
        ("episode", "number"): _RULE,
        ("second-step", "act"): "begin",
        ("sharing", "act"): "share",
        ("today", "again"): job_id,
        ("today", "done"): plan_of(record).exercises[0].id,
        ("today", "pain"): f"during {ids.recorded} 1",
        ("today", "tell"): "resume",
    }
    typed = {
        **_TYPED,
        ("episode", "plan"): text,
        ("own-data", "name"): record.athlete.name,
        **{(page, "password"): f"{who} {who} {who}" for page in ("own-data", "devices", "sharing")},
        ("password", "old"): f"{who} {who} {who}",
        ("second-step", "typed"): f"{who} {who} {who}",
    }
    two = f"{ids.run_of_anna}/{ids.recorded}"
    return Meant(keys=keys, names={"accounts": "add"}, typed=typed, ofs={"compare": two, "live": ""})


_WARNED = ("athlete", "today", "episode")
_KINDS = ("acknowledged", "seen", "snoozed", "overruled")
_TYPED: dict[tuple[str, str], Any] = {
    ("account-form", "name"): "newcomer",
    ("account-form", "role"): "coach",
    ("devices", "name"): "phone",
    ("episode", "number"): 2,
    ("episode", "over-since"): "2026-03-01",
    ("password", "new"): "quite another password",
    ("password", "again"): "quite another password",
    ("episode", "plan-why"): "more rest",
    ("episode", "reason"): "wait for the scan",
    ("episode", "stage"): None,
    ("run-raw", "length"): "10",
    ("run-raw", "sensor"): "shank_left",
    ("run-raw", "signal"): "acc",
    ("run-raw", "start"): 20,
    ("settings", "language"): "de",
    ("settings", "units"): "mi",
    ("sharing", "scope"): "training",
    ("sharing", "until"): None,
    ("sharing", "with"): "otto",
    ("today", "cleared"): "may jog again",
    ("today", "clinician"): "Dr Mori",
    ("today", "during"): 2,
    ("today", "effort"): 3,
    ("today", "grade"): None,
    ("today", "injured-side"): "left",
    ("today", "injured-site"): "calf",
    ("today", "onset"): "2026-02-20",
    ("today", "profile"): "strain",
    **{(page, "why"): "the strap slid" for page in _WARNED},
    ("today", "about"): None,
    **{("today", name): None for name in ("after", "next_morning", "resting", "side", "site", "more-flags")},
}
