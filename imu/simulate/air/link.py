"""The air between virtual controllers: connection events, silence and what follows from it."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, floor
from typing import TYPE_CHECKING

from bumble import hci, ll
from bumble.controller import Connection
from bumble.link import LocalLink

from imu.simulate.air.model import LinkModel

if TYPE_CHECKING:
    from imu.simulate.air.controller import AirController

_LATE_EVENTS = 20  # made up for at most, when the machine was busy elsewhere


@dataclass(slots=True, eq=False)
class _Lane:
    """One direction of one connection."""

    controller: "AirController"
    connection: Connection
    packets: deque[hci.HCI_AclDataPacket] = field(default_factory=deque)
    event: asyncio.TimerHandle | None = None


class AirLink(LocalLink):
    """Delivers packets at connection events, advertisements to whoever listens, nothing out of range."""

    controllers: set["AirController"]  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._lanes: dict[tuple[AirController, int], _Lane] = {}
        self._silent_since: dict[AirController, float] = {}

    # Data

    def submit(
        self, controller: "AirController", connection: Connection, packet: hci.HCI_AclDataPacket
    ) -> None:
        """Take a packet from a host. It counts as completed, and its place is free, once it is on the air."""
        key = (controller, connection.handle)
        lane = self._lanes.get(key)
        if lane is None or lane.connection is not connection:
            lane = self._lanes[key] = _Lane(controller, connection)
        model = self._model(controller, connection)
        if model.interval_s == 0.0 and not lane.packets and self._hear_each_other(controller, connection):
            connection.on_hci_acl_data_packet(packet)
            return
        lane.packets.append(packet)
        self._schedule(lane, model)

    def forget(self, controller: "AirController", connection: Connection) -> None:
        """The connection has ended at this side; what was not sent never will be."""
        lane = self._lanes.get((controller, connection.handle))
        if lane is not None and lane.connection is connection:
            del self._lanes[controller, connection.handle]
            lane.packets.clear()
            if lane.event is not None:
                lane.event.cancel()

    def _schedule(self, lane: _Lane, model: LinkModel) -> None:
        if lane.event is None:
            loop = asyncio.get_running_loop()
            interval_s = max(model.interval_s, 0.001)
            due = ceil(loop.time() / interval_s) * interval_s
            lane.event = loop.call_at(due, self._on_event, lane, model, due)

    def _on_event(self, lane: _Lane, model: LinkModel, due: float) -> None:
        lane.event = None
        controller, connection = lane.controller, lane.connection
        if not self._hear_each_other(controller, connection):
            return  # kept; goes on with the first event after the silence
        late_s = asyncio.get_running_loop().time() - due
        missed = floor(late_s / model.interval_s) if model.interval_s else _LATE_EVENTS
        for _ in range(model.packets_per_event * (1 + min(missed, _LATE_EVENTS))):
            if not lane.packets:
                return
            connection.on_hci_acl_data_packet(lane.packets.popleft())
        if lane.packets:
            self._schedule(lane, self._model(controller, connection))

    def signal_dbm(self, controller: "AirController", connection: Connection) -> int:
        """How strongly one end hears the other."""
        return self._model(controller, connection).signal_dbm

    def _model(self, controller: "AirController", connection: Connection) -> LinkModel:
        # The sensor's end knows how good its connection is; a computer has many.
        sensor = controller if controller.model else self._across(connection)
        return (sensor.model if sensor else None) or LinkModel()

    # Silence

    def silence(self, controller: "AirController") -> None:
        """Nothing from or to this controller arrives any more: out of range, or out of power."""
        if controller not in self._silent_since:
            self._silent_since[controller] = asyncio.get_running_loop().time()
            for connection in list(controller.le_connections.values()):
                self._supervise(controller, connection)

    def hear(self, controller: "AirController") -> None:
        """In range again. Connections that were not yet given up go on where they were."""
        if self._silent_since.pop(controller, None) is not None:
            for lane in self._lanes.values():
                if lane.packets:
                    self._schedule(lane, self._model(lane.controller, lane.connection))

    def remove_controller(self, controller: "AirController") -> None:  # type: ignore[override]
        """A computer's adapter vanished: its sensors notice by the silence."""
        for connection in list(controller.le_connections.values()):
            self._supervise(controller, connection)
            self.forget(controller, connection)
        self.controllers.discard(controller)
        self._silent_since.pop(controller, None)

    def _supervise(self, controller: "AirController", connection: Connection) -> None:
        seconds = self._model(controller, connection).supervision_s
        loop = asyncio.get_running_loop()
        across = self._across(connection)
        ends = [(controller, connection)]
        if across is not None:
            ends.append((across, across.le_connections[connection.self_address]))
        for end, its in ends:
            loop.call_later(seconds, self._judge, end, its, seconds)

    def _judge(self, controller: "AirController", connection: Connection, seconds: float) -> None:
        across = self._across(connection)
        now = asyncio.get_running_loop().time()
        silences = [self._silent_since[each] for each in (controller, across) if each in self._silent_since]
        # A moment in range starts the count anew, and then there is another timer.
        if across is None or (silences and now - min(silences) >= seconds - 1e-3):
            self._lose(controller, connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _lose(self, controller: "AirController", connection: Connection, reason: int) -> None:
        if controller.le_connections.get(connection.peer_address) is connection:
            controller.on_le_disconnected(connection, reason)

    def _across(self, connection: Connection) -> "AirController | None":
        """The controller at the other end, if it still holds the connection."""
        for controller in self._at(connection.peer_address):
            other = controller.le_connections.get(connection.self_address)
            if other is not None and other.self_address == connection.peer_address:
                return controller
        return None

    def _hear_each_other(self, controller: "AirController", connection: Connection) -> bool:
        across = self._across(connection)
        return (
            across is not None and controller not in self._silent_since and across not in self._silent_since
        )

    def _at(self, address: hci.Address) -> Iterator["AirController"]:
        return (each for each in self.controllers if address in (each.random_address, each.public_address))

    # Advertising and control

    def send_advertising_pdu(
        self,
        sender_controller: "AirController",  # type: ignore[override]
        packet: ll.AdvertisingPdu,
    ) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._establish, sender_controller, packet)
        elif sender_controller not in self._silent_since:
            for controller in self.controllers:
                if controller.listens and controller not in self._silent_since:
                    loop.call_soon(controller.on_ll_advertising_pdu, packet)

    def _establish(self, central: "AirController", request: ll.ConnectInd) -> None:
        for sensor in self._at(request.advertiser_address):
            if sensor not in self._silent_since and central not in self._silent_since:
                sensor.on_ll_advertising_pdu(request)
        connection = central.le_connections.get(request.advertiser_address)
        if connection is not None and self._across(connection) is None:
            # Out of range by now, or another computer was faster.
            reason = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
            self._lose(central, connection, reason)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        sender = next(self._at(sender_address), None)
        for receiver in self._at(receiver_address):
            connection = receiver.le_connections.get(sender_address)
            if connection is None:
                continue
            if sender not in self._silent_since and receiver not in self._silent_since:
                asyncio.get_running_loop().call_soon(receiver.on_ll_control_pdu, sender_address, packet)
            elif isinstance(packet, ll.TerminateInd):
                self._supervise(receiver, connection)  # a goodbye that nobody heard
