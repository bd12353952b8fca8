"""The pace that the next session keeps to, in words. How a pace is written is for who shows it to choose."""

from collections.abc import Callable

from imu.training.said import Said, said


def pace_limit(
    kind: str,
    from_mps: float | None,
    to_mps: float | None,
    *,
    written: Callable[[float], str],
    unit: str,
) -> tuple[Said, Said] | None:
    """What is limited and to which pace, of a session of this kind; None where its speed goes by effort.

    written: a speed in m/s as the pace of a unit of distance, without the unit.
    """
    if not to_mps:
        return None
    name = said("pace of the repetitions") if kind == "speed" else said("pace")
    if not from_mps:
        return name, said("not faster than {pace} {unit}", pace=written(to_mps), unit=unit)
    slowest, fastest = written(from_mps), written(to_mps)
    return name, said("{slowest} – {fastest} {unit}", slowest=slowest, fastest=fastest, unit=unit)
