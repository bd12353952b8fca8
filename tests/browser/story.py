"""What the dashboard shows in these tests: the demo's squad, made small, and a run of this morning."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import imu
from imu import simulate
from imu.cli.demo_squad import accounts_opened, keep_others
from imu.cli.demo_story import season_kept, season_until_yesterday, session_of
from imu.followup.arrival import take_in
from imu.followup.run_facts import RunFacts
from imu.store import Store

ATHLETES = 4
_FILE = "story.json"


@dataclass(frozen=True, slots=True)
class Story:
    """Names with passwords by role, and what stands in addresses."""

    logins: dict[str, tuple[str, str]]
    variables: dict[str, str]

    @classmethod
    def read(cls, home: Path) -> "Story":
        return cls(**json.loads((home / _FILE).read_text()))


def tell(home: Path, *, athletes: int = ATHLETES, as_planned: bool = False) -> None:
    """Fill a home. The runner is alma, on the way back; the run came in an hour ago.

    as_planned: it is the run that her plan asked for, with the demo's change in gait, and not a short one.
    """
    now = datetime.now().astimezone().replace(microsecond=0)
    season = season_until_yesterday((now - timedelta(hours=2)).date())
    season_kept(home, season)
    logins = accounts_opened(home, season, out=home)
    keep_others(home, athletes=athletes, until=(now - timedelta(days=1)).date())
    plan = simulate.SimulationConfig(pattern="stand:20,walk:30,run:240@2.7,stand:10")
    facts = RunFacts()
    if as_planned:
        plan = session_of(season, start=now - timedelta(hours=1))
        facts = RunFacts(surface="road", shoe=season.history.runs[-1].shoe)
    recording = replace(simulate.simulate(plan).recording, start=now - timedelta(hours=1))
    store = Store.at(home)
    with store.seen_by("alma") as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        earlier_id = repository.runs.listed(athlete_id)[-1].run.run_id
        injury_id = repository.record(athlete_id, segments=False).history.injuries[-1].injury_id
    alma = next(one for one in store.accounts() if one.name == "alma")
    arrived = take_in(store, alma, athlete_id, recording, facts=facts, analysis_version=imu.__version__)
    store.close()
    told = Story(
        logins={role: (name, password) for name, (role, password) in logins.items()},
        variables={
            "athlete_id": athlete_id,
            "run_id": arrived.imported.run_id,
            "first_run_id": earlier_id,
            "second_run_id": arrived.imported.run_id,
            "injury_id": injury_id,
        },
    )
    (home / _FILE).write_text(json.dumps(asdict(told)))
