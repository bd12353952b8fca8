"""What somebody wrote is for those with clinical rights; what rules make of it is for all who may read."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imu.followup.plain import plain
from imu.followup.standing import judged_and_kept
from imu.store import Account, Store
from imu.training.history import CheckIn, Decision, Injury

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "proximal heliotrope"


def told(store: Store, viewer: Account, who: str) -> tuple[str, str, str]:
    """Stage and permission as this viewer judges them, and all words that he meets."""
    with store.changed_by(viewer) as repository:
        found = judged_and_kept(repository, who, analysis_version="test")
        record = repository.record(who)
        one = repository.standings.one(who, analysis_version="test")
        squad = repository.standings.squad(analysis_version="test")
    assert one.is_current
    assert one.content is not None
    shown = (found.state, found.next, found.warnings, record.history, record.plans, record.acts)
    words = repr(shown) + json.dumps(plain((one.content, [of.content for of in squad])))
    return found.next.may_run, str(one.content["plan"]["followed"]), words


def test_a_viewer_of_the_training_meets_nobodys_words_and_the_same_verdict(tmp_path: Path) -> None:
    store = Store.at(tmp_path, clock=lambda: NOON)
    dr = store.add_account("dr", "clinician")
    coach = store.add_account("coach", "coach")
    with store.changed_by(dr) as repository:
        who = repository.sharing.add_athlete("Anna").athlete_id
        repository.sharing.grant(who, "coach", "training")
        care = repository.care
        day = NOON.date() - timedelta(days=20)
        care.add_injury(
            who, Injury(injury_id=SECRET, side="left", site=SECRET, grade=f"1 {SECRET}", onset=day)
        )
        care.add_check_in(who, CheckIn(at=NOON, moment="after", pain=1, site=SECRET, note=SECRET))
        care.decide(who, Decision(at=NOON, kind="sign_off", by="dr", reason=SECRET))
        care.decide(who, Decision(at=NOON, kind="hold", by="dr", reason=SECRET))
    for viewer in (coach, dr, coach):
        *verdict, words = told(store, viewer, who)
        assert (SECRET in words) is (viewer is dr)
        assert ("heliotrope" in words) is (viewer is dr)
        assert verdict == list(told(store, dr, who)[:2])
