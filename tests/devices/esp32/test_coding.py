"""How an answer of a sensor says that its samples are to be read, and which sensors can be read at all."""

from typing import Literal

import pytest

from imu.devices.decoders import decoder_for
from imu.devices.esp32.coding import coding_of
from imu.devices.esp32.control import Command, Field
from imu.devices.esp32.conversation import Answer
from imu.devices.esp32.decoder import Esp32Decoder
from imu.devices.esp32.setting import Setting
from imu.devices.sensor import Coding
from imu.errors import ProtocolError


def answer(setting: Setting) -> Answer:
    return Answer(
        3,
        Command.LOG_STATUS,
        {
            Field.SETTING: setting.code,
            Field.BOOT_ID: 17,
            Field.TIME_US: 9_990_000,
            Field.GENERATION: 4,
            Field.RATE_MHZ: 198_500,
            Field.ACC_SCALE: 20_480_000,
            Field.GYR_SCALE: 164_000,
        },
    )


@pytest.mark.parametrize("mode", ["stream", "log"])
def test_rate_ranges_and_scales_are_those_of_the_answer(mode: Literal["stream", "log"]) -> None:
    coding = coding_of(answer(Setting(200, 16, 2000)), mode)
    facts = {"setting": Setting(200, 16, 2000).code, "boot_id": 17, "time_us": 9_990_000}
    assert coding == Coding(
        kind="esp32",
        mode=mode,
        rate_hz=198.5,
        acc_range_g=16,
        gyr_range_dps=2000,
        acc_lsb_per_g=2048.0,
        gyr_lsb_per_dps=16.4,
        tick_s=1e-6,
        facts=facts if mode == "stream" else {**facts, "generation": 4},
    )
    assert isinstance(decoder_for(coding), Esp32Decoder)


def test_an_accelerometer_alone_has_no_rate_of_turn() -> None:
    coding = coding_of(answer(Setting(800, 32, None)), "stream")
    assert (coding.acc_range_g, coding.gyr_range_dps, coding.gyr_lsb_per_dps) == (32, None, None)


def test_a_sensor_of_a_kind_that_is_not_known_is_named() -> None:
    of_later = Coding("psion", "stream", 200.0, 16.0, None, 2048.0, None, None, {})  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match="no decoder for sensors of kind 'psion'; update restride"):
        decoder_for(of_later)
