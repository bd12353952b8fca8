"""A home for `tests.benchmarks.dashboard`: hundreds of athletes with years of runs, some on the way back.

Made once and kept; only what was judged is brought up to the hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

import imu
from imu.followup.arrival import take_in
from imu.followup.run_facts import RunFacts
from imu.followup.seasons import keep_season
from imu.followup.standing import judged_and_kept
from imu.simulate import SimulationConfig, simulate
from imu.simulate.season import SeasonOptions, Strain, live
from imu.store import Account, Store
from imu.store.access import new_id
from imu.store.passwords import hashed
from imu.store.rows import AthleteRow, BaselineRow, StandingRow
from tests.benchmarks.many_athletes import DISTINCT, fill, table_of

PASSWORD = "fifty people look"
_FACTS = "benchmark.json"
_HURT_DAYS_AGO = 60
_RECORDED_S = 3600
_HOLDS = timedelta(days=1)  # longer than a benchmark; a worker would judge them again every hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Who can sign in, with `PASSWORD`, and what there is to look at."""

    coach: str
    clinician: str
    runners: tuple[str, ...]
    owners: tuple[str, ...]  # of the first athletes of the squad, who are not injured
    patients: tuple[str, ...]  # athletes of the runners, in their order: years of runs, then an injury
    athletes: tuple[str, ...]  # of the coach
    recorded: tuple[str, ...]  # two runs of an hour of the first patient, with their recordings
    runs: int


def home_of(folder: Path, *, athletes: int, years: int, patients: int) -> Home:
    """The home in a folder, made if there is none, and judged as of now."""
    facts = folder / _FACTS
    if not facts.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = _made(folder, athletes=athletes, years=years, patients=patients)
        facts.write_bytes(msgspec.json.encode(made))
    home = msgspec.json.decode(facts.read_bytes(), type=Home)
    store = Store.at(folder)
    _judge(store, home)
    store.close()
    return home


def _made(folder: Path, *, athletes: int, years: int, patients: int) -> Home:
    store = Store.at(folder)
    squad = fill(store, athletes=athletes - patients, years=years)
    clinician = store.add_account("clinician", "clinician")
    runners = [store.add_account(f"runner-{number}", "runner") for number in range(patients)]
    known = [_patient(store, runner, years, number) for number, runner in enumerate(runners)]
    for runner, athlete_id in zip(runners, known, strict=True):
        with store.changed_by(runner) as repository:
            repository.sharing.grant(athlete_id, squad.coach.name, "clinical")
            if "clinician" not in {one.viewer for one in repository.sharing.grants(athlete_id)}:
                repository.sharing.grant(athlete_id, clinician.name, "clinical")
    owners = _owned(store, squad.athlete_ids[:DISTINCT])
    recorded = _recorded(store, runners[0], known[0])
    secret = hashed(PASSWORD)
    for account in (squad.coach, clinician, *runners, *owners):
        store.sign_ins.set_password_hash(account.name, secret)
    runs = squad.runs + sum(_count(store, runner, one) for runner, one in zip(runners, known, strict=True))
    store.close()
    return Home(
        coach=squad.coach.name,
        clinician=clinician.name,
        runners=tuple(one.name for one in runners),
        owners=tuple(one.name for one in owners),
        patients=tuple(known),
        athletes=(*squad.athlete_ids, *known),
        recorded=recorded,
        runs=runs,
    )


def _owned(store: Store, athlete_ids: Sequence[str]) -> list[Account]:
    """An account for each of some athletes: without one nobody may keep their baselines."""
    owners = [store.add_account(f"usual-{number}", "runner") for number in range(len(athlete_ids))]
    with store.engine.begin() as connection:
        for owner, athlete_id in zip(owners, athlete_ids, strict=True):
            connection.execute(
                update(AthleteRow)
                .where(AthleteRow.athlete_id == athlete_id)
                .values(account_id=owner.account_id)
            )
    return owners


def _patient(store: Store, runner: Account, years: int, number: int) -> str:
    """Years of ordinary running, then a strain, and the plan as far as it went since."""
    days = round(365.25 * years)
    first = (datetime.now(UTC) - timedelta(days=days)).date()  # the last day is yesterday
    options = SeasonOptions(
        athlete_id=f"patient-{number}",
        name=f"Patient {number}",
        seed=100 + number,
        first_day=first,
        days=days,
        strain=Strain(day=days - _HURT_DAYS_AGO),
    )
    return keep_season(store, runner, live(options), analysis_version=imu.__version__)


def _recorded(store: Store, runner: Account, athlete_id: str) -> tuple[str, ...]:
    """Two runs of an hour with all samples, on days on which nothing else was run."""
    found = []
    with store.seen_by(runner) as repository:
        taken = {one.run.start.date() for one in repository.runs.listed(athlete_id)}
    for seed in (1, 2):
        recording = simulate(
            SimulationConfig(pattern=f"stand:5,run:{_RECORDED_S - 10}@3,stand:5", seed=seed)
        ).recording
        day = next(
            day
            for back in range(_HURT_DAYS_AGO + 20 * seed, 2000)
            if (day := datetime.now(UTC).date() - timedelta(days=back)) not in taken
        )
        start = datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC)
        taken.add(day)
        arrival = take_in(
            store,
            runner,
            athlete_id,
            replace(recording, start=start),
            facts=RunFacts(),
            analysis_version=imu.__version__,
        )
        found.append(arrival.imported.run_id)
    return tuple(found)


def _count(store: Store, runner: Account, athlete_id: str) -> int:
    with store.seen_by(runner) as repository:
        return len(repository.runs.listed(athlete_id))


def _judge(store: Store, home: Home) -> None:
    """Standings and baselines as a worker keeps them: each distinct season is judged once."""
    accounts = {one.name: one for one in store.accounts()}
    for runner, athlete_id in zip(home.runners, home.patients, strict=True):
        with store.changed_by(accounts[runner]) as repository:
            judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    ordinary = home.athletes[: len(home.athletes) - len(home.patients)]
    distinct = ordinary[:DISTINCT]
    for owner, athlete_id in zip(home.owners, distinct, strict=True):
        with store.changed_by(accounts[owner]) as repository:
            judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    _spread(store, distinct, ordinary)


def _spread(store: Store, distinct: Sequence[str], ordinary: Sequence[str]) -> None:
    """What was found of one athlete is true of all who have the same season."""
    until = (store.now() + _HOLDS).isoformat()
    # It reads before it writes, so it says at once that it will write, as the store itself does.
    with store.engine.execution_options(begin="IMMEDIATE").begin() as connection:
        standing, baseline = table_of(StandingRow), table_of(BaselineRow)
        kept = {row.athlete_id: row for row in connection.execute(select(standing))}
        frozen: dict[str, list[dict[str, Any]]] = {}
        have = set()
        for one in connection.execute(select(baseline)).mappings():
            have.add(one["athlete_id"])
            frozen.setdefault(one["athlete_id"], []).append(dict(one))
        for athlete_id, row in kept.items():
            connection.execute(
                update(standing)
                .where(standing.c.athlete_id == athlete_id)
                .values(content={**row.content, "holds_until": until})
            )
        for number, athlete_id in enumerate(ordinary):
            same = distinct[number % len(distinct)]
            row = kept[same]
            connection.execute(
                update(standing)
                .where(standing.c.athlete_id == athlete_id)
                .values(
                    content={**row.content, "holds_until": until},
                    detail=row.detail,
                    as_of=row.as_of,
                    analysis_version=row.analysis_version,
                    revision=kept[athlete_id].revision if athlete_id not in distinct else row.revision,
                )
            )
            if athlete_id not in have:
                # On purpose: its runs have other names here, which would make it void.
                copies = [
                    {**one, "baseline_id": new_id(), "athlete_id": athlete_id, "on_purpose": True}
                    for one in frozen.get(same, ())
                ]
                if copies:
                    connection.execute(insert(baseline), copies)
