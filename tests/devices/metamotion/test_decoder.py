"""Streams carry neither time nor number: what cannot be read has to be counted."""

import numpy as np
import pytest

from imu.devices.metamotion.coding import nearest, stream_coding
from imu.devices.metamotion.decoder import decoder
from imu.devices.sensor import Packet, Settings
from imu.errors import ProtocolError

ACC, GYR = b"\x03\x1c", b"\x13\x07"
SAMPLES = np.arange(9, dtype="<i2").tobytes()


def test_samples_of_a_packet_that_cannot_be_read_are_missing_in_their_stream_alone() -> None:
    decode = decoder(stream_coding(nearest(Settings(), logged=False), {"acc": ACC, "gyr": GYR}))
    for _ in range(2):
        with pytest.raises(ProtocolError):
            decode.receive(Packet(0, ACC + SAMPLES[:-1]))
    arrived = [block for header in (GYR, ACC, ACC) for block in decode.receive(Packet(0, header + SAMPLES))]
    assert [(block.stream, block.lost) for block in arrived] == [("gyr", 0), ("acc", 6), ("acc", 0)]
