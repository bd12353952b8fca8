"""`restride status`: where an athlete stands, what comes next, and what to look at."""

import json
import os
from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.plan_text import TOLD_BY
from imu.cli.status_text import Ways, standing_lines
from imu.cli.summary import aligned
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened

if TYPE_CHECKING:
    from imu.store import Account, ListedRun, Store

_NONE = "-"
_NO_ANGLE = "-: not measured, or by a sensor that is not to be trusted; restride status --runs --json has why"


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
                listed = repository.runs.listed(who.athlete_id)[::-1]
            echo(_json([_run(one) for one in listed]) if as_json else _runs_table(listed))
            return
        name, content = _standing(store, viewer, athlete)
        with store.seen_by(viewer) as repository:
            one = repository.sharing.athlete(athlete)
            known = one.athlete_id
            today = repository.now(known).date()
            ways = Ways(
                may_tell="write_symptoms" in one.rights,
                clearances=[kind for kind in TOLD_BY if repository.care.may_tell_clearance(known, kind)],
                options=_options(athlete, account),
            )
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
    echo("\n".join(standing_lines(name, content, ways, today=today)))
    if older:
        are = "1 run is" if older == 1 else f"{older} runs are"
        echo(f"{are} as another version of restride analysed them: restride reprocess{_as(account)}")


def _options(athlete: str | None, account: str | None) -> str:
    """What every other command needs, too, to be about the same athlete."""
    return ("" if athlete is None else f" --athlete {quote(athlete)}") + _as(account)


def _as(account: str | None) -> str:
    return "" if account in (None, os.environ.get("RESTRIDE_AS")) else f" --as {quote(str(account))}"


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


def _runs_table(listed: "tuple[ListedRun, ...]") -> str:
    if not listed:
        return "No run yet: restride import RECORDING"
    rows = [["run", "start", "running", "km", "shank left", "shank right", "trust"]]
    for one in listed:
        run = one.run
        km = "" if run.distance_m is None else f"{run.distance_m / 1000:.2f}"
        angles = [_angle(one.headline, side) for side in ("left", "right")]
        row = [run.run_id[:8], f"{run.start:%Y-%m-%d %H:%M}", f"{run.running_s / 60:.0f} min", km]
        rows.append([*row, *angles, run.trust])
    table = aligned(rows)
    return f"{table}\n{_NO_ANGLE}" if any(_NONE in row for row in rows) else table


def _angle(headline: Mapping[str, Any], side: str) -> str:
    value = headline.get(side, {}).get("shank_angle_ic_deg")
    return _NONE if value is None else f"{value:.1f}°"


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
