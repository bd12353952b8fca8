"""bleak's scanner on a controller that is spoken to directly."""

from typing import Any, Literal

from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.exc import BleakError
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Advertisement, Device

from imu.radio.controller import Controller

_SERVICE_LISTS = (
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)
_SERVICE_DATA = (AdvertisingData.SERVICE_DATA_16_BIT_UUID, AdvertisingData.SERVICE_DATA_128_BIT_UUID)


def uuid_text(uuid: UUID) -> str:
    """As bleak writes them: lower case, 128 bits."""
    return normalize_uuid_str(uuid.to_hex_str("-"))


class BumbleScanner(BaseBleakScanner):
    """Hands each advertisement to bleak as it comes."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"],
        *,
        controller: Controller,
        **_other_systems: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._controller = controller
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        self.seen_devices.clear()
        device = self._controller.device
        device.on(Device.EVENT_ADVERTISEMENT, self._heard)
        try:
            # Repeats are wanted: they carry a fresh signal strength.
            await self._commanded(device.start_scanning(active=self._active, filter_duplicates=False))
        except BaseException:
            device.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
            raise

    async def stop(self) -> None:
        self._controller.device.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        if not self._controller.is_gone:
            await self._commanded(self._controller.device.stop_scanning())

    async def _commanded(self, command: Any) -> None:
        if self._controller.is_gone:
            command.close()
            raise BleakError("the controller is gone")
        try:
            await command
        except BaseBumbleError as error:
            raise BleakError(f"the controller refused: {error}") from error

    def _heard(self, heard: Advertisement) -> None:
        advertised = advertisement_data(heard)
        if self.is_allowed_uuid(advertised.service_uuids):
            address = heard.address.to_string(with_type_qualifier=False)
            name = advertised.local_name
            # Connecting needs the address with its type, public or random.
            device = self.create_or_update_device(address, address, name, heard.address, advertised)
            self.call_detection_callbacks(device, advertised)


def advertisement_data(heard: Advertisement) -> AdvertisementData:
    """What was advertised, in bleak's words."""
    data: Any = heard.data  # each kind of field has a type of its own
    name = data.get(AdvertisingData.COMPLETE_LOCAL_NAME) or data.get(AdvertisingData.SHORTENED_LOCAL_NAME)
    services = [uuid_text(uuid) for kind in _SERVICE_LISTS for uuids in data.get_all(kind) for uuid in uuids]
    return AdvertisementData(
        local_name=name,
        manufacturer_data={
            int(company): bytes(value)
            for company, value in data.get_all(AdvertisingData.MANUFACTURER_SPECIFIC_DATA)
        },
        service_data={
            uuid_text(uuid): bytes(value) for kind in _SERVICE_DATA for uuid, value in data.get_all(kind)
        },
        service_uuids=list(dict.fromkeys(services)),  # once, though the scan response may repeat them
        tx_power=data.get(AdvertisingData.TX_POWER_LEVEL),
        rssi=heard.rssi,
        platform_data=(heard,),
    )
