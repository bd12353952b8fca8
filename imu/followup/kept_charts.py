"""What the charts found, kept beside a standing: to draw them anew is most of the work of a judgement.

A chart depends on runs and baselines only, so it holds while its standing does.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from imu.training.baseline import Baseline, NoBaseline
from imu.training.chart import CHARTS, Alarm, Chart, ChartName, Point
from imu.training.evidence import Evidence
from imu.training.said import Said, plain, remade

_CHARTED = {charted.name: charted for charted in CHARTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A chart with its rule by name."""

    name: ChartName
    baseline: dict[str, Any] | None
    no_baseline: NoBaseline | None
    points: tuple[Point, ...]
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """Charts with their sentences as text, and what each text was made of."""

    charts: tuple[_Kept, ...]
    said: dict[str, Any]


_PARCEL = msgspec.json.Decoder(_Parcel)


def packed(charts: Sequence[Chart]) -> str:
    """A text that `unpacked` reads: a point for each run of years is half a megabyte of JSON otherwise."""
    kept = tuple(
        _Kept(
            name=chart.charted.name,
            baseline=chart.baseline.as_json() if isinstance(chart.baseline, Baseline) else None,
            no_baseline=chart.baseline if isinstance(chart.baseline, NoBaseline) else None,
            points=tuple(map(_without_terms, chart.points)),
            alarms=chart.alarms,
        )
        for chart in charts
    )
    texts = [text for chart in charts for text in _texts(chart)]
    parcel = _Parcel(charts=kept, said={text: plain(text) for text in texts if isinstance(text, Said)})
    return b64encode(zlib.compress(msgspec.json.encode(parcel, enc_hook=str), level=1)).decode("ascii")


def unpacked(text: str) -> tuple[Chart, ...] | None:
    """The charts that were packed; None for what another version did, which is drawn anew then."""
    try:
        parcel = _PARCEL.decode(zlib.decompress(b64decode(text)))
        said = {text: remade(made) for text, made in parcel.said.items()}
        return tuple(_unpacked(kept, said) for kept in parcel.charts)
    except (ValueError, zlib.error, KeyError, TypeError):
        return None


def _unpacked(kept: _Kept, said: Mapping[str, Said]) -> Chart:
    def spoken(text: str) -> str:
        return said.get(text, text)

    none = kept.no_baseline and replace(kept.no_baseline, reason=spoken(kept.no_baseline.reason))
    return Chart(
        charted=_CHARTED[kept.name],
        baseline=none or Baseline.from_json(kept.baseline or {}),
        points=tuple(
            replace(point, not_judged=spoken(point.not_judged)) if point.not_judged else point
            for point in kept.points
        ),
        alarms=tuple(
            replace(alarm, evidence=_spoken_evidence(alarm.evidence, spoken)) for alarm in kept.alarms
        ),
    )


def _spoken_evidence(evidence: Evidence, spoken: Callable[[str], str]) -> Evidence:
    return replace(
        evidence,
        compared_with=spoken(evidence.compared_with),
        counted=spoken(evidence.counted),
        sentence=spoken(evidence.sentence),
        to_do=spoken(evidence.to_do),
    )


def _texts(chart: Chart) -> Iterator[str | None]:
    """Whatever of a chart is said to people."""
    if isinstance(chart.baseline, NoBaseline):
        yield chart.baseline.reason
    yield from (point.not_judged for point in chart.points)
    for alarm in chart.alarms:
        evidence = alarm.evidence
        yield from (evidence.compared_with, evidence.counted, evidence.sentence, evidence.to_do)


def _without_terms(point: Point) -> Point:
    """Only the drawing of a chart asks what of a baseline a comparison used."""
    comparison = point.comparison and replace(point.comparison, terms=())
    return replace(point, comparison=comparison)
