"""A simulated season in a store, as if its athlete had used the program."""

from collections.abc import Iterable
from dataclasses import replace
from statistics import median
from typing import Any

from imu.followup.identity import run_id_of
from imu.followup.importing import HEADLINE
from imu.simulate.season import Season
from imu.store import Account, Derived, Store
from imu.training.history import Run
from imu.training.segments import COLUMNS, Side


def keep_season(store: Store, viewer: Account, season: Season, *, analysis_version: str) -> str:
    """Make the season's athlete the viewer's own, marked as simulated; his id.

    Clinicians who decided something in it get an account and a grant. StoreError if the viewer has an athlete
    already.
    """
    history = season.history
    with store.changed_by(viewer) as repository:
        athlete_id = repository.sharing.add_athlete(season.name, own=True, simulated=True).athlete_id
        ids = {run.run_id: run_id_of(athlete_id, run.run_id) for run in history.runs}
        for run in history.runs:
            kept = replace(run, run_id=ids[run.run_id])
            repository.runs.add(
                athlete_id,
                Derived(run=kept, headline=_headline(kept), summary={}, analysis_version=analysis_version),
                None,
            )
        for answer in history.check_ins:
            about = None if answer.run_id is None else ids[answer.run_id]
            repository.care.add_check_in(athlete_id, replace(answer, run_id=about))
        for injury in history.injuries:
            repository.care.add_injury(
                athlete_id, replace(injury, injury_id=run_id_of(athlete_id, injury.injury_id))
            )
        for entry in history.exercises:
            repository.care.add_exercise(athlete_id, entry)
        for gate in history.gate_answers:
            if not gate.clinician:
                repository.care.answer_gate(athlete_id, gate.gate, passed=gate.passed, at=gate.at)
    _clinicians(store, viewer, athlete_id, season)
    return athlete_id


def _clinicians(store: Store, viewer: Account, athlete_id: str, season: Season) -> None:
    history = season.history
    answers = [answer for answer in history.gate_answers if answer.clinician]
    known = {account.name: account for account in store.accounts()}
    for name in dict.fromkeys([*(d.by for d in history.decisions), *(a.by for a in answers)]):
        clinician = known.get(name) or store.add_account(name, "clinician")
        with store.changed_by(viewer) as repository:
            repository.sharing.grant(athlete_id, name, "clinical")
        with store.changed_by(clinician) as repository:
            for decision in history.decisions:
                if decision.by == name:
                    repository.care.decide(athlete_id, decision)
            for answer in answers:
                if answer.by == name:
                    repository.care.answer_gate(athlete_id, answer.gate, passed=answer.passed, at=answer.at)


def _headline(run: Run) -> dict[str, Any]:
    """What lists show, from the segments: a season has no strides."""
    sides: tuple[Side, ...] = ("left", "right")
    told: dict[str, dict[str, float | None]] = {
        side: {
            name: _median(run.segments.of_side(side).column(name).tolist()) if name in COLUMNS else None
            for name in HEADLINE
        }
        for side in sides
    }
    whole = {name: _median(told[side][name] for side in sides) for name in HEADLINE}
    return {**told, "overall": whole}


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None and value == value]  # NaN where none is known
    return median(known) if known else None
