"""Where a sensor was worn, as far as a name says so."""

import re

_PARTS = {
    "shank": ("shank", "tibia", "tibial", "shin", "unterschenkel", "schienbein"),
    "foot": ("foot", "shoe", "instep", "fuss", "fuß", "schuh"),
    "pelvis": ("pelvis", "pelvic", "sacrum", "sacral", "becken", "kreuzbein"),
}
_SIDES = {"left": ("left", "l", "lt", "links"), "right": ("right", "r", "rt", "rechts")}
# Names of models end in letters that are no side: MetaMotionR.
_MODELS = re.compile(r"meta(?:motion|wear|tracker)[ _-]?(?:rl|[rsc])?(?![a-z])", re.IGNORECASE)
_WORDS = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])")


def placement_in(name: str) -> str | None:
    """shank_left for "Left shank_2026...csv", "tibiaL.csv"; None where the name does not say for sure."""
    stem = _MODELS.sub(" ", name.rsplit("/", 1)[-1])
    words = [word.lower() for word in _WORDS.findall(stem)]
    words += [part for word in words for part in _taken_apart(word)]
    parts = {part for part, spelled in _PARTS.items() if any(word in spelled for word in words)}
    sides = {side for side, spelled in _SIDES.items() if any(word in spelled for word in words)}
    if parts == {"pelvis"} and not sides:
        return "pelvis"
    if len(parts) == len(sides) == 1 and parts != {"pelvis"}:
        return f"{parts.pop()}_{sides.pop()}"
    return None


def _taken_apart(word: str) -> list[str]:
    """leftshank as left and shank."""
    for side in ("left", "right", "links", "rechts"):
        if word.startswith(side):
            return [side, word.removeprefix(side)]
        if word.endswith(side):
            return [word.removesuffix(side), side]
    return []
