"""MetaBase CSV: what the app of MetaMotion sensors writes, one file for each quantity of each sensor.

`epoc (ms),timestamp (-0700),elapsed (s),x-axis (g),y-axis (g),z-axis (g)` from a telephone of Apple's,
`epoch (ms),time (01:00),...` from Android; older exports lack columns. Numbers have three decimals, times are
whole milliseconds, and streamed samples carry the time of their packet.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from imu.formats.content import Answers, Content, Refused, SensorFile
from imu.formats.even_times import even_times
from imu.formats.placement import placement_in
from imu.formats.source import Source
from imu.formats.text_table import Columns, Layout, complete, first_lines, laid_out, read_columns
from imu.formats.units import ACC_UNITS, GYR_UNITS

NAME = "MetaBase CSV"
EXTRA = None

_RESOLUTION_S = 1e-3
_EPOCH = re.compile(r"epoch?\b")
_TIMESTAMP = re.compile(r"time(stamp)?\b")
_ELAPSED = re.compile(r"elapsed\b")
_AXIS = re.compile(r"([xyz])-axis(?:\s*\((.*)\))?$")
_OTHER = re.compile(
    r"(pitch|roll|yaw|heading|[wxyz]|pressure|temperature|illuminance|relative humidity|ambient)\b"
)
_TIME_NAME = re.compile(r"epoch? \(ms\)|elapsed \(s\)|time(stamp)? \([+-]?\d\d:?\d\d\)")
_OFFSET = re.compile(r"\(([+-]?)(\d{1,2}):?(\d\d)\)")
_CLOCK_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d)[.:-](\d\d)[.:-](\d\d)(?:[.,](\d{1,6}))?")
_HEX = "[0-9A-Fa-f]{2}"
_SERIAL = re.compile(rf"(?<![0-9A-Za-z])(?:(?:{_HEX}){{6}}|(?:{_HEX}[:-]){{5}}{_HEX})(?![0-9A-Za-z])")
_RATE = re.compile(r"(\d+(?:\.\d+)?)Hz", re.IGNORECASE)
_DERIVED = re.compile(r"linear.?acc|gravity", re.IGNORECASE)  # same columns as acceleration
_NO_ZONE = "it does not say in which time zone; times are told in UTC, or give --zone"
_PACKET_SHARE = 0.02  # of rows with the stamp of the row before
_ASKED = {"acc": "acc=g", "gyr": "gyr=deg/s"}  # what a name says in any spelling, and what answers for it
_MAGNETIC = ("t", "ut", "µt")


def sniff(source: Source) -> bool:
    """Whether the first line names MetaBase's columns."""
    lines = first_lines(source)
    if not lines:
        return False
    names = [name.strip().strip('"').lower() for name in re.split("[,;\t]", lines[0][:4096])]
    timed = any(_TIME_NAME.match(name) for name in names)
    return timed and any(_AXIS.match(name) or _OTHER.match(name) for name in names)


def read(source: Source, answers: Answers) -> Iterator[Content]:
    """The acceleration or angular rate of one sensor."""
    layout = laid_out(source, first_lines(source), line=0)
    axes = {match[1]: at for at, name in enumerate(layout.names) if (match := _AXIS.match(name.lower()))}
    if set(axes) != set("xyz"):
        yield _passed_over(source, "holds neither acceleration nor angular rate")
        return
    if _DERIVED.search(source.name):
        yield _passed_over(source, "is made by the sensor's own fusion; the raw acceleration is needed")
        return
    unit = _unit(source, layout, axes["x"], answers)
    if unit in _MAGNETIC:
        yield _passed_over(source, "holds a magnetic field, which is not used")
        return
    yield _sensor(source, layout, axes, unit, answers)


def _passed_over(source: Source, reason: str) -> Refused:
    return Refused(origin=source.origin, reason=reason, is_known=False)


def _unit(source: Source, layout: Layout, column: int, answers: Answers) -> str:
    match = _AXIS.match(layout.names[column].lower())
    unit = ((match and match[2]) or "").strip()
    if unit in ACC_UNITS or unit in GYR_UNITS or unit in _MAGNETIC:
        return unit
    if unit:
        known = ", ".join([*ACC_UNITS, *GYR_UNITS])
        raise source.refused(f"counts its axes in {unit[:20]!r}; known are {known}", line=1)
    return _given_unit(source, answers)


def _given_unit(source: Source, answers: Answers) -> str:
    """The unit given for what the file's name says that it holds; where that is silent, the only one."""
    given = {what: answers.units[what] for what in _ASKED if what in answers.units}
    name = _SERIAL.sub("", source.name).lower()
    held = [what for what in _ASKED if what in name]
    if len(held) == 1 and held[0] not in given:
        raise source.refused(f"does not say in what unit; give --unit {_ASKED[held[0]]}", line=1)
    if len(held) == 1:
        return given[held[0]]
    if len(given) == 1:
        return next(iter(given.values()))
    if given:
        reason = "does not say whether it is acceleration or angular rate; put acc or gyr into its name"
        raise source.refused(reason, line=1)
    raise source.refused("does not say in what unit; give --unit acc=g or --unit gyr=deg/s", line=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Clock:
    """When the rows were, as the file tells it."""

    stamp_s: NDArray[np.float64]  # since the first row
    start: datetime | None
    notes: tuple[str, ...]


def _sensor(source: Source, layout: Layout, axes: dict[str, int], unit: str, answers: Answers) -> SensorFile:
    epoch, timestamp, elapsed = (layout.columns(pattern) for pattern in (_EPOCH, _TIMESTAMP, _ELAPSED))
    wanted = dict(axes)
    if epoch:
        wanted["epoch"] = epoch[0]
    if elapsed:
        wanted["elapsed"] = elapsed[0]
    by_text = {"timestamp": timestamp[0]} if timestamp and not epoch else {}
    if not (epoch or elapsed or by_text):
        raise source.refused("has no column of time (epoch, timestamp or elapsed)", line=1)
    table = read_columns(source, layout, wanted, texts=by_text)
    notes: list[str] = []
    table = complete(source, table, notes)
    zone = _zone(layout, timestamp, epoch, answers)
    clock = _clock(source, table, zone, layout)
    notes += clock.notes
    values = table.vectors("x", "y", "z")
    stamp_s, values, start = _without_repeats(clock, values, notes)
    times = even_times(stamp_s, resolution_s=_RESOLUTION_S)
    if times is None:
        back = int(np.argmin(np.diff(stamp_s)))
        raise source.refused(
            f"time goes back by {stamp_s[back] - stamp_s[back + 1]:.3f} s; split the file there",
            line=layout.line + back + 2,
        )
    rate = _RATE.search(source.name)
    rate_hz = float(rate[1]) if rate else None
    notes += times.notes(rate_hz=rate_hz)
    si = (values * (ACC_UNITS.get(unit) or GYR_UNITS[unit])).astype(np.float32)
    serial = _SERIAL.search(source.name)
    return SensorFile(
        origin=source.origin,
        format=NAME,
        time_s=times.time_s,
        acc_mps2=si if unit in ACC_UNITS else None,
        gyr_radps=si if unit in GYR_UNITS else None,
        start=start,
        placement=placement_in(source.name),
        device="MetaMotion",
        serial=serial[0].upper().replace("-", ":") if serial else None,
        rate_hz=rate_hz,
        notes=tuple(notes),
    )


def _clock(source: Source, table: Columns, zone: tzinfo | None, layout: Layout) -> _Clock:
    elapsed_s = table.numbers.get("elapsed")
    if "epoch" in table.numbers:
        epoch_s = table.numbers["epoch"] / 1e3
        start = _instant(source, float(epoch_s[0])).astimezone(zone or UTC)
        notes: tuple[str, ...] = () if zone else (_NO_ZONE,)
        stamp_s = epoch_s - epoch_s[0]
        if elapsed_s is not None and (np.diff(stamp_s) < 0).any() and (np.diff(elapsed_s) >= 0).all():
            notes += ("its epoch goes back, as when a telephone's clock is set; elapsed time was used",)
            stamp_s = elapsed_s - elapsed_s[0]
        return _Clock(stamp_s=stamp_s, start=start, notes=notes)
    if "timestamp" in table.texts:
        if zone is None:
            raise source.refused("has clock times without a zone; give --zone, like --zone Europe/Berlin")
        local_s = _clock_times(source, table.texts["timestamp"], layout)
        first = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(local_s[0]))
        return _Clock(stamp_s=local_s - local_s[0], start=first.replace(tzinfo=zone), notes=())
    assert elapsed_s is not None
    note = "it says only how much time passed, not when it began"
    return _Clock(stamp_s=elapsed_s - elapsed_s[0], start=None, notes=(note,))


def _instant(source: Source, epoch_s: float) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=epoch_s)
    except (OverflowError, ValueError) as error:
        raise source.refused(f"epoch {epoch_s * 1e3:.6g} ms is no date", line=2) from error


def _zone(layout: Layout, timestamp: list[int], epoch: list[int], answers: Answers) -> tzinfo | None:
    """The zone of the telephone: as told by the user, by both clocks of the first row, or by the header."""
    if answers.zone is not None or not timestamp:
        return answers.zone
    if epoch and layout.rows and max(epoch[0], timestamp[0]) < len(layout.rows[0]):
        # The header of Android's export is wrong west of Greenwich and in summer; the row is right.
        by_row = _offset_of_row(layout.rows[0][timestamp[0]], layout.rows[0][epoch[0]])
        if by_row is not None:
            return by_row
    told = _OFFSET.search(layout.names[timestamp[0]])
    if told is None:
        return None
    minutes = int(told[2]) * 60 + int(told[3])
    return timezone(timedelta(minutes=-minutes if told[1] == "-" else minutes)) if minutes < 24 * 60 else None


def _offset_of_row(timestamp: str, epoch_ms: str) -> tzinfo | None:
    match = _CLOCK_TIME.match(timestamp)
    try:
        if match is None:
            return None
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        seconds = local.timestamp() - float(epoch_ms.replace(",", ".")) / 1e3
    except (ValueError, OverflowError):
        return None
    if not abs(seconds) < 15 * 3600:
        return None
    return timezone(timedelta(minutes=15 * round(seconds / 900)))


def _clock_times(source: Source, texts: pa.ChunkedArray, layout: Layout) -> NDArray[np.float64]:
    """Clock times as seconds since 1970 of the same zone."""
    import pandas as pd  # only for exports without an epoch

    pattern = r"^(\d{4}-\d\d-\d\d)[T ](\d\d)[.:-](\d\d)[.:-](\d\d)[.,]?"
    plain = pc.replace_substring_regex(texts, pattern=pattern, replacement=r"\1T\2:\3:\4.")
    plain = pc.replace_substring_regex(plain, pattern=r"\.$", replacement="")
    times = pd.to_datetime(plain.to_pandas(), format="ISO8601", errors="coerce", utc=True)
    if times.isna().any():
        row = int(np.argmax(times.isna()))
        wrong = str(texts[row].as_py())[:30]
        raise source.refused(
            f"time is {wrong!a}, not like 2026-11-22T07.30.00.000", line=layout.line + row + 1
        )
    return np.asarray((times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1), np.float64)


def _without_repeats(
    clock: _Clock, values: NDArray[np.float64], notes: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], datetime | None]:
    """Rows that were written twice, with time and values, once."""
    same_stamp = np.diff(clock.stamp_s, prepend=np.nan) == 0
    if same_stamp.mean() > _PACKET_SHARE:  # samples of one packet, which a sensor at rest may repeat
        return clock.stamp_s, values, clock.start
    repeated = same_stamp & (np.diff(values, axis=0, prepend=np.nan) == 0).all(axis=1)
    if not repeated.any():
        return clock.stamp_s, values, clock.start
    notes.append(f"{int(repeated.sum())} rows stand there twice and were taken once")
    return clock.stamp_s[~repeated], values[~repeated], clock.start
