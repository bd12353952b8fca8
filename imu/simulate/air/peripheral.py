"""A virtual board on the air: advertising, GATT, and no more notifications than the link takes."""

import asyncio
import logging
import math
from contextlib import suppress
from functools import reduce
from operator import or_

from bumble import gatt, hci
from bumble.att import ATT_Error, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt_server import Server
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from imu.errors import SensorError
from imu.simulate.air.clock import WorldClock
from imu.simulate.air.controller import AirController
from imu.simulate.air.link import AirLink
from imu.simulate.air.model import LinkModel
from imu.simulate.boards.board import Board, Characteristic, Handled, Handling, Rechargeable

_log = logging.getLogger(__name__)

_ADVERTISING_MS = 100.0
_LOOK_S = 0.02  # between two looks at what is due: as fast as the connection takes it, or as this
_IDEAL_LOOK_S = 0.005  # where no connection event sets the pace
_NAME_BYTES = 8  # beside flags and one 128-bit service
_HEADER = 3  # of a notification
_L2CAP = 4
_FLAGS = bytes([0x06])  # general discoverable, no classic Bluetooth
_LISTS = {
    2: AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    16: AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
}
_PROPERTIES = {
    "read": gatt.Characteristic.Properties.READ,
    "write": gatt.Characteristic.Properties.WRITE,
    "write-without-response": gatt.Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": gatt.Characteristic.Properties.NOTIFY,
}


class Peripheral:
    """One board, its controller and its host."""

    def __init__(
        self,
        board: Board,
        *,
        address: hci.Address,
        link: AirLink,
        model: LinkModel,
        clock: WorldClock,
    ) -> None:
        if len(board.name.encode()) > _NAME_BYTES:
            raise SensorError(f"virtual sensor {board.name!r}: its name has more than {_NAME_BYTES} bytes")
        self.board = board
        self.address = address.to_string(with_type_qualifier=False)
        self._clock = clock
        self._link = link
        public = hci.Address(bytes(address)[:5] + b"\x00", hci.Address.PUBLIC_DEVICE_ADDRESS)
        self._controller = AirController(board.name, link, public_address=public, model=model)
        host = Host(self._controller, AsyncPipeSink(self._controller))
        self._device = Device(name=board.name, address=address, host=host)
        self._characteristics: dict[str, gatt.Characteristic[bytes]] = {}
        self._connection: Connection | None = None
        self._told_board = False
        self._out_of_range = False
        self._look = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self._advertises = False
        self._ended = False
        self._settling = asyncio.Lock()  # half an HCI command is none

    async def start(self) -> None:
        """Power on; from now on it is in the air, if it has power."""
        for service in self.board.services:
            self._device.add_service(
                gatt.Service(service.uuid, [self._offered(c) for c in service.characteristics])
            )
        self._device.gatt_server.on(Server.EVENT_CHARACTERISTIC_SUBSCRIPTION, self._on_subscription)
        self._device.on(Device.EVENT_CONNECTION, self._on_connection)
        await self._device.power_on()
        await self.settle()

    async def stop(self) -> None:
        """Leave the air without a word."""
        async with self._settling:
            self._ended = True
            self._link.silence(self._controller)
        if self._connection is not None:
            self._on_disconnection()
        if self._serving is not None:
            await self._serving
        await self._device.power_off()

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    @property
    def is_in_range(self) -> bool:
        return not self._out_of_range

    @property
    def model(self) -> LinkModel:
        assert self._controller.model is not None
        return self._controller.model

    @model.setter
    def model(self, model: LinkModel) -> None:
        # The buffers are read when a host starts and the MTU when it connects.
        self._controller.model = model

    async def move(self, *, in_range: bool) -> None:
        self._out_of_range = not in_range
        await self.settle()

    def shake(self, *, seconds: float) -> None:
        """As a hand does to show which sensor it holds."""
        self._hand.shake(self._clock.now_s(), seconds=seconds)

    def lay(self, *, face: str) -> None:
        """On a table, with this face up."""
        self._hand.lay(self._clock.now_s(), face=face)

    def turn(self, *, degrees: float, seconds: float) -> None:
        """About the vertical, on its table."""
        self._hand.turn(self._clock.now_s(), degrees=degrees, seconds=seconds)

    @property
    def _hand(self) -> Handling:
        if not isinstance(self.board, Handled):
            raise SensorError(f"virtual sensor {self.board.name}: no hand can take it")
        return self.board.hand

    def recharge(self) -> None:
        """Full again."""
        if not isinstance(self.board, Rechargeable):
            raise SensorError(f"virtual sensor {self.board.name}: cannot be recharged")
        self.board.recharge(self._clock.now_s())

    async def settle(self) -> None:
        """Let time pass on board, and bring range, power and advertising in line with it."""
        async with self._settling:
            if self._ended:
                return
            if self._connection is None:
                self.board.notifications(self._clock.now_s(), room=0)
            self._look.set()
            alive = self.board.alive
            if alive and not self._out_of_range:
                self._link.hear(self._controller)
            else:
                self._link.silence(self._controller)
            if self._connection is None and alive is not self._advertises:
                await (self._advertise() if alive else self._device.stop_advertising())
                self._advertises = alive

    # Advertising and connecting

    async def _advertise(self) -> None:
        await self._device.start_advertising(
            advertising_data=_advertised(self.board),
            advertising_interval_min=_ADVERTISING_MS,
            advertising_interval_max=_ADVERTISING_MS,
        )

    def _on_connection(self, connection: Connection) -> None:
        self._device.gatt_server.max_mtu = self.model.mtu
        self._connection = connection
        self._advertises = False
        self._told_board = False
        connection.on(Connection.EVENT_CONNECTION_ATT_MTU_UPDATE, self._tell_board)
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._serving = asyncio.create_task(self._serve(connection))
        self._serving.add_done_callback(self._report)

    def _tell_board(self) -> None:
        # Computers ask for an MTU before anything else: only then is the payload known.
        if self._connection is not None and not self._told_board:
            self._told_board = True
            self.board.connected(self._clock.now_s(), payload=self._connection.att_mtu - _HEADER)

    def _on_disconnection(self, *_reason: int) -> None:
        self._connection = None
        self._look.set()
        if self._told_board:
            self.board.disconnected(self._clock.now_s())

    # GATT

    def _offered(self, characteristic: Characteristic) -> gatt.Characteristic[bytes]:
        uuid = characteristic.uuid

        # Bumble leaves it to these two to refuse what the properties do not offer.
        def read(_connection: object) -> bytes:
            if "read" not in characteristic.properties:
                raise ATT_Error(ErrorCode.READ_NOT_PERMITTED)
            self._tell_board()
            return self.board.read(uuid, self._clock.now_s())

        def write(_connection: object, value: bytes) -> None:
            if not {"write", "write-without-response"} & set(characteristic.properties):
                raise ATT_Error(ErrorCode.WRITE_NOT_PERMITTED)
            self._tell_board()
            self.board.write(uuid, bytes(value), self._clock.now_s())
            self._look.set()  # an answer should not wait for the next look

        value: gatt.CharacteristicValue[bytes] = gatt.CharacteristicValue(read=read, write=write)
        offered: gatt.Characteristic[bytes] = gatt.Characteristic(
            uuid,
            reduce(or_, (_PROPERTIES[name] for name in characteristic.properties)),
            gatt.Characteristic.Permissions.READABLE | gatt.Characteristic.Permissions.WRITEABLE,
            value,
        )
        self._characteristics[uuid] = offered
        return offered

    def _on_subscription(self, *_subscription: object) -> None:
        self._tell_board()
        self._look.set()

    # Notifications

    async def _serve(self, connection: Connection) -> None:
        while self._connection is connection:
            await self._notify(connection)
            if self._told_board and self.board.hung_up:  # before, it speaks of the last connection
                await connection.disconnect()
                break
            with suppress(TimeoutError):
                async with asyncio.timeout(min(self.model.interval_s or _IDEAL_LOOK_S, _LOOK_S)):
                    await self._look.wait()
            self._look.clear()
        await self.settle()

    def _report(self, serving: "asyncio.Task[None]") -> None:
        if not serving.cancelled() and (error := serving.exception()) is not None:
            _log.error("virtual sensor %s failed", self.board.name, exc_info=error)

    async def _notify(self, connection: Connection) -> None:
        if not self._told_board:
            return
        due = self.board.notifications(self._clock.now_s(), room=self._room(connection))
        for characteristic, value in due:
            await self._device.gatt_server.notify_subscriber(
                connection, self._characteristics[characteristic], value
            )

    def _room(self, connection: Connection) -> int:
        queue = self._device.host.get_data_packet_queue(connection.handle)
        if queue is None:
            return 0
        per_notification = math.ceil((connection.att_mtu + _L2CAP) / queue.max_packet_size)
        return max(0, (queue.max_in_flight - queue.pending) // per_notification)


def _advertised(board: Board) -> bytes:
    fields = [(AdvertisingData.FLAGS, _FLAGS)]
    services = [bytes(UUID(service.uuid)) for service in board.services if service.advertised]
    fields += [(_LISTS[len(uuid)], uuid) for uuid in services]
    fields.append((AdvertisingData.COMPLETE_LOCAL_NAME, board.name.encode()))
    return bytes(AdvertisingData(fields))
