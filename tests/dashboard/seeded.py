"""A small store with somebody of every role, and words that only those they are shared with may read.

anna has a season, a recorded run, and a clinician and a coach whom she shares with; ben has another season
and shares with nobody. Passwords are the name three times.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import imu
from imu import simulate
from imu.followup.arrival import take_in
from imu.followup.run_facts import RunFacts
from imu.followup.seasons import keep_season
from imu.followup.standing import judged_and_kept
from imu.simulate.season import tell
from imu.store import Account, Store
from imu.store.passwords import hashed
from imu.training.history import CheckIn, Injury

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = {
    "anna": "runner",
    "ben": "runner",
    "kim": "coach",  # sees anna's training
    "ito": "clinician",  # sees anna's pain notes too
    "otto": "coach",  # sees nobody
    "uma": "clinician",  # sees nobody
    "office": "admin",
}
CLINICAL_WORDS = "it stings behind the knee of {name}"  # of a check-in: clinical scope only
RUN_WORDS = "the knee of {name} was stiff before this run"  # of a recording: clinical scope only
NOTE_WORDS = "a word to {name} from his adviser"  # of a note: for all who see the athlete
NAMES = {"anna": "Anna Quellmalz", "ben": "Ben Ostrowski"}  # of the athletes; nobody else may learn them

SIMULATED = " (simulated)"  # behind the name of an athlete whose season was


def secrets_of(account: str) -> tuple[str, ...]:
    """Words that only those may see who see this account's athlete; the first two are clinical."""
    name = NAMES[account]
    written = (CLINICAL_WORDS, RUN_WORDS, NOTE_WORDS)
    return *(words.format(name=name) for words in written), name


def fill(home: Path, clock: Callable[[], datetime] = lambda: NOON) -> None:
    """Fill the store of an empty folder."""
    store = Store.at(home, clock=clock)
    for name, role in ROLES.items():
        store.add_account(name, role)  # type: ignore[arg-type]
        store.sign_ins.set_password_hash(name, hashed(f"{name} {name} {name}"))
    accounts = {one.name: one for one in store.accounts()}
    for name, story in (("anna", "overstride"), ("ben", "returning")):
        _tell(store, accounts[name], accounts["ito"], story)
    with store.changed_by("anna") as repository:
        athlete = repository.sharing.athlete()
        repository.sharing.grant(athlete.athlete_id, "kim", "training", until=NOON + timedelta(days=30))
    run = simulate.simulate(simulate.SimulationConfig(pattern="stand:5,run:60@3,stand:5")).recording
    take_in(
        store,
        accounts["anna"],
        athlete.athlete_id,
        replace(run, start=NOON - timedelta(hours=2), notes=secrets_of("anna")[1]),
        facts=RunFacts(),
        analysis_version=imu.__version__,
    )
    store.close()


def _tell(store: Store, account: Account, clinician: Account, story: str) -> None:
    season = tell(story, until=date(2026, 3, 1), name=NAMES[account.name])
    athlete_id = keep_season(store, account, season, analysis_version=imu.__version__)
    clinical, _, note, _ = secrets_of(account.name)
    with store.changed_by(account) as repository:
        repository.care.add_injury(
            athlete_id,
            Injury(
                injury_id=f"knee{account.name}",
                side="left",
                site="knee",
                onset=date(2025, 1, 1),
                resolved=date(2025, 3, 1),
            ),
        )
        repository.care.add_check_in(
            athlete_id, CheckIn(at=NOON - timedelta(hours=5), moment="after", pain=1, note=clinical)
        )
        repository.sharing.grant(athlete_id, clinician.name, "clinical")
    with store.changed_by(clinician) as repository:
        repository.sharing.add_note(athlete_id, note)
    with store.changed_by(account) as repository:
        if account.name == "ben":
            repository.sharing.revoke(athlete_id, clinician.name)
            for one in repository.sharing.grants(athlete_id):
                if one.revoked_at is None:
                    repository.sharing.revoke(athlete_id, one.viewer)
        judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
