"""Movella (Xsens) DOT CSV: some lines about the sensor, then any subset of its columns.

`PacketCounter,SampleTimeFine,...,Acc_X,Acc_Y,Acc_Z,Gyr_X,...`: microseconds of the sensor's clock, which
begin anew after 72 minutes; Acc in m/s², Gyr in deg/s (DOT User Manual, section 4.2). Sensors that were
synchronised share that clock. Other programs of the same maker write the same names in other units: those are
not taken.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from imu.formats.content import Answers, Content, SensorFile, SharedClock
from imu.formats.placement import placement_in
from imu.formats.source import Source
from imu.formats.text_table import PREAMBLE_LINES, Layout, complete, first_lines, laid_out, read_columns
from imu.formats.units import GYR_UNITS

NAME: str = "Movella DOT CSV"
EXTRA: str | None = None

_TICK_S = 1e-6
_WRAP_TICKS = 1 << 32
_PACKET_WRAPS = (1 << 16, 1 << 32)  # of a stream, and of a recording on the sensor
_SHORTEST_S = 1e-3  # between samples; in 0.1 ms, as MT Manager counts, 100 Hz would seem to be 10 kHz
_ACC_RANGE_G, _GYR_RANGE_DPS = 16.0, 2000.0  # the only ones a DOT has
_NAMES = re.compile(r"(packetcounter|sampletimefine)[,;]", re.IGNORECASE)
_AXES = {"acc": ("acc_x", "acc_y", "acc_z"), "gyr": ("gyr_x", "gyr_y", "gyr_z")}
_START = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[ T_](\d\d)[:.](\d\d)[:.](\d\d)(?:[.,](\d{1,6}))?\s*([+-]\d\d:?\d\d|Z)?"
)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*hz", re.IGNORECASE)


def sniff(source: Source) -> bool:
    """Whether DOT's columns are named among the first lines."""
    return _names_line(first_lines(source)) is not None


def read(source: Source, answers: Answers) -> Iterator[Content]:
    """The acceleration and angular rate of one sensor."""
    lines = first_lines(source)
    line = _names_line(lines)
    assert line is not None, "sniffed"
    layout = laid_out(source, lines, line=line)
    told = _preamble(lines[:line])
    columns = {name.lower(): at for at, name in enumerate(layout.names)}
    if not all(name in columns for name in _AXES["acc"]):
        instead = (
            "free acceleration, which is without gravity" if "freeacc_x" in columns else "no acceleration"
        )
        advice = "record it again in a mode with Acc, like Custom mode 5 or Rate quantities"
        raise source.refused(f"has {instead}; {advice}", line=layout.line)
    has_gyr = all(name in columns for name in _AXES["gyr"])
    wanted = {name: columns[name] for name in _AXES["acc"] + (_AXES["gyr"] if has_gyr else ())}
    clock = "sampletimefine" if _is_filled(layout, columns.get("sampletimefine")) else "packetcounter"
    if clock not in columns:
        raise source.refused("has neither SampleTimeFine nor PacketCounter", line=layout.line)
    wanted[clock] = columns[clock]
    notes: list[str] = []
    table = complete(source, read_columns(source, layout, wanted), notes)
    time_s, first_s = _time(source, layout, clock, table.numbers[clock], told)
    acc = table.vectors(*_AXES["acc"])
    gyr = table.vectors(*_AXES["gyr"]) * GYR_UNITS["deg/s"] if has_gyr else None
    start = _start(source, told, answers, notes)
    is_synced = told.get("syncstatus", "").lower() == "synced" and clock == "sampletimefine"
    rate = _RATE.search(told.get("outputrate", ""))
    yield SensorFile(
        origin=source.origin,
        format=NAME,
        time_s=time_s,
        acc_mps2=acc.astype(np.float32),
        gyr_radps=None if gyr is None else gyr.astype(np.float32),
        start=start,
        placement=placement_in(source.name) or placement_in(told.get("devicetag", "")),
        device="Movella DOT",
        serial=told.get("devicetag") or None,
        rate_hz=float(rate[1]) if rate else None,
        acc_range_g=_ACC_RANGE_G,
        gyr_range_dps=_GYR_RANGE_DPS,
        shared_clock=SharedClock(name=NAME, read_s=first_s, wraps_s=_WRAP_TICKS * _TICK_S)
        if is_synced
        else None,
        notes=tuple(notes),
    )


def _names_line(lines: Sequence[str]) -> int | None:
    return next(
        (at for at, text in enumerate(lines[:PREAMBLE_LINES]) if _NAMES.match(text.lstrip('\ufeff "'))), None
    )


def _preamble(lines: Sequence[str]) -> Mapping[str, str]:
    """What stands before the names, by key in lower case: "OutputRate:,60Hz,,,"."""
    told = {}
    for line in lines:
        key, _, value = line.replace(";", ",").partition(",")
        if key.strip().endswith(":"):
            told[key.strip().rstrip(":").replace(" ", "").lower()] = value.strip(' ,\t"')[:100]
    return told


def _is_filled(layout: Layout, column: int | None) -> bool:
    return column is not None and any(row[column] for row in layout.rows if column < len(row))


def _time(
    source: Source, layout: Layout, clock: str, ticks: NDArray[np.float64], told: Mapping[str, str]
) -> tuple[NDArray[np.float64], float]:
    """Seconds since the first sample, and the clock's reading there."""
    if clock == "sampletimefine":
        tick_s, wrap = _TICK_S, _WRAP_TICKS
    else:
        rate = _RATE.search(told.get("outputrate", ""))
        if rate is None or not float(rate[1]):
            advice = "give --map with the rate, as for any table"
            raise source.refused(
                f"has no SampleTimeFine and does not say its rate; {advice}", line=layout.line
            )
        tick_s, wrap = 1 / float(rate[1]), _PACKET_WRAPS[int(ticks.max() >= _PACKET_WRAPS[0])]
    if not ((ticks >= 0) & (ticks < _WRAP_TICKS)).all():
        row = int(np.argmin((ticks >= 0) & (ticks < _WRAP_TICKS)))
        raise source.refused(f"{clock} is {ticks[row]:.12g}, no count of 32 bits", line=layout.line + row + 1)
    steps = np.diff(ticks)
    steps[steps < -wrap / 2] += wrap
    if (steps <= 0).any():
        row = int(np.argmax(steps <= 0))
        goes = f"{clock} goes from {ticks[row]:.0f} to {ticks[row + 1]:.0f}"
        reason = f"{goes}; split the file where the sensor began anew"
        raise source.refused(reason, line=layout.line + row + 2)
    time_s = np.concatenate([[0.0], np.cumsum(steps)]) * tick_s
    if len(steps) and float(np.median(steps)) * tick_s < _SHORTEST_S:
        reason = f"SampleTimeFine advances by {np.median(steps):.0f}, too little for microseconds"
        raise source.refused(
            f"{reason}; if it is not from a DOT, give --map with its units", line=layout.line
        )
    return time_s, float(ticks[0]) * tick_s


def _start(source: Source, told: Mapping[str, str], answers: Answers, notes: list[str]) -> datetime | None:
    text = told.get("starttime", "")
    match = _START.search(text)
    if match is None:
        notes.append("it does not say when it began")
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    zone = answers.zone
    if match[8] is not None:
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{match[8]}").tzinfo
    if zone is None:
        raise source.refused(f"began at {match[0]} without a zone; give --zone, like --zone Europe/Berlin")
    try:
        micro = int((match[7] or "0").ljust(6, "0"))
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)
    except (ValueError, OverflowError) as error:
        raise source.refused(f"StartTime is {text[:40]!a}, no date") from error
