"""What is said of a watch is the same everywhere, and says why the clocks decided."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imu.followup.watch_fit import fitted
from imu.followup.watch_words import REASONS, clock_words, speed_words
from imu.recording import Channel
from imu.store import KeptWatch

NO_STRIDES = pd.DataFrame(
    {
        name: np.empty(0)
        for name in (
            "valid",
            "ic_time_s",
            "next_ic_time_s",
            "cadence_spm",
            "speed_mps",
            "activity",
            "stride_time_s",
        )
    }
)
NO_SECONDS = pd.DataFrame({"activity": [], "time_s": []})


def watch(fit: dict[str, Any]) -> KeptWatch:
    return KeptWatch(run_id="1", content_hash="2", alone=False, file=None, facts={}, fit=fit)


@pytest.mark.parametrize("by_satellites", [True, False])
def test_why_the_clocks_decided_is_said(by_satellites: bool) -> None:
    heart = {"heart_rate_bpm": Channel(np.arange(9.0), np.full(9, 140.0))}
    if not by_satellites:
        heart["speed_mps"] = Channel(np.arange(9.0), np.full(9, 3.0))
    fit = fitted(NO_STRIDES, NO_SECONDS, heart, clocks_offset_s=4.0, by_satellites=by_satellites)
    assert fit["because"] in REASONS
    assert fit["speed"] in REASONS
    words = clock_words(watch(fit))
    assert words.startswith("Begun 4 s after the recording by both clocks: within 10 s")
    assert words.endswith("There is no cadence and no speed to compare.")
    assert "Speeds are not compared: " in str(speed_words(fit))
