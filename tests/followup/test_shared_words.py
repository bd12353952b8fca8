"""What somebody wrote is for those with clinical rights; what rules make of it is for all who may read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imu.followup.plain import plain
from imu.followup.standing import judged_and_kept
from imu.store import Account, Store
from imu.training.gates import CLINICIAN_OK, entry_gates
from imu.training.history import CheckIn, Decision, Injury
from imu.training.plan_file import default_plan, default_text
from imu.training.warnings import Act
from tests.store.filled import baseline

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "proximal heliotrope"


def told(store: Store, viewer: Account, who: str) -> tuple[str, str, str, str]:
    """What may be run as this viewer is told, and all words of his screens and of the record."""
    with store.changed_by(viewer) as repository:
        found = judged_and_kept(repository, who, analysis_version="test")
        record = repository.record(who)
        one = repository.standings.one(who, analysis_version="test")
        squad = repository.standings.squad(analysis_version="test")
    assert one.is_current
    assert one.content is not None
    shown = (found.state, found.next, found.warnings, record)
    screens = json.dumps(plain((one.content, [of.content for of in squad])))
    return found.next.may_run, one.content["next"]["may_run"], screens, repr(shown)


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
        care.decide(who, Decision(at=NOON - timedelta(hours=1), kind="sign_off", by="dr", reason=SECRET))
        care.act(who, Act(at=NOON, warning="load_spike:1", kind="overruled", by="dr", reason=SECRET))
        care.adopt_plan(who, json.loads(default_text()), reason=SECRET)
        care.keep_baseline(
            who,
            "overstride_left",
            replace(baseline(NOON), metric="shank_angle_ic_deg"),
            on_purpose=True,
            reason=SECRET,
            analysis_version="test",
        )
        care.decide(who, Decision(at=NOON, kind="hold", by="dr", reason=SECRET))
    for viewer in (coach, dr, coach):
        *verdict, screens, record = told(store, viewer, who)
        assert verdict == ["rest", "rest"]
        assert ("heliotrope" in screens) is (viewer is dr)
        assert ("heliotrope" in record) is (viewer is dr)
    assert asked_of(store, dr, who).endswith(
        "Asked because of: proximal tendon, an injury that is not known to be of the hamstring."
    )
    assert asked_of(store, coach, who).endswith("Asked because of: where it is.")


def asked_of(store: Store, viewer: Account, who: str) -> str:
    """What the entry gate says that a clinician is asked for, as this viewer is told."""
    with store.seen_by(viewer) as repository:
        history = repository.record(who).history
    (injury,) = history.injuries
    (asked,) = (
        one for one in entry_gates(history, default_plan(), injury, at=NOON) if one.key == CLINICIAN_OK
    )
    return asked.sentence


@pytest.mark.parametrize("site", ["proximal hamstring", "hamstring", "knee"])
@pytest.mark.parametrize("grade", ["1b", "2c", None])
def test_a_coach_reads_of_an_injury_what_the_gate_asks_and_not_where_it_is(
    tmp_path: Path, site: str, grade: str | None
) -> None:
    store = Store.at(tmp_path, clock=lambda: NOON)
    anna, coach = store.add_account("Anna", "runner"), store.add_account("coach", "coach")
    with store.changed_by(anna) as repository:
        who = repository.sharing.add_athlete("Anna", own=True).athlete_id
        repository.sharing.grant(who, "coach", "training")
        injury = Injury(injury_id="strain", side="left", site=site, grade=grade, onset=NOON.date())
        repository.care.add_injury(who, injury)
    with store.seen_by(coach) as repository:
        history = repository.record(who).history
    (seen,) = history.injuries
    assert (seen.side, seen.site, seen.onset) == ("left", "not shared", NOON.date())
    keys = default_plan().entry_gate.clinician_because
    assert keys(seen) == keys(injury)
    sentences = [one.sentence for one in entry_gates(history, default_plan(), seen, at=NOON)]
    assert any("where it is" in one for one in sentences) is (site != "hamstring")
    told = " ".join([*sentences, json.dumps(plain(history))])
    assert not any(word in told for word in ("proximal", "hamstring", "knee"))
