"""The runs of one athlete as they are added, day by day: what the days, shoes and surfaces do to them."""

from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from imu.simulate.season.athlete import Athlete
from imu.simulate.season.habits import KEYS, days_deg
from imu.simulate.season.measured import Conditions, Trouble, measured
from imu.simulate.season.options import Overstride, SeasonOptions
from imu.simulate.season.session import Session, ordinary
from imu.simulate.season.truth import RunTruth
from imu.training.history import Run

Floats = NDArray[np.float64]

OUT_AT = time(8)
_PAIR_M = 600_000.0  # then it is replaced
_SECOND_PAIR = 0.4  # of the runs
_REMEMBERED_DAYS = 30
_MORE_THAN_LONGEST = 1.08  # of the last weeks: an amateur who read about it
_AFRESH_S = 1200.0  # after as many days without a run
_DAYS, _TODAY, _NUMBERS = 21, 22, 23  # keep these chances apart


class Outings:
    """Adds runs to a season. What a run is like depends on seed, day and how many there were before it."""

    def __init__(self, athlete: Athlete, options: SeasonOptions) -> None:
        self.athlete, self.options = athlete, options
        self.runs: list[Run] = []
        self.truths: list[RunTruth] = []
        self.overstride_from: str | None = None
        self._days_deg = days_deg(np.random.default_rng((options.seed, _DAYS)), options.days)
        self._shoes = _Shoes()
        self._overstriding = 0  # runs so far

    def date(self, number: int) -> date:
        return self.options.first_day + timedelta(days=number)

    def chance(self, number: int) -> np.random.Generator:
        """What decides about one day."""
        return np.random.default_rng((self.options.seed, _TODAY, number))

    def usual_session(self, number: int) -> Session | None:
        """What the usual week holds for a day; None on a day off, and on one that is missed."""
        kind = dict(self.athlete.week).get(self.date(number).weekday())
        if kind is None:
            return None
        rng = self.chance(number)
        if rng.random() < self.options.missed_days:
            return None
        most_s = self._most_running_s(number)
        return ordinary(self.athlete, kind if most_s > 1800 else "easy", rng, most_running_s=most_s)

    def go(self, number: int, session: Session, *, name: str = "", stage: str | None = None) -> Run:
        """Run a session on day `number`; `stage` is that of the plan."""
        rng = np.random.default_rng((self.options.seed, _NUMBERS, number))
        day, athlete = self.date(number), self.athlete
        run_id = f"{self.options.athlete_id}-{day:%Y%m%d}{name}"
        day_deg, shoe = self._days_deg[:, len(self.runs)], self._shoes.for_today(rng)
        setting_deg = athlete.habits.shoes_deg[shoe % len(athlete.habits.shoes_deg)]
        setting_deg += athlete.habits.treadmill_deg * (session.surface == "treadmill")
        shift_deg = self._shift_deg(number, run_id, session, stage)
        trouble = self._trouble(rng)
        conditions = Conditions(
            run_id=run_id,
            start=datetime.combine(day, OUT_AT, self.options.zone),
            shoe=f"pair {shoe + 1}",
            run_deg=day_deg + setting_deg + shift_deg,
            keep_every=self.options.keep_every,
            trouble=trouble,
            troubled="left" if rng.random() < 0.5 else "right",
        )
        run = measured(athlete, session, conditions, rng)
        self._shoes.wear(shoe, run.distance_m or 0.0)
        self.runs.append(run)
        self.truths.append(
            RunTruth(
                run_id=run_id,
                session=session,
                day_deg=tuple(day_deg.tolist()),
                setting_deg=setting_deg,
                shift_deg=tuple(shift_deg.tolist()),
                trouble=trouble,
            )
        )
        return run

    def _most_running_s(self, number: int) -> float:
        if number < _REMEMBERED_DAYS:
            return float("inf")  # he ran before the season, too
        since = self.date(number - _REMEMBERED_DAYS)
        longest_s = 0.0
        for run in reversed(self.runs):
            if run.start.date() < since:
                break
            longest_s = max(longest_s, run.running_s)
        return _MORE_THAN_LONGEST * longest_s or _AFRESH_S

    def _trouble(self, rng: np.random.Generator) -> Trouble | None:
        slipped, lost = rng.random(2)
        if slipped < self.options.bad_sensors:
            return "slipped"
        return "lost_packets" if lost < self.options.lost_packets else None

    def _shift_deg(self, number: int, run_id: str, session: Session, stage: str | None) -> Floats:
        change = self.options.overstride
        if change is None or not session.running_s or not self._has_begun(change, number, stage):
            return np.zeros(len(KEYS))
        self.overstride_from = self.overstride_from or run_id
        self._overstriding += 1
        share = min(1.0, self._overstriding / change.over_runs)
        return np.array(
            [change.deg * share * (side == change.side and "shank" in metric) for metric, side in KEYS]
        )

    def _has_begun(self, change: Overstride, number: int, stage: str | None) -> bool:
        if self.overstride_from is not None:
            return True
        return stage == change.stage if change.day is None else number >= change.day


class _Shoes:
    """Two pairs in turn; one that is worn out is followed by a new one."""

    def __init__(self) -> None:
        self._worn_m = {0: 0.0, 1: _PAIR_M / 2}  # never both new
        self._pairs = 2

    def for_today(self, rng: np.random.Generator) -> int:
        first, second = sorted(self._worn_m)
        return second if rng.random() < _SECOND_PAIR else first

    def wear(self, pair: int, metres: float) -> None:
        self._worn_m[pair] += metres
        if self._worn_m[pair] > _PAIR_M:
            del self._worn_m[pair]
            self._worn_m[self._pairs] = 0.0
            self._pairs += 1
