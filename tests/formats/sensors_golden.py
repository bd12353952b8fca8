"""One small good file of each kind of sensor export: what mutations and hostile files begin with."""

from collections.abc import Callable, Mapping

import numpy as np

from imu.recording import Samples
from tests.formats.foreign import G, dot, metabase, plain


def shaken(n: int = 500) -> Samples:
    """Five seconds of a sensor that is shaken."""
    time_s = np.arange(n) / 100
    moving = np.column_stack([np.sin(time_s * k) for k in (7, 11, 13)])
    acc_mps2 = moving * 4 + np.array([0, 0, G])
    return Samples(time_s, acc_mps2.astype(np.float32), (moving * 3).astype(np.float32))


def _metabase(*, streamed: bool = False, gyroscope: bool = False) -> bytes:
    one = shaken()
    assert one.gyr_radps is not None
    stamp_s = np.repeat(one.time_s[2::3], 3)[: len(one)] if streamed else one.time_s
    values, unit = (np.degrees(one.gyr_radps), "deg/s") if gyroscope else (one.acc_mps2 / G, "g")
    return metabase(stamp_s, values[: len(stamp_s)], unit=unit, android=gyroscope).encode()


def _table(*, german: bool = False) -> bytes:
    text = plain(shaken(), names="t_s,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps", acc=1 / G, gyr=57.3)
    if german:
        return text.replace(",", "\t").replace(".", ",").encode("utf-8-sig")
    return text.encode()


SENSOR_GENERATORS: Mapping[str, Callable[[], bytes]] = {
    "Left shank_C10F6B5AC415_Accelerometer_100.000Hz.csv": _metabase,
    "pelvis_Gyroscope.csv": lambda: _metabase(gyroscope=True),
    "pelvis_streamed.csv": lambda: _metabase(streamed=True),
    "dot.csv": lambda: dot(shaken()).encode(),
    "dot_synced.csv": lambda: dot(shaken(), preamble=False, synced=True).encode(),
    "table.csv": _table,
    "table.tsv": lambda: _table(german=True),
}
