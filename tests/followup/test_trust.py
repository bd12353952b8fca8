"""A sensor that cannot be trusted takes its own values; the run itself falls only where nothing is left."""

import pytest

from imu.analysis import RunAnalysis, analyze
from imu.analysis.trust import judge
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.training.history import Run
from tests.analysis.days import SHANKS, lost_in_bursts, only, rate_times, spoiled
from tests.followup.conftest import derived
from tests.followup.days import slipping

pytestmark = pytest.mark.unhurried

LOOSE = slipping(first_s=35, every_s=30, times=4)


def shown(run: Run, name: str, side: str | None = None) -> bool:
    """Whether any segment has a value."""
    return any(getattr(segment, name) is not None for segment in run.segments if side in (None, segment.side))


@pytest.fixture(scope="module")
def even_run(even: Simulation) -> RunAnalysis:
    return analyze(even.recording)


def test_a_good_run_is_good_and_needs_no_words(even_run: RunAnalysis) -> None:
    run = derived(even_run)
    assert (run.trust, run.untrusted_because) == ("good", ())


def test_a_day_of_slipping_straps_is_poor_and_says_why(even: Simulation) -> None:
    run = derived(analyze(spoiled(even.recording, LOOSE, *SHANKS)))
    assert run.trust == "poor"
    assert any("left shank: it shifted 4 times" in reason for reason in run.untrusted_because)
    assert not any(reason.endswith(".") for reason in run.untrusted_because)
    assert not shown(run, "shank_angle_ic_deg")
    assert run.running_s == pytest.approx(180, abs=4)  # counted as load all the same


def test_one_strap_that_slips_leaves_the_other_leg(even: Simulation) -> None:
    run = derived(analyze(spoiled(even.recording, LOOSE, "shank_left")))
    assert run.trust == "usable"
    assert not shown(run, "shank_angle_ic_deg", "left")
    assert not shown(run, "shank_angle_max_deg", "left")
    assert shown(run, "shank_angle_ic_deg", "right")
    assert shown(run, "pelvic_drop_deg")


def test_the_only_shank_that_slips_spoils_the_run(even: Simulation) -> None:
    run = derived(analyze(spoiled(only(even.recording, "shank_left"), LOOSE)))
    assert run.trust == "poor"


def test_a_poor_pelvis_leaves_the_shanks(even: Simulation) -> None:
    run = derived(analyze(spoiled(even.recording, lost_in_bursts(0.15, seed=1), "pelvis")))
    assert run.trust == "usable"
    assert any(reason.startswith("pelvis: ") for reason in run.untrusted_because)
    assert not shown(run, "pelvic_drop_deg")
    assert shown(run, "shank_angle_ic_deg", "left")
    assert shown(run, "shank_angle_ic_deg", "right")


def test_left_and_right_that_may_be_exchanged_are_compared_with_nothing() -> None:
    simulation = simulate(SimulationConfig(pattern="stand:6,run:60@3,stand:4", seed=1, swapped=True))
    run = derived(analyze(simulation.recording))
    assert run.trust == "poor"
    assert "wrong legs" in run.untrusted_because[0]


def test_shanks_whose_force_and_rate_contradict_each_other_are_poor(even: Simulation) -> None:
    mirrored = rate_times((-1, -1, -1))
    one, both = (analyze(spoiled(even.recording, mirrored, *these)) for these in (("shank_left",), SHANKS))
    assert judge(one.summary).trust == "usable"
    assert judge(one.summary).unsound == {"shank_left"}
    assert judge(both.summary).trust == "poor"
    assert "contradict each other" in judge(both.summary).because[0]
