"""Activities of watches in `restride import`: attached to the run of the same time, or runs of their own."""

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import imu
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.followup.run_facts import RunFacts
    from imu.formats.content import Activity, Refused
    from imu.store import Account, Store


def keep_watch(
    store: "Store", viewer: "Account", athlete_id: str, activity: "Activity", *, facts: "RunFacts"
) -> dict[str, Any]:
    """What became of an activity, in the words of `restride import`; an error is told, the others go on."""
    from imu.followup.watches import take_in_watch

    try:
        kept = take_in_watch(
            store, viewer, athlete_id, _here(activity), facts=facts, analysis_version=imu.__version__
        )
    except RestrideError as error:
        return {"recording": activity.origin, "error": str(error)}
    return {
        "recording": activity.origin,
        "run_id": kept.run_ids[0],
        "is_new": kept.became in ("new run", "attached"),
        "became": kept.became,
        "told": kept.words,
        "facts": kept.facts_words,
        "doubts": [] if kept.became == "known" else [note.removesuffix(".") for note in activity.notes],
    }


def judge(store: "Store", viewer: "Account", athlete_id: str, results: list[dict[str, Any]]) -> None:
    """Judge the athlete anew, once for all activities that were kept."""
    from imu.followup.standing import judged_anew

    if any(result.get("became", "known") != "known" or result.get("facts") for result in results):
        judged_anew(store, viewer, athlete_id, analysis_version=imu.__version__)


def no_run(activity: "Activity") -> "Refused":
    """A ride or a swim among many files is passed over, and no fault."""
    from imu.formats.content import Refused

    reason = "is neither a run nor a walk by what it says and shows; if it is one, give --sport"
    return Refused(origin=activity.origin, reason=reason, is_known=False)


def _here(activity: "Activity") -> "Activity":
    """GPX and TCX tell UTC, and days are the runner's own: this computer's zone, where none was given."""
    if activity.start.tzinfo is UTC:
        return replace(activity, start=activity.start.astimezone())
    return activity
