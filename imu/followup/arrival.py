"""A run comes in: it is kept, the athlete is judged anew, and the runner is told in one paragraph."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imu.followup.importing import Imported, import_recording
from imu.followup.judgement import Judgement
from imu.followup.run_facts import RunFacts
from imu.followup.standing import judged_anew
from imu.followup.story import told
from imu.recording import Recording
from imu.store import Account, Store

if TYPE_CHECKING:
    from imu.analysis import RunAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of a recording."""

    imported: Imported
    judgement: Judgement
    paragraph: str


def take_in(
    store: Store,
    viewer: Account,
    athlete_id: str,
    recording: Recording,
    *,
    facts: RunFacts,
    analysis_version: str,
    analysis: "RunAnalysis | None" = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Arrival:
    """Keep a recording and judge. Raises what `import_recording` raises, and then nothing is kept."""
    imported = import_recording(
        store,
        viewer,
        athlete_id,
        recording,
        facts=facts,
        analysis_version=analysis_version,
        analysis=analysis,
        progress=progress,
    )
    judgement = judged_anew(store, viewer, athlete_id, analysis_version=analysis_version)
    with store.seen_by(viewer) as repository:
        paragraph = told(repository.runs.run(imported.run_id), judgement)
    return Arrival(imported=imported, judgement=judgement, paragraph=paragraph)
