"""What a runner says of a run that no sensor can know: where, in which shoes, how hard."""

import shlex
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from imu.followup.run_facts import RunFacts
    from imu.training.history import Surface

_SURFACES = ("road", "track", "trail", "grass", "treadmill")


def _checked_surface(word: str | None) -> str | None:
    if word is not None and word not in _SURFACES:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(_SURFACES)}")
    return word


SurfaceOption = Annotated[
    str | None,
    typer.Option(metavar="WORD", callback=_checked_surface, help=f"One of {', '.join(_SURFACES)}."),
]
ShoeOption = Annotated[str | None, typer.Option(metavar="NAME", help="Which shoes, in your own words.")]
EffortOption = Annotated[
    float | None,
    typer.Option(metavar="0-10", min=0, max=10, help="How hard the run was as a whole (CR10)."),
]


def as_options(facts: "RunFacts | None") -> str:
    """These facts as they are typed behind another verb."""
    told = (
        {} if facts is None else {"surface": facts.surface, "shoe": facts.shoe, "effort": facts.effort_cr10}
    )
    return "".join(
        f" --{name} {shlex.quote(f'{value}')}" for name, value in told.items() if value is not None
    )


def run_facts(surface: str | None, shoe: str | None, *, effort_cr10: float | None = None) -> "RunFacts":
    """These options together."""
    from imu.followup.run_facts import RunFacts

    return RunFacts(surface=cast("Surface | None", surface), shoe=shoe, effort_cr10=effort_cr10)
