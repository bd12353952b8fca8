"""A job is done once, whatever happens to whoever does it."""

from datetime import timedelta

import pytest

from imu.store import Account, Athlete, Forbidden, HeldJob, Job, Store, StoreError
from imu.store.work import ENDED_EACH_TIME, KEPT_DONE, LEASE, TRIES, LostJobError
from tests.store.conftest import Clock


@pytest.fixture
def job(store: Store, anna: Account, athlete: Athlete) -> Job:
    with store.changed_by(anna) as repository:
        return repository.jobs.ask(athlete.athlete_id, "arrival", subject="it", detail={"a": 1})


def seen(store: Store, anna: Account, job: Job) -> Job:
    with store.seen_by(anna) as repository:
        return repository.jobs.one(job.job_id)


def taken(store: Store) -> HeldJob:
    held = store.jobs.take()
    assert held is not None
    return held


def test_it_is_taken_by_one(store: Store, anna: Account, job: Job) -> None:
    held = taken(store)
    assert (held.job.job_id, held.account.name, held.job.tries) == (job.job_id, "anna", 1)
    assert store.jobs.take() is None
    store.jobs.hold(held.job, 0.25)
    assert (seen(store, anna, job).state, seen(store, anna, job).share_done) == ("running", 0.25)
    store.jobs.finish(held.job, {"run_id": "x"})
    done = seen(store, anna, job)
    assert (done.state, done.detail, done.share_done) == ("done", {"a": 1, "run_id": "x"}, 1.0)
    assert store.jobs.take() is None


def test_the_one_that_waits_longest_comes_first(
    store: Store, anna: Account, athlete: Athlete, clock: Clock, job: Job
) -> None:
    assert job.subject == "it"
    clock.forward(seconds=1)
    with store.changed_by(anna) as repository:
        repository.jobs.ask(athlete.athlete_id, "arrival", subject="later", detail={})
    assert [taken(store).job.subject for _ in range(2)] == ["it", "later"]


def test_a_killed_worker_s_job_is_taken_again_and_not_ended_by_it(
    store: Store, anna: Account, job: Job, clock: Clock
) -> None:
    first = taken(store)
    clock.now += LEASE - timedelta(seconds=1)
    store.jobs.hold(first.job)
    clock.now += LEASE - timedelta(seconds=1)
    assert store.jobs.take() is None
    clock.now += timedelta(seconds=2)
    second = taken(store)
    assert second.job.tries == 2
    with pytest.raises(LostJobError):
        store.jobs.hold(first.job, 0.5)
    with pytest.raises(LostJobError):
        store.jobs.finish(first.job, {})
    store.jobs.finish(second.job, {})
    assert seen(store, anna, job).state == "done"


def test_after_three_tries_it_has_failed(store: Store, anna: Account, job: Job, clock: Clock) -> None:
    for _ in range(TRIES):
        assert store.jobs.take() is not None
        clock.now += LEASE + timedelta(seconds=1)
    assert store.jobs.take() is None
    assert (seen(store, anna, job).state, seen(store, anna, job).message) == ("failed", ENDED_EACH_TIME)


def test_a_bad_try_is_followed_by_another_and_the_last_is_told(store: Store, anna: Account, job: Job) -> None:
    for number in range(TRIES):
        assert seen(store, anna, job).state == "waiting", number
        store.jobs.give_up(taken(store).job, "it crashed")
    assert (seen(store, anna, job).state, seen(store, anna, job).message) == ("failed", "it crashed")
    with store.changed_by(anna) as repository:
        repository.jobs.again(job.job_id)
    assert taken(store).job.tries == 1


def test_only_what_failed_is_tried_again(store: Store, anna: Account, job: Job) -> None:
    with store.changed_by(anna) as repository, pytest.raises(StoreError, match="is waiting"):
        repository.jobs.again(job.job_id)
    store.jobs.fail(taken(store).job, "no")
    with store.changed_by(anna) as repository:
        again = repository.jobs.again(job.job_id)
    assert (again.state, again.message, again.ended_at) == ("waiting", None, None)


def test_jobs_are_seen_by_who_asked_and_by_the_athlete(
    store: Store, anna: Account, athlete: Athlete, job: Job
) -> None:
    for name in ("kim", "lee"):
        store.add_account(name, "coach")
        with store.changed_by(anna) as repository:
            repository.sharing.grant(athlete.athlete_id, name, "training")
    with store.changed_by("kim") as repository:
        kims = repository.jobs.ask(athlete.athlete_id, "arrival", subject="kim", detail={})
        assert repository.jobs.listed() == (kims,)
        with pytest.raises(Forbidden, match="there is none"):
            repository.jobs.one(job.job_id)
    with store.seen_by("lee") as repository:
        assert repository.jobs.listed(athlete.athlete_id) == ()
    with store.seen_by(anna) as repository:
        assert {one.job_id for one in repository.jobs.listed()} == {job.job_id, kims.job_id}
    with store.changed_by(anna) as repository:
        repository.sharing.revoke(athlete.athlete_id, "kim")
    with store.seen_by("kim") as repository:
        assert repository.jobs.listed() == ()


def test_what_ended_long_ago_is_forgotten(store: Store, anna: Account, job: Job, clock: Clock) -> None:
    store.jobs.finish(taken(store).job, {})
    assert seen(store, anna, job).state == "done"
    clock.now += KEPT_DONE + timedelta(seconds=1)
    store.jobs.sweep()
    with store.seen_by(anna) as repository:
        assert repository.jobs.listed() == ()


def test_standings_that_hold_no_longer_are_found(
    store: Store, anna: Account, athlete: Athlete, clock: Clock
) -> None:
    def stale() -> list[str]:
        return [one for _, one in store.jobs.stale_standings(analysis_version="1")]

    def keep() -> None:
        with store.changed_by(anna) as repository:
            repository.standings.keep(
                athlete.athlete_id,
                {},
                without_words={},
                holds_until=clock.now + timedelta(hours=1),
                analysis_version="1",
            )

    assert stale() == [athlete.athlete_id]
    keep()
    assert stale() == []
    clock.forward(minutes=61)
    assert stale() == [athlete.athlete_id]
    keep()
    assert [one for _, one in store.jobs.stale_standings(analysis_version="2")] == [athlete.athlete_id]
    with store.changed_by(anna) as repository:
        repository.sharing.add_athlete("Kept by her")
    assert {account.name for account, _ in store.jobs.stale_standings(analysis_version="1")} == {"anna"}
    assert len(stale()) == 1
