"""What is to happen in a season."""

from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from imu.errors import RestrideError
from imu.training.history import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Strain:
    """A hamstring strain in the run of one day; days count from the season's first."""

    day: int
    side: Side = "left"
    grade: str = "1"
    hurt: float = 0.6  # of the tissue, see `imu.simulate.season.tissue`


@dataclass(frozen=True, slots=True, kw_only=True)
class Relapse:
    """The first run of a stage of the plan goes wrong: a red day."""

    stage: str
    hurt: float = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Overstride:
    """A shank that comes further ahead, run by run, from a stage of the plan on, or from a day on."""

    side: Side
    deg: float = 5.0
    over_runs: int = 3  # until it is all there
    stage: str | None = "7"
    day: int | None = None

    def __post_init__(self) -> None:
        if (self.stage is None) == (self.day is None):
            raise RestrideError("overstride: give either the stage of the plan or the day on which it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonOptions:
    """One athlete's season. Everything random comes from `seed`; equal options give equal seasons.

    Chances are per opportunity, 0 to 1.
    """

    athlete_id: str = "simulated-1"
    name: str = "Sim One"
    seed: int = 1
    first_day: date = date(2026, 1, 5)
    days: int = 180
    zone: tzinfo = UTC
    strain: Strain | None = None
    relapse: Relapse | None = None
    overstride: Overstride | None = None
    obedience: float = 0.97  # that a session is done as planned, not a third longer
    missed_days: float = 0.05  # that a run is left out
    missed_check_ins: float = 0.03  # while injured; the healthy answer half of the time
    adherence: float = 0.8  # that an exercise that is due is done
    bad_sensors: float = 0.02  # that a strap slips, so that the run cannot be trusted
    lost_packets: float = 0.02  # that much of one shank's samples is lost
    keep_every: int = 1  # segment of each leg; less is faster and enough for charts over runs

    def __post_init__(self) -> None:
        for name in (
            "obedience",
            "missed_days",
            "missed_check_ins",
            "adherence",
            "bad_sensors",
            "lost_packets",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise RestrideError(f"season: {name} is {getattr(self, name):g}; a chance is 0 to 1")
        if self.days < 1 or self.keep_every < 1:
            raise RestrideError("season: days and keep_every are 1 or more")
        if self.strain is not None and not 0 <= self.strain.day < self.days:
            raise RestrideError(f"season: strain on day {self.strain.day} of {self.days}; days count from 0")
        if self.strain is None and (self.relapse or (self.overstride and self.overstride.stage)):
            raise RestrideError("season: stages of the plan are only reached after a strain; give one")
