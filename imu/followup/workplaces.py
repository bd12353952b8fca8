"""Where runs are derived anew: in this process, in several, or on a Dask cluster, with the same results."""

import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from typing import Any

from imu.errors import RestrideError, ServerError
from imu.followup.rederive import Derive, NotDerived, Outcome, Task, derived_again

_AHEAD = 2  # tasks for each worker: the next one is there when it has finished one, and memory stays small
_REACHED_WITHIN_S = 10


def here(tasks: Iterator[Task]) -> Iterator[Outcome]:
    """One after the other in this process."""
    return map(derived_again, tasks)


def in_processes(jobs: int) -> Derive:
    """So many at a time on this computer; here, where there is too little to do to be worth their start.

    RestrideError if the system ends one of the processes.
    """

    def derive(tasks: Iterator[Task]) -> Iterator[Outcome]:
        first = list(islice(tasks, _AHEAD * jobs))
        if len(first) < _AHEAD * jobs:
            yield from here(iter(first))
            return
        # Spawned, not forked: a fork would inherit locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_on_interrupt)
        try:
            flying = {pool.submit(derived_again, task) for task in first}
            while flying:
                done, flying = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    flying |= {pool.submit(derived_again, task) for task in islice(tasks, 1)}
                    yield future.result()
        except BrokenProcessPool as error:
            raise RestrideError(
                "a process was ended by the system, which may lack memory; give fewer --jobs. What was "
                "finished is kept"
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)

    return derive


def on_cluster(address: str) -> Derive:
    """On the workers of a Dask scheduler, which need this program but not the store.

    RestrideError without the package for it; ServerError for a scheduler that cannot be reached, has no
    workers, or goes away.
    """

    def derive(tasks: Iterator[Task]) -> Iterator[Outcome]:
        with _connected(address) as (distributed, client):
            workers = sum(client.nthreads().values())
            flying = distributed.as_completed(loop=client.loop)
            run_ids: dict[str, str] = {}

            def send(task: Task) -> None:
                # Scattered, not sent as an argument: the scheduler need not read samples.
                there = client.scatter(task, hash=False)
                future = client.submit(derived_again, there, pure=False)
                run_ids[future.key] = task.run_id
                flying.add(future)

            for task in islice(tasks, _AHEAD * workers):
                send(task)
            for future in flying:
                for task in islice(tasks, 1):
                    send(task)
                yield _result(distributed, future, run_ids.pop(future.key), address)

    return derive


def _end_on_interrupt() -> None:
    """Ctrl-C reaches every process of a terminal; only the first one has something to say of it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def _connected(address: str) -> Iterator[tuple[Any, Any]]:
    """The package and a client with workers behind it."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise RestrideError(
            "a cluster needs the package distributed; install it with: pip install 'restride[cluster]'"
        ) from error
    try:
        client = distributed.Client(address, timeout=_REACHED_WITHIN_S, set_as_default=False)
    except ValueError as error:
        raise RestrideError(f"--scheduler {address}: {error}; give one such as tcp://host:8786") from error
    except OSError as error:
        raise ServerError(
            f"{address}: no scheduler of Dask answers; start one with: dask scheduler"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_REACHED_WITHIN_S)
        except TimeoutError as error:
            raise ServerError(f"{address}: has no workers; start one with: dask worker {address}") from error
        yield distributed, client


def _result(distributed: Any, future: Any, run_id: str, address: str) -> Outcome:
    try:
        outcome: Outcome = future.result()
    except distributed.scheduler.KilledWorker:
        return NotDerived(
            run_id=run_id, because="its workers were ended again and again; they may lack memory"
        )
    except distributed.client.FutureCancelledError as error:
        raise ServerError(f"{address}: the cluster went away; what was finished is kept") from error
    return outcome
