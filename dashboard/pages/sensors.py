"""Whose sensors are where, how they are doing, and how to strap them on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import collector, desk, ids
from dashboard.components.page import page
from dashboard.components.sensor_cards import SensorShown, sensor_cards
from dashboard.components.states import empty
from dashboard.components.strapping import strapping
from dashboard.pages.no_record import lacks_record, no_record
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from imu.errors import RestrideError
from imu.store import Athlete, WornSensor

_NAME = "sensors"


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Sensors"), ids.content(_NAME, athlete_id))


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content(_NAME, ids.MATCH), "children"), Input(ids.content(_NAME, ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        if lacks_record(at["of"]):
            return no_record()
        with desk.looking() as repository:
            athlete = desk.athlete_of(repository, str(at["of"]))
            worn = repository.runs.sensors(athlete.athlete_id)
        return dmc.Stack([*_known(athlete, worn), strapping()], gap="xl")


def _known(athlete: Athlete, worn: tuple[WornSensor, ...]) -> list[Component]:
    """What the computer of the viewer knows, and what runs tell; the athlete's alone for others."""
    trouble: list[Component] = []
    paired: tuple[collector.Paired, ...] = ()
    if athlete.is_own:
        try:
            paired = collector.paired()
        except RestrideError:
            trouble = [_unreadable()]
    last_run = {one.serial: one.last_worn_at for one in worn}
    shown = [_paired(one, last_run) for one in paired]
    known = {one.serial for one in shown}
    shown += [_worn(one) for one in worn if one.serial not in known]
    if shown:
        return [*trouble, sensor_cards(shown)]
    if not athlete.is_own:
        told = _("Sensors show here once a recorded run of this athlete is kept.")
        return [empty(_("No sensor was worn yet"), told)]
    told = _("Switch your sensors on, keep them near, and pair them on the computer that records:")
    return [*trouble, empty(_("No sensor is paired yet"), told, dmc.Code("restride pair", block=True))]


def _unreadable() -> Component:
    """The error itself names folders of this computer: it is for its terminal."""
    told = _("The list of this computer's sensors cannot be read. restride sensors says what to do.")
    return dmc.Alert(told, color="orange", variant="outline")


def _paired(one: collector.Paired, last_run: Mapping[str, datetime]) -> SensorShown:
    sensor = one.sensor
    # An ESP32 keeps its calibration itself: without one here nothing is known of it.
    unknown = sensor.calibration is None and sensor.kind != "metamotion"
    return SensorShown(
        placement=sensor.placement,
        serial=sensor.serial,
        model=sensor.model,
        name=sensor.name,
        virtual=one.virtual,
        retired=sensor.retired,
        battery_percent=sensor.battery_percent,
        seen=None if sensor.seen is None else datetime.fromisoformat(sensor.seen),
        last_run=last_run.get(sensor.serial),
        calibrated=None if unknown else sensor.calibration is not None,
        mount_height_m=sensor.mount_height_m,
        asks_height=sensor.placement.startswith("shank") and not one.virtual,
        armed_at=one.armed_at,
    )


def _worn(one: WornSensor) -> SensorShown:
    return SensorShown(
        placement=one.placement, serial=one.serial, model=one.device, last_run=one.last_worn_at
    )


PAGES = (
    Page(path="/sensors", title=N_("Sensors"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/sensors", title=N_("Sensors"), layout=layout, roles=WITH_ATHLETES),
)
