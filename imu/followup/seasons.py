"""A simulated season as the store would remember it, told by the same people as a real one."""

from dataclasses import replace

from imu.errors import StoreError
from imu.followup.identity import run_id_of
from imu.simulate.season import Season
from imu.store import Account, Derived, Repository, Store


def keep_season(
    store: Store,
    runner: Account,
    athlete_id: str,
    season: Season,
    *,
    analysis_version: str,
    clinician: Account | None = None,
) -> None:
    """Keep the runs, answers and exercises of a season in one piece.

    clinician: whose word the season's clinician gives; the athlete must have shared clinical data with it.
    StoreError where the season has such a word and there is nobody who may give it.
    """
    history = season.history
    with store.changed_by(runner) as repository:
        _keep_own(repository, athlete_id, season, analysis_version=analysis_version)
    signed = [answer for answer in history.gate_answers if answer.clinician]
    if not signed and not history.decisions:
        return
    if clinician is None:
        raise StoreError(f"season {season.name}: a clinician decides in it; share it with one first")
    with store.changed_by(clinician) as repository:
        for answer in signed:
            repository.care.answer_gate(athlete_id, answer.gate, passed=answer.passed, at=answer.at)
        for decision in history.decisions:
            repository.care.decide(athlete_id, decision)


def _keep_own(repository: Repository, athlete_id: str, season: Season, *, analysis_version: str) -> None:
    care, history = repository.care, season.history
    ids = {run.run_id: run_id_of(athlete_id, run.run_id) for run in history.runs}
    for run in history.runs:
        named = replace(run, run_id=ids[run.run_id])
        derived = Derived(run=named, headline={}, summary={}, analysis_version=analysis_version)
        repository.runs.add(athlete_id, derived, None)
    for injury in history.injuries:
        injury_id = run_id_of(athlete_id, injury.injury_id)
        care.add_injury(athlete_id, replace(injury, injury_id=injury_id))
    for check_in in history.check_ins:
        run_id = None if check_in.run_id is None else ids[check_in.run_id]
        care.add_check_in(athlete_id, replace(check_in, run_id=run_id))
    for entry in history.exercises:
        care.add_exercise(athlete_id, entry)
    for answer in history.gate_answers:
        if not answer.clinician:
            care.answer_gate(athlete_id, answer.gate, passed=answer.passed, at=answer.at)
