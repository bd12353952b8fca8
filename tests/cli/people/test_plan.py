"""`restride plan`: versions that are checked whole, gates with their evidence, a clinician's word."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from imu.store import Account, AthleteRecord, Store
from tests.cli.people.story import Clock, athlete_of, keep_story
from tests.conftest import Restride

HURT = ["injury", "add", "--side", "left", "--site", "hamstring", "--onset", "2026-06-20", "--grade", "1"]


@pytest.fixture
def injured(restride: Restride, anna: Account) -> Account:
    assert restride(*HURT).returncode == 0
    return anna


@pytest.fixture
def ito(restride: Restride, store: Store, injured: Account) -> Account:
    account = store.add_account("ito", "clinician")
    assert restride("share", "with", "ito", "--scope", "clinical", "--as", injured.name).returncode == 0
    return account


@pytest.fixture
def content(restride: Restride, injured: Account) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(restride("plan", "show", "--json", "--as", injured.name).stdout)
    return shown


def record(store: Store, account: Account) -> AthleteRecord:
    with store.seen_by(account) as repository:
        return repository.record(athlete_of(store, account).athlete_id)


def written(folder: Path, content: Any) -> Path:
    file = folder / "plan.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_a_plan_is_shown_edited_and_chosen_as_a_new_version(
    restride: Restride, store: Store, injured: Account, content: dict[str, Any], tmp_path: Path
) -> None:
    content["rules"]["successes_to_advance"] = 3
    content["walk_run"]["stages"][0] = {"stage": 1, "walk_min": 4.75, "jog_min": 0.25}
    done = restride("plan", "choose", written(tmp_path, content), "--reason", "slower")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:4] == [
        "Version 1 is followed now, not signed by a clinician.",
        "rules.successes_to_advance: 2, now 3",
        "walk_run.stages.1.walk_min: 4.5, now 4.75",
        "walk_run.stages.1.jog_min: 0.5, now 0.25",
    ]
    assert json.loads(restride("plan", "show", "--json").stdout) == content
    assert restride("plan", "choose", written(tmp_path, content), "--reason", "again").stdout == (
        "Nothing is changed.\n"
    )
    assert [one.reason for one in record(store, injured).plans] == ["slower"]


def test_an_earlier_version_comes_back_whole(
    restride: Restride, injured: Account, content: dict[str, Any], tmp_path: Path
) -> None:
    assert restride("plan", "choose", written(tmp_path, content), "--reason", "as it comes").returncode == 0
    changed = {**content, "version": "mine"}
    assert restride("plan", "choose", written(tmp_path, changed), "--reason", "mine").returncode == 0
    assert json.loads(restride("plan", "show", "--json", "--version", "1").stdout) == content
    assert "known are 1, 2" in restride("plan", "show", "--json", "--version", "3").stderr
    assert f"by {injured.name}, not signed by a clinician: mine." in restride("plan", "show").stdout


def without_stage(content: dict[str, Any]) -> Any:
    del content["walk_run"]["stages"][3]
    return content


def with_unknown_key(content: dict[str, Any]) -> Any:
    content["rules"]["bravery"] = 1
    return content


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without_stage, "stage 4 is missing"),
        (with_unknown_key, "plan.rules has the unknown key 'bravery'"),
        (lambda content: {**content, "rules": 1}, "plan.rules is 1; it must be an object"),
        (lambda _: "{", "not the JSON of a plan"),
    ],
)
def test_a_plan_that_cannot_be_followed_names_the_place_and_changes_nothing(
    restride: Restride,
    store: Store,
    injured: Account,
    content: dict[str, Any],
    tmp_path: Path,
    spoil: Any,
    said: str,
) -> None:
    done = restride("plan", "choose", written(tmp_path, spoil(content)), "--reason", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"restride: {tmp_path / 'plan.json'}: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert record(store, injured).plans == ()


@pytest.mark.usefixtures("injured")
def test_a_file_that_is_not_there_or_no_text_is_named(restride: Restride, tmp_path: Path) -> None:
    assert "No such file" in restride("plan", "choose", tmp_path / "no.json", "--reason", "x").stderr
    (tmp_path / "image.json").write_bytes(b"\xff\xfe\x00")
    done = restride("plan", "choose", tmp_path / "image.json", "--reason", "x")
    assert (done.returncode, "not the JSON of a plan" in done.stderr) == (2, True)


def test_only_a_clinician_decides(
    restride: Restride, store: Store, ito: Account, injured: Account, clock: Clock
) -> None:
    refused = restride("plan", "hold", "--reason", "wait", "--as", injured.name)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "may not decide as a clinician" in refused.stderr
    held = restride("plan", "hold", "--reason", "wait for the scan", "--as", ito.name)
    assert "On hold until a clinician decides: wait for the scan." in held.stdout
    clock.now += timedelta(minutes=5)
    assert (
        "ito: scan is clear" in restride("plan", "resume", "--reason", "scan is clear", "--as", "ito").stdout
    )
    clock.now += timedelta(minutes=5)
    moved = restride("plan", "set-stage", "5", "--reason", "ran with me", "--as", "ito", "--json")
    assert json.loads(moved.stdout)["events"][-1]["after"] == "5"
    clock.now += timedelta(minutes=5)
    back = restride("plan", "step-back", "--reason", "sore", "--as", "ito")
    assert "ito set stage 4: sore" in back.stdout
    assert [one.kind for one in record(store, injured).history.decisions] == [
        "hold",
        "resume",
        "set_stage",
        "step_back",
    ]


@pytest.mark.usefixtures("injured")
@pytest.mark.parametrize("flagged", [False, True], ids=["of the clinician alone", "after a red flag"])
def test_a_clinician_who_holds_running_may_say_that_exercises_go_on(
    restride: Restride, store: Store, ito: Account, injured: Account, clock: Clock, flagged: bool
) -> None:
    if flagged:
        limps(restride)
        clock.now += timedelta(minutes=5)
    hold = ("plan", "hold", "--reason", "wait for the scan", "--exercises-go-on", "--as")
    assert restride(*hold, injured.name).returncode == 2
    held = restride(*hold, ito.name)
    assert "On hold until a clinician decides: wait for the scan. Exercises go on." in held.stdout
    with store.seen_by(injured) as repository:
        of = repository.sharing.athlete().athlete_id
        (entry,) = [one for one in repository.sharing.audit(of) if one.action == "decided"]
    assert (entry.by, entry.subject) == ("ito", "hold_running")
    said = "xercises go on: ito said so"
    for who in (injured.name, ito.name):
        for verb in (["status"], ["plan", "show"], ["exercise", "today"]):
            assert restride(*verb, "--as", who).stdout.count(said) == 1, verb
    lines = restride("status", "--as", injured.name).stdout.splitlines()
    assert any(line.startswith("Due: Chair bridge") for line in lines)
    assert not any(line.startswith("Waits for a clinician") for line in lines)
    assert "the plan is on hold (wait for the scan)" in lines[0]
    clock.now += timedelta(minutes=5)
    assert "wait" not in restride("exercise", "history", "--as", injured.name).stdout
    again = restride("plan", "hold", "--reason", "not even these", "--as", ito.name)
    assert "Exercises go on" not in again.stdout
    assert "Exercises wait for a clinician" in restride("exercise", "today", "--as", injured.name).stdout


def limps(restride: Restride) -> None:
    assert restride("checkin", "--pain", "2", "--red-flag", "limp", "--as", "Anna").returncode == 0


@pytest.mark.usefixtures("injured")
def test_a_runner_whom_no_clinician_follows_tells_who_has_cleared_her(
    restride: Restride, store: Store, anna: Account, clock: Clock
) -> None:
    limps(restride)
    clock.now += timedelta(days=1)
    shown = restride("plan", "show").stdout
    assert 'restride plan resume --cleared-by NAME --reason "WORDS"' in shown
    assert "restride plan resume --cleared-by NAME" in restride("status").stdout
    done = restride("plan", "resume", "--cleared-by", "Dr Mori", "--reason", "a cramp, no more")
    told = "old by Anna, not by a clinician's account: Dr Mori"
    assert done.stdout.startswith(f"T{told}: a cramp, no more\n"), done.stderr
    shown = restride("plan", "show").stdout
    assert "\nOn hold: " not in shown
    assert f"T{told}" in shown
    (word,) = record(store, anna).history.decisions
    assert (word.kind, word.by, word.cleared_by) == ("resume", "Anna", "Dr Mori")
    assert "Anna: clearance told resume" in restride("share", "log").stdout
    clock.now += timedelta(minutes=5)
    limps(restride)  # and the next red flag holds it again
    assert "\nOn hold: " in restride("plan", "show").stdout


@pytest.mark.usefixtures("injured")
def test_only_what_waits_for_a_clinicians_word_is_told(restride: Restride, clock: Clock) -> None:
    """Pressed twice, or said in advance, it would open a gate that nobody was asked about."""

    def tell(*what: str) -> str:
        done = restride("plan", *what, "--cleared-by", "Dr Mori", "--reason", "a cramp")
        assert done.returncode in (0, 2)
        return done.stderr if done.returncode else ""

    limps(restride)
    clock.now += timedelta(days=1)
    assert "the plan is on hold: tell that this is lifted (plan resume)" in tell("sign-off")
    assert not tell("resume")
    clock.now += timedelta(minutes=5)
    assert tell("resume")
    assert tell("sign-off", "S6")


def test_a_told_sign_off_opens_the_entry_gate_and_says_whose_word_it_is(
    restride: Restride, anna: Account
) -> None:
    restride("injury", "add", "--side", "left", "--site", "hamstring", "--onset", "2026-06-20")
    assert 'restride plan sign-off --cleared-by NAME --reason "WORDS"' in restride("plan", "gate").stdout
    done = restride("plan", "sign-off", "--cleared-by", "Dr Mori", "--reason", "grade 1, may jog")
    assert done.returncode == 0, done.stderr
    gates = restride("plan", "gate", "--as", anna.name).stdout
    whose = "told by Anna, not by a clinician's account: Dr Mori"
    assert f"met   clinician_ok: Yes ({whose}, 2026-06-30)" in gates
    assert "sign-off --cleared-by" not in gates


def test_told_of_the_exercises_that_wait_they_are_asked_for_and_say_whose_word_it_is(
    restride: Restride, store: Store, injured: Account, clock: Clock
) -> None:
    way = 'restride plan gate clinician_ok_exercises yes --cleared-by NAME --reason "WORDS"'
    assert way in restride("plan", "gate").stdout
    assert "waits for a clinician" in restride("exercise", "today").stdout
    told = ["plan", "gate", "clinician_ok_exercises", "yes", "--cleared-by", "Dr Mori", "--reason", "begin"]
    before = restride("plan", "show").stdout.split("\n\n")[:2]
    done = restride(*told)
    whose = "old by Anna, not by a clinician's account: Dr Mori"
    assert done.stdout.startswith(f"T{whose}: begin\n"), done.stderr
    today = restride("exercise", "today").stdout
    assert "waits for a clinician" not in today
    assert f"Exercises that need a clinician: agreed, t{whose}." in today
    assert "clinician's word" not in restride("exercise", "log", "askling_glider", "--sets", "3").stdout
    (word,) = record(store, injured).history.decisions
    assert (word.kind, word.by, word.cleared_by) == ("exercises", "Anna", "Dr Mori")
    assert "Anna: clearance told exercises" in restride("share", "log").stdout
    shown = restride("plan", "show").stdout
    assert f"T{whose}: begin" in shown
    assert shown.split("\n\n")[:2] == before  # it moves no stage
    assert way not in shown
    clock.now += timedelta(minutes=5)
    again = restride(*told)
    assert (again.returncode, again.stdout) == (2, "")
    assert len(record(store, injured).history.decisions) == 1


def test_exercises_are_told_of_in_one_way_only(restride: Restride, store: Store, injured: Account) -> None:
    by = ["--cleared-by", "Dr Mori", "--reason", "begin"]
    for words, said in (
        (["clinician_ok_exercises", "yes"], "tell who it was: --cleared-by NAME"),
        (["clinician_ok_exercises", "no", *by], "tell of a yes"),
        (["clinician_ok_exercises", *by], "tell of a yes"),
        (["clinician_ok_exercises", "yes", *by[:2]], "Missing option '--reason'"),
        (["clinician_ok_exercises", "yes", "--cleared-by", " ", *by[2:]], "say which clinician gave it"),
        (["clinician_ok", "yes", *by], "restride plan sign-off --cleared-by NAME"),
        (["brisk_walk", "yes", *by[2:]], "--cleared-by and --reason go together"),
        (by, "--cleared-by and --reason go together"),
    ):
        done = restride("plan", "gate", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert said in done.stderr
    limps(restride)
    held = restride("plan", "gate", "clinician_ok_exercises", "yes", *by)
    assert "the plan is on hold: tell that this is lifted (plan resume)" in held.stderr
    assert record(store, injured).history.decisions == ()


def test_a_clinicians_account_that_said_no_to_the_exercises_is_asked_first(
    restride: Restride, store: Store, ito: Account, injured: Account
) -> None:
    told = ["plan", "gate", "clinician_ok_exercises", "yes", "--cleared-by", "Dr Mori", "--reason", "begin"]
    follows = restride(*told, "--as", injured.name)
    assert "ito decides about this plan" in follows.stderr
    no = ["plan", "gate", "clinician_ok_exercises", "no", "--athlete", injured.name, "--as", ito.name]
    assert restride(*no).returncode == 0
    assert restride("share", "revoke", "ito", "--as", injured.name).returncode == 0
    refused = restride(*told, "--as", injured.name)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "a clinician's account said no" in refused.stderr
    assert (
        "clinician_ok_exercises yes --cleared-by" not in restride("plan", "gate", "--as", injured.name).stdout
    )
    assert restride("checkin", "--pain", "2", "--red-flag", "limp", "--as", injured.name).returncode == 0
    lifted = ["plan", "resume", "--cleared-by", "Dr Mori", "--reason", "a cramp", "--as", injured.name]
    assert restride(*lifted).returncode == 0  # the no was about exercises alone
    assert [one.kind for one in record(store, injured).history.decisions] == ["resume"]


def test_where_a_clinician_follows_only_that_one_decides(
    restride: Restride, store: Store, ito: Account, injured: Account
) -> None:
    limps(restride)
    for asked in (["plan", "show"], ["status"]):
        assert "--cleared-by" not in restride(*asked, "--as", injured.name).stdout
    for verb in ("resume", "sign-off"):
        told = ["plan", verb, "--cleared-by", "Dr Mori", "--reason", "fine"]
        done = restride(*told, "--as", injured.name)
        assert (done.returncode, done.stdout) == (2, "")
        assert "ito decides about this plan" in done.stderr
        in_his_name = restride(*told, "--as", ito.name)
        assert (in_his_name.returncode, in_his_name.stdout) == (2, "")
    assert record(store, injured).history.decisions == ()


def test_a_step_back_before_the_first_stage_says_why_it_changes_nothing(
    restride: Restride, ito: Account, injured: Account
) -> None:
    said = restride("plan", "step-back", "--reason", "sore", "--athlete", injured.name, "--as", ito.name)
    assert said.stdout.startswith("No stage has begun, so there is none to step back to: nothing changed.")


def test_a_clinicians_version_is_signed(
    restride: Restride, store: Store, ito: Account, injured: Account, content: dict[str, Any], tmp_path: Path
) -> None:
    content["version"] = "ito's"
    done = restride("plan", "choose", written(tmp_path, content), "--reason", "x", "--as", ito.name)
    assert "signed by ito" in done.stdout
    assert record(store, injured).plans[-1].signed


def test_a_sign_off_is_about_the_gate_that_waits(restride: Restride, store: Store, anna: Account) -> None:
    restride("injury", "add", "--side", "left", "--site", "hamstring", "--onset", "2026-06-20")
    restride("accounts", "add", "ito", "--role", "clinician")
    restride("share", "with", "ito", "--scope", "clinical", "--as", anna.name)
    assert "open  clinician_ok" in restride("plan", "gate", "--as", "Anna").stdout
    assert restride("plan", "sign-off", "--reason", "grade 1", "--as", "ito").returncode == 0
    assert "met   clinician_ok: Yes (ito, 2026-06-30)" in restride("plan", "gate", "--as", "Anna").stdout
    (word,) = record(store, anna).history.decisions
    assert (word.kind, word.stage) == ("sign_off", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gate", "courage", "yes"], "gate courage: the plan has none of this name; it has brisk_walk"),
        (["gate", "brisk_walk"], "gate brisk_walk: answer it with yes or no"),
        (["gate", "brisk_walk", "perhaps"], "'perhaps' is not one of"),
        (["gate", "clinician_ok", "yes"], "only a clinician's word counts"),
        (["set-stage", "99", "--reason", "x"], "stage 99: the plan has none of this name; it has 1, 2"),
        (["step-back", "S9", "--reason", "x"], "stage S9: the plan has none"),
        (["sign-off", "S9", "--reason", "x"], "stage S9: the plan has none"),
        (["resume", "--reason", "x"], "tell who it was: --cleared-by NAME"),
        (["resume", "--reason", "x", "--cleared-by", " "], "say which clinician gave it"),
        (["hold", "--reason", "x", "--athlete", "Bea"], "athlete Bea: there is none, or not shared"),
        (["hold"], "Missing option '--reason'"),
        (["show", "--version", "1"], "--version goes with --json"),
    ],
)
def test_what_cannot_be_ends_in_one_line_and_nothing_is_kept(
    restride: Restride, store: Store, injured: Account, words: list[str], said: str
) -> None:
    before = record(store, injured)
    done = restride("plan", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert record(store, injured) == before


@pytest.mark.usefixtures("injured")
def test_each_gate_shows_what_it_rests_on(restride: Restride, clock: Clock) -> None:
    shown = restride("plan", "gate").stdout.replace("\N{NO-BREAK SPACE}", " ")
    assert "min, compared with 30.0 min (the walk that the plan asks for). Walks: 0." in shown
    answered = restride("plan", "gate", "painless_single_leg_squat", "yes", "--json")
    gates = {one["key"]: one for one in json.loads(answered.stdout)}
    assert gates["painless_single_leg_squat"]["answered_by"] == "Anna"
    assert (gates["painless_single_leg_squat"]["met"], gates["brisk_walk"]["met"]) == (True, False)
    clock.now += timedelta(minutes=5)
    no = restride("plan", "gate", "painless_single_leg_squat", "no")
    assert "open  painless_single_leg_squat: Not yet (Anna, 2026-06-30)" in no.stdout


@pytest.mark.unhurried
def test_where_somebody_stands_is_marked(restride: Restride, store: Store, anna: Account) -> None:
    keep_story(store, anna, "overstride")
    shown = restride("plan", "show", "--as", "Anna").stdout
    (here,) = (line for line in shown.splitlines() if line.startswith(">"))
    assert " ".join(here.split()) == (
        "> 13 24 min easy running without a break you are here, 1 of 2 sessions counted"
    )
    assert "Lately:" in shown


def test_a_plan_edited_in_an_editor_is_a_new_version(
    restride: Restride, store: Store, injured: Account, tmp_path: Path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\np = pathlib.Path(sys.argv[1])\n"
        "p.write_text(p.read_text().replace('\"successes_to_advance\": 2', '\"successes_to_advance\": 3'))\n"
    )
    done = restride("plan", "edit", "--reason", "slower", EDITOR=f"{sys.executable} {script}")
    assert "rules.successes_to_advance: 2, now 3" in done.stdout
    script.write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text('{')\n")
    spoilt = restride("plan", "edit", "--reason", "slower", EDITOR=f"{sys.executable} {script}")
    assert spoilt.returncode == 2
    draft = Path(spoilt.stderr.removeprefix("restride: ").partition(": ")[0])
    assert draft.read_text() == "{"
    assert len(record(store, injured).plans) == 1
    assert "nothing was changed" in restride("plan", "edit", "--reason", "x", EDITOR="false").stderr
    assert "name an editor in EDITOR" in restride("plan", "edit", "--reason", "x", EDITOR="no-such").stderr
