"""`restride accounts`, `athletes`, `share` and `note`: who there is, who sees whom, a word to an athlete."""

import json
import sys
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

import typer

from imu.cli.acting import acting
from imu.cli.reminders import recount
from imu.cli.summary import aligned
from imu.cli.times import day_typed
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened
from imu.errors import StoreError
from imu.home import home

accounts = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
athletes = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
share = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]
Viewer = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account.")]


@accounts.callback()
def account() -> None:
    """Who uses this store. On this computer whoever can open the store's files may act as any of them."""


@accounts.command("add")
def add_account(
    name: Name,
    role: Annotated[
        Literal["runner", "coach", "clinician", "admin"], typer.Option(help="What a grant may give it.")
    ],
    record: Annotated[
        bool,
        typer.Option("--record/--no-record", help="Begin a runner's own record at once."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Add an account. A runner's has an athlete of its own; the others see what is shared with them.

    Example:  restride accounts add ito --role clinician
    """
    from imu.followup.plain import plain
    from imu.store import Store

    store = Store.at(home())
    try:
        made = store.add_account(name, role)
        if role == "runner" and record:
            with store.changed_by(made) as repository:
                repository.sharing.add_athlete(made.name, own=True)
        recount(home(), store)
    finally:
        store.close()
    echo(json.dumps(plain(made), indent=2, ensure_ascii=False) if as_json else f"{made.name}: {role}")


@accounts.command("list")
def list_accounts(as_json: JsonOption = False) -> None:
    """Names and roles, closed ones too.

    Example:  restride accounts list
    """
    from imu.followup.plain import plain
    from imu.store import Store

    store = Store.at(home())
    try:
        known = sorted(store.accounts(), key=lambda one: one.name)
    finally:
        store.close()
    if as_json:
        echo(json.dumps(plain(known), indent=2, ensure_ascii=False))
    elif not known:
        echo("There is none yet; the first verb that needs one makes it.")
    else:
        rows = [
            [one.name, one.role, f"closed {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "open"]
            for one in known
        ]
        echo(aligned([["account", "role", ""], *rows]))


@accounts.command("close")
def close_account(name: Name, as_account: AsOption = None, as_json: JsonOption = False) -> None:
    """Close an account, as an administrator. What it did stays on record.

    Example:  restride accounts close ito --as office
    """
    from imu.followup.plain import plain

    with opened(as_account) as (store, viewer):
        with store.changed_by(viewer) as repository:
            closed = repository.accounts.close(repository.accounts.named(name).account_id)
        recount(home(), store)
    echo(json.dumps(plain(closed), indent=2, ensure_ascii=False) if as_json else f"{closed.name}: closed")


@accounts.command("password")
def set_password(
    name: Name,
    from_input: Annotated[
        bool, typer.Option("--stdin", help="Read the password from standard input, without asking.")
    ] = False,
) -> None:
    """Set the password of an account for the dashboard. Whoever is signed in with it has to sign in again.

    Example:  restride accounts password ito
    """
    from imu.store import Store
    from imu.store.passwords import hashed

    store = Store.at(home())
    try:
        whose = store.named(name).name
        store.sign_ins.set_password_hash(whose, hashed(_typed(from_input)))
    finally:
        store.close()
    echo(f"{whose}: the password is set")


def _typed(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise StoreError("nobody is here to type a password; give it on standard input with --stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@athletes.callback()
def athlete() -> None:
    """Whose runs are kept.

    As far as they are yours or shared with you.
    """


@athletes.command("add")
def add_athlete(
    name: Name,
    own: Annotated[bool, typer.Option("--own", help="It is the account's own record.")] = False,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an athlete whom you look after, or your own record.

    Example:  restride athletes add Anna --as ito
    """
    from imu.followup.plain import plain

    with opened(as_account) as (store, viewer), store.changed_by(viewer) as repository:
        made = repository.sharing.add_athlete(name, own=own)
    echo(json.dumps(plain(made), indent=2, ensure_ascii=False) if as_json else f"{made.name}: added")


@athletes.command("list")
def list_athletes(as_account: AsOption = None, as_json: JsonOption = False) -> None:
    """Your own and those shared with you.

    With what you may do.

    Example:  restride athletes list --as ito
    """
    from imu.followup.plain import plain

    with opened(as_account) as (store, viewer), store.seen_by(viewer) as repository:
        known = repository.sharing.athletes()
    if as_json:
        echo(json.dumps(plain(known), indent=2, ensure_ascii=False))
    elif not known:
        echo(f"{viewer.name}: no athlete is shared with you.")
    else:
        rows = [[one.name, "own" if one.is_own else "shared", _may(one.rights)] for one in known]
        echo(aligned([["athlete", "", "you may"], *rows]))


@athletes.command("hand-over")
def hand_over(
    viewer: Viewer,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a record that you keep to the runner whose it is.

    The runner's account must have no record yet: restride accounts add NAME --role runner --no-record.
    You are left with a grant: clinical for a clinician, training for a coach, until the runner takes it back.

    Example:  restride athletes hand-over Anna --athlete Anna --as ito
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here, here.changing() as repository:
        handed = repository.sharing.hand_over(here.id, viewer)
    done = f"{handed.name}: is {viewer}'s own record now"
    echo(json.dumps(plain(handed), indent=2, ensure_ascii=False) if as_json else done)


@share.callback()
def sharing() -> None:
    """Who else may see an athlete's data, and who looked."""


@share.command("with")
def share_with(
    viewer: Viewer,
    scope: Annotated[
        Literal["training", "clinical"],
        typer.Option(help="training: runs, load, stage, warnings; clinical: also where it hurt, and notes."),
    ] = "training",
    until: Annotated[
        date | None,
        typer.Option(parser=day_typed, metavar="DATE", help="The last day of it.  [default: until revoked]"),
    ] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an account see your data.

    Example:  restride share with ito --scope clinical --until 2026-06-01
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here, here.changing() as repository:
        end = repository.end_of(here.id, until) if until else None
        made = repository.sharing.grant(here.id, viewer, scope, until=end)
    if as_json:
        echo(json.dumps(plain(made), indent=2, ensure_ascii=False))
    else:
        echo(f"{here.athlete.name}: {scope} data is shared with {made.viewer} {_until(until)}")


@share.command("revoke")
def share_revoke(
    viewer: Viewer,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back all that is shared with an account, at once.

    Example:  restride share revoke ito
    """
    with acting(as_account, athlete) as here, here.changing() as repository:
        count = repository.sharing.revoke(here.id, viewer)
    shown = json.dumps({"viewer": viewer, "revoked": count})
    echo(shown if as_json else f"{here.athlete.name}: nothing is shared with {viewer} any more")


@share.command("list")
def share_list(
    athlete: AthleteOption = None, as_account: AsOption = None, as_json: JsonOption = False
) -> None:
    """All that was ever shared, the latest first.

    Example:  restride share list
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here, here.looking() as repository:
        known = repository.sharing.grants(here.id)
        zone = repository.now(here.id).tzinfo
    if as_json:
        echo(json.dumps(plain(known), indent=2, ensure_ascii=False))
    elif not known:
        echo("Nothing is shared.")
    else:
        rows = [
            [
                one.viewer,
                one.scope,
                f"{one.granted_at:%Y-%m-%d}",
                f"taken back {one.revoked_at:%Y-%m-%d}"
                if one.revoked_at
                else _until(one.until.astimezone(zone).date() if one.until else None),
            ]
            for one in known
        ]
        echo(aligned([["account", "scope", "since", ""], *rows]))


@share.command("log")
def share_log(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many lines.")] = 50,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who did and saw what with your data, the latest first.

    Example:  restride share log --limit 20
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here, here.looking() as repository:
        zone = repository.now(here.id).tzinfo  # whoever acted elsewhere acted at this time here
        entries = [
            replace(one, at=one.at.astimezone(zone)) for one in repository.sharing.audit(here.id)[:limit]
        ]
    if as_json:
        echo(json.dumps(plain(entries), indent=2, ensure_ascii=False))
    else:
        echo(
            "\n".join(
                f"{one.at:%Y-%m-%d %H:%M}  {one.by}: {one.action} {one.subject or ''}".rstrip()
                for one in entries
            )
        )


def note(
    words: Annotated[str | None, typer.Argument(metavar="WORDS", help="Without, notes are read.")] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a note to an athlete, or read the notes to you.

    Who writes is a coach or clinician with whom the athlete shares.

    Example:  restride note "Easy week, please." --athlete Anna --as coach
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here:
        if words is not None:
            with here.changing() as repository:
                repository.sharing.add_note(here.id, words)
        with here.looking() as repository:
            known = repository.sharing.notes(here.id)
    if as_json:
        echo(json.dumps(plain(known), indent=2, ensure_ascii=False))
    elif words is not None:
        echo(f"{here.athlete.name} will find it: {known[0].text}")
    else:
        echo("\n".join(f"{one.at:%Y-%m-%d %H:%M}  {one.by}: {one.text}" for one in known) or "No notes.")


def _may(rights: frozenset[str]) -> str:
    return ", ".join(sorted(right.replace("_", " ") for right in rights))


def _until(day: date | None) -> str:
    return f"until {day}" if day else "until taken back"
