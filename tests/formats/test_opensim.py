"""What OpenSim's own reader asks of a .mot file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.formats.opensim import write_angles


def read(path: Path) -> tuple[dict[str, str], list[str], "np.ndarray[tuple[int, int], np.dtype[np.float64]]"]:
    """Head, labels and numbers, as OpenSim takes them apart."""
    lines = path.read_text(encoding="utf-8").splitlines()
    end = lines.index("endheader")
    head = dict(one.split("=") for one in lines[1:end])
    rows = [[float(word) for word in line.split("\t")] for line in lines[end + 2 :]]
    return head, lines[end + 1].split("\t"), np.array(rows)


@given(st.lists(st.one_of(st.floats(-180, 180), st.just(np.nan)), min_size=1, max_size=20))
def test_angles_come_back_with_a_head_that_counts_them(
    tmp_path_factory: pytest.TempPathFactory, angles: list[float]
) -> None:
    path = tmp_path_factory.mktemp("mot") / "a.mot"
    time_s = 12 + np.arange(len(angles)) / 200
    write_angles("run a\nb", time_s, {"left": np.array(angles), "right": np.zeros(len(angles))}, path)
    head, labels, values = read(path)
    assert labels == ["time", "left", "right"]
    assert head == {"version": "1", "nRows": str(len(angles)), "nColumns": "3", "inDegrees": "yes"}
    assert values.shape == (len(angles), 3)
    np.testing.assert_allclose(values[:, 0], time_s, atol=1e-6)
    np.testing.assert_allclose(values[:, 1], angles, atol=5.1e-5)
    assert path.read_text().splitlines()[0] == "run a b"
