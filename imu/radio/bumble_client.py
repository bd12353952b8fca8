"""bleak's client on a controller that is spoken to directly."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar, cast

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError, PhysicalTransport
from bumble.device import Connection, Device, Peer
from bumble.hci import Address

from imu.radio.bumble_scanner import uuid_text
from imu.radio.controller import Controller

T = TypeVar("T")

_MTU = 247  # one 251-byte packet on the air: 4 bytes of L2CAP, 3 of ATT, 244 of payload
_HEADER = 3  # of a notification or a write
_UNSENT = 32  # packets the host holds for one connection before writers wait for the air
_AGAIN_S = 0.05
_LEAVING_S = 5.0
_PROPERTIES: tuple[tuple[int, CharacteristicPropertyName], ...] = (
    (0x01, "broadcast"),
    (0x02, "read"),
    (0x04, "write-without-response"),
    (0x08, "write"),
    (0x10, "notify"),
    (0x20, "indicate"),
    (0x40, "authenticated-signed-writes"),
    (0x80, "extended-properties"),
)


class BumbleClient(BaseBleakClient):
    """One connection, from `connect` to the end of it; made anew for the next."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        controller: Controller,
        **_other_systems: Any,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._controller = controller
        self._target = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._requests: set[asyncio.Task[Any]] = set()
        self._subscribers: dict[int, Callable[[bytes], None]] = {}
        self._forget_controller: Callable[[], None] = lambda: None

    @property
    def name(self) -> str:
        return (self._target and self._target.name) or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_kwargs: Any) -> None:
        if self.is_connected:
            raise BleakError("already connected")
        address = self._target.details if self._target else await self._address_on_air()
        connection = await self._established(address)
        self._connection, self._peer = connection, Peer(connection)
        connection.on(Connection.EVENT_DISCONNECTION, self._ended)
        self._forget_controller = self._controller.when_gone(self._ended)
        if self._controller.device.connections.get(connection.handle) is not connection:
            self._ended()  # over before anybody could listen: another computer was faster
            raise BleakError("the connection failed to be established")
        try:
            if pair:
                await self.pair()
            self.services = await self._answer(self._discovered(self._peer))
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        if self._connection is not None:
            with suppress(TimeoutError, BaseBumbleError):  # out of range: the other end will notice too
                async with asyncio.timeout(_LEAVING_S):
                    await self._connection.disconnect()
            self._ended()

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        connection = self._connected()
        await self._answer(connection.pair())

    async def unpair(self) -> None:
        raise BleakError("keys are not kept by this backend: there is nothing to unpair")

    async def get_rssi(self) -> int:
        """In dBm, named as in bleak's client for macOS."""
        told: int = await self._answer(self._connected().get_rssi())  # type: ignore[no-untyped-call]
        return told

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_cached: Any) -> bytearray:
        return await self._read(characteristic.obj)

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_cached: Any) -> bytearray:
        return await self._read(descriptor.obj)

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        connection = self._connected()
        await self._answer(characteristic.obj.write_value(bytes(data), with_response=response))
        queue = self._controller.device.host.get_data_packet_queue(connection.handle)
        if not response and queue is not None and queue.pending > _UNSENT:
            await self._answer(queue.drain(connection.handle))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        self._connected()
        await self._answer(descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_kwargs: Any
    ) -> None:
        self._connected()

        def hand_on(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[characteristic.handle] = hand_on
        await self._answer(characteristic.obj.subscribe(hand_on))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self._connected()
        if hand_on := self._subscribers.pop(characteristic.handle, None):
            await self._answer(characteristic.obj.unsubscribe(hand_on))

    def _connected(self) -> Connection:
        if self._connection is None:
            raise BleakError("not connected")
        return self._connection

    async def _read(self, attribute: Any) -> bytearray:
        self._connected()
        return bytearray(await self._answer(attribute.read_value()))

    async def _address_on_air(self) -> Address:
        # Only an advertisement tells whether an address is a public or a random one.
        from bleak import BleakScanner

        from imu.radio.bumble_scanner import BumbleScanner

        radio: dict[str, Any] = {"backend": BumbleScanner, "controller": self._controller}
        device = await BleakScanner.find_device_by_address(self.address, self._timeout, **radio)
        if device is None:
            raise BleakDeviceNotFoundError(self.address, f"{self.address} was not found")
        return cast(Address, device.details)

    async def _established(self, address: Address) -> Connection:
        device = self._controller.device
        if self._controller.is_gone:
            raise BleakError("the controller is gone")
        async with self._controller.connecting:
            attempt = asyncio.create_task(
                device.connect(address, transport=PhysicalTransport.LE, timeout=None)
            )
            # Bumble would wait for an answer of a controller that was unplugged.
            forget = self._controller.when_gone(attempt.cancel)
            try:
                async with asyncio.timeout(self._timeout):
                    return await asyncio.shield(attempt)
            except (asyncio.CancelledError, TimeoutError):
                if attempt.cancelled():
                    raise BleakError("the controller is gone") from None
                await _abandoned(attempt, device)
                raise
            except BaseBumbleError as error:
                raise BleakError(f"connecting failed: {error}") from error
            finally:
                forget()

    async def _discovered(self, peer: Peer) -> BleakGATTServiceCollection:
        await peer.request_mtu(_MTU)
        await peer.discover_all()  # type: ignore[no-untyped-call]
        found = BleakGATTServiceCollection()
        for service in peer.services:
            ours = BleakGATTService(service, service.handle, uuid_text(service.uuid))
            found.add_service(ours)
            for each in service.characteristics:
                properties = [name for bit, name in _PROPERTIES if each.properties & bit]
                characteristic = BleakGATTCharacteristic(
                    each, each.handle, uuid_text(each.uuid), properties, self._payload, ours
                )
                found.add_characteristic(characteristic)
                for inner in each.descriptors:
                    found.add_descriptor(
                        BleakGATTDescriptor(inner, inner.handle, uuid_text(inner.type), characteristic)
                    )
        return found

    def _payload(self) -> int:
        return self.mtu_size - _HEADER

    async def _answer(self, call: Coroutine[Any, Any, T]) -> T:
        """The answer to one request, in bleak's errors.

        A request that its caller gave up goes on: its late answer must not be taken for the next one's.
        """
        request = asyncio.create_task(call)
        self._requests.add(request)
        request.add_done_callback(self._answered)
        try:
            return await asyncio.shield(request)
        except asyncio.CancelledError:
            if request.cancelled():  # by the end of the connection, not by the caller
                raise BleakError("disconnected") from None
            raise
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except BaseBumbleError as error:
            raise BleakError(f"no answer: {str(error) or type(error).__name__}") from error

    def _answered(self, request: asyncio.Task[Any]) -> None:
        self._requests.discard(request)
        if not request.cancelled():
            request.exception()  # seen, also where nobody waits any more

    def _ended(self, *_reason: object) -> None:
        if self._connection is None:
            return
        self._connection = self._peer = self.services = None
        self._subscribers.clear()
        self._forget_controller()
        for request in list(self._requests):
            _end(request)
        if self._disconnected_callback:
            self._disconnected_callback()


def _end(request: "asyncio.Task[Any]") -> None:
    """Cancel until it ends: one that is being answered at this moment takes no notice, and asks on."""
    if not request.done():
        request.cancel()
        request.get_loop().call_later(_AGAIN_S, _end, request)


async def _abandoned(attempt: "asyncio.Task[Connection]", device: Device) -> None:
    # The controller would keep trying, and refuse whatever comes next.
    with suppress(TimeoutError, BaseBumbleError, asyncio.CancelledError):
        async with asyncio.timeout(_LEAVING_S):
            await device.cancel_connection()  # type: ignore[no-untyped-call]
            connection = await attempt
            await connection.disconnect()
    attempt.cancel()
