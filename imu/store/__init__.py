"""What is remembered: tables and files behind one repository that was opened for a viewer.

store = Store.at(home())
with store.seen_by("Anna") as repository:
    athlete = repository.sharing.athlete()
    record = repository.record(athlete.athlete_id)
"""

from imu.errors import Forbidden as Forbidden, StoreError as StoreError
from imu.store.blobs import Blobs as Blobs
from imu.store.jobs import Job as Job
from imu.store.people import (
    Account as Account,
    Athlete as Athlete,
    AuditEntry as AuditEntry,
    Grant as Grant,
    Note as Note,
    WornSensor as WornSensor,
)
from imu.store.record import (
    AthleteRecord as AthleteRecord,
    KeptBaseline as KeptBaseline,
    PlanVersion as PlanVersion,
)
from imu.store.repository import Repository as Repository
from imu.store.rights import Right as Right, Role as Role, Scope as Scope
from imu.store.runs import Derived as Derived, ListedRun as ListedRun, RawRecord as RawRecord
from imu.store.standings import Standing as Standing
from imu.store.store import Store as Store
from imu.store.uploads import Upload as Upload
from imu.store.watches import KeptWatch as KeptWatch
from imu.store.work import HeldJob as HeldJob

__all__ = [
    "Account",
    "Athlete",
    "AthleteRecord",
    "AuditEntry",
    "Blobs",
    "Derived",
    "Forbidden",
    "Grant",
    "HeldJob",
    "Job",
    "KeptBaseline",
    "KeptWatch",
    "ListedRun",
    "Note",
    "PlanVersion",
    "RawRecord",
    "Repository",
    "Right",
    "Role",
    "Scope",
    "Standing",
    "Store",
    "StoreError",
    "Upload",
    "WornSensor",
]
