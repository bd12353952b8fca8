"""Seasons with a name, for demos and dashboards, and whole squads and populations of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from imu.errors import RestrideError
from imu.simulate.season.diary import live
from imu.simulate.season.options import Overstride, Relapse, SeasonOptions, Strain
from imu.simulate.season.truth import Season

_BEFORE = 100  # days of ordinary running before the strain: a baseline of ten runs, and some more
# Their days end today; the first day follows from that.
_STORIES = {
    "returning": SeasonOptions(days=_BEFORE + 36, strain=Strain(day=_BEFORE)),
    "relapse": SeasonOptions(
        days=_BEFORE + 48, strain=Strain(day=_BEFORE, side="right"), relapse=Relapse(stage="6")
    ),
    "overstride": SeasonOptions(
        days=_BEFORE + 72, strain=Strain(day=_BEFORE), overstride=Overstride(side="left")
    ),
    "healthy": SeasonOptions(days=180),
    "new": SeasonOptions(days=16),
    "bad_sensors": SeasonOptions(days=120, bad_sensors=0.35, lost_packets=0.35),
}
STORIES = tuple(_STORIES)
FULL = ("returning", "relapse", "overstride")  # those with a plan
_OTHERS = ("healthy", "healthy", "new", "healthy", "bad_sensors", "healthy", "healthy")
_NAMES = (
    *("Alma", "Bruno", "Clara", "Dario", "Edda", "Falk", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Leo"),
    *("Mira", "Nils", "Olga", "Pavel", "Quinn", "Rosa", "Sami", "Tilda", "Umut", "Vera", "Wim", "Yara"),
)


def tell(
    story: str, *, until: date, seed: int = 7, athlete_id: str | None = None, name: str = _NAMES[0]
) -> Season:
    """One of `STORIES`, up to the evening of `until`. RestrideError for another name.

    seed: with the usual one no chart warns of anything that was not put in, which a demo would have to
    explain; others are as life is.
    """
    if story not in _STORIES:
        raise RestrideError(f"season {story!r}: unknown; there are {', '.join(STORIES)}")
    options = _STORIES[story]
    return live(
        replace(
            options,
            athlete_id=athlete_id or f"simulated-{story.replace('_', '-')}",
            name=name,
            seed=seed,
            first_day=until - timedelta(days=options.days - 1),
        )
    )


def squad(*, athletes: int = 24, seed: int = 1, until: date) -> tuple[Season, ...]:
    """So many athletes: the full stories first, then ordinary ones."""
    if athletes < 1:
        raise RestrideError(f"squad of {athletes}: one athlete is the least")
    told = [*FULL, *(_OTHERS[at % len(_OTHERS)] for at in range(athletes))][:athletes]
    return tuple(
        tell(
            story,
            until=until,
            seed=_seed(seed, at),
            athlete_id=f"simulated-{at + 1:02}",
            name=_NAMES[at % len(_NAMES)],
        )
        for at, story in enumerate(told)
    )


def ordinary_years(
    *, athletes: int, years: float, seed: int = 1, first_day: date = date(2023, 1, 2), keep_every: int = 1
) -> Iterator[Season]:
    """Athletes who train as usual and are hurt by nothing, one at a time: for studies of what many runs cost.

    keep_every: segment of each leg; 4 is enough for the charts and faster.
    """
    for at in range(athletes):
        yield live(
            SeasonOptions(
                athlete_id=f"simulated-{at + 1:04}",
                name=_NAMES[at % len(_NAMES)],
                seed=_seed(seed, at),
                first_day=first_day,
                days=round(365.25 * years),
                keep_every=keep_every,
            )
        )


def _seed(seed: int, at: int) -> int:
    return int(np.random.SeedSequence((seed, at)).generate_state(1)[0])
