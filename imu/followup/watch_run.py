"""An outing that only a watch knows, as a run: how long, how far and how fast, and nothing of gait."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.analysis.distance import Pace
from imu.followup.speeds import exposure, top_speed_mps
from imu.followup.watch_fit import PLACES
from imu.formats.content import Activity
from imu.recording import Channel
from imu.signal.common_time import RUNNING_SPM, WALKING_SPM
from imu.signal.ground import LONGEST_HOLE_S
from imu.store import Derived, KeptWatch
from imu.training.history import Bout, Doing, Exposure, Run, Surface

Floats = NDArray[np.float64]
Span = tuple[float, float]  # seconds, from and to

BECAUSE = "gait is not judged: no sensors were worn, a watch told this run"
RUNNING_MPS, WALKING_MPS = 2.0, 0.5  # people break into a run at 2 m/s
FASTEST_MPS = 12.5  # nobody ran faster; a satellite that was lost did
SETTLED_S = 11  # a bout of a watch is the majority of so many seconds
LEAST_REST_S = 30.0  # clocks agree within 10 s at best, and the shortest jog of a plan lasts so long
_DOINGS: tuple[Doing, ...] = ("stand", "walk", "run")


def run_of_watch(
    activity: Activity,
    *,
    run_id: str,
    surface: Surface | None = None,
    shoe: str | None = None,
    effort_cr10: float | None = None,
) -> Run:
    """Distance, bouts and speeds of an activity; its seconds count as running where feet or speed were fast.

    Nothing is known of what the runner did while the timer stood or nothing was written, so it is no running.
    """
    bouts = _bouts(activity)
    pace = _pace(activity, bouts)
    top = None if pace is None else top_speed_mps(pace)
    return Run(
        run_id=run_id,
        start=activity.start,
        duration_s=activity.duration_s,
        bouts=bouts,
        distance_m=_way_m(activity, bouts),
        exposure=() if pace is None else exposure(pace),
        top_speed_mps=top,
        surface=surface,
        shoe=shoe,
        trust="usable",
        untrusted_because=(BECAUSE,),
        effort_cr10=effort_cr10,
    )


def derived_of_watch(run: Run, activity: Activity, *, analysis_version: str) -> Derived:
    """What is kept of a run that a watch alone told."""
    return Derived(
        run=run, headline=headline_of(activity.channels), summary={}, analysis_version=analysis_version
    )


def by_start(offset_s: float) -> dict[str, Any]:
    """How a watch lies on a run that is known from watches alone, where nothing else tells the time."""
    return {"offset_s": offset_s, "sd_s": 0.0, "by": "start", "second_share": None, "because": ""}


def facts_of(activity: Activity, *, is_ours: bool, read_by: str) -> dict[str, Any]:
    """What is kept of an activity beside its values. is_ours: restride itself wrote its file."""
    return {
        "start": activity.start.isoformat(),
        "duration_s": round(activity.duration_s, 3),
        "distance_m": activity.distance_m,
        "sport": activity.sport,
        "sport_told": activity.sport_told,
        "device": activity.device,
        "name": activity.name,
        "pauses_s": [list(pause) for pause in activity.pauses_s],
        "notes": list(activity.notes),
        "by_restride": is_ours,
        "positions": all(name in activity.channels for name in PLACES),
        "read_by": read_by,
    }


def remembered(watch: KeptWatch, channels: Mapping[str, Channel]) -> Activity:
    """An activity as it is kept, which is all of it but the places."""
    facts = watch.facts
    return Activity(
        origin=watch.file or watch.table,
        start=datetime.fromisoformat(facts["start"]),
        duration_s=facts["duration_s"],
        sport=facts["sport"],
        channels=channels,
        distance_m=facts["distance_m"],
        pauses_s=tuple((from_s, to_s) for from_s, to_s in facts["pauses_s"]),
        device=facts["device"],
        name=facts["name"],
        sport_told=facts.get("sport_told"),
    )


def with_rest(run: Run, activity: Activity, *, offset_s: float, taken_s: Sequence[Span]) -> Run:
    """The run with the walking and running that a watch told while nobody else did.

    offset_s: of the watch's clock on the run's. taken_s: what others told, on the run's clock. Gaps shorter
    than `LEAST_REST_S` are left out: two clocks do not agree better. Impact becomes a lower bound.
    """
    free = gaps((offset_s, offset_s + activity.duration_s), taken_s)
    spans = [(from_s - offset_s, to_s - offset_s) for from_s, to_s in free]
    bouts = [
        replace(
            bout,
            start_s=from_s,
            end_s=to_s,
            speed_mps=_mean_speed(activity, from_s, to_s),
        )
        for bout in _bouts(activity)
        for span in spans
        if bout.activity != "stand"
        and (to_s := min(bout.end_s, span[1])) > (from_s := max(bout.start_s, span[0]))
    ]
    if not any(bout.activity == "run" for bout in bouts):
        return run
    pace = _pace(activity, tuple(bouts))
    more = () if pace is None else exposure(pace)
    tops = [one for one in (run.top_speed_mps, None if pace is None else top_speed_mps(pace)) if one]
    way_m = _way_m(activity, bouts)
    on_run = [replace(one, start_s=one.start_s + offset_s, end_s=one.end_s + offset_s) for one in bouts]
    return replace(
        run,
        bouts=tuple(sorted([*run.bouts, *on_run], key=lambda one: one.start_s)),
        exposure=_added(run.exposure, more),
        distance_m=None if run.distance_m is None or way_m is None else round(run.distance_m + way_m, 1),
        top_speed_mps=max(tops, default=None),
        impact=tuple(replace(one, complete=False) for one in run.impact),
    )


def gaps(whole_s: Span, taken_s: Sequence[Span]) -> list[Span]:
    """What nobody took of a span, without the pieces that are too short to count."""
    found, at_s = [], whole_s[0]
    for from_s, to_s in [*sorted(taken_s), (whole_s[1], whole_s[1])]:
        if min(from_s, whole_s[1]) - at_s >= LEAST_REST_S:
            found.append((at_s, min(from_s, whole_s[1])))
        at_s = max(at_s, to_s)
    return found


def _added(own: Sequence[Exposure], more: Sequence[Exposure]) -> tuple[Exposure, ...]:
    """Both by band of speed, ascending."""
    bands = {one.from_mps: one for one in own}
    for one in more:
        had = bands.get(one.from_mps)
        bands[one.from_mps] = (
            one
            if had is None
            else replace(had, seconds=had.seconds + one.seconds, metres=had.metres + one.metres)
        )
    return tuple(bands[at] for at in sorted(bands))


def _way_m(activity: Activity, bouts: Sequence[Bout]) -> float | None:
    """Metres of the running in some bouts: its share of all that the watch says was covered.

    By what its speeds add up to, or by time where none was told. Not that sum itself: the time between two
    records that lie in two bouts, or far apart, would be missing. Nothing is covered standing.
    """
    runs = [one for one in bouts if one.activity == "run"]
    moved = [one for one in _bouts(activity) if one.activity != "stand"]
    ran_m, moved_m = _summed_m(activity, runs), _summed_m(activity, moved)
    if activity.distance_m is None:
        return None if ran_m is None else round(ran_m, 1)
    part, whole = (ran_m, moved_m) if ran_m and moved_m else (_lasting_s(runs), _lasting_s(moved))
    return (round(activity.distance_m * part / whole, 1) or None) if whole else None


def _summed_m(activity: Activity, bouts: Sequence[Bout]) -> float | None:
    pace = _pace(activity, tuple(replace(one, activity="run") for one in bouts))
    return None if pace is None else float(pace.metres.sum())


def _lasting_s(bouts: Sequence[Bout]) -> float:
    return sum(one.end_s - one.start_s for one in bouts)


def headline_of(channels: Mapping[str, Channel]) -> dict[str, dict[str, float | None]]:
    """For lists: what both feet did together."""
    names = {"cadence_spm": 40.0, "speed_mps": 0.5}  # below, somebody stood
    moving = {name: channels[name].values for name in names if name in channels}
    return {
        "overall": {
            name: float(np.median(values[values > names[name]])) if (values > names[name]).any() else None
            for name, values in moving.items()
        }
    }


def _bouts(activity: Activity) -> tuple[Bout, ...]:
    """Stretches of one doing; without cadence and speed, all but the pauses."""
    seconds = np.arange(int(activity.duration_s) + 1, dtype=float)
    code = _doings(activity, seconds)
    for from_s, to_s in activity.pauses_s:
        code[(seconds > from_s) & (seconds < to_s)] = 0
    if activity.sport == "walk":
        code = np.minimum(code, 1)
    code = _settled(code)
    cuts = [0, *(np.flatnonzero(np.diff(code)) + 1).tolist(), len(code)]
    found = []
    for first, last in pairwise(cuts):
        end_s = min(float(last), activity.duration_s)
        speed = _mean_speed(activity, float(first), end_s) if code[first] else None
        if end_s > first:
            found.append(
                Bout(activity=_DOINGS[code[first]], start_s=float(first), end_s=end_s, speed_mps=speed)
            )
    return tuple(found)


def _doings(activity: Activity, seconds: Floats) -> NDArray[np.intp]:
    """0 stand, 1 walk, 2 run at each second; a second that nobody wrote about is none of running."""
    cadence, speed = (activity.channels.get(name) for name in ("cadence_spm", "speed_mps"))
    found = np.full(len(seconds), 0 if cadence or speed else 2, np.intp)
    for channel, edges in ((speed, (WALKING_MPS, RUNNING_MPS)), (cadence, (WALKING_SPM, RUNNING_SPM))):
        if channel is not None:  # feet know better than satellites, so cadence comes last
            values, known = _at(seconds, channel)
            found[known] = np.digitize(values[known], edges)
    return found


def _at(seconds: Floats, channel: Channel) -> tuple[Floats, NDArray[np.bool_]]:
    """A channel at each second, and where it was told near enough."""
    values = np.interp(seconds, channel.time_s, channel.values)
    after = np.clip(np.searchsorted(channel.time_s, seconds), 0, len(channel.time_s) - 1)
    before = np.maximum(after - 1, 0)
    near = channel.time_s[after] - channel.time_s[before] <= LONGEST_HOLE_S
    inside = (seconds >= channel.time_s[0]) & (seconds <= channel.time_s[-1])
    return values, inside & (near | (channel.time_s[after] == seconds))


def _settled(code: NDArray[np.intp]) -> NDArray[np.intp]:
    """The doing that most of the seconds around have."""
    votes = np.stack([np.convolve(code == one, np.ones(SETTLED_S), mode="same") for one in range(3)])
    return np.asarray(votes.argmax(axis=0), np.intp)


def _mean_speed(activity: Activity, from_s: float, to_s: float) -> float | None:
    speed = activity.channels.get("speed_mps")
    if speed is None:
        return None
    values = speed.values[(speed.time_s >= from_s) & (speed.time_s <= to_s)]
    return float(values.mean()) if len(values) else None


def _pace(activity: Activity, bouts: tuple[Bout, ...]) -> Pace | None:
    """The speeds of running, from one record to the next."""
    speed = activity.channels.get("speed_mps")
    if speed is None or len(speed.time_s) < 2:
        return None
    start_s, end_s = speed.time_s[:-1], speed.time_s[1:]
    between = 0.5 * (speed.values[:-1] + speed.values[1:])
    runs = [bout for bout in bouts if bout.activity == "run"]
    edges = np.array([bout.start_s for bout in runs])
    bout = np.searchsorted(edges, start_s, side="right") - 1
    ends = np.array([one.end_s for one in runs])
    if not len(runs):
        return None
    kept = (bout >= 0) & (end_s <= ends[np.maximum(bout, 0)] + 0.5)
    kept &= (end_s - start_s <= LONGEST_HOLE_S) & (between <= FASTEST_MPS)
    return Pace(start_s[kept], end_s[kept], between[kept], bout[kept].astype(np.intp))
