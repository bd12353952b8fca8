"""Whether runs counted in the plan, in a word or two: for lists."""

from collections.abc import Sequence

from imu.followup.plan_versions import plan_and_state
from imu.store import Repository
from imu.training.not_judged import NotJudged
from imu.training.plan_state import JudgedSession
from imu.training.said import said


def verdicts(repository: Repository, run_ids: Sequence[str]) -> dict[str, str]:
    """What became of the sessions of these runs, which may be of several athletes; nothing for runs that no
    plan judges. `Forbidden` if one of them is not there, or not for this viewer."""
    athletes = repository.runs.athletes_of(set(run_ids))
    found: dict[str, str] = {}
    for athlete_id in set(athletes.values()):
        record = repository.record(athlete_id, segments=False)
        _plan, state = plan_and_state(record, now=repository.now(athlete_id))
        if isinstance(state, NotJudged):
            continue
        for judged in state.judged:
            words = verdict(judged)
            found |= {run_id: words for run_id in judged.session.run_ids if run_id in athletes}
    return found


def verdict(judged: JudgedSession) -> str:
    """`counted`, `not counted`, or what it waits for."""
    if judged.counted:
        return said("counted")
    return said("waits for answers") if judged.awaits_answers else said("not counted")
