"""Whole athletes with a truth, as an analysis leaves their runs: months of them in a second.

    season = live(SeasonOptions(days=200, strain=Strain(day=90), overstride=Overstride(side="left")))
    season.history, season.truth.overstride_from
    squad(until=date.today())

No signal is simulated; `recorded_as` and `next_as` turn one session into what the simulated runner with his
sensors needs. Every season is marked as simulated.
"""

from imu.simulate.season.diary import live as live
from imu.simulate.season.options import (
    Overstride as Overstride,
    Relapse as Relapse,
    SeasonOptions as SeasonOptions,
    Strain as Strain,
)
from imu.simulate.season.recorded import next_as as next_as, recorded_as as recorded_as
from imu.simulate.season.stories import (
    STORIES as STORIES,
    ordinary_years as ordinary_years,
    squad as squad,
    tell as tell,
)
from imu.simulate.season.truth import Season as Season, SeasonTruth as SeasonTruth

__all__ = [
    "STORIES",
    "Overstride",
    "Relapse",
    "Season",
    "SeasonOptions",
    "SeasonTruth",
    "Strain",
    "live",
    "next_as",
    "ordinary_years",
    "recorded_as",
    "squad",
    "tell",
]
