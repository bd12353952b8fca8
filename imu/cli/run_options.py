"""The options that `record`, `live` and `arm` share: the same words and the same limits for each."""

from pathlib import Path
from typing import Annotated, Any

import typer

USUAL_RATE_HZ = 200
_LONGEST_MINUTES = 600


def _rate(words: str) -> Any:
    return typer.Option("--rate", min=25, max=800, metavar="HZ", help=words)


MinutesOption = Annotated[
    float | None,
    typer.Option(
        min=0.05, max=_LONGEST_MINUTES, help="Stop after so many minutes; without it, Ctrl-C stops."
    ),
]
LoggedMinutesOption = Annotated[
    float,
    typer.Option(
        min=0.5, max=_LONGEST_MINUTES, help="How long the run may get; memory and battery must last."
    ),
]
RateOption = Annotated[int, _rate("Samples per second.")]
LoggedRateOption = Annotated[
    int | None, _rate("Samples per second.  [default: 100 for MetaMotion, else 200]")
]
OnlyOption = Annotated[
    list[str] | None, typer.Option(metavar="PLACEMENT", help="Use only this sensor; repeatable.")
]
NoStandingOption = Annotated[
    bool,
    typer.Option(
        "--no-standing", help="Do not wait for quiet standing: angles have no zero, only their changes count."
    ),
]
SpeedOption = Annotated[
    float | None, typer.Option(metavar="MPS", help="Known treadmill speed in m/s: fits a calibration.")
]
AthleteOption = Annotated[str | None, typer.Option(help="Whose run this is.")]
NotesOption = Annotated[str | None, typer.Option(help="Kept with the recording.")]
OutOption = Annotated[
    Path | None, typer.Option(help="Folder of the new recording.  [default: among your recordings]")
]
