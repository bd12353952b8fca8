"""What was done in the last minute: features hop by hop, final except for the newest seconds."""

from collections.abc import Iterable, Mapping
from math import floor

import numpy as np
from scipy.ndimage import uniform_filter1d

from imu.signal.activity import Activity, classify, vigour
from imu.signal.activity_features import HOP_S, ActivityFeatures

FEATURE_REACH_S = 4.1  # a hop depends on so much on either side
REMEMBERED_S = 60  # a bout is judged within ten seconds around it
HOPS_PER_S = round(1 / HOP_S)

# The edge of a bout is placed by what lies 3 s to either side, up to 2 s from where features saw it.
EDGE_SETTLES_S = 5.0
EDGE_MOVES_S = 2.0
# A new activity shows at once in how hard the sensors are moved, in the features of 3 s only later.
CHANGE_SHOWS_S = 3.0
BEFORE_CHANGE_S = 4.0
CHANGED_SHARE = 0.3  # a second of one activity differs less from the seconds before


class RecentActivity:
    """Hops from `start_s` on, on the recording's clock."""

    def __init__(self, placements: Iterable[str], start_s: int) -> None:
        self.start_s = start_s
        self._final_s = start_s
        self._features = {placement: _unknown(0) for placement in placements}

    def take(self, local: Mapping[str, ActivityFeatures], *, start_s: int, end_s: float) -> Activity:
        """Features of a window from start_s to end_s in; what was done since `self.start_s` out."""
        keep, skip = (HOPS_PER_S * (self._final_s - first) for first in (self.start_s, start_s))
        hops = max((len(features) for features in local.values()), default=0)
        for placement, old in self._features.items():
            new = local.get(placement, _unknown(hops))
            self._features[placement] = ActivityFeatures.joined([old.hops(0, keep), new.hops(skip, hops)])
        self._final_s = max(self._final_s, floor(end_s - FEATURE_REACH_S))
        surplus_s = floor(end_s) - REMEMBERED_S - self.start_s
        if surplus_s > 0:
            self.start_s += surplus_s
            for placement, old in self._features.items():
                self._features[placement] = old.hops(HOPS_PER_S * surplus_s, len(old))
        return classify(self._features)

    def features(self, placement: str, start_s: int) -> ActivityFeatures:
        """Of one sensor from start_s on."""
        own = self._features[placement]
        return own.hops(HOPS_PER_S * (start_s - self.start_s), len(own))

    def certain_until_s(self, activity: Activity) -> float:
        """Up to when the activity will hardly be seen otherwise, once more was heard."""
        end_s = HOP_S * len(activity.label)
        edges = np.concatenate([activity.bout_start_s, activity.bout_end_s])
        new = (edges > max(end_s - EDGE_SETTLES_S, 0.0)) & (edges < end_s)
        changes = self._change_s()
        return self.start_s + min(float(edges[new].min(initial=np.inf)) - EDGE_MOVES_S, changes)

    def _change_s(self) -> float:
        """Since when the sensors are moved harder or less than before; infinity where they are not."""
        shows, before = round(CHANGE_SHOWS_S / HOP_S), round(BEFORE_CHANGE_S / HOP_S)
        lately = uniform_filter1d(vigour(self._features), HOPS_PER_S, mode="nearest")
        if len(lately) < shows + before:
            return np.inf
        usual = np.median(lately[-shows - before : -shows])
        odd = np.abs(lately[-shows:] / max(usual, 1e-9) - 1.0) > CHANGED_SHARE
        return HOP_S * (len(lately) - shows + int(odd.argmax()) - 1) if odd.any() else np.inf


def _unknown(hops: int) -> ActivityFeatures:
    return ActivityFeatures(*[np.full(hops, np.nan)] * 6)
