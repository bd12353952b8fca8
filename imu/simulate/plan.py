"""What the runner is asked to do: pieces of standing, walking, running and turning, and changes on the way.

    stand:6,hops,walk:60@1.4,run:120@3.0>4.0,turn,4x(run:60@3.5~36.5,walk:60@1.4)

A piece is `activity:seconds`, with `@speed` or `@from>to` in m/s and `~radius` of a bend in m (left > 0);
a turn is `turn` (half a turn to the left) or `turn:degrees`; `hops` are three hops on the spot, after
standing. `4x(...)` repeats. An exercise is its name in the programme and its seconds, between standing, with
the leg that carries where one does: `chair_bridge:60`, `power_position_hold:60:left`. As many repetitions as
fit are done; `lie:30` between two bridges keeps the person on the floor.

An injection is what changes, by how much, and the minute from which it holds: `left-shank+3@12` (deg),
`right-drop+2@12` (deg), `cadence+5%@10`; `@12-15` ends it again.
"""

import re
from dataclasses import dataclass
from math import inf

from imu.errors import RestrideError
from imu.simulate.exercise import MOVEMENTS
from imu.simulate.hops import PIECE_S as _HOPS_S

_USUAL_SPEED_MPS = {"walk": 1.3, "run": 3.0}
_SPEED_RANGE_MPS = {"walk": (0.4, 2.4), "run": (1.5, 10.0)}
_TURN_RATE_DPS = 60.0  # a half turn at a jog takes about three seconds
_TURN_SLOWDOWN = 0.6
_TIGHTEST_BEND_M = 3.0
_SHORTEST_S = 0.5  # of a piece
_LONGEST_S = 24 * 3600.0
_SHORTEST_EXERCISE_S = 10.0  # getting down and up again takes as long
_STAND_S = 6.0  # before and after a plain run

_NUMBER = r"\d+(?:\.\d+)?"
_PIECE = re.compile(
    rf"(?P<activity>[a-z]+)(?::(?P<size>-?{_NUMBER}))?"
    rf"(?:@(?P<speed>{_NUMBER})(?:>(?P<end>{_NUMBER}))?)?(?:~(?P<radius>-?{_NUMBER}))?"
)
_EXERCISE = re.compile(rf"(?P<movement>[a-z_]+):(?P<size>{_NUMBER})(?::(?P<side>left|right))?")
_REPEAT = re.compile(r"(\d{1,3})x\(([^()]*)\)")
_INJECTION = re.compile(
    rf"(?:(?P<side>left|right)-)?(?P<what>shank|drop|cadence)(?P<amount>[+-]{_NUMBER})(?P<percent>%?)"
    rf"@(?P<start>{_NUMBER})(?:-(?P<end>{_NUMBER}))?"
)

SCENARIOS = {
    "easy": "stand:8,walk:60@1.4,run:1080@3.0,walk:60@1.4,stand:8",
    "walk_run_week1": "stand:6,walk:180@1.4,6x(run:60@2.6,walk:120@1.4),stand:6",
    "build_up": "stand:6,walk:20@1.4,4x(run:20@3.5>9.5,run:6@9.5>3,walk:60@1.3),stand:6",
    "sprint": "stand:6,run:3@3.5,run:6@3.5>9.5,run:3@9.5,run:5@9.5>3,stand:6",
    "intervals": "stand:6,run:300@2.8,5x(run:180@4.2,run:90@2.6),run:180@2.8,stand:6",
    # A 400 m track: straights of 84.39 m, bends of 36.5 m radius.
    "track_bends": "stand:6,8x(run:24.1@3.5,run:32.8@3.5~36.5),stand:6",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to do for some seconds."""

    activity: str  # stand, hops, exercise, walk, run
    duration_s: float
    speed_mps: float = 0.0
    end_speed_mps: float = 0.0
    turn_radps: float = 0.0  # of the heading, left > 0; beyond what the bend gives
    curvature_per_m: float = 0.0  # left > 0
    movement: str = ""  # of an exercise
    side: str | None = None  # the leg that carries in it

    @property
    def is_on_the_spot(self) -> bool:
        return self.activity in ("stand", "hops", "exercise")


@dataclass(frozen=True, slots=True)
class Injection:
    """A known change of gait from one minute on."""

    quantity: str  # shank (deg), drop (deg), cadence (share)
    side: str | None  # None: both
    amount: float
    start_s: float
    end_s: float = inf


def steady_run(minutes: float, speed_mps: float) -> str:
    """The pattern of a plain run: six seconds of standing, then one pace."""
    if not _SHORTEST_S <= 60 * minutes <= _LONGEST_S - 2 * _STAND_S:
        raise RestrideError(f"{minutes:g} minutes: a run lasts from half a second to a day")
    slowest, fastest = _SPEED_RANGE_MPS["run"]
    if not slowest <= speed_mps <= fastest:
        raise RestrideError(f"{speed_mps:g} m/s: run goes from {slowest:g} to {fastest:g} m/s")
    stand = f"stand:{_STAND_S:g}"
    return f"{stand},run:{60 * minutes:g}@{speed_mps:g},{stand}"


def parse_pattern(text: str) -> tuple[Piece, ...]:
    """The pieces of a pattern, or of the scenario of that name."""
    pattern = SCENARIOS.get(text.strip(), text).replace(" ", "").lower()
    while repeated := _REPEAT.search(pattern):
        if not int(repeated[1]):
            raise RestrideError(f"pattern {text!r}: {repeated[0]!r} repeats nothing; count from 1")
        block = ",".join([repeated[2]] * int(repeated[1]))
        pattern = pattern[: repeated.start()] + block + pattern[repeated.end() :]
        if len(pattern) > 200_000:
            raise RestrideError(f"pattern {text[:60]!r}...: too long once its repeats are written out")
    pieces: list[Piece] = []
    for word in pattern.split(","):
        pieces.append(_piece(word, before=pieces[-1] if pieces else None))
    _check_exercises(pieces)
    if sum(piece.duration_s for piece in pieces) > _LONGEST_S:
        raise RestrideError(f"pattern {text[:60]!r}: longer than a day")
    return tuple(pieces)


def _piece(word: str, *, before: Piece | None) -> Piece:
    if word.partition(":")[0] in MOVEMENTS:
        return _exercise(word)
    match = _PIECE.fullmatch(word)
    activity = match["activity"] if match else ""
    if not match or activity not in ("stand", "pause", "hops", "walk", "run", "turn"):
        known = ", ".join(SCENARIOS)
        raise RestrideError(
            f"pattern piece {word!r}: write stand:6, hops, walk:60@1.4, run:120@3>4, turn:180 "
            f"or one of {known}"
        )
    if activity == "hops":
        if word != "hops" or before is None or before.activity != "stand":
            raise RestrideError(f"pattern piece {word!r}: write hops alone, after standing")
        return Piece("hops", _HOPS_S)
    if activity == "turn":
        return _turn(word, match, before)
    if match["size"] is None or not float(match["size"]) >= _SHORTEST_S:
        raise RestrideError(
            f"pattern piece {word!r}: give its seconds, at least {_SHORTEST_S:g}, as in {activity}:60"
        )
    duration_s = float(match["size"])
    if activity in ("stand", "pause"):
        if match["speed"] or match["radius"]:
            raise RestrideError(f"pattern piece {word!r}: standing has no speed and no bend")
        return Piece("stand", duration_s)
    speed_mps = float(match["speed"] or _USUAL_SPEED_MPS[activity])
    end_mps = float(match["end"] or speed_mps)
    slowest, fastest = _SPEED_RANGE_MPS[activity]
    if not (slowest <= speed_mps <= fastest and slowest <= end_mps <= fastest):
        raise RestrideError(f"pattern piece {word!r}: {activity} goes from {slowest:g} to {fastest:g} m/s")
    radius_m = float(match["radius"]) if match["radius"] else inf
    if abs(radius_m) < _TIGHTEST_BEND_M:
        raise RestrideError(f"pattern piece {word!r}: a bend needs {_TIGHTEST_BEND_M:g} m of radius or more")
    return Piece(activity, duration_s, speed_mps, end_mps, curvature_per_m=1 / radius_m)


def _exercise(word: str) -> Piece:
    match = _EXERCISE.fullmatch(word)
    name = word.partition(":")[0]
    if not match or float(match["size"]) < _SHORTEST_EXERCISE_S:
        raise RestrideError(
            f"pattern piece {word!r}: give its seconds, at least {_SHORTEST_EXERCISE_S:g}, as in {name}:60"
        )
    if match["side"] and not MOVEMENTS[name].sided:
        raise RestrideError(f"pattern piece {word!r}: {name} is done with both legs; leave out the side")
    return Piece("exercise", float(match["size"]), movement=name, side=match["side"])


def _check_exercises(pieces: list[Piece]) -> None:
    kinds = ["stand", *(piece.activity for piece in pieces), "stand"]
    for before, kind, after in zip(kinds, kinds[1:], kinds[2:], strict=False):
        if kind == "exercise" and not {before, after} <= {"stand", "exercise"}:
            raise RestrideError("pattern: exercises begin and end in standing; put stand:5 before and after")


def _turn(word: str, match: re.Match[str], before: Piece | None) -> Piece:
    if before is None or before.activity in ("hops", "exercise") or match["speed"] or match["radius"]:
        raise RestrideError(f"pattern piece {word!r}: write turn or turn:degrees after another piece")
    degrees = float(match["size"] or 180.0)
    if not 10 <= abs(degrees) <= 720:
        raise RestrideError(f"pattern piece {word!r}: a turn is 10 to 720 degrees, right turns negative")
    duration_s = abs(degrees) / _TURN_RATE_DPS
    speed_mps = before.end_speed_mps * _TURN_SLOWDOWN
    rate_radps = degrees / duration_s * (3.141592653589793 / 180)
    return Piece(before.activity, duration_s, speed_mps, speed_mps, turn_radps=rate_radps)


def parse_injection(text: str) -> Injection:
    """An injection such as `left-shank+3@12` (deg, minute), `right-drop+2@12`, `cadence+5%@10-15`."""
    match = _INJECTION.fullmatch(text.strip().lower())
    if not match:
        raise RestrideError(f"injection {text!r}: write left-shank+3@12, right-drop+2@12 or cadence+5%@10-15")
    quantity, amount = match["what"], float(match["amount"])
    if (quantity == "cadence") != bool(match["percent"]):
        raise RestrideError(f"injection {text!r}: cadence changes in %, shank and drop in degrees")
    if quantity == "cadence" and match["side"]:
        raise RestrideError(f"injection {text!r}: cadence has no side")
    if abs(amount) > 20:
        raise RestrideError(f"injection {text!r}: more than 20 is no running any more")
    start_s, end_s = 60 * float(match["start"]), 60 * float(match["end"]) if match["end"] else inf
    if end_s <= start_s:
        raise RestrideError(f"injection {text!r}: ends before it begins")
    return Injection(quantity, match["side"], amount / 100 if match["percent"] else amount, start_s, end_s)
