"""A season and what was put into it."""

from dataclasses import dataclass
from datetime import date, datetime

from imu.simulate.season.athlete import Athlete
from imu.simulate.season.measured import Trouble
from imu.simulate.season.options import SeasonOptions
from imu.simulate.season.session import Session
from imu.training.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTruth:
    """How the numbers of one run came about; tuples are per row of `habits.KEYS`."""

    run_id: str
    session: Session
    day_deg: tuple[float, ...]  # chance of the day
    setting_deg: float  # of shoe and surface, on every angle
    shift_deg: tuple[float, ...]  # the change that was put in
    trouble: Trouble | None

    @property
    def is_shifted(self) -> bool:
        return any(self.shift_deg)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueDay:
    """The tissue at the start of one day."""

    day: date
    hurt: float
    pain_at_rest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonTruth:
    """What was put in. Run ids and days are None where nothing of the kind happened."""

    athlete: Athlete
    runs: tuple[RunTruth, ...]
    days: tuple[TrueDay, ...]  # while something hurt
    strained_in: str | None = None
    relapsed_in: str | None = None
    overstride_from: str | None = None  # the first run with any of it
    completed_on: date | None = None

    def of(self, run_id: str) -> RunTruth:
        """KeyError if there is no such run."""
        for run in self.runs:
            if run.run_id == run_id:
                return run
        raise KeyError(run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One simulated athlete: what is known of him, and the truth beside it.

    `simulated` is always true; whoever stores a season carries the mark along, as the name and the notes of
    its recordings do.
    """

    options: SeasonOptions
    history: History
    truth: SeasonTruth
    until: datetime
    simulated: bool = True

    @property
    def athlete_id(self) -> str:
        return self.options.athlete_id

    @property
    def name(self) -> str:
        return f"{self.options.name} (simulated)"
