"""A recording that was just made goes into the history by itself."""

import os
from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import imu
from imu.cli.bluetooth import VirtualWorld, sensors_home
from imu.cli.reminders import refresh
from imu.cli.run_facts import as_options
from imu.cli.told import echo
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.followup.run_facts import RunFacts
    from imu.store import Account, Store


def taken_in(
    home: Path, recording: Path, analysis: "imu.RunAnalysis", *, facts: "RunFacts | None" = None
) -> str | None:
    """The paragraph about it. Where the store does not take it, one line says so: the recording stays."""
    from imu.followup.arrival import take_in
    from imu.followup.run_facts import RunFacts

    try:
        store = _store_of(home)
        try:
            viewer = _whose(store, virtual=home == sensors_home(virtual=True))
            with store.seen_by(viewer) as repository:
                athlete_id = repository.sharing.athlete().athlete_id
            arrival = take_in(
                store,
                viewer,
                athlete_id,
                imu.load(recording),
                facts=facts or RunFacts(),
                analysis_version=imu.__version__,
                analysis=analysis,
            )
            refresh(home, store, viewer, athlete_id)
            if arrival.imported.facts_words:
                echo(arrival.imported.facts_words, err=True)
            if home == sensors_home(virtual=True):
                apart = f"RESTRIDE_HOME={quote(str(home))} restride status"
                echo(f"The history of virtual sensors is apart from yours: {apart}", err=True)
            return arrival.paragraph
        finally:
            store.close()
    except RestrideError as error:
        own = f"RESTRIDE_HOME={quote(str(home))} " if home == sensors_home(virtual=True) else ""
        then = f"{own}restride import {quote(str(recording))}{as_options(facts)}"
        echo(f"{recording}: is not in your history yet ({error}); then: {then}", err=True)
        return None


def _whose(store: "Store", *, virtual: bool) -> "Account":
    """Sensors record whoever wears them: no act of somebody who could be mistaken for somebody else.

    The history of virtual sensors does not know the accounts of the real one.
    """
    named = os.environ.get("RESTRIDE_AS")
    if not named or (virtual and named not in {one.name for one in store.accounts()}):
        return store.wearer()
    return store.named(named)


def _store_of(home: Path) -> "Store":
    """The history of these sensors. Runs of virtual ones have one of their own, wherever the real one is
    kept, and its day is that of their world: time that was skipped there has passed.
    """
    from imu.store import Store
    from imu.store.store import FILE_NAME, now_here

    if home != sensors_home(virtual=True):
        return Store.at(home)
    skipped = timedelta(seconds=VirtualWorld(home).ahead_s)
    return Store.at(
        home,
        database=f"sqlite:///{home / FILE_NAME}",
        blobs=str(home / "blobs"),
        clock=lambda: now_here() + skipped,
    )
