"""A run while it happens: blocks of samples in, finished strides out.

The same functions as in `imu.analysis` look at the last seconds again and again. What they decide over a
whole recording (what was done, how the sensors sit, gyroscope offsets) is carried along and decided again
each second.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import floor, inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.legs import SIDES, Leg
from imu.analysis.measure import measure
from imu.analysis.stride_columns import Columns
from imu.analysis.table import stride_table
from imu.analysis.window import Window, window
from imu.calibration import Calibration
from imu.errors import RestrideError
from imu.live.reported import Reported
from imu.live.sensor import LiveSensor
from imu.live.state import LiveState, Readiness, advice
from imu.live.survey import LiveSurvey
from imu.recording import PLACEMENTS, Recording, Samples, SensorFacts
from imu.signal.activity import ACTIVITIES, UNKNOWN
from imu.signal.grid import GRID_HZ, GridSignal

LEAST_WINDOW_S = 10  # what features need on either side of a second, and the seconds between two decisions
STEP_S = 1.0  # the window moves on by no more, so that every second is decided on
LEAST_STEP_S = 0.05
FIRST_LOOK_S = 4.0  # features look 3 s wide
BACKLOG_S = 60.0  # samples of a minute wait for the next look; then feeding looks by itself
READ_MARGIN_S = 0.2
BEYOND_S = 0.5  # events are looked for so far past what was heard
# A stride is finished once its next stance is over: there lies the second of the two moments of standstill
# between which its length and level are measured, and all evidence for its last contact has been heard.
FINISHED_SHARE = 0.45  # of the stride time, after its next contact
FINISHED_WALKING_SHARE = 0.75  # a walking stance lasts 0.6 of the stride
WINDOW_EDGE_S = 1.0  # strides that begin nearer to the window's left end are half unseen


class LiveSession:
    """State over a run.

    A stride is told within a stride of its end while one thing is done; around a change between standing,
    walking and running up to seven seconds later, when what was done there is certain.

        session = LiveSession({"shank_left": {"acc_range_g": 16}, "shank_right": {}, "pelvis": {}})
        session.feed("shank_left", samples)  # as they arrive, each sensor by itself
        session.strides()  # two to four times a second: what was finished since the last call
        session.state.advice

    sensors: facts of each worn sensor, as in `recording.json`, by placement. window_s: what is looked at,
    whole seconds. wait_s: how long the others wait for a sensor of which nothing is heard; then its samples
    are a gap.
    """

    def __init__(
        self,
        sensors: Mapping[str, SensorFacts],
        *,
        calibration: Calibration | None = None,
        window_s: int = 12,
        wait_s: float = 1.0,
    ) -> None:
        if unknown := sorted(set(sensors) - set(PLACEMENTS)):
            raise RestrideError(f"unknown placement {unknown[0]!r}; known are {', '.join(PLACEMENTS)}")
        if not sensors:
            raise RestrideError("a live session needs at least one sensor")
        if window_s < LEAST_WINDOW_S:
            raise RestrideError(f"a live window needs {LEAST_WINDOW_S} s or more, not {window_s}")
        self._sensors = {p: LiveSensor(p, sensors[p]) for p in PLACEMENTS if p in sensors}
        self._window_s, self._wait_s = window_s, wait_s
        self._survey = LiveSurvey(self._sensors)
        self._reported = Reported(calibration)
        self._finished: list[pd.DataFrame] = []
        self._nothing = stride_table({}, None)
        self._activity = UNKNOWN
        self._first_s = 0  # whole second before which no window begins
        self._end_s = -inf  # up to here the last window looked

    def feed(self, placement: str, samples: Samples) -> None:
        """Take the next block of one sensor.

        Raises RestrideError, and takes nothing, where the block cannot be its next.
        """
        if placement not in self._sensors:
            raise RestrideError(f"{placement!r} is no sensor of this session: {', '.join(self._sensors)}")
        self._sensors[placement].append(samples)
        if self._sensors[placement].waiting_s(self._end_s) > BACKLOG_S:
            self._advance()

    def strides(self) -> pd.DataFrame:
        """The strides finished since the last call, each exactly once, those of each foot in order.

        Columns as in `imu.analysis.columns`; `shank_angle_change_deg` is against the first three minutes as
        far as they were run yet.
        """
        self._advance()
        done, self._finished = self._finished, []
        if len(done) == 1:  # nearly always
            return done[0]
        return pd.concat(done, ignore_index=True) if done else self._nothing.copy()

    @property
    def state(self) -> LiveState:
        """How things stood at the last call of `strides`."""
        sensors = {placement: self._readiness(placement) for placement in self._sensors}
        return LiveState(
            time_s=None if self._end_s == -inf else self._end_s,
            activity=None if self._activity == UNKNOWN else ACTIVITIES[self._activity],
            cadence_spm=self._reported.cadence_spm(self._end_s),
            shank_angle_ic_deg=self._reported.last("shank_angle_ic_deg"),
            sensors=sensors,
            mount_shifts=self._survey.mount_shifts(),
            advice=advice(sensors, self._survey.misplaced),
        )

    def _readiness(self, placement: str) -> Readiness:
        return self._survey.readiness(placement) if placement in self._heard() else "silent"

    def _heard(self) -> list[str]:
        """Sensors that are still heard of."""
        newest = max(sensor.heard_s for sensor in self._sensors.values())
        return [
            p for p, s in self._sensors.items() if -inf < s.heard_s and newest - s.heard_s <= self._wait_s
        ]

    def _advance(self) -> None:
        """Look at everything that all sensors were heard up to."""
        heard = self._heard()
        if not heard:
            return
        heard_s = min(self._sensors[placement].heard_s for placement in heard)
        while heard_s - self._end_s >= LEAST_STEP_S:
            nearest_s = min(s.next_sample_s(self._end_s - self._window_s) for s in self._sensors.values())
            if nearest_s > self._end_s:  # nothing in a whole window: the very beginning, or a long silence
                self._begin(nearest_s)
            else:
                self._end_s = floor(min(heard_s, self._end_s + STEP_S) * GRID_HZ) / GRID_HZ
                self._look()

    def _begin(self, time_s: float) -> None:
        self._first_s = floor(time_s)
        self._survey.begin(self._first_s)
        self._end_s = time_s + FIRST_LOOK_S - STEP_S

    def _look(self) -> None:
        start_s = max(self._first_s, floor(self._end_s) - self._window_s)
        for sensor in self._sensors.values():
            sensor.forget_before(start_s - READ_MARGIN_S)
        tracks = {p: track for p, sensor in self._sensors.items() if (track := sensor.track())}
        if not tracks:
            return
        recording = Recording(tracks=tracks)
        # Beyond what was heard the grid is missing, as in a gap: nothing is taken for an event there.
        padded = window(
            recording, start_s, self._end_s + BEYOND_S, own_start_s=start_s, own_end_s=self._end_s
        )
        survey = self._survey.take(_up_to(padded, self._end_s), recording)
        for placement, degrees in self._survey.turned_deg.items():
            self._reported.turn(SIDES[placement], degrees)
        self._activity = int(survey.activity.label[-1])
        measured = measure(padded, survey, recording, wanted=lambda leg: self._has_news(leg, start_s))
        if columns := measured.columns:
            table = self._reported.take(columns, self._ready(columns, start_s))
            if table is not None:
                self._finished.append(table)

    def _has_news(self, leg: Leg, start_s: int) -> bool:
        """Whether a stride of this leg is to be handed out; at every third look none is."""
        contact_s = leg.contacts.initial_contact / GRID_HZ + start_s
        rows = leg.contacts.continues[:-1]
        start, end = contact_s[:-1][rows], contact_s[1:][rows]
        times = {
            "side": np.full(len(start), float(leg.side)),
            "ic_time_s": start,
            "next_ic_time_s": end,
            "stride_time_s": end - start,
            "running": np.ones(len(start)),  # finished sooner than walking ones
        }
        return bool((self._ready(times, start_s) & ~self._reported.again(times)).any())

    def _ready(self, strides: Columns, start_s: int) -> NDArray[np.bool_]:
        """Strides that are finished, and begin where this window already sees well."""
        share = np.where(strides["running"] > 0, FINISHED_SHARE, FINISHED_WALKING_SHARE)
        seen_s = strides["next_ic_time_s"] + share * strides["stride_time_s"]
        ready = (seen_s <= self._end_s) & (strides["next_ic_time_s"] <= self._survey.certain_until_s)
        ready &= (strides["ic_time_s"] > start_s + WINDOW_EDGE_S) | (start_s == self._first_s)
        return np.asarray(ready)


def _up_to(block: Window, end_s: float) -> Window:
    """The part of a window before end_s."""
    n = round((end_s - block.start_s) * GRID_HZ)
    signals = {
        placement: GridSignal(
            signal.acc_mps2[:n],
            None if signal.gyr_radps is None else signal.gyr_radps[:n],
            signal.missing[:n],
        )
        for placement, signal in block.signals.items()
    }
    return replace(block, n=n, signals=signals)
