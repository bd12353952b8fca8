"""What is sent and answered, as types: read strictly, and described to others from the same words."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from imu.store import Account, Athlete, Job, Upload
from imu.store.jobs import State
from imu.store.runs import ListedRun
from imu.store.uploads import LARGEST, LARGEST_PIECE
from imu.store.words import LONGEST_NOTE
from imu.training.history import RedFlag, Side, Surface

Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Scale = Annotated[float, Meta(ge=0, le=10)]
Pain = Annotated[int, Meta(ge=0, le=10)]
Words = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\S")]
ERRORS = Literal[
    "unauthorized",
    "not_found",
    "method_not_allowed",
    "invalid",
    "refused",
    "out_of_step",
    "too_large",
    "not_as_announced",
    "internal",
]


class Facts(Struct, forbid_unknown_fields=True, frozen=True):
    """What no sensor can tell of a run."""

    surface: Surface | None = None
    shoe: Words | None = None
    effort_cr10: Scale | None = None


class BeginUpload(Struct, forbid_unknown_fields=True):
    """A recording that is to be sent: a ZIP of its folder."""

    sha256: Sha256
    bytes: Annotated[int, Meta(ge=1, le=LARGEST)]
    athlete_id: Id | None = None
    facts: Facts = Facts()


class TellCheckIn(Struct, forbid_unknown_fields=True):
    """How much it hurt, 0 to 10; `resting` on a day without a run."""

    at: Annotated[datetime, Meta(tz=True)] | None = None
    athlete_id: Id | None = None
    run_id: Id | None = None
    during: Pain | None = None
    after: Pain | None = None
    next_morning: Pain | None = None
    resting: Pain | None = None
    site: Words | None = None
    side: Side | None = None
    red_flags: Annotated[list[RedFlag], Meta(max_length=3)] = []
    effort_cr10: Scale | None = None
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] | None = None


class ErrorTold(Struct):
    """`code` is for programs and stays; `message` is for people and may change."""

    code: ERRORS
    message: str
    received: int | None = None  # of an upload that is out of step


class Failure(Struct):
    error: ErrorTold


class AthleteTold(Struct):
    athlete_id: str
    name: str
    is_own: bool
    rights: list[str]


class Me(Struct):
    name: str
    role: str
    server: str
    athletes: list[AthleteTold]


class JobTold(Struct):
    """`run_id`: what became of it, once it is done; `message`: why it failed."""

    job_id: str
    athlete_id: str
    kind: str
    state: State
    made_at: datetime
    share_done: float | None = None
    message: str | None = None
    run_id: str | None = None
    ended_at: datetime | None = None


class JobsTold(Struct):
    jobs: list[JobTold]


class UploadTold(Struct):
    """While `state` is receiving, send from byte `received` on, in pieces of at most `piece_bytes`."""

    state: Literal["receiving", "complete"]
    upload_id: str | None = None
    bytes: int | None = None
    received: int | None = None
    piece_bytes: int = LARGEST_PIECE
    job: JobTold | None = None


class RunTold(Struct):
    run_id: str
    start: datetime
    end: datetime
    duration_s: float
    running_s: float
    distance_m: float | None
    surface: str | None
    shoe: str | None
    trust: str
    untrusted_because: list[str]
    analysis_version: str
    headline: dict[str, Any]


class RunsTold(Struct):
    athlete_id: str
    runs: list[RunTold]


class RunWhole(Struct):
    run_id: str
    athlete_id: str
    summary: dict[str, Any]


class CheckInKept(Struct):
    moment: str
    pain: int
    at: datetime
    run_id: str | None
    is_new: bool


class CheckInTold(Struct):
    """What was kept, and what follows from it, in sentences."""

    kept: list[CheckInKept]
    follows: list[str]


BODIES: tuple[type[Struct], ...] = (BeginUpload, TellCheckIn)
ANSWERS: tuple[type[Struct], ...] = (
    Failure,
    Me,
    JobTold,
    JobsTold,
    UploadTold,
    RunsTold,
    RunWhole,
    CheckInTold,
)


def me_told(account: Account, athletes: tuple[Athlete, ...], *, server: str) -> Me:
    told = [
        AthleteTold(athlete_id=one.athlete_id, name=one.name, is_own=one.is_own, rights=sorted(one.rights))
        for one in athletes
    ]
    return Me(name=account.name, role=account.role, server=server, athletes=told)


def job_told(job: Job) -> JobTold:
    return JobTold(
        job_id=job.job_id,
        athlete_id=job.athlete_id,
        kind=job.kind,
        state=job.state,
        made_at=job.made_at,
        share_done=job.share_done,
        message=job.message,
        run_id=job.detail.get("run_id"),
        ended_at=job.ended_at,
    )


def upload_told(found: Upload | Job) -> UploadTold:
    if isinstance(found, Job):
        return UploadTold(state="complete", job=job_told(found))
    return UploadTold(
        state="receiving", upload_id=found.upload_id, bytes=found.bytes, received=found.received
    )


def run_told(listed: ListedRun) -> RunTold:
    run = listed.run
    return RunTold(
        run_id=run.run_id,
        start=run.start,
        end=run.end,
        duration_s=run.duration_s,
        running_s=run.running_s,
        distance_m=run.distance_m,
        surface=run.surface,
        shoe=run.shoe,
        trust=run.trust,
        untrusted_because=list(run.untrusted_because),
        analysis_version=listed.analysis_version,
        headline=dict(listed.headline),
    )
