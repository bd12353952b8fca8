"""The files of a run: samples as they were recorded, tables as they were derived."""

from imu.store.access import Door
from imu.store.blobs import Blobs
from imu.store.rights import Right
from imu.store.runs import run_row

UPLOADS = "uploads"  # pieces of recordings on their way here
DERIVED_FILES = ("strides.parquet", "curves.parquet", "seconds.parquet")  # of every run with a recording


class Files:
    """Blobs of the runs that a viewer may see: recordings/<athlete>/<run>/... and derived/<athlete>/<run>/...

    Files are written before the rows that speak of them, and removed after; what a kill leaves between is
    written again under the same key, or swept.
    """

    def __init__(self, door: Door, blobs: Blobs) -> None:
        self._door = door
        self._blobs = blobs

    def write_raw(self, athlete_id: str, run_id: str, name: str, content: bytes) -> None:
        self._door.allowed(athlete_id, "write_runs")
        self._blobs.write(f"recordings/{athlete_id}/{run_id}/{name}", content)

    def write_derived(self, athlete_id: str, run_id: str, name: str, content: bytes) -> None:
        self._door.allowed(athlete_id, "write_runs")
        self._blobs.write(f"derived/{athlete_id}/{run_id}/{name}", content)

    def raw(self, run_id: str, name: str) -> bytes:
        """A file of a recording. `Forbidden` without the right to its run; StoreError if it is gone."""
        return self._blobs.read(f"recordings/{self._athlete_of(run_id)}/{run_id}/{name}")

    def derived(self, run_id: str, name: str) -> bytes:
        """A table of a run. `Forbidden` without the right to its run; StoreError if it is gone."""
        return self._blobs.read(f"derived/{self._athlete_of(run_id)}/{run_id}/{name}")

    def remove(self, athlete_id: str, run_id: str | None = None) -> int:
        """Remove the files of a run, or all of an athlete; how many there were."""
        needed: Right = "share" if run_id is None else "write_symptoms"
        self._door.allowed(athlete_id, needed)
        folders = [
            f"{kind}/{athlete_id}{'' if run_id is None else f'/{run_id}'}"
            for kind in ("recordings", "derived")
        ]
        if run_id is None:
            folders.append(f"{UPLOADS}/{athlete_id}")
        return sum(self._blobs.remove_all(folder) for folder in folders)

    def _athlete_of(self, run_id: str) -> str:
        return run_row(self._door, run_id).athlete_id
