"""How a sensor's answer says that its samples are to be read."""

from typing import Literal

from imu.devices.esp32.control import SCALE, Field
from imu.devices.esp32.conversation import Answer
from imu.devices.esp32.setting import Setting
from imu.devices.sensor import Coding


def coding_of(answer: Answer, mode: Literal["stream", "log"]) -> Coding:
    """The facts name the very log: two codings are equal where the log is the same one."""
    setting = Setting.of_code(answer.number(Field.SETTING))
    facts: dict[str, str | int | float] = {
        "setting": setting.code,
        "boot_id": answer.number(Field.BOOT_ID),
        "time_us": answer.number(Field.TIME_US),
    }
    if mode == "log":
        facts["generation"] = answer.number(Field.GENERATION)
    gyroscope = setting.gyr_range_dps is not None
    return Coding(
        kind="esp32",
        mode=mode,
        rate_hz=answer.number(Field.RATE_MHZ) / 1000,
        acc_range_g=setting.acc_range_g,
        gyr_range_dps=setting.gyr_range_dps,
        acc_lsb_per_g=answer.number(Field.ACC_SCALE) / SCALE,
        gyr_lsb_per_dps=answer.number(Field.GYR_SCALE) / SCALE if gyroscope else None,
        tick_s=1e-6,
        facts=facts,
    )
