"""Sensors: one card each, with what is known of it and what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _
from dashboard.text.live_words import moment
from dashboard.text.measures import place_name
from imu.devices.sensor import LOW_BATTERY_PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorShown:
    """What a card says; None where it is not known here."""

    placement: str
    serial: str
    model: str | None
    name: str | None = None
    virtual: bool = False
    retired: bool = False
    battery_percent: float | None = None
    seen: datetime | None = None
    last_run: datetime | None = None
    calibrated: bool | None = None
    mount_height_m: float | None = None
    asks_height: bool = False
    armed_at: datetime | None = None


def sensor_cards(shown: Sequence[SensorShown]) -> Component:
    """Those in use as cards, those that were retired as a line each."""
    used = [one for one in shown if not one.retired]
    retired = [one for one in shown if one.retired]
    parts: list[Component] = [
        dmc.SimpleGrid([_card(one) for one in used], cols={"base": 1, "sm": 2, "lg": 3}, spacing="md")
    ]
    if retired:
        lines = [dmc.ListItem(f"{one.name or place_name(one.placement)}, {one.serial}") for one in retired]
        words = dmc.Text(_("No longer in use"), size="sm", fw=600)
        parts.append(dmc.Stack([words, dmc.List(lines, size="sm", c="dimmed")], gap=4))
    return dmc.Stack(parts, gap="md")


def _card(one: SensorShown) -> Component:
    titles: list[Component] = [dmc.Title(place_name(one.placement), order=3, size="h4")]
    if one.virtual:
        titles.append(dmc.Badge(_("virtual"), variant="outline", color="gray"))
    named = one.name if one.name and one.name != one.placement.replace("_", " ") else None
    model = " · ".join(filter(None, [named, None if one.virtual else one.model]))
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Group(titles, justify="space-between", wrap="nowrap"),
                dmc.Text(
                    [*([model, html.Br()] if model else []), dmc.Text(one.serial, ff="monospace", span=True)],
                    size="sm",
                    c="dimmed",
                ),
                *_battery(one),
                html.Dl(_facts(one), className="facts"),
                *_asks(one),
            ],
            gap="sm",
        ),
        withBorder=True,
        p="md",
    )


def _battery(one: SensorShown) -> list[Component]:
    if one.battery_percent is None:
        return []
    low = one.battery_percent < LOW_BATTERY_PERCENT
    percent = f"{one.battery_percent:.0f} %"
    words = (
        _("Battery {percent}: charge it", percent=percent) if low else _("Battery {percent}", percent=percent)
    )
    bar = dmc.Progress(
        value=one.battery_percent, color="orange" if low else "teal", size="sm", **{"aria-label": words}
    )
    return [dmc.Stack([dmc.Text(words, size="sm", fw=600 if low else 400), bar], gap=4)]


def _facts(one: SensorShown) -> list[Component]:
    told = [
        (_("Last seen"), None if one.seen is None else moment(one.seen)),
        (_("Last run kept"), None if one.last_run is None else moment(one.last_run)),
        (
            _("Chip"),
            None if one.calibrated is None else (_("calibrated") if one.calibrated else _("not calibrated")),
        ),
        (_("Above the ankle"), None if one.mount_height_m is None else f"{100 * one.mount_height_m:.0f} cm"),
    ]
    return [part for name, value in told if value is not None for part in (html.Dt(name), html.Dd(value))]


def _asks(one: SensorShown) -> list[Component]:
    asks: list[Component] = []
    if one.armed_at is not None:
        words = _(
            "Armed on {moment}. It may hold that run: restride sync fetches it.", moment=moment(one.armed_at)
        )
        asks.append(dmc.Alert(words, color="orange", variant="outline", p="xs"))
    if one.asks_height and one.mount_height_m is None:
        told = _("Its height above the ankle is not known: speed and stride length need it.")
        command = f"restride sensors mount-height {one.placement} 0.15"
        asks.append(dmc.Stack([dmc.Text(told, size="sm"), dmc.Code(command)], gap=4, align="flex-start"))
    return asks
