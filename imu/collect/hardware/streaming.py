"""Trials that stream: every setting, then every rate for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import theilslopes

from imu.collect.hardware.bench import Bench
from imu.collect.hardware.step import Came, Figure
from imu.devices.decoders import decoder_for
from imu.devices.esp32 import setting as esp32
from imu.devices.metamotion import sampling as metamotion
from imu.devices.sensor import Block, Coding, Packet, Sensor, Settings
from imu.errors import ProtocolError

_FIRST_S = 10.0  # until the first sample: a computer that is busy elsewhere makes no sensor silent
_SETTLE_S = 0.3  # of leftovers under way after a stop
_SETTING_S = 1.0  # long enough to see one g
_ONE_G = 0.15  # how far a still sensor may be from one g; a wrong range is off by a factor of two
_LEAST_ARRIVED = 0.97  # of the samples a second should bring: an oscillator may be 1 % slow


@dataclass(frozen=True, slots=True)
class Offer:
    """What a kind of sensor is asked for. Rates up to `promised_hz` must arrive whole."""

    rates_hz: Sequence[float]
    acc_ranges_g: Sequence[float]
    gyr_ranges_dps: Sequence[float | None]
    promised_hz: float = 200.0


OFFERS = {
    "metamotion": Offer(
        rates_hz=[r for r in metamotion.GYR_RATES_HZ if r <= 400.0],  # beyond it no radio keeps up
        acc_ranges_g=metamotion.ACC_RANGES_G,
        gyr_ranges_dps=(*sorted(metamotion.GYR_RANGES_DPS), None),
    ),
    "esp32": Offer(
        rates_hz=esp32.RATES_HZ,
        acc_ranges_g=esp32.ACC_RANGES_G,
        gyr_ranges_dps=(*(r for r in esp32.GYR_RANGES_DPS if r is not None), None),
    ),
}


@dataclass(frozen=True, slots=True)
class Streamed:
    """What came in some seconds."""

    coding: Coding
    packets: Sequence[Packet]
    blocks: Sequence[Block]
    spoiled: int  # packets that could not be read


async def stream(sensor: Sensor, settings: Settings, *, seconds: float) -> Streamed:
    """Set up, stream for so long from the first sample on, stop."""
    coding = await sensor.configure(settings)
    await sensor.start()
    packets = await _arriving(sensor, seconds=seconds, first_s=_FIRST_S)
    await sensor.stop()
    # What is still under way belongs to no trial, and to none with other settings.
    await _arriving(sensor, seconds=_SETTLE_S, first_s=_SETTLE_S)
    decoder = decoder_for(coding)
    blocks: list[Block] = []
    spoiled = 0
    for packet in packets:
        try:
            blocks += decoder.receive(packet)
        except ProtocolError:
            spoiled += 1
    return Streamed(coding, packets, blocks, spoiled)


async def settings(bench: Bench) -> Came:
    """Each range of acceleration shows one g; each of rotation is taken."""
    offer = OFFERS[bench.sensor.identity.kind]
    figures: dict[str, Figure] = {}
    wrong = []
    for range_g in offer.acc_ranges_g:
        came = await stream(bench.sensor, Settings(100.0, range_g, None), seconds=_SETTING_S)
        felt_g = _felt_g(came)
        if came.coding.acc_range_g < range_g:  # its chip does not go so far
            continue
        figures[f"acc_at_{range_g:g}_g_range_g"] = felt_g and round(felt_g, 3)
        if felt_g is None:
            wrong.append(f"nothing came at the {range_g:g} g range")
        elif abs(felt_g - 1.0) > _ONE_G:
            wrong.append(f"{felt_g:.2f} g at the {range_g:g} g range")
    for range_dps in offer.gyr_ranges_dps:
        coding = await bench.sensor.configure(Settings(100.0, 16.0, range_dps))
        if (coding.gyr_range_dps is None) != (range_dps is None):
            wrong.append(f"gyroscope {coding.gyr_range_dps} instead of {range_dps} deg/s")
    said = "; ".join(wrong) if wrong else f"{len(figures)} ranges of acceleration show one g, all were taken"
    return Came.judged(not wrong, said, **figures)


def at_rate(rate_hz: float) -> Callable[[Bench], Awaitable[Came]]:
    """The trial that streams both sensors at this rate."""

    async def trial(bench: Bench) -> Came:
        came = await stream(bench.sensor, Settings(rate_hz), seconds=bench.parameters.stream_s)
        figures = arrival_figures(came)
        share = figures["arrived_share"]
        whole = share >= _LEAST_ARRIVED and not figures["lost"] and not came.spoiled
        text = (
            f"{figures['rate_hz']:.1f} Hz, {100 * share:.1f} % of the samples, {figures['lost']} lost, "
            f"95 % of the packets less than {figures['late_p95_ms']:.0f} ms late, "
            f"longest pause {figures['pause_ms']:.0f} ms"
        )
        if rate_hz > OFFERS[bench.sensor.identity.kind].promised_hz:
            return Came(text, "noted", figures)
        return Came.judged(whole, text, **figures)

    return trial


def arrival_figures(came: Streamed) -> dict[str, Any]:
    """Rate, loss and jitter of a stream, by when its packets came.

    Lateness is what a packet is behind the line of the middle rate through the earliest arrival: the time
    that a sample waits on sensor and air.
    """
    blocks = [block for block in came.blocks if block.stream != "gyr"]
    samples = np.cumsum([len(block.counts) + block.lost for block in blocks]).astype(float)
    arrival_s = np.array([(block.arrival_ns - blocks[0].arrival_ns) * 1e-9 for block in blocks])
    lost = sum(block.lost for block in came.blocks)
    if len(blocks) < 3 or arrival_s[-1] <= 0.0:
        nothing = {"rate_hz": 0.0, "arrived_share": 0.0, "late_p95_ms": 0.0, "pause_ms": 0.0}
        return {**nothing, "lost": lost, "packets": len(came.packets), "spoiled": came.spoiled}
    # The median slope: a computer that stood still for a moment makes no sensor slow.
    interval_s = theilslopes(arrival_s, samples).slope
    late_s = arrival_s - interval_s * samples
    late_s -= late_s.min()
    rate_hz = 1.0 / float(interval_s)
    share = min(rate_hz / came.coding.rate_hz, 1.0) * (1.0 - lost / max(samples[-1], 1.0))
    return {
        "rate_hz": round(rate_hz, 2),
        "arrived_share": round(float(share), 4),
        "lost": lost,
        "late_p95_ms": round(1e3 * float(np.percentile(late_s, 95)), 1),
        "pause_ms": round(1e3 * float(np.diff(arrival_s).max()), 1),
        "packets": len(came.packets),
        "spoiled": came.spoiled,
    }


def _felt_g(came: Streamed) -> float | None:
    counts = [block.counts[:, :3] for block in came.blocks if block.stream != "gyr"]
    if not counts:
        return None
    return float(np.median(np.linalg.norm(np.concatenate(counts), axis=1)) / came.coding.acc_lsb_per_g)


async def _arriving(sensor: Sensor, *, seconds: float, first_s: float) -> list[Packet]:
    """What comes in so many seconds from the first packet on, which is waited for at most `first_s`."""
    packets: list[Packet] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(first_s) as ends, aclosing(sensor.packets()) as arriving:  # type: ignore[type-var]
            async for packet in arriving:
                if not packets:
                    ends.reschedule(asyncio.get_running_loop().time() + seconds)
                packets.append(packet)
    return packets
