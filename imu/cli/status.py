"""`restride status`: where an athlete stands, what comes next, and what to look at."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.plan_text import TOLD_BY
from imu.cli.summary import aligned
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened

if TYPE_CHECKING:
    from imu.store import Account, ListedRun, Store

_MAY_RUN = {"yes": "Today you may run:", "easy": "Today easily:", "rest": "Today rest. Next:"}


def status(
    runs: Annotated[bool, typer.Option("--runs", help="List the runs instead, the latest first.")] = False,
    athlete: AthleteOption = None,
    account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell where you stand.

    The stage of the plan, what the next run may be and why, open warnings, and what is due.

    Example:  restride status
    """
    with opened(account) as (store, viewer):
        if runs:
            with store.seen_by(viewer) as repository:
                who = repository.sharing.athlete(athlete)
                listed = repository.runs.listed(who.athlete_id)
            echo(_json([_run(one) for one in listed]) if as_json else _runs_table(listed))
            return
        name, content = _standing(store, viewer, athlete)
        with store.seen_by(viewer) as repository:
            known = repository.sharing.athlete(athlete).athlete_id
            tells = repository.care.may_tell_clearance(known, "resume")
            older = len(
                {
                    *repository.runs.derived_otherwise(known, than=imu.__version__),
                    *repository.watches.read_otherwise(known, than=imu.__version__),
                }
            )
    if as_json:
        facts = {key: value for key, value in content.items() if key != "said"}
        echo(_json({"athlete": name, **facts, "runs_of_another_version": older}))
        return
    echo("\n".join(_lines(name, content)))
    if tells and content["plan"]["held_because"]:
        echo(f"Once a clinician has cleared you, tell who it was: {TOLD_BY['resume']}")
    if older:
        are = "1 run is" if older == 1 else f"{older} runs are"
        echo(f"{are} as another version of restride analysed them: restride reprocess")


def _standing(store: "Store", viewer: "Account", who: str | None) -> tuple[str, dict[str, Any]]:
    """What is kept of him, or what is judged now where that is out of date."""
    with store.seen_by(viewer) as repository:
        one = repository.sharing.athlete(who)
        kept = repository.standings.one(one.athlete_id, analysis_version=imu.__version__)
        if kept.content is not None and kept.is_current:
            return one.name, kept.content
    from imu.followup.standing import judged_anew

    judged_anew(store, viewer, one.athlete_id, analysis_version=imu.__version__)
    with store.seen_by(viewer) as repository:
        kept = repository.standings.one(one.athlete_id, analysis_version=imu.__version__)
    assert kept.content is not None
    return one.name, kept.content


def _lines(name: str, content: Mapping[str, Any]) -> Iterator[str]:
    plan, coming = content["plan"], content["next"]
    yield f"{name}: {_plan_words(plan)}"
    yield f"{_MAY_RUN[coming['may_run']]} {coming['words']}"
    yield from (f"  because {reason}" for reason in coming["reasons"])
    yield from (f"  {step}" for step in coming["to_do"])
    for warning in content["warnings"]:
        yield f"[{warning['level']}] {warning['sentence']}"
        yield f"  {warning['to_do']}"
        yield f"  (restride warnings; its key is {warning['key']})"
    for due in content["due"]:
        yield f"{'Overdue' if due['overdue'] else 'Due'}: {due['sentence']}"
    if last := content["last_run"]:
        when = datetime.fromisoformat(last["start"])
        yield f"Last run: {when:%Y-%m-%d %H:%M}, {_extent(last)}."
        yield f"  {last['finding']}"
    else:
        yield "No run yet: restride import RECORDING"


def _extent(last: Mapping[str, Any]) -> str:
    if last.get("walked_s"):
        return f"{last['walked_s'] / 60:.0f} min of walking, no running"
    return f"{last['running_s'] / 60:.0f} min of running"


def _plan_words(plan: Mapping[str, Any]) -> str:
    if not plan["followed"]:
        return f"no plan is followed: {plan['why_not']}."
    if plan["held_because"]:
        return f"the plan is on hold ({plan['held_because']})."
    if plan["complete"]:
        return "the plan is complete."
    if plan["stage"] is None:
        return "before the first stage of the plan."
    since = datetime.fromisoformat(plan["since"])
    return (
        f"stage {plan['stage']} since {since:%Y-%m-%d} ({plan['stage_words']}), "
        f"{plan['successes']} of {plan['needed']} sessions counted."
    )


def _runs_table(listed: "tuple[ListedRun, ...]") -> str:
    if not listed:
        return "No run yet: restride import RECORDING"
    rows = [["run", "start", "running", "km", "shank left", "shank right", "trust"]]
    for one in reversed(listed):
        run = one.run
        km = "" if run.distance_m is None else f"{run.distance_m / 1000:.2f}"
        angles = [_angle(one.headline, side) for side in ("left", "right")]
        row = [run.run_id[:8], f"{run.start:%Y-%m-%d %H:%M}", f"{run.running_s / 60:.0f} min", km]
        rows.append([*row, *angles, run.trust])
    return aligned(rows)


def _angle(headline: Mapping[str, Any], side: str) -> str:
    value = headline.get(side, {}).get("shank_angle_ic_deg")
    return "" if value is None else f"{value:.1f}°"


def _run(one: "ListedRun") -> dict[str, Any]:
    run = one.run
    return {
        "run_id": run.run_id,
        "start": run.start.isoformat(),
        "running_s": run.running_s,
        "distance_m": run.distance_m,
        "surface": run.surface,
        "shoe": run.shoe,
        "trust": run.trust,
        "untrusted_because": list(run.untrusted_because),
        **one.headline,
    }


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
