"""Trials that ask and answer: connecting, identity, battery, light, clock, and being out of reach."""

import asyncio
from itertools import pairwise

import numpy as np

from imu.collect.hardware.bench import Bench
from imu.collect.hardware.step import Came
from imu.devices.metamotion.log import TICK_S
from imu.errors import LinkLostError, SensorError

_TICK_S = {"metamotion": TICK_S, "esp32": 1e-6}
_TICK_WRAP = 1 << 32
_CLOCK_OFF = 0.005  # a crystal is off by 0.0001 at most; a wrong unit, or a reset, by far more
_POLL_S = 0.5


async def connect(bench: Bench) -> Came:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await bench.connect()
    took_s = loop.time() - began
    return Came.judged(True, f"after {took_s:.1f} s", connect_s=round(took_s, 2))


async def identity(bench: Bench) -> Came:
    who = bench.sensor.identity
    said = (
        f"{who.model} of {who.manufacturer or '?'}, firmware {who.firmware}, hardware {who.hardware or '?'}"
    )
    return Came.judged(bool(who.model and who.serial and who.firmware), said)


async def battery(bench: Bench) -> Came:
    told = await bench.sensor.battery()
    volts = "" if told.voltage_v is None else f", {told.voltage_v:.2f} V"
    plausible = 0 <= told.percent <= 100 and (told.voltage_v is None or 2.5 < told.voltage_v < 5.5)
    return Came.judged(
        plausible, f"{told.percent:.0f} %{volts}", percent=told.percent, voltage_v=told.voltage_v
    )


async def light(bench: Bench) -> Came:
    await bench.sensor.blink(seconds=bench.parameters.blink_s)
    match await bench.attendant.saw_blinking():
        case None:
            return Came("taken; nobody was there to look", "noted")
        case seen:
            return Came.judged(seen, "seen" if seen else "not seen")


async def clock(bench: Bench) -> Came:
    """Ticks against the host's clock, from the fastest quarter of the readings."""
    readings = []
    unanswered = 0
    for _ in range(bench.parameters.exchanges):
        try:
            readings.append(await bench.sensor.exchange())
        except LinkLostError:
            raise
        except SensorError:
            unanswered += 1
            if unanswered > bench.parameters.exchanges // 4:
                raise
    took_ms = np.array([(each.after_ns - each.before_ns) * 1e-6 for each in readings])
    ticks = np.unwrap([float(each.ticks) for each in readings], period=_TICK_WRAP)
    fast = took_ms <= np.percentile(took_ms, 25)
    began_ns = readings[0].before_ns
    middle_s = np.array([(r.before_ns - began_ns + r.after_ns - began_ns) * 0.5e-9 for r in readings])
    per_s = float(np.polyfit(middle_s[fast], ticks[fast], 1)[0])
    tick_s = _TICK_S[bench.sensor.identity.kind]
    # A reading lies anywhere in its round trip and in its tick; over a cable all of them last a moment.
    doubt = (1e-3 * float(np.ptp(took_ms[fast])) + tick_s) / float(np.ptp(middle_s[fast]))
    off = per_s * tick_s - 1.0
    resets = sum(a.reset_id != b.reset_id for a, b in pairwise(readings))
    percentiles = np.percentile(took_ms, [0, 50, 95])
    low, middle, high = (round(float(value), 1) for value in percentiles)
    return Came.judged(
        abs(off) < _CLOCK_OFF + doubt and not resets and not unanswered,
        f"{len(readings)} readings in {low} / {middle} / {high} ms (fastest, median, 95 %), "
        f"{unanswered} unanswered, clock off by {100 * off:.2f} %",
        fastest_ms=low,
        median_ms=middle,
        p95_ms=high,
        unanswered=unanswered,
        resets=resets,
        clock_off_percent=round(100 * off, 3),
    )


async def out_of_reach(bench: Bench) -> Came:
    """Wait until the connection breaks, then until it can be made again."""
    loop = asyncio.get_running_loop()
    if await bench.attendant.carry_away() is None:
        return Came("nobody was there to carry it", "skipped")
    ends = loop.time() + bench.parameters.away_s
    while True:
        try:
            await bench.sensor.battery()
        except SensorError:
            break
        if loop.time() > ends:
            await bench.attendant.carry_back()
            return Came(f"still connected after {bench.parameters.away_s:g} s", "skipped")
        await asyncio.sleep(_POLL_S)
    await bench.disconnect()
    await bench.attendant.carry_back()
    began = loop.time()
    await bench.connect_again(within_s=bench.parameters.back_s)
    took_s = loop.time() - began
    await bench.sensor.battery()
    return Came.judged(True, f"lost, and connected again {took_s:.1f} s later", again_s=round(took_s, 2))
