"""A stride table against the true one, where every error was put in on purpose."""

import numpy as np
import pandas as pd
import pytest

from imu.validation.scoring import ContactScore, contacts_of, score_strides

STRIDE_S = 0.7


def true_strides(count: int = 20) -> pd.DataFrame:
    """Alternating feet from 1 s on, a step every 0.35 s."""
    ic_s = 1.0 + STRIDE_S / 2 * np.arange(count)
    return pd.DataFrame(
        {
            "side": np.where(np.arange(count) % 2, "right", "left"),
            "ic_time_s": ic_s,
            "to_time_s": ic_s + 0.25,
            "next_ic_time_s": ic_s + STRIDE_S,
            "stride_time_s": STRIDE_S,
            "contact_time_s": 0.25,
            "shank_angle_ic_rel_deg": 10.0 + np.arange(count),
        }
    )


def our_strides(count: int = 20) -> pd.DataFrame:
    """The same strides, found without error."""
    truth = true_strides(count).rename(columns={"shank_angle_ic_rel_deg": "shank_angle_ic_deg"})
    return truth.assign(valid=True, activity="run")


def test_a_perfect_table_has_no_errors() -> None:
    score = score_strides(our_strides(), true_strides())
    assert score.contacts == ContactScore(22, 0, 0, 0, 0, strides=20, strides_found=20, mislabelled=0)
    assert np.abs(score.errors["error"].to_numpy(float)).max() < 1e-12
    assert (score.coverage["true"] == score.coverage["covered"]).all()


def test_an_error_is_ours_minus_true_under_our_name() -> None:
    late = our_strides().assign(shank_angle_ic_deg=lambda table: table["shank_angle_ic_deg"] + 2)
    late[["ic_time_s", "next_ic_time_s"]] += 0.01
    errors = score_strides(late, true_strides()).errors.groupby("metric")["error"].mean()
    assert errors["ic_time_s"] == pytest.approx(0.01)
    assert errors["shank_angle_ic_deg"] == pytest.approx(2.0)
    assert errors["to_time_s"] == pytest.approx(0.0)


def test_a_stride_not_found_is_missed_once_and_its_neighbours_keep_their_own() -> None:
    # The contact at 3.8 s begins stride 8 and ends stride 6; both are gone.
    score = score_strides(our_strides().drop([6, 8]), true_strides())
    assert (score.contacts.missed, score.contacts.extra) == (1, 0)
    assert score.contacts.strides_found == 18
    assert np.abs(score.errors["error"].to_numpy(float)).max() < 1e-12


def test_a_contact_between_steps_is_extra() -> None:
    ours = our_strides()
    invented = ours.iloc[[5]].assign(ic_time_s=ours["ic_time_s"][5] + 0.17)
    score = score_strides(pd.concat([ours, invented]), true_strides())
    assert (score.contacts.missed, score.contacts.extra) == (0, 1)


def test_exchanged_feet_are_wrong_sides_not_missed_contacts() -> None:
    exchanged = our_strides().assign(side=lambda table: table["side"].map({"left": "right", "right": "left"}))
    contacts = score_strides(exchanged, true_strides()).contacts
    assert (contacts.missed, contacts.extra, contacts.side_wrong) == (0, 0, 22)


def test_an_unknown_side_is_no_wrong_side() -> None:
    contacts = score_strides(our_strides().assign(side="unknown"), true_strides()).contacts
    assert (contacts.side_wrong, contacts.side_unknown) == (0, 22)


def test_a_truth_without_sides_judges_none() -> None:
    contacts = score_strides(our_strides(), true_strides().assign(side="unknown")).contacts
    assert (contacts.missed, contacts.side_wrong, contacts.side_unknown) == (0, 0, 0)


def test_invalid_strides_are_found_but_not_compared() -> None:
    ours = our_strides()
    ours.loc[3, ["valid", "contact_time_s"]] = [False, 99.0]
    score = score_strides(ours, true_strides())
    assert score.contacts.missed == 0
    assert score.coverage.set_index("metric")["covered"]["contact_time_s"] == 19
    assert score.errors["error"].abs().max() < 1e-12


def test_an_absent_value_is_not_covered() -> None:
    ours = our_strides()
    ours.loc[:4, "shank_angle_ic_deg"] = np.nan
    covered = score_strides(ours, true_strides()).coverage.set_index("metric")["covered"]
    assert (covered["shank_angle_ic_deg"], covered["contact_time_s"]) == (15, 20)


def test_running_called_walking_is_mislabelled_and_not_compared() -> None:
    ours = our_strides()
    ours.loc[:1, "activity"] = "walk"
    score = score_strides(ours, true_strides())
    assert (score.contacts.mislabelled, score.contacts.missed) == (2, 0)
    assert score.coverage["covered"].max() == 18


def test_only_contacts_inside_the_window_count() -> None:
    ours = our_strides(30).iloc[2:]
    score = score_strides(ours, true_strides(30), window_start_s=1.6, window_end_s=6.0)
    assert (score.contacts.missed, score.contacts.extra) == (0, 0)
    assert score.contacts.true == 13


def test_nothing_found_is_everything_missed() -> None:
    score = score_strides(our_strides().iloc[:0], true_strides())
    assert (score.contacts.missed, score.contacts.strides_found) == (22, 0)
    assert score.errors.empty
    assert score.coverage["covered"].sum() == 0


def test_each_contact_is_listed_once() -> None:
    contacts = contacts_of(true_strides(4))
    assert contacts["time_s"].tolist() == pytest.approx([1.0, 1.35, 1.7, 2.05, 2.4, 2.75])
    assert contacts["side"].tolist() == ["left", "right"] * 3
