"""Anything that the protocol can say."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imu.devices.esp32.control import Field, Value
from imu.devices.esp32.frames import FRAME_SAMPLES_BYTES, Frame, FrameFlag, SectorHead
from imu.devices.esp32.setting import ACC_RANGES_G, GYR_RANGES_DPS, RATES_HZ, Setting

U16, U32, U64 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64))
SETTINGS = st.builds(
    Setting, st.sampled_from(RATES_HZ), st.sampled_from(ACC_RANGES_G), st.sampled_from(GYR_RANGES_DPS)
)
FLAGS = st.integers(0, 15).map(FrameFlag)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    setting = draw(SETTINGS)
    samples = draw(st.integers(1, FRAME_SAMPLES_BYTES // setting.sample_bytes))
    counts = draw(hnp.arrays(np.int16, (samples, setting.axes)))
    return Frame(draw(FLAGS), draw(U16), draw(U32), setting, counts)


SECTOR_HEADS = st.builds(SectorHead, U16, U16, U32, U64, SETTINGS)

WIDTHS = {  # four where not said
    Field.ACC_CALIBRATION: 12,
    Field.GYR_CALIBRATION: 12,
    Field.PROTOCOL: 1,
    Field.STATE: 1,
    Field.PERCENT: 1,
    Field.SECONDS: 1,
    Field.ACC_RANGE_G: 1,
    Field.SETTING: 1,
    Field.MILLIVOLTS: 2,
    Field.RATE_HZ: 2,
    Field.GYR_RANGE_DPS: 2,
    Field.GENERATION: 2,
    Field.TIME_US: 8,
}
_STEPS = st.tuples(*[st.integers(-(2**15), 2**15 - 1)] * 6)


def values(field: Field) -> st.SearchStrategy[Value]:
    if field in (Field.ACC_CALIBRATION, Field.GYR_CALIBRATION):
        return _STEPS
    return st.integers(0, 256 ** WIDTHS.get(field, 4) - 1)


FIELDS: st.SearchStrategy[dict[Field, Value]] = st.sets(st.sampled_from(Field)).flatmap(
    lambda chosen: st.fixed_dictionaries({field: values(field) for field in sorted(chosen)})
)
