"""The story in which the demo's run happens: a season before it, and what the run changes in it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import imu

if TYPE_CHECKING:
    from imu.simulate import SimulationConfig
    from imu.simulate.season import Season

CHANGES = (
    "left-shank+3@12",
    "right-drop+2@12",
)  # in the middle of a long run: the same pace before and after
_STORY = "overstride"  # back from a hamstring strain, in the stages of running without a break


def season_until_yesterday(today: date) -> "Season":
    """An athlete whose next session, on whichever day, is a run of more than twenty minutes."""
    from imu.simulate.season import tell

    return tell(_STORY, until=today - timedelta(days=1))


def session_of(season: "Season", *, start: datetime) -> "SimulationConfig":
    """The session that the athlete's plan asks for, with a change in gait on the way."""
    from imu.simulate.season import next_as
    from imu.training.next_session import next_session
    from imu.training.plan_file import default_plan

    config = next_as(season, next_session(season.history, default_plan(), now=start), start=start)
    return replace(config, injections=(*config.injections, *CHANGES))


def season_kept(home: Path, season: "Season") -> str:
    """Keep the season in a store of its own, with an account of its runner; what her plan asks for now."""
    from imu.followup.seasons import keep_season
    from imu.followup.standing import judged_and_kept
    from imu.store import Store

    store = Store.at(home)
    try:
        viewer = store.add_account(season.options.name.lower(), "runner")
        athlete_id = keep_season(store, viewer, season, analysis_version=imu.__version__)
        with store.changed_by(viewer) as repository:
            found = judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    finally:
        store.close()
    return found.next.words


def run_told(home: Path, season: "Season", recording: Path, analysis: "imu.RunAnalysis") -> str:
    """Take the run into her history, and tell what follows."""
    from imu.followup.arrival import take_in
    from imu.followup.run_facts import RunFacts
    from imu.store import Store

    store = Store.at(home)
    try:
        viewer = next(one for one in store.accounts() if one.name == season.options.name.lower())
        with store.seen_by(viewer) as repository:
            athlete_id = repository.sharing.athlete().athlete_id
        arrival = take_in(
            store,
            viewer,
            athlete_id,
            imu.load(recording),
            facts=RunFacts(surface="road", shoe=season.history.runs[-1].shoe),
            analysis_version=imu.__version__,
            analysis=analysis,
        )
    finally:
        store.close()
    return arrival.paragraph
