"""`restride plan`: the plan back to running, and what a clinician decides about it."""

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from imu.cli.acting import Acting, acting
from imu.cli.plan_text import gate_lines, plan_lines, way_to_tell
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption
from imu.errors import PlanError, RestrideError
from imu.home import home

if TYPE_CHECKING:
    from datetime import datetime

    from imu.followup.judgement import Judgement
    from imu.store import AthleteRecord
    from imu.training.history import DecisionKind

plan = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

ReasonOption = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept with it.")]
StageArgument = Annotated[str | None, typer.Argument(metavar="STAGE", help="A stage of the plan.")]
ClearedByOption = Annotated[
    str | None,
    typer.Option(
        "--cleared-by",
        metavar="NAME",
        help="A clinician without an account here, whose word you tell; shown everywhere as told by you.",
    ),
]


@plan.callback()
def plans() -> None:
    """The plan back to running.

    Where you stand in it, its gates, other versions of it, a clinician's decisions.
    """


@plan.command()
def show(
    version: Annotated[int | None, typer.Option(metavar="N", help="An earlier version, for --json.")] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the plan's file, to be edited and chosen again.")
    ] = False,
) -> None:
    """Stages, gates with what speaks for them, and what moved the plan.

    Example:  restride plan show --json > plan.json
    """
    from imu.followup.judgement import judge
    from imu.followup.plans import content_in_force, content_of_version, text_of

    with acting(as_account, athlete) as here:
        if as_json:
            record = here.record()
            content = content_in_force(record) if version is None else content_of_version(record, version)
            echo(text_of(content))
            return
        if version is not None:
            raise RestrideError("--version goes with --json: an earlier plan has no state of today")
        record = here.record(segments=True)
        found = judge(record, now=here.now)
        echo("\n".join([*plan_lines(record, found), *_way_to_tell(here, record, found)]))


@plan.command()
def choose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan's file, as show --json prints it.")],
    reason: ReasonOption,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow another plan, or another version of it.

    It is checked whole first; what it changes is shown; earlier versions are kept. A clinician's version is
    signed by being his.

    Example:  restride plan choose plan.json --reason "longer walks at first"
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PlanError(str(file), "not the JSON of a plan (it is no UTF-8 text)") from None
    with acting(as_account, athlete) as here:
        _adopt(here, text, name=str(file), reason=reason, as_json=as_json)


@plan.command()
def edit(
    reason: ReasonOption,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Edit the plan in force in your editor (EDITOR), then follow it.

    What cannot be followed changes nothing, and the edited file stays where the error says.

    Example:  restride plan edit --reason "longer walks at first"
    """
    from imu.followup.plans import content_in_force, text_of

    with acting(as_account, athlete) as here:
        before = text_of(content_in_force(here.record())) + "\n"
        home().mkdir(parents=True, exist_ok=True)
        draft = draft_of(here.id)
        draft.write_text(before, encoding="utf-8")
        _in_editor(draft)
        _adopt(here, draft.read_text(encoding="utf-8"), name=str(draft), reason=reason, as_json=as_json)
        draft.unlink()


@plan.command()
def gate(
    key: Annotated[str | None, typer.Argument(metavar="GATE", help="Which to answer.")] = None,
    answer: Annotated[
        Literal["yes", "no"] | None, typer.Argument(metavar="[yes|no]", help="Whether it is so.")
    ] = None,
    cleared_by: ClearedByOption = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="WORDS", help="With --cleared-by: what was said.")
    ] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the gates before you, or answer one.

    Each with what speaks for it. Some count only if a clinician's account answers them. Where none follows
    you, tell with --cleared-by which clinician has agreed to the exercises that wait
    (clinician_ok_exercises); of the other gates with plan sign-off.

    Example:  restride plan gate painless_single_leg_squat yes
    """
    from imu.followup.judgement import judge
    from imu.followup.plan_versions import plan_of
    from imu.followup.plans import check_gate
    from imu.training.rehab import CLINICIAN_EXERCISES

    if (key is None or cleared_by is None) and (cleared_by or reason):
        raise RestrideError(f"--cleared-by and --reason go together, with {CLINICIAN_EXERCISES} yes")
    with acting(as_account, athlete) as here:
        record = here.record(segments=key is None)
        if key is None:
            found = judge(record, now=here.now)
        elif cleared_by is not None:
            _check_what_is_told(key, answer, reason)
            _keep(here, record, "exercises", reason=reason or "", cleared_by=cleared_by)
            _tell_decided(here.judged(), since=here.now, as_json=as_json)
            return
        else:
            rights = here.athlete.rights
            if key == CLINICIAN_EXERCISES:
                _check_own_way(here, "exercises")
            check_gate(plan_of(record), key, is_clinician="decide" in rights)
            if answer is None:
                raise RestrideError(f"gate {key}: answer it with yes or no")
            with here.changing() as repository:
                repository.care.answer_gate(here.id, key, passed=answer == "yes", at=here.now)
            found = here.judged()
            if key == CLINICIAN_EXERCISES:
                _tell_decided(found, since=here.now, as_json=as_json)
                return
        _tell_gates(found, as_json=as_json)
        if not as_json:
            for line in _way_to_tell(here, here.record(), found):
                echo(line)


@plan.command("sign-off")
def sign_off(
    reason: ReasonOption,
    stage: StageArgument = None,
    cleared_by: ClearedByOption = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign off as a clinician.

    The entry gate, or the stage that comes next. Needs a clinician's account with which clinical data is
    shared. It lifts a hold, too. Where no such account follows you, tell with --cleared-by which clinician
    has cleared you.

    Example:  restride plan sign-off --athlete Anna --as ito --reason "scan is clear"
    """
    _decide("sign_off", stage, reason, athlete, as_account, cleared_by=cleared_by, as_json=as_json)


@plan.command()
def hold(
    reason: ReasonOption,
    exercises_go_on: Annotated[
        bool, typer.Option("--exercises-go-on", help="Only running is on hold; they wait otherwise.")
    ] = False,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the plan on hold as a clinician: no run until resumed.

    Exercises wait as well, unless you say that they go on; of a hold that is there, such as by a red flag,
    say it by another one.

    Example:  restride plan hold --athlete Anna --as ito --reason "wait for the scan"
    """
    kind: DecisionKind = "hold_running" if exercises_go_on else "hold"
    _decide(kind, None, reason, athlete, as_account, as_json=as_json)


@plan.command()
def resume(
    reason: ReasonOption,
    cleared_by: ClearedByOption = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lift a hold as a clinician.

    Where no clinician's account follows you, tell with --cleared-by which clinician has cleared you.

    Example:  restride plan resume --athlete Anna --as ito --reason "scan is clear"
    """
    _decide("resume", None, reason, athlete, as_account, cleared_by=cleared_by, as_json=as_json)


@plan.command("step-back")
def step_back(
    reason: ReasonOption,
    stage: StageArgument = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go back a stage, or to an earlier one, as a clinician.

    Example:  restride plan step-back --athlete Anna --as ito --reason "sore in the stairs"
    """
    _decide("step_back", stage, reason, athlete, as_account, as_json=as_json)


@plan.command("set-stage")
def set_stage(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="A stage of the plan.")],
    reason: ReasonOption,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set any stage as a clinician: the only way to skip one.

    Example:  restride plan set-stage 5 --athlete Anna --as ito --reason "ran 20 min with me"
    """
    _decide("set_stage", stage, reason, athlete, as_account, as_json=as_json)


def draft_of(athlete_id: str) -> Path:
    """Where a plan lies while it is edited."""
    return home() / f"plan-{athlete_id[:8]}.json"


def _in_editor(file: Path) -> None:
    """Let the user edit a file. RestrideError where there is no editor, or it says that it failed."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        ended = subprocess.run([*editor, str(file)], check=False)
    except OSError as error:
        raise RestrideError(f"{editor[0]}: {error.strerror}; name an editor in EDITOR") from error
    if ended.returncode:
        raise RestrideError(f"{editor[0]}: ended with {ended.returncode}; nothing was changed")


def _decide(
    kind: "DecisionKind",
    stage: str | None,
    reason: str,
    athlete: str | None,
    as_account: str | None,
    *,
    as_json: bool,
    cleared_by: str | None = None,
) -> None:
    with acting(as_account, athlete) as here:
        _keep(here, here.record(), kind, stage=stage, reason=reason, cleared_by=cleared_by)
        _tell_decided(here.judged(), since=here.now, as_json=as_json)


def _keep(
    here: Acting,
    record: "AthleteRecord",
    kind: "DecisionKind",
    *,
    reason: str,
    cleared_by: str | None,
    stage: str | None = None,
) -> None:
    """A decision of the account's own, or with `cleared_by` the word of a clinician without one."""
    from imu.followup.plans import check_told, decision_of

    made = decision_of(
        record, kind, stage=stage, by=here.viewer.name, reason=reason, now=here.now, cleared_by=cleared_by
    )
    if cleared_by is None:
        _check_own_way(here, kind)
    with here.changing() as repository:
        if cleared_by is None:
            repository.care.decide(here.id, made)
        else:
            repository.care.tell_clearance(here.id, made)
            check_told(record, made)


def _check_own_way(here: Acting, kind: "DecisionKind") -> None:
    """RestrideError for whoever can tell of this word of a clinician, and cannot give it."""
    from imu.store.care import TOLD_KINDS

    with here.looking() as repository:
        if kind in TOLD_KINDS and repository.care.may_tell_clearance(here.id, kind):
            raise RestrideError(
                "only a clinician's account decides, and none follows you; once a clinician has cleared "
                "you, tell who it was: --cleared-by NAME"
            )


def _check_what_is_told(key: str, answer: str | None, reason: str | None) -> None:
    """RestrideError for anything but a clinician's yes to the exercises that wait for it."""
    from imu.training.rehab import CLINICIAN_EXERCISES

    if key != CLINICIAN_EXERCISES:
        raise RestrideError(
            f"gate {key}: --cleared-by goes with {CLINICIAN_EXERCISES} here; of a stage's gate tell with "
            "restride plan sign-off --cleared-by NAME"
        )
    if answer != "yes":
        raise RestrideError(f"gate {key}: with --cleared-by tell of a yes; the exercises wait without a word")
    if not (reason or "").strip():
        raise RestrideError("Missing option '--reason': say in a few words what was said")


def _way_to_tell(here: Acting, record: "AthleteRecord", found: "Judgement") -> list[str]:
    """What somebody whom no clinician's account follows can do about what waits for a clinician."""
    from imu.followup.plans import awaited_words
    from imu.training.plan_state import PlanState

    if not isinstance(found.state, PlanState):
        return []
    awaited = awaited_words(record.history, found.state, now=found.at)
    with here.looking() as repository:
        return list(way_to_tell([one for one in awaited if repository.care.may_tell_clearance(here.id, one)]))


def _adopt(here: Acting, text: str, *, name: str, reason: str, as_json: bool) -> None:
    from imu.followup.plan_versions import lacking
    from imu.followup.plans import changes, content_in_force, new_content
    from imu.training.next_session import next_words

    content = new_content(text, name=name)
    record = here.record()
    changed = list(changes(content_in_force(record), content))
    if not changed and record.plans:
        version = record.plans[-1].version
        echo(json.dumps({"version": version, "changes": []}) if as_json else "Nothing is changed.")
        return
    with here.changing() as repository:
        version = repository.care.adopt_plan(here.id, content, reason=reason)
    found = here.judged()
    signed, unread = here.record().plans[-1].signed, lacking(record.history, found.unread, now=here.now)
    if as_json:
        told: dict[str, Any] = {"version": version, "signed": signed, "changes": changed}
        told["not_followed_because"] = None if unread is None else unread.because
        echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    by = f"signed by {here.viewer.name}" if signed else "not signed by a clinician"
    if unread is None:
        echo(f"Version {version} is followed now, {by}.")
    else:
        echo(f"Version {version} is kept, {by}; it is not followed yet: {unread.because}.")
        echo(unread.to_do)
    echo("\n".join(changed) or "It is the plan that comes with this program.")
    echo(next_words(found.next, today=found.at.date()))


def _tell_gates(found: "Judgement", *, as_json: bool) -> None:
    from imu.followup.plain import plain
    from imu.training.not_judged import NotJudged

    if as_json:
        gates = [] if isinstance(found.state, NotJudged) else plain(found.state.gates)
        echo(json.dumps(gates, indent=2, ensure_ascii=False))
    else:
        echo("\n".join(gate_lines(found)))


def _tell_decided(found: "Judgement", *, since: "datetime", as_json: bool) -> None:
    from imu.followup.plain import plain
    from imu.followup.plans import moved_since
    from imu.training.next_session import next_words

    events = moved_since(found.state, since)
    if as_json:
        echo(json.dumps({"events": plain(events), "next": found.next.words}, indent=2))
        return
    echo("\n".join([*(event.sentence for event in events), next_words(found.next, today=found.at.date())]))
