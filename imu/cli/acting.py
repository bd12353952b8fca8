"""One account at work on one athlete's story: read, change, judge."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import imu
from imu.cli.reminders import refresh
from imu.cli.who import opened
from imu.home import home

if TYPE_CHECKING:
    from imu.followup.judgement import Judgement
    from imu.store import Account, Athlete, AthleteRecord, Repository, Store


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts on whom. `now` is when it began; every answer without a time of its own has it."""

    store: "Store"
    viewer: "Account"
    athlete: "Athlete"
    now: datetime

    @property
    def id(self) -> str:
        return self.athlete.athlete_id

    @contextmanager
    def changing(self) -> "Iterator[Repository]":
        with self.store.changed_by(self.viewer) as repository:
            yield repository

    @contextmanager
    def looking(self) -> "Iterator[Repository]":
        with self.store.seen_by(self.viewer) as repository:
            yield repository

    def record(self, *, segments: bool = False) -> "AthleteRecord":
        with self.looking() as repository:
            return repository.record(self.id, segments=segments)

    def judged(self) -> "Judgement":
        """Judge anew after a change, keep what lists show, and note what will be asked when."""
        from imu.followup.standing import judged_anew

        found = judged_anew(self.store, self.viewer, self.id, analysis_version=imu.__version__)
        refresh(home(), self.store, self.viewer, self.id)
        return found


@contextmanager
def acting(account: str | None, athlete: str | None) -> Iterator[Acting]:
    """The account `account` (the only one there is without) on the athlete of a name (its own without)."""
    with opened(account) as (store, viewer):
        with store.seen_by(viewer) as repository:
            whom = repository.sharing.athlete(athlete)
            now = repository.now(whom.athlete_id)
        yield Acting(store, viewer, whom, now)
