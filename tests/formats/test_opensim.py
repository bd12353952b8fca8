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


@pytest.mark.unhurried
@given(st.lists(st.one_of(st.floats(-180, 180), st.just(np.nan)), min_size=1, max_size=20))
def test_known_angles_come_back_with_a_head_that_counts_them(
    tmp_path_factory: pytest.TempPathFactory, angles: list[float]
) -> None:
    path = tmp_path_factory.mktemp("mot") / "a.mot"
    time_s, left = 12 + np.arange(len(angles)) / 200, np.array([*angles])
    left[0] = 1.0
    known = np.isfinite(left)
    write_angles("run a\nb", time_s, {"left": left, "right": np.zeros(len(angles))}, path)
    head, labels, values = read(path)
    assert labels == ["time", "left", "right"]
    assert head == {"version": "1", "nRows": str(known.sum()), "nColumns": "3", "inDegrees": "yes"}
    assert values.shape == (known.sum(), 3)
    np.testing.assert_allclose(values[:, 0], time_s[known], atol=1e-6)
    np.testing.assert_allclose(values[:, 1], left[known], atol=5.1e-5)
    assert path.read_text().splitlines()[0] == "run a b"


def test_nothing_that_is_no_number_is_written_for_storage_stops_there(tmp_path: Path) -> None:
    left, never = np.array([np.nan, 1.0, 2.0, np.nan]), np.full(4, np.nan)
    write_angles("a", np.arange(4) / 200, {"left": left, "right": never}, tmp_path / "a.mot")
    head, labels, values = read(tmp_path / "a.mot")
    assert labels == ["time", "left"]
    assert values.tolist() == [[0.005, 1.0], [0.01, 2.0]]
    assert head["nRows"] == "2"


@pytest.mark.parametrize("right", [np.nan, 1.0])
def test_without_a_time_at_which_all_are_known_nothing_is_written(tmp_path: Path, right: float) -> None:
    angles = {"left": np.array([np.nan, right]), "right": np.array([right, np.nan])}
    with pytest.raises(ValueError, match="at no time are all angles known"):
        write_angles("a", np.arange(2) / 200, angles, tmp_path / "a.mot")
    assert not (tmp_path / "a.mot").exists()
