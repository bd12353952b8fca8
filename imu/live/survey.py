"""What `imu.analysis.survey` decides over a whole recording, carried along and decided again each second."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import floor

import numpy as np
from numpy.typing import NDArray

from imu.analysis.survey import (
    FEWEST_MOVING_S,
    Survey,
    features_of,
    labels_at,
    misplaced,
    pelvis_sums,
    statistics_of,
    stride_time_s,
)
from imu.analysis.window import Window
from imu.live.recent import RecentActivity
from imu.live.sitting import PelvisSitting, ShankSitting
from imu.live.state import Readiness
from imu.live.sums import Sums
from imu.recording import Recording
from imu.signal.activity import RUN, WALK, Activity
from imu.signal.activity_features import HOP_S
from imu.signal.grid import GRID_HZ
from imu.signal.moments import Moments, moments
from imu.signal.sensor_statistics import SensorStatistics

LABEL_SETTLES_S = 6  # features reach 4 s ahead, edges move by 2 s; then a second's activity is certain
PART_S = 4  # pelvis sums are taken over so many seconds; each loses one and a half strides at its ends
EVER_S = 10**9
DECIDED_FOR_S = 1.0  # until the next whole second is over, what was done last is taken to go on


class LiveSurvey:
    """State over a run: activity of the last minute, sums per second, how every sensor sits and records."""

    def __init__(self, placements: Iterable[str]) -> None:
        self._placements = tuple(placements)
        self._shanks = {p: ShankSitting() for p in self._placements if p.startswith("shank")}
        self._pelvis = PelvisSitting()
        self.misplaced: dict[str, str] = {}  # sensors worn elsewhere, with what gives them away
        self.turned_deg: dict[str, float] = {}  # by how much the last look made inclinations larger
        self.certain_until_s = 0.0  # up to when the activity will hardly be seen otherwise any more
        self._without_gyroscope: set[str] = set()
        self._seen_running = False
        self._statistics: dict[str, SensorStatistics] = {}
        self.begin(0)

    def begin(self, second: int) -> None:
        """Start, or start again after a long silence; how the sensors sit is not forgotten."""
        self.recent = RecentActivity(self._placements, second)
        self._decided_s = self._settled_s = self._part_s = second
        self._latest: Survey | None = None

    def take(self, block: Window, recording: Recording) -> Survey:
        """A window that ends with the latest samples in, the decisions as they are now out.

        Looked at once a second, and when a sensor is heard for the first time; in between the last decisions
        hold.
        """
        start_s, now_s = int(block.start_s), floor(block.end_s)
        self.turned_deg = {}
        if self._latest and now_s <= self._decided_s and recording.tracks.keys() <= self._statistics.keys():
            return self._latest
        activity = self.recent.take(features_of(block), start_s=start_s, end_s=block.end_s)
        self.certain_until_s = self.recent.certain_until_s(activity)
        self._decide(block, recording, activity)
        self._decided_s = now_s
        self._latest = self._as_decided(recording, activity)
        return self._latest

    def _as_decided(self, recording: Recording, activity: Activity) -> Survey:
        worn = [p for p in recording.tracks if p not in self.misplaced]
        shanks = {p: self._shanks[p].mount for p in worn if p in self._shanks}
        pelvis = self._pelvis.mount if "pelvis" in worn else None
        return Survey(
            start_s=self.recent.start_s,
            activity=_going_on(activity),
            seconds=activity.per_second(),
            moments={},
            shanks={p: (replace(mount, start_s=0, end_s=EVER_S),) for p, mount in shanks.items() if mount},
            pelvis=(replace(pelvis, start_s=0, end_s=EVER_S),) if pelvis else (),
            statistics=self._statistics,
        )

    def readiness(self, placement: str) -> Readiness:
        """What is known of how a sensor sits."""
        if placement == "pelvis":
            mount = self._pelvis.mount
            return "unaligned" if mount is None else "relative" if mount.alignment.relative else "aligned"
        if placement not in self._shanks or placement in self._without_gyroscope:
            return "activity_only"
        shank = self._shanks[placement].mount
        return "unaligned" if shank is None else "relative" if shank.standing_line is None else "aligned"

    def mount_shifts(self) -> dict[str, int]:
        """How often each strap slipped."""
        shifts = {placement: sitting.shifts for placement, sitting in self._shanks.items()}
        return {**shifts, "pelvis": self._pelvis.shifts} if "pelvis" in self._placements else shifts

    def _decide(self, block: Window, recording: Recording, activity: Activity) -> None:
        """Decide with the seconds since the last decision, and with those whose activity may change."""
        start_s, now_s = int(block.start_s), floor(block.end_s)
        new = replace(block, own_start_s=max(self._decided_s, start_s), own_end_s=now_s)
        for placement, track in recording.tracks.items():
            here, before = statistics_of(new, track), self._statistics.get(placement)
            self._statistics[placement] = here if before is None else before + here
        self._without_gyroscope = {p for p, track in recording.tracks.items() if not track.has_gyroscope}

        first = max(self._settled_s, start_s)
        settled = max(first, now_s - LABEL_SETTLES_S)
        second = np.arange(first, now_s)
        label = activity.per_second()[second - self.recent.start_s]
        sums = {p: Sums(_moments(block, p, first, now_s), label, second) for p in block.signals}
        self._judge_places(recording, sums, label)
        certain = second < settled
        for placement, own in sums.items():
            if placement == "pelvis":
                self._decide_pelvis(block, activity, own[certain], own[~certain], settled)
            elif placement in self._shanks and recording.tracks[placement].has_gyroscope:
                self._shanks[placement].add(own[certain])
                self.turned_deg[placement] = self._shanks[placement].decide(own[~certain])
        self._settled_s = settled

    def _judge_places(self, recording: Recording, sums: Mapping[str, Sums], label: NDArray[np.int8]) -> None:
        """Running tells more than walking, and standing nothing: a verdict holds until a better one."""
        runs = (label == RUN).sum() >= FEWEST_MOVING_S
        walks = ((label == RUN) | (label == WALK)).sum() >= FEWEST_MOVING_S
        if runs or (walks and not self._seen_running):
            self.misplaced = misplaced(recording, {p: own.rows for p, own in sums.items()}, label)
            self._seen_running = bool(runs)

    def _decide_pelvis(
        self, block: Window, activity: Activity, certain: Sums, latest: Sums, settled: int
    ) -> None:
        start_s, signal = int(block.start_s), block.signals["pelvis"]
        running = labels_at(activity, start_s - self.recent.start_s + np.arange(block.n) / GRID_HZ) == RUN
        stride_s = stride_time_s(self.recent.features("pelvis", start_s), block.n)
        self._part_s = max(self._part_s, start_s)
        while self._part_s + PART_S <= settled:
            here = _samples(block, self._part_s, self._part_s + PART_S)
            part = pelvis_sums(signal, here, running=running, stride_s=stride_s)
            self._pelvis.add_part(self._part_s, part)
            self._part_s += PART_S
        here = _samples(block, self._part_s, floor(block.end_s))
        self._pelvis.add(certain)
        self._pelvis.decide(latest, pelvis_sums(signal, here, running=running, stride_s=stride_s))


def _going_on(activity: Activity) -> Activity:
    """The bout that lasts to the newest hop goes on until activity is decided again."""
    end_s = activity.bout_end_s
    lasts = end_s == HOP_S * len(activity.label)
    return replace(activity, bout_end_s=np.where(lasts, end_s + DECIDED_FOR_S, end_s))


def _moments(block: Window, placement: str, first_s: int, end_s: int) -> Moments:
    signal, own = block.signals[placement], _samples(block, first_s, end_s)
    gyr = None if signal.gyr_radps is None else signal.gyr_radps[own]
    return moments(signal.acc_mps2[own], gyr, signal.missing[own], sampling_rate_hz=GRID_HZ)


def _samples(block: Window, first_s: int, end_s: int) -> slice:
    return slice(*(round((second - block.start_s) * GRID_HZ) for second in (first_s, end_s)))
