"""Where an injury is, read in the words that were typed: of the hamstring or not, and proximal or not."""

import unicodedata

_PROXIMAL = "proximal"
_HAMSTRING = "hamstring"
# As letters alone, so that "biceps femoris", "Biceps-femoris" and "bicepsfemoris" are one. No other word of a
# body has one of these in it; "biceps" alone is of the arm, too, and "thigh" of its front.
_NAMES_OF_IT = (
    _HAMSTRING,
    "bicepsfemoris",
    "bizepsfemoris",
    "semitendinosus",
    "semimembranosus",
    "posteriorthigh",
    "backofthigh",
    "backofthethigh",
    "ischiokrural",
    "ischiocrural",
    "hintereroberschenkel",
    "hintereoberschenkel",
    "hinterenoberschenkel",
    "oberschenkelrückseite",
    "oberschenkelrueckseite",
    "rückseitedesoberschenkels",
    "rueckseitedesoberschenkels",
)


def is_of_hamstring(site: str) -> bool:
    """Whether a site names the hamstring, or a muscle of it; a word that nobody knows does not."""
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFC", site).casefold()))
    return any(name in letters for name in _NAMES_OF_IT)


def is_proximal(site: str) -> bool:
    """Whether a site is near the trunk, as it was typed."""
    return _PROXIMAL in site.lower()
