"""What one viewer may see and change. There is no other door to what is remembered."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from imu.store.access import Clock, Door
from imu.store.accounts import Accounts
from imu.store.belongings import Belongings
from imu.store.blobs import Blobs
from imu.store.care import Care
from imu.store.files import Files
from imu.store.jobs import Jobs
from imu.store.people import Account
from imu.store.record import AthleteRecord, Yardsticks, read_record, read_whole, read_yardsticks
from imu.store.rows import AuditRow
from imu.store.runs import Runs
from imu.store.sharing import Sharing
from imu.store.standings import Standings
from imu.store.times import on_clock_of
from imu.store.uploads import Uploads
from imu.store.watches import Watches


class Repository:
    """One viewer, one transaction. Whatever he may not see fails exactly like what does not exist."""

    def __init__(
        self, session: Session, *, viewer: Account, blobs: Blobs, clock: Clock, looks: list[AuditRow]
    ) -> None:
        self._door = Door(session, viewer=viewer, clock=clock, looks=looks)
        self.viewer = viewer
        self.accounts = Accounts(self._door)
        self.sharing = Sharing(self._door)
        self.runs = Runs(self._door)
        self.watches = Watches(self._door, blobs)
        self.care = Care(self._door)
        self.standings = Standings(self._door)
        self.files = Files(self._door, blobs)
        self.jobs = Jobs(self._door)
        self.uploads = Uploads(self._door, blobs, self.jobs)
        self.belongings = Belongings(self._door)

    def now(self, athlete_id: str | None = None) -> datetime:
        """The time by which everything here is judged.

        Of an athlete by the clock of his last run: his days begin where he lives, not where a server stands.
        """
        moment = self._door.clock()
        return moment if athlete_id is None else on_clock_of(moment, self.runs.last_start(athlete_id))

    def end_of(self, athlete_id: str, day: date) -> datetime:
        """The last moment of a day where the athlete lives."""
        return datetime.combine(day, time.max, tzinfo=self.now(athlete_id).tzinfo)

    def record(self, athlete_id: str, *, segments: bool = True) -> AthleteRecord:
        """Everything that the rules read of one athlete. Without `segments` faster, and not for charts."""
        return read_record(self._door, athlete_id, segments=segments)

    def whole_record(self, athlete_id: str) -> AthleteRecord:
        """To be judged by, whoever asks for the judgement; what is shown comes from `record`."""
        return read_whole(self._door, athlete_id, segments=True)

    def yardsticks(self, athlete_id: str, *, run_id: str | None = None) -> Yardsticks:
        """What a single run of an athlete is seen beside; with what was told of it where it is named."""
        return read_yardsticks(self._door, athlete_id, run_id=run_id)
