"""A long recording is measured in overlapping blocks; nobody may see where one ends."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from imu.analysis import RunAnalysis
from imu.analysis.measure import measure
from imu.analysis.stride_columns import Columns, joined
from imu.analysis.survey import Survey, survey
from imu.analysis.window import BLOCK_S, MARGIN_S, window, windows
from imu.recording import Recording
from imu.signal.moments import Moments
from imu.simulate import Simulation
from tests.analysis.days import beside_truth, error, later_from, spoiled


def measured(recording: Recording, found: Survey, start_s: int, end_s: int) -> Columns:
    """The strides that begin in [start_s, end_s), from a window with the usual margins."""
    last_s = int(np.ceil(recording.end_s))
    first, last = max(0, start_s - MARGIN_S), min(last_s, end_s + MARGIN_S)
    block = window(recording, first, last, own_start_s=start_s, own_end_s=end_s)
    columns = measure(block, found, recording).columns
    own = (columns["ic_time_s"] >= start_s) & (columns["ic_time_s"] < end_s)
    table = {name: values[own] for name, values in columns.items()}
    order = np.argsort(table["ic_time_s"])
    return {name: values[order] for name, values in table.items()}


@pytest.mark.unhurried
def test_two_blocks_give_the_strides_of_one(walk_run: Simulation) -> None:
    recording = walk_run.recording
    found = survey(recording)
    end_s = int(np.ceil(recording.end_s))
    seam_s = 42  # in the middle of a run
    whole = measured(recording, found, 0, end_s)
    parts = joined([measured(recording, found, 0, seam_s), measured(recording, found, seam_s, end_s)])
    assert len(parts["ic_time_s"]) == len(whole["ic_time_s"])
    np.testing.assert_array_equal(parts["side"], whole["side"])
    for name, near in (
        ("ic_time_s", 0.002),
        ("to_time_s", 0.002),
        ("speed_mps", 0.03),
        ("shank_angle_ic_deg", 0.2),
        ("pelvic_drop_deg", 0.2),
        ("vertical_oscillation_m", 0.001),
    ):
        np.testing.assert_allclose(parts[name], whole[name], atol=near, rtol=0, err_msg=name)


def test_blocks_own_every_sample_once(easy: Simulation) -> None:
    recording = spoiled(easy.recording, later_from(20.0, 6000.0))
    edges = [(block.own_start_s, block.own_end_s) for block in windows(recording)]
    time_s = np.concatenate([track.samples().time_s for track in recording.tracks.values()])
    owners = np.sum([(time_s >= start) & (time_s < end) for start, end in edges], axis=0)
    assert (owners == 1).all()
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))
    assert all(end - start <= 1.25 * BLOCK_S for start, end in edges)


@pytest.mark.unhurried
def test_hours_without_a_sample_cost_nothing_and_change_nothing(easy: Simulation) -> None:
    recording = spoiled(easy.recording, later_from(20.0, 5 * 3600.0))
    blocks = list(windows(recording))
    assert len(blocks) == 2
    hole = [
        window(recording, start, start + BLOCK_S, own_start_s=start, own_end_s=start + BLOCK_S)
        for start in range(BLOCK_S, int(blocks[1].own_start_s), BLOCK_S)
    ]
    passed_over, looked_at = (survey(recording, parts) for parts in (blocks, [blocks[0], *hole, blocks[1]]))
    np.testing.assert_array_equal(passed_over.seconds, looked_at.seconds)
    np.testing.assert_array_equal(passed_over.activity.label, looked_at.activity.label)
    for placement in recording.tracks:
        for field in fields(Moments):
            one, other = (getattr(each.moments[placement], field.name) for each in (passed_over, looked_at))
            np.testing.assert_array_equal(one, other)
    (one,), (other,) = passed_over.pelvis, looked_at.pelvis
    np.testing.assert_array_equal(one.alignment.rotation, other.alignment.rotation)


@pytest.mark.slow
def test_no_stride_is_lost_or_doubled_where_two_blocks_meet(
    changed: Simulation, changed_run: RunAnalysis
) -> None:
    near = changed.truth.strides[(changed.truth.strides["ic_time_s"] - BLOCK_S).abs() < 20]
    found = changed_run.strides[(changed_run.strides["ic_time_s"] - BLOCK_S).abs() < 20]
    pairs = beside_truth(found, near)
    assert pairs["ic_time_s_found"].notna().all()
    assert pairs["ic_time_s_found"].is_unique
    assert abs(len(found) - len(near)) <= 2  # at the ends of these forty seconds
    assert error(pairs, "ic_time_s").abs().max() < 0.02
    assert error(pairs, "shank_angle_ic_deg").std() < 0.5
