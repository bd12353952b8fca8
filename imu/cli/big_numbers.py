"""Numbers that are read from the treadmill, two metres away."""

# Five rows of three: a full block where something is drawn.
_FONT = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ".": (" ", " ", " ", " ", "#"),
    "-": ("   ", "   ", "###", "   ", "   "),
    "+": ("   ", " # ", "###", " # ", "   "),
}
_ROWS = (0, 1, 1, 2, 3, 3, 4)  # seven rows of a terminal make a digit about as tall as it looks right
_BLOCK = "\N{FULL BLOCK}"
ROWS = len(_ROWS)


def big(text: str, *, scale: int = 1) -> list[str]:
    """Rows of blocks that show a number; each pixel is 2 columns wide, times `scale`."""
    rows = []
    for source in _ROWS:
        pixels = " ".join(_FONT[character][source] for character in text)
        row = "".join((_BLOCK if pixel == "#" else " ") * 2 * scale for pixel in pixels)
        rows += [row] * scale
    return rows


def columns(text: str) -> int:
    """How wide it is at scale 1."""
    return len(big(text)[0])
