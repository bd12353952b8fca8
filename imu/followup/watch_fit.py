"""A watch beside the strides of the same run: one clock, the ground's slope, and its speed beside ours.

No place is kept of what is derived here: positions stay in the original file.
"""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.calibration import STEADY_SHARE
from imu.errors import StoreError
from imu.recording import Channel
from imu.signal.common_time import CLOCKS_SD_S, CommonTime, Rhythm, common_time
from imu.signal.ground import LONGEST_HOLE_S
from imu.training.history import Run

Floats = NDArray[np.float64]

PLACES = ("latitude_deg", "longitude_deg")
STEADY_S = 300.0  # of running at one speed: satellites err by 1 % over a kilometre


def rhythm_of_strides(strides: pd.DataFrame, seconds: pd.DataFrame) -> Rhythm:
    """Cadence and speed of every stride that counts, and zeros where somebody stood."""
    counted = strides[strides["valid"].astype(bool)]
    middle_s = 0.5 * (counted["ic_time_s"] + counted["next_ic_time_s"]).to_numpy(float)
    still_s = seconds.loc[seconds["activity"] == "stand", "time_s"].to_numpy(float) + 0.5
    time_s = np.concatenate([middle_s, still_s])
    order = np.argsort(time_s, kind="stable")
    cadence, speed = (
        np.concatenate([counted[name].to_numpy(float), np.zeros(len(still_s))])[order]
        for name in ("cadence_spm", "speed_mps")
    )
    return Rhythm(time_s=time_s[order], cadence_spm=cadence, speed_mps=speed)


def rhythm_of_watch(channels: Mapping[str, Channel]) -> Rhythm | None:
    """None where it says neither cadence nor speed."""
    cadence, speed = channels.get("cadence_spm"), channels.get("speed_mps")
    told = [one for one in (cadence, speed) if one is not None and len(one.time_s) > 1]
    if not told:
        return None
    time_s = np.unique(np.concatenate([one.time_s for one in told]))
    return Rhythm(time_s=time_s, cadence_spm=_on(time_s, cadence), speed_mps=_on(time_s, speed))


def fitted(
    strides: pd.DataFrame,
    seconds: pd.DataFrame,
    channels: Mapping[str, Channel],
    *,
    clocks_offset_s: float,
    by_satellites: bool,
) -> dict[str, Any]:
    """How a watch lies on a run, as it is kept: offset, sd, by what, and its speed beside that of strides."""
    ours, theirs = rhythm_of_strides(strides, seconds), rhythm_of_watch(channels)
    if theirs is None or len(ours.time_s) < 2:
        found = CommonTime(
            offset_s=clocks_offset_s,
            sd_s=CLOCKS_SD_S,
            by="clocks",
            gain=0.0,
            second_share=None,
            because="there is no cadence and no speed to compare",
        )
    else:
        found = common_time(ours, theirs, clocks_offset_s=clocks_offset_s)
    return {
        "offset_s": round(found.offset_s, 2),
        "sd_s": round(found.sd_s, 2),
        "by": found.by,
        "second_share": None if found.second_share is None else round(found.second_share, 3),
        "because": found.because,
        "speed": _speed_beside(strides, channels, found.offset_s, by_satellites=by_satellites),
    }


def packed(channels: Mapping[str, Channel]) -> bytes:
    """All channels but places, one row per value, on the watch's own clock."""
    kept = {name: channel for name, channel in channels.items() if name not in PLACES}
    table = pa.table(
        {
            "time_s": np.concatenate([np.empty(0), *(one.time_s for one in kept.values())]),
            "channel": pa.array([name for name, one in kept.items() for _ in one.time_s], pa.string()),
            "value": np.concatenate([np.empty(0), *(one.values for one in kept.values())]),
        }
    )
    out = BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, Channel]:
    """StoreError if the table is damaged."""
    try:
        frame = pq.read_table(BytesIO(content)).to_pandas()
        return {
            str(name): Channel(own["time_s"].to_numpy(float), own["value"].to_numpy(float))
            for name, own in frame.groupby("channel", sort=False)
        }
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise StoreError("the table of a watch is damaged; import its file again") from error


def with_slope(run: Run, slope: Channel | None, *, offset_s: float) -> Run:
    """The run with the slope of the ground under each of its segments, where the watch knew it."""
    recorded = [bout for bout in run.bouts if 0 <= 0.5 * (bout.start_s + bout.end_s) <= run.duration_s]
    runs = [bout for bout in recorded if bout.activity == "run"]  # minutes of segments count these alone
    if slope is None or not len(run.segments) or not runs:
        return run
    lengths = np.array([bout.end_s - bout.start_s for bout in runs])
    ran_s = np.concatenate([[0.0], np.cumsum(lengths)])
    moment = 60.0 * run.segments.column("minute")
    bout = np.clip(np.searchsorted(ran_s, moment, side="right") - 1, 0, len(runs) - 1)
    time_s = np.array([one.start_s for one in runs])[bout] + moment - ran_s[bout]
    return replace(run, segments=run.segments.on_slope(_on(time_s - offset_s, slope)))


def _speed_beside(
    strides: pd.DataFrame, channels: Mapping[str, Channel], offset_s: float, *, by_satellites: bool
) -> dict[str, Any] | str:
    """Medians of both over the running that both know, or why there is nothing to compare."""
    speed = channels.get("speed_mps")
    if speed is None:
        return "the watch tells no speed"
    if not by_satellites:
        return "its speed is not from satellites, so it measures nothing that sensors do not"
    counted = strides[
        strides["valid"].astype(bool) & (strides["activity"] == "run") & strides["speed_mps"].notna()
    ]
    own = counted["speed_mps"].to_numpy(float)
    theirs = _on(counted["ic_time_s"].to_numpy(float) - offset_s, speed)
    known = np.isfinite(theirs) & (theirs > 0.5)
    lasted_s = 0.5 * float(counted["stride_time_s"].to_numpy(float)[known].sum())
    if lasted_s < STEADY_S:
        return f"fewer than {STEADY_S / 60:.0f} minutes of running were told by both"
    middle = float(np.median(theirs[known]))
    spread = 1.4826 * float(np.median(np.abs(theirs[known] - middle))) / middle
    return {
        "watch_mps": round(middle, 3),
        "strides_mps": round(float(np.median(own[known])), 3),
        "minutes": round(lasted_s / 60, 1),
        "spread": round(spread, 3),
        "is_steady": spread <= STEADY_SHARE,
    }


def _on(time_s: Floats, channel: Channel | None) -> Floats:
    """Values of a channel at other times; NaN in holes and outside."""
    if channel is None or len(channel.time_s) < 2:
        return np.full(len(time_s), np.nan)
    after = np.clip(np.searchsorted(channel.time_s, time_s), 1, len(channel.time_s) - 1)
    hole = channel.time_s[after] - channel.time_s[after - 1] > LONGEST_HOLE_S
    hole |= (time_s < channel.time_s[0]) | (time_s > channel.time_s[-1])
    return np.where(hole, np.nan, np.interp(time_s, channel.time_s, channel.values))
