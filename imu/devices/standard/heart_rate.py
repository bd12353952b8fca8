"""Heart Rate Service (0x180D): the measurement of chest straps and watches."""

import struct

from imu.devices.sensor import Packet
from imu.devices.standard.reading import ReferenceReading
from imu.errors import ProtocolError

SERVICE = "180d"
MEASUREMENT = "2a37"

_WIDE = 0x01
_CONTACT_MISSING = 0x04  # of the two contact bits: contact can be told, and
_CONTACT = 0x06  # there is some
_ENERGY = 0x08
_RR = 0x10
_RR_PER_S = 1024


def decode_heart_rate(packet: Packet) -> ReferenceReading:
    """The rate is absent where the strap says that it does not touch the skin, or that it counts nothing."""
    data = packet.data
    if not data:
        raise ProtocolError("heart rate: an empty measurement")
    flags = data[0]
    form = "<B" + ("H" if flags & _WIDE else "B") + ("H" if flags & _ENERGY else "")
    fixed = struct.calcsize(form)
    if len(data) < fixed or (len(data) - fixed) % 2 or (len(data) > fixed and not flags & _RR):
        raise ProtocolError(f"heart rate: flags and length disagree ({data.hex(' ')})")
    rate = struct.unpack_from(form, data)[1]
    intervals = struct.unpack_from(f"<{(len(data) - fixed) // 2}H", data, fixed)
    worn = flags & _CONTACT != _CONTACT_MISSING
    return ReferenceReading(
        arrival_ns=packet.arrival_ns,
        heart_rate_bpm=rate if worn and rate else None,
        rr_s=tuple(interval / _RR_PER_S for interval in intervals),
    )
