"""Colours, held against the contrast formula of WCAG 2.2."""

from itertools import product

import pytest

from imu.report import theme
from imu.report.theme import Colour

TEXT = (theme.INK, theme.MUTED, theme.NOTICE)
DRAWN = (theme.LEFT, theme.RIGHT, theme.BOTH, theme.RUN)


def luminance(colour: str) -> float:
    levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in levels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", TEXT, ids=lambda colour: colour.name)
def test_text_can_be_read_in_both_schemes(colour: Colour) -> None:
    for scheme, ground in product(("light", "dark"), (theme.PAGE, theme.RAISED)):
        assert contrast(getattr(colour, scheme), getattr(ground, scheme)) >= 4.5


@pytest.mark.parametrize("colour", DRAWN, ids=lambda colour: colour.name)
def test_lines_can_be_seen_in_both_schemes(colour: Colour) -> None:
    assert contrast(colour.light, theme.PAGE.light) >= 4.5
    assert contrast(colour.dark, theme.PAGE.dark) >= 4.5


def test_labels_on_the_bars_of_the_timeline_can_be_read() -> None:
    for scheme in ("light", "dark"):
        assert contrast(getattr(theme.RUN, scheme), getattr(theme.PAGE, scheme)) >= 4.5
        assert contrast(getattr(theme.WALK, scheme), getattr(theme.INK, scheme)) >= 4.5
        assert contrast(getattr(theme.STAND, scheme), getattr(theme.INK, scheme)) >= 4.5


def test_no_two_meanings_share_a_light_colour() -> None:
    """Else a chart could not tell which dark colour is meant."""
    assert len({colour.in_chart for colour in theme.COLOURS}) == len(theme.COLOURS)


def test_the_stylesheet_keeps_paper_light() -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in theme.stylesheet()
