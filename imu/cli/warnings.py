"""`restride warnings`: what to look at, each with what it rests on, and what was done with it."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from imu.cli.acting import acting
from imu.cli.rests_on import rests_on
from imu.cli.times import day_typed, midnight
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption
from imu.errors import RestrideError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imu.training.warnings import RaisedWarning

warnings = typer.Typer(rich_markup_mode=None)
_WORDS = {"snoozed": "put aside", "resolved": "over"}  # as on the pages; other words are the same

KeysArgument = Annotated[
    list[str], typer.Argument(metavar="KEY...", help="Which: as listed, or how that begins.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Also those that are over or were answered.")]
ActKind = Literal["seen", "acknowledged", "snoozed", "overruled", "reopened"]


@warnings.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    everything: AllOption = False,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Changes from your baseline, load and pain to look at.

    Without a command: those that ask for attention. None of them is a diagnosis.

    Example:  restride warnings acknowledge load_spike
    """
    if context.invoked_subcommand is None:
        _list(athlete, as_account, everything=everything, as_json=as_json)


@warnings.command("list")
def list_(
    everything: AllOption = False,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List them with what each rests on.

    Value, comparison, uncertainty, the number behind it, what to do, and who has seen it.

    Example:  restride warnings list --all
    """
    _list(athlete, as_account, everything=everything, as_json=as_json)


@warnings.command()
def seen(
    keys: KeysArgument,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that you have looked; it stays open.

    Example:  restride warnings seen load_spike
    """
    _act("seen", keys, athlete, as_account, as_json=as_json)


@warnings.command()
def acknowledge(
    keys: KeysArgument,
    reason: Annotated[str | None, typer.Option("--reason", metavar="WORDS", help="What you do.")] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take note: it no longer asks for attention.

    Example:  restride warnings acknowledge load_spike --reason "two easy days now"
    """
    _act("acknowledged", keys, athlete, as_account, reason=reason, as_json=as_json)


@warnings.command()
def snooze(
    keys: KeysArgument,
    days: Annotated[int | None, typer.Option(min=1, max=90, metavar="N", help="For so many days.")] = None,
    until: Annotated[
        date | None, typer.Option(parser=day_typed, metavar="DATE", help="Until this day.")
    ] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put it aside for some days, then it asks again.

    Example:  restride warnings snooze overstride_left --days 7
    """
    if (days is None) == (until is None):
        raise RestrideError("say until when: --days N or --until DATE")
    end = timedelta(days=days) if days is not None else midnight(until or date.max)
    _act("snoozed", keys, athlete, as_account, until=end, as_json=as_json)


@warnings.command()
def overrule(
    keys: KeysArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why it does not count.")],
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that it does not count, and why.

    Example:  restride warnings overrule overstride_left --reason "the strap had turned"
    """
    _act("overruled", keys, athlete, as_account, reason=reason, as_json=as_json)


@warnings.command()
def reopen(
    keys: KeysArgument,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back what was said about it.

    Example:  restride warnings reopen overstride_left
    """
    _act("reopened", keys, athlete, as_account, as_json=as_json)


def _list(athlete: str | None, as_account: str | None, *, everything: bool, as_json: bool) -> None:
    from imu.followup.judgement import judge

    with acting(as_account, athlete) as here:
        found = judge(here.record(segments=True), now=here.now).warnings
    shown = [one for one in found if everything or one.is_pressing]
    if as_json:
        _print_json(shown)
    elif not shown:
        echo("Nothing asks for attention." if not everything else "There has been none.")
    else:
        echo("\n\n".join("\n".join(_lines(one, found)) for one in shown))


def _act(
    kind: ActKind,
    keys: Sequence[str],
    athlete: str | None,
    as_account: str | None,
    *,
    reason: str | None = None,
    until: datetime | timedelta | None = None,
    as_json: bool,
) -> None:
    from imu.followup.answering import warning_named
    from imu.followup.judgement import judge
    from imu.training.warnings import Act

    with acting(as_account, athlete) as here:
        known = judge(here.record(segments=True), now=here.now).warnings
        meant = dict.fromkeys(warning_named(known, key).key for key in keys)
        end = here.now + until if isinstance(until, timedelta) else until
        made = [
            Act(at=here.now, warning=key, kind=kind, by=here.viewer.name, reason=reason, until=end)
            for key in meant
        ]
        with here.changing() as repository:
            for act in made:
                repository.care.act(here.id, act)
        found = here.judged().warnings
    shown = [one for one in found if one.key in meant]
    if as_json:
        _print_json(shown)
    else:
        echo("\n\n".join("\n".join(_lines(one, found)) for one in shown))


def _print_json(shown: "Sequence[RaisedWarning]") -> None:
    from imu.followup.plain import plain

    echo(json.dumps(plain(shown), indent=2, ensure_ascii=False))


def _lines(one: "RaisedWarning", known: "Sequence[RaisedWarning]") -> "Iterator[str]":
    from imu.followup.answering import short_keys

    evidence = one.evidence
    ended = f", over since {one.resolved_at:%Y-%m-%d}" if one.resolved_at else ""
    standing = f"{one.level}, {_WORDS.get(one.status, one.status)}, since {one.raised_at:%Y-%m-%d}{ended}"
    yield f"{short_keys(known)[one.key]}  {standing}"
    yield f"  {evidence.sentence}"
    if compared := rests_on(evidence):
        yield f"  {compared}"
    if evidence.to_do:
        yield f"  {evidence.to_do}"
    for act in one.acts:
        words = f", until {act.until:%Y-%m-%d}" if act.until else ""
        why = f": {act.reason}" if act.reason else ""
        yield f"  {_WORDS.get(act.kind, act.kind)} by {act.by}, {act.at:%Y-%m-%d %H:%M}{words}{why}"
    if not one.acts:
        yield "  Nobody has answered it yet."
