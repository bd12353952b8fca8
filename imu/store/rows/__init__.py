"""The tables. Nothing outside `imu.store` sees a row."""

from imu.store.rows.base import Row as Row
from imu.store.rows.care import (
    CheckInRow as CheckInRow,
    DecisionRow as DecisionRow,
    ExerciseRow as ExerciseRow,
    GateAnswerRow as GateAnswerRow,
    InjuryRow as InjuryRow,
    PlanRow as PlanRow,
    WarningActRow as WarningActRow,
)
from imu.store.rows.people import (
    AccountRow as AccountRow,
    AthleteRow as AthleteRow,
    AuditRow as AuditRow,
    GrantRow as GrantRow,
    NoteRow as NoteRow,
    SensorRow as SensorRow,
)
from imu.store.rows.runs import (
    BaselineRow as BaselineRow,
    RecordingRow as RecordingRow,
    RunRow as RunRow,
    SegmentsRow as SegmentsRow,
    StandingRow as StandingRow,
    SummaryRow as SummaryRow,
    WatchRow as WatchRow,
)
from imu.store.rows.server import (
    DeviceTokenRow as DeviceTokenRow,
    FailedSignInRow as FailedSignInRow,
    JobRow as JobRow,
    SignInRow as SignInRow,
    UploadRow as UploadRow,
)
