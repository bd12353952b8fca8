"""Which decoder reads the packets of which kind of sensor."""

from imu.devices.esp32.decoder import Esp32Decoder
from imu.devices.metamotion.decoder import decoder as metamotion_decoder
from imu.devices.sensor import Coding, Decoder
from imu.errors import ProtocolError


def decoder_for(coding: Coding) -> Decoder:
    """A fresh decoder for packets that were sent with this coding."""
    match coding.kind:
        case "metamotion":
            return metamotion_decoder(coding)
        case "esp32":
            return Esp32Decoder(coding)
    raise ProtocolError(f"no decoder for sensors of kind {coding.kind!r}; update restride")
