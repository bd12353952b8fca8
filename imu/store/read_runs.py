"""Runs out of their rows, hundreds at a time.

A history of years is read for every answer, so this takes columns, not objects of the tables, and decodes the
JSON of all runs in one go, straight into what it means: half of the time went into that.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Select, Text, cast, literal, select
from sqlalchemy.orm import Session

from imu.errors import StoreError
from imu.store.rows import RunRow, SegmentsRow
from imu.training.history import Bout, Exposure, ImpactLoad, Run
from imu.training.segments import NO_SEGMENTS, Segments

_PARTS: dict[Any, msgspec.json.Decoder[list[Any]]] = {
    RunRow.bouts: msgspec.json.Decoder(list[tuple[Bout, ...]]),
    RunRow.exposure: msgspec.json.Decoder(list[list[dict[str, float | None]]]),
    RunRow.impact: msgspec.json.Decoder(list[tuple[ImpactLoad, ...]]),
    RunRow.untrusted_because: msgspec.json.Decoder(list[tuple[str, ...]]),
}
_ANY: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[Any])


class _Read(NamedTuple):
    run_id: str
    start: Any
    duration_s: float
    distance_m: float | None
    accelerations: int | None
    top_speed_mps: float | None
    surface: Any
    shoe: str | None
    trust: Any
    effort_cr10: float | None


_COLUMNS = tuple(getattr(RunRow, name) for name in _Read._fields)


def runs_where(session: Session, *which: ColumnElement[bool], segments: bool) -> tuple[Run, ...]:
    """Runs in order of time."""
    packed = SegmentsRow.packed if segments else literal(None)
    found: Select[Any] = select(*_COLUMNS, *(cast(part, Text) for part in _PARTS), packed)
    if segments:
        found = found.outerjoin(SegmentsRow, SegmentsRow.run_id == RunRow.run_id)
    rows = session.execute(found.where(*which).order_by(RunRow.start)).all()
    if not rows:
        return ()
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    width = len(_COLUMNS)
    parts = [
        decoded(texts, decoder) for texts, decoder in zip(columns[width:-1], _PARTS.values(), strict=True)
    ]
    return tuple(
        _run(_Read(*row[:width]), row[-1], *others) for row, *others in zip(rows, *parts, strict=True)
    )


def decoded(texts: Sequence[str], decoder: "msgspec.json.Decoder[list[Any]]" = _ANY) -> list[Any]:
    """The documents of a column of JSON. StoreError for one that is not what it should be."""
    try:
        return decoder.decode(f"[{','.join(texts)}]")
    except msgspec.MsgspecError as error:
        raise StoreError(f"a run of the store cannot be read ({error}); restore a backup") from error


def _run(
    row: _Read,
    packed: bytes | None,
    bouts: tuple[Bout, ...],
    exposure: list[dict[str, Any]],
    impact: tuple[ImpactLoad, ...],
    untrusted_because: tuple[str, ...],
) -> Run:
    return Run(
        run_id=row.run_id,
        start=row.start,
        duration_s=row.duration_s,
        bouts=bouts,
        distance_m=row.distance_m,
        segments=Segments.from_bytes(packed) if packed else NO_SEGMENTS,
        exposure=tuple([Exposure(**_open_ended(band)) for band in exposure]),
        accelerations=row.accelerations,
        top_speed_mps=row.top_speed_mps,
        impact=impact,
        surface=row.surface,
        shoe=row.shoe,
        trust=row.trust,
        untrusted_because=untrusted_because,
        effort_cr10=row.effort_cr10,
    )


def _open_ended(band: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity."""
    if band["to_mps"] is None:
        band["to_mps"] = float("inf")
    return band
