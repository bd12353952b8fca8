"""The verbs of `restride`, in the order in which a newcomer meets them."""

from datetime import datetime
from shlex import quote
from typing import Annotated

import typer

from imu.build import version_text
from imu.cli.added import added_verbs
from imu.cli.analyze import analyze
from imu.cli.arm import arm
from imu.cli.backup import backup, restore
from imu.cli.baseline import baseline
from imu.cli.calibrate import calibrate
from imu.cli.checkin import checkin
from imu.cli.demo import demo
from imu.cli.doctor import doctor
from imu.cli.erase import erase
from imu.cli.exercise import exercise
from imu.cli.export import export
from imu.cli.export_all import export_all
from imu.cli.hardware_check import hardware_check
from imu.cli.import_runs import import_runs
from imu.cli.injury import injury
from imu.cli.live import live
from imu.cli.pair import pair
from imu.cli.people import accounts, athletes, note, share
from imu.cli.plan import plan
from imu.cli.push import push
from imu.cli.record import record
from imu.cli.recover import interrupted, recover
from imu.cli.reminders import account_to_name, questions_due
from imu.cli.reprocess import reprocess
from imu.cli.scan import scan
from imu.cli.sensors import sensors
from imu.cli.simulate import simulate
from imu.cli.status import status
from imu.cli.sync import sync
from imu.cli.told import echo
from imu.cli.validate import validate
from imu.cli.warnings import warnings
from imu.home import home

app = typer.Typer(
    # Plain text: boxes and colours cost 0.15 s per help page and do not survive a pipe.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback(invoke_without_command=True)
def restride(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print version and build, and exit.")] = False,
) -> None:
    """Running gait from body-worn IMUs.

    Start with `restride demo`. Results go to standard output, everything else to standard error.
    Exit codes: 0 done, 1 a check failed, 2 wrong use or bad input,
    3 a sensor or server not reachable, 130 interrupted.
    """
    if version:
        echo(version_text())
        raise typer.Exit
    if context.invoked_subcommand is None:
        echo(context.get_help())
    elif context.invoked_subcommand != "doctor":  # which runs where nothing else does, and says it itself
        _say_what_waits(context.invoked_subcommand)


def _say_what_waits(verb: str) -> None:
    """What an earlier command left to be done; not before the verb that does it."""
    if verb != "recover" and (waiting := interrupted(home())):
        what = "a recording was" if waiting == 1 else f"{waiting} recordings were"
        echo(f"{what} interrupted and can be finished: restride recover", err=True)
    now = datetime.now().astimezone()
    if verb not in ("checkin", "status") and (asked := questions_due(home(), now=now)):
        what = "a question" if asked == 1 else f"{asked} questions"
        whose = "" if (name := account_to_name(home())) is None else f" --as {quote(name)}"
        echo(f"{what} about your last runs can be answered: restride checkin{whose}", err=True)


for verb in (
    analyze,
    scan,
    pair,
    calibrate,
    hardware_check,
    record,
    live,
    arm,
    sync,
    push,
    recover,
    checkin,
    note,
    simulate,
    validate,
    demo,
    reprocess,
    backup,
    restore,
    export,
    export_all,
    erase,
    doctor,
):
    app.command()(verb)
app.command("import")(import_runs)
app.command()(status)
for name, verb_of_others in added_verbs():
    app.command(name)(verb_of_others)
for name, group in {
    "sensors": sensors,
    "exercise": exercise,
    "injury": injury,
    "plan": plan,
    "baseline": baseline,
    "warnings": warnings,
    "accounts": accounts,
    "athletes": athletes,
    "share": share,
}.items():
    app.add_typer(group, name=name)
RESTRIDE = typer.main.get_command(app)
