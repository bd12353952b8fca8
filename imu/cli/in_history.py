"""A recording that was just made goes into the history by itself."""

import os
from pathlib import Path

import typer

import imu
from imu.cli.reminders import refresh
from imu.errors import RestrideError


def taken_in(home: Path, recording: Path, analysis: "imu.RunAnalysis") -> str | None:
    """The paragraph about it. Where the store does not take it, one line says so: the recording stays."""
    from imu.followup.arrival import take_in
    from imu.followup.importing import RunFacts
    from imu.store import Store

    try:
        store = Store.at(home)
        try:
            known = {one.name: one for one in store.accounts() if one.disabled_at is None}
            viewer = known.get(os.environ.get("RESTRIDE_AS", "")) or store.only_account()
            with store.seen_by(viewer) as repository:
                athlete_id = repository.sharing.athlete().athlete_id
            paragraph = take_in(
                store,
                viewer,
                athlete_id,
                imu.load(recording),
                facts=RunFacts(),
                analysis_version=imu.__version__,
                analysis=analysis,
            ).paragraph
            refresh(home, store, viewer, athlete_id)
            return paragraph
        finally:
            store.close()
    except RestrideError as error:
        typer.echo(
            f"{recording}: is not in your history yet ({error}); then: restride import {recording}", err=True
        )
        return None
