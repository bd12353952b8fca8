"""What is run on a day: an ordinary session of the week, or the one that the plan asks for."""

from dataclasses import dataclass, replace

import numpy as np

from imu.simulate.plan import Piece
from imu.simulate.season.athlete import Athlete, Kind
from imu.training.history import Surface
from imu.training.next_session import NextSession

WALK_MPS = 1.5
_STAND = Piece("stand", 6.0)
_WARM_S, _INTERVAL_S, _RECOVERY_S = 600.0, 180.0, 90.0
_INTERVAL_SHARE = 1.3  # of easy speed
_STRIDE_S, _STRIDE_SHARE = 14.0, 0.94  # of top speed
_BETWEEN_S = 60.0
_SPEED_UP_S = 4.0
_JOG_SHARE = 0.92  # of easy speed, while returning
_PACE_SD = 0.05
_EFFORT = {"easy": 3.0, "strides": 4.0, "intervals": 7.0, "long": 5.0}
_PLAN_EFFORT = {"walk_run": 2.0, "continuous": 3.0, "speed": 5.0, "easy_run": 3.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Standing, walking and running in pieces; they begin and end with standing, as sensors want it."""

    pieces: tuple[Piece, ...]
    effort_cr10: float
    surface: Surface = "road"

    @property
    def running_s(self) -> float:
        return sum(piece.duration_s for piece in self.pieces if piece.activity == "run")


def ordinary(athlete: Athlete, kind: Kind, rng: np.random.Generator, *, most_running_s: float) -> Session:
    """A session of the usual week; cut at the end to what the last weeks bear."""
    minutes = (athlete.long_min if kind == "long" else athlete.easy_min) * (1 + 0.06 * _chance(rng))
    easy_mps = athlete.easy_mps * (1 + _PACE_SD * _chance(rng))
    on_treadmill = kind == "easy" and rng.random() < 0.25
    if kind == "intervals":
        hard = Piece("run", _INTERVAL_S, *2 * (_INTERVAL_SHARE * easy_mps,))
        rounds = max(3, round((60 * minutes - 2 * _WARM_S) / (_INTERVAL_S + _RECOVERY_S)))
        running = [
            _run(600, easy_mps),
            *rounds * [hard, _run(_RECOVERY_S, 0.9 * easy_mps)],
            _run(600, easy_mps),
        ]
    elif kind == "strides":
        fast_mps = _STRIDE_SHARE * athlete.top_mps * (1 + 0.02 * _chance(rng))
        fast = _fast(easy_mps, fast_mps, reps=4, rep_s=_STRIDE_S)
        running = [_run(60 * minutes - sum(piece.duration_s for piece in fast), easy_mps), *fast]
    else:
        running = [_run(60 * minutes, easy_mps)]
    return Session(
        pieces=_stood(_cut(running, most_running_s)),
        effort_cr10=_EFFORT[kind],
        surface="track" if kind == "intervals" else "treadmill" if on_treadmill else "road",
    )


def prescribed(athlete: Athlete, suggested: NextSession) -> Session:
    """Exactly what a next session asks for. ValueError if it asks for no run."""
    if suggested.running_min is None:
        raise ValueError("no session to run: rest is asked for")
    running_s = 60 * suggested.running_min
    jog_mps = _JOG_SHARE * athlete.easy_mps
    if suggested.to_mps is not None:
        jog_mps = min(jog_mps, suggested.to_mps)
    stage = suggested.stage
    if suggested.kind == "walk_run" and stage is not None and stage.walk_s:
        block = [Piece("walk", stage.walk_s, WALK_MPS, WALK_MPS), _run(stage.jog_s, jog_mps)]
        pieces = stage.jogs * block
    elif suggested.kind == "speed" and stage is not None:
        fast_mps = stage.rep_percent / 100 * athlete.top_mps
        if suggested.to_mps is not None:  # a share of what was measured
            fast_mps = suggested.to_mps
        fast = _fast(jog_mps, fast_mps, reps=stage.reps, rep_s=stage.rep_s)
        easy_s = running_s - sum(piece.duration_s for piece in fast)
        pieces = [_run(0.6 * easy_s, jog_mps), *fast, _run(0.4 * easy_s, jog_mps)]
    else:
        pieces = [_run(running_s, jog_mps)]
    return Session(pieces=_stood(pieces), effort_cr10=_PLAN_EFFORT[suggested.kind])


def brisk_walk(minutes: float) -> Session:
    """A walk, to see whether it hurts."""
    return Session(pieces=_stood([Piece("walk", 60 * minutes, 1.7, 1.7)]), effort_cr10=1.0)


def longer(session: Session, share: float) -> Session:
    """The same with every piece of running longer."""
    pieces = [
        replace(piece, duration_s=piece.duration_s * share) if piece.activity == "run" else piece
        for piece in session.pieces
    ]
    return replace(session, pieces=tuple(pieces))


def broken_off(session: Session, running_s: float) -> Session:
    """As far as he came before it hurt."""
    return replace(session, pieces=_stood(_cut(list(session.pieces[1:-1]), running_s)))


def pattern_of(session: Session) -> str:
    """The session as `imu.simulate.plan` reads it."""
    return ",".join(
        f"{piece.activity}:{piece.duration_s:.1f}"
        + ("" if piece.is_on_the_spot else f"@{piece.speed_mps:.3f}>{piece.end_speed_mps:.3f}")
        for piece in session.pieces
    )


def _run(seconds: float, speed_mps: float) -> Piece:
    return Piece("run", seconds, speed_mps, speed_mps)


def _fast(easy_mps: float, fast_mps: float, *, reps: int, rep_s: float) -> list[Piece]:
    """Repetitions with speeding up, slowing down and easy running after each."""
    return reps * [
        Piece("run", _SPEED_UP_S, easy_mps, fast_mps),
        _run(rep_s, fast_mps),
        Piece("run", _SPEED_UP_S, fast_mps, easy_mps),
        _run(_BETWEEN_S, easy_mps),
    ]


def _cut(pieces: list[Piece], most_running_s: float) -> list[Piece]:
    kept: list[Piece] = []
    for piece in pieces:
        if piece.activity == "run":
            if most_running_s < 1:
                break
            if piece.duration_s > most_running_s:
                piece = _run(most_running_s, piece.speed_mps)
            most_running_s -= piece.duration_s
        kept.append(piece)
    return kept


def _stood(pieces: list[Piece]) -> tuple[Piece, ...]:
    return (_STAND, *pieces, _STAND)


def _chance(rng: np.random.Generator) -> float:
    return float(np.clip(rng.standard_normal(), -2, 2))
