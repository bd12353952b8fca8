"""What is on its way is shown as long as it is worth a look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.components.arrivals import SHOWN_FOR, arrivals, shown
from imu.store import Job

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAITING = Job(
    job_id="a",
    athlete_id="b",
    kind="arrival",
    subject=None,
    detail={},
    state="waiting",
    share_done=None,
    message=None,
    tries=0,
    made_at=NOW,
    ended_at=None,
)
RUNNING = replace(WAITING, state="running", share_done=0.426)
DONE = replace(WAITING, state="done", ended_at=NOW)
FAILED = replace(WAITING, state="failed", ended_at=NOW, message="pelvis.csv: <script>time goes back")


def words(*jobs: Job, now: datetime = NOW) -> str:
    return str(arrivals(jobs, now=now))


def test_nothing_is_shown_where_nothing_is_on_its_way() -> None:
    assert arrivals((), now=NOW) is None
    assert arrivals((DONE,), now=NOW) is None
    assert arrivals((FAILED,), now=NOW + SHOWN_FOR) is None


def test_each_is_told_in_its_words() -> None:
    assert "43 %" in words(RUNNING)
    assert "waits to be analysed" in words(WAITING)
    assert "time goes back" in words(FAILED)
    assert "and 2 more" in words(*(7 * (WAITING,)))


def test_what_is_done_is_not_told_any_more() -> None:
    assert shown((DONE, FAILED, RUNNING), now=NOW + timedelta(days=1)) == (FAILED, RUNNING)
