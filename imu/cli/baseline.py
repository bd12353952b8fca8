"""`restride baseline`: what the charts compare a run with."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.acting import acting
from imu.cli.times import day_typed, midnight
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imu.followup.baselines import ShownBaseline

baseline = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@baseline.callback()
def baselines() -> None:
    """Your own usual running.

    Frozen on runs without symptoms, renewed only on purpose.
    """


@baseline.command()
def show(athlete: AthleteOption = None, as_account: AsOption = None, as_json: JsonOption = False) -> None:
    """What each chart compares with, and from which runs.

    Or why there is nothing to compare with yet.

    Example:  restride baseline show
    """
    from imu.followup.baselines import shown_baselines
    from imu.followup.judgement import judge

    with acting(as_account, athlete) as here:
        record = here.record(segments=True)
        shown = shown_baselines(record, judge(record, now=here.now))
    if as_json:
        echo(json.dumps([_plain(one) for one in shown], indent=2, ensure_ascii=False))
    else:
        echo("\n".join(line for one in shown for line in _lines(one)))


@baseline.command()
def renew(
    since: Annotated[
        date,
        typer.Option(
            parser=day_typed, metavar="DATE", help="Take runs from this day on, the last 25 at most."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept with it.")],
    chart: Annotated[
        list[str] | None, typer.Option(metavar="CHART", help="Only this chart; repeatable.")
    ] = None,
    with_warned: Annotated[
        bool,
        typer.Option("--with-warned", help="Take in runs of which the chart warned: that change was meant."),
    ] = False,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a new baseline on purpose; the old one is kept.

    Do that after a change that you meant, for instance of technique: what was found against the old one is
    judged anew. Runs of which a chart warned are left out of its baseline, and named, unless you say
    --with-warned: what you were warned of would be called usual. Those of an overruled warning are taken in.

    Example:  restride baseline renew --since 2026-03-01 --reason "new technique since spring"
    """
    from imu.followup.baselines import charts_named, left_out_words, renewed, shown_baselines
    from imu.followup.judgement import judge

    wanted = charts_named(chart or [])
    with acting(as_account, athlete) as here:
        record = here.record(segments=True)
        made = renewed(
            record, judge(record, now=here.now), wanted, since=midnight(since), with_warned=with_warned
        )
        with here.changing() as repository:
            for name, new in made.items():
                repository.care.keep_baseline(
                    here.id,
                    name,
                    new.baseline,
                    on_purpose=True,
                    reason=reason,
                    analysis_version=imu.__version__,
                )
        here.judged()
        record = here.record(segments=True)
        shown = [
            one for one in shown_baselines(record, judge(record, now=here.now)) if one.charted.name in made
        ]
    left_out = {name: new.left_out for name, new in made.items()}
    if as_json:
        told = [
            {**_plain(one), "left_out": [run.run_id for run in left_out[one.charted.name]]} for one in shown
        ]
        echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for one in shown:
        echo("\n".join(_lines(one)))
        if without := left_out[one.charted.name]:
            echo(f"  {left_out_words(without)}")


def _lines(one: "ShownBaseline") -> "Iterator[str]":
    from imu.training.baseline import NoBaseline

    yield f"{one.charted.name}: {one.words}"
    if isinstance(one.baseline, NoBaseline):
        yield f"  none yet: {one.baseline.reason}"
    else:
        fit = one.baseline
        span = f", {one.runs[0].start.date()} to {one.runs[-1].start.date()}" if one.runs else ""
        speeds = f"{fit.slowest_mps:.1f} to {fit.fastest_mps:.1f} m/s"
        yield f"  from {fit.runs} runs ({fit.segments} segments){span}, {speeds}"
        yield (
            f"  at {fit.center_mps:.1f} m/s {fit.mean[0]:.1f}°; runs differ by {fit.sd_run_deg:.1f}° (one sd)"
        )
        if one.kept is not None:
            yield f"  frozen {fit.frozen_at:%Y-%m-%d}, kept by {one.kept.by}: {one.kept.reason}"
        else:
            yield f"  frozen {fit.frozen_at:%Y-%m-%d}"
    for old in one.earlier:
        yield f"  before: {old.baseline.runs} runs, frozen {old.baseline.frozen_at:%Y-%m-%d}, {old.reason}"


def _plain(one: "ShownBaseline") -> dict[str, Any]:
    from imu.followup.plain import plain

    return {
        "chart": one.charted.name,
        "baseline": plain(one.baseline),
        "kept": None if one.kept is None else _about(one.kept),
        "earlier": [_about(old) for old in one.earlier],
    }


def _about(kept: Any) -> dict[str, Any]:
    from imu.followup.plain import plain

    return {
        "runs": list(kept.baseline.run_ids),
        "frozen_at": kept.baseline.frozen_at.isoformat(),
        "reason": kept.reason,
        "by": kept.by,
        "kept_at": kept.kept_at.isoformat(),
        "replaced_at": plain(kept.replaced_at),
        "analysis_version": kept.analysis_version,
    }
