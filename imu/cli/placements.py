"""Placements as people say and type them."""

from imu.errors import RestrideError


def spoken(placement: str) -> str:
    """shank_left as "left shank"."""
    if not placement.endswith(("_left", "_right")):
        return placement.replace("_", " ")
    part, _, side = placement.partition("_")
    return f"{side} {part}".strip()


def checked(placement: str) -> str:
    """The placement meant by what was typed, however it is spelled; raises RestrideError that names all."""
    from imu.devices.standard.reference import REFERENCES
    from imu.recording import PLACEMENTS  # heavy: not for a help page

    words = set(placement.lower().replace("-", " ").replace("_", " ").split())
    all_known = (*PLACEMENTS, *REFERENCES)
    for known in all_known:
        if words == set(known.split("_")):
            return known
    raise RestrideError(f"unknown placement {placement!r}; known are {', '.join(all_known)}")


def listed(text: str) -> list[str]:
    """Placements separated by commas, each once."""
    return list(dict.fromkeys(checked(word) for word in text.split(",")))
