"""The compact text of a plan."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.errors import RestrideError
from imu.simulate.plan import SCENARIOS, Injection, Piece, parse_injection, parse_pattern, steady_run


def test_reads_pieces_with_speeds_ramps_and_bends() -> None:
    assert parse_pattern("stand:6, walk:60@1.4, run:120@3.0>4.0, run:30@3.5~-40, pause:5") == (
        Piece("stand", 6.0),
        Piece("walk", 60.0, 1.4, 1.4),
        Piece("run", 120.0, 3.0, 4.0),
        Piece("run", 30.0, 3.5, 3.5, curvature_per_m=-1 / 40),
        Piece("stand", 5.0),
    )


def test_repeats_are_written_out() -> None:
    assert parse_pattern("stand:6,3x(run:60@3,walk:30)") == parse_pattern(
        "stand:6,run:60@3,walk:30,run:60@3,walk:30,run:60@3,walk:30"
    )


def test_a_turn_is_half_a_circle_in_the_gait_before_it() -> None:
    turn = parse_pattern("run:30@3,turn,run:30@3")[1]
    assert turn.activity == "run"
    assert turn.turn_radps * turn.duration_s == pytest.approx(3.14159, rel=1e-4)
    assert turn.speed_mps < 3


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_can_be_read(name: str) -> None:
    assert any(piece.activity == "run" for piece in parse_pattern(name))


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "swim:60",
        "run",
        "run:0.1",
        "run:60@20",
        "walk:60@0.1",
        "stand:5@3",
        "run:60@3~1",
        "turn",
        "run:60@3,",
        "run:99999",
        "0x(run:60)",
        "run:nan",
        "run:60@3@4",
        "999x(999x(run:60))",
        "run:60,turn:3",
        "run:-60",
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(pattern: str) -> None:
    with pytest.raises(RestrideError) as refused:
        parse_pattern(pattern)
    assert "\n" not in str(refused.value)


pieces = st.one_of(
    st.builds(lambda s: f"stand:{s}", st.integers(1, 600)),
    st.builds(lambda s, v: f"walk:{s}@{v:.2f}", st.integers(1, 600), st.floats(0.5, 2.3)),
    st.builds(
        lambda s, v, w: f"run:{s}@{v:.2f}>{w:.2f}",
        st.integers(1, 600),
        st.floats(1.6, 9.9),
        st.floats(1.6, 9.9),
    ),
)


@given(st.lists(pieces, min_size=1, max_size=8))
def test_durations_add_up_whatever_the_plan(words: list[str]) -> None:
    parsed = parse_pattern(",".join(words))
    assert len(parsed) == len(words)
    assert [piece.duration_s for piece in parsed] == [
        float(word.split(":")[1].split("@")[0]) for word in words
    ]


@given(st.text(max_size=40))
def test_no_text_ends_in_anything_but_a_plan_or_one_line(text: str) -> None:
    for parse in (parse_pattern, parse_injection):
        with suppress(RestrideError):
            parse(text)


def test_steady_run_is_a_plan() -> None:
    stand, run, _ = parse_pattern(steady_run(20, 3.2))
    assert (stand.activity, run.duration_s, run.speed_mps) == ("stand", 1200.0, 3.2)


def test_reads_injections() -> None:
    assert parse_injection("left-shank+3@12") == Injection("shank", "left", 3.0, 720.0)
    assert parse_injection("drop-1.5@1-2") == Injection("drop", None, -1.5, 60.0, 120.0)
    assert parse_injection("cadence+5%@10").amount == pytest.approx(0.05)


@pytest.mark.parametrize(
    "text", ["shank+3", "left-cadence+5%@1", "shank+3%@1", "cadence+5@1", "shank+90@1", "drop+1@5-4"]
)
def test_impossible_injections_are_refused(text: str) -> None:
    with pytest.raises(RestrideError, match="injection"):
        parse_injection(text)


@pytest.mark.parametrize(
    "pattern", ["hops", "run:5,hops,stand:6", "stand:6,hops:3,stand:6", "stand:6,hops@2"]
)
def test_hops_follow_standing_and_have_no_size(pattern: str) -> None:
    with pytest.raises(RestrideError, match="write hops alone, after standing"):
        parse_pattern(pattern)
