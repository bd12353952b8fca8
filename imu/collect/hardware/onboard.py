"""Trials of the memory on board: log, download, go on after an interruption, erase."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import numpy as np

from imu.collect.enough import log_size
from imu.collect.hardware.bench import Bench, Logged
from imu.collect.hardware.step import Came, Figure
from imu.devices.decoders import decoder_for
from imu.devices.sensor import Coding, LogPart, Packet, Settings
from imu.errors import SensorError

_SETTINGS = Settings()  # of a run
_SIZE_OFF = 0.25  # estimate against memory: 20 s begin and end within a page
_SAMPLES_OFF = 0.05  # against the wall: starting and stopping take a few connection events


async def log(bench: Bench) -> Came:
    """Let it log, and see that the memory fills as fast as runs are planned by."""
    await _logged(bench)
    status = await bench.sensor.log_status()
    least, expected, most = (
        log_size(bench.sensor.identity.kind, _SETTINGS, seconds / 60)
        for seconds in (bench.logged.least_s, bench.parameters.log_s, bench.logged.most_s)
    )
    return Came.judged(
        status.coding is not None
        and not status.running
        and least - _SIZE_OFF * expected < status.used < most + _SIZE_OFF * expected,
        f"{status.used:,} {status.unit}, {expected:,} were expected"
        + ("" if status.coding else "; it does not know how they were written"),
        used=status.used,
        expected=expected,
        unit=status.unit,
    )


async def download(bench: Bench) -> Came:
    """The log of the trial before, without interruption."""
    coding = await _coding(bench)
    loop = asyncio.get_running_loop()
    began = loop.time()
    packets, done, total = await _parts(bench, held=0, until=1.0)
    took_s = loop.time() - began
    size = sum(len(packet.data) for packet in packets)
    ok, text, figures = _samples(coding, packets, bench)
    return Came.judged(
        ok and done == total,
        f"{text}; {done:,} of {total:,} in {took_s:.1f} s, {size / took_s / 1000:.1f} kB/s",
        **figures,
        download_s=round(took_s, 2),
        kilobytes_per_s=round(size / took_s / 1000, 2),
    )


async def erase(bench: Bench) -> Came:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await bench.sensor.erase_log()
    status = await bench.sensor.log_status()
    took_s = loop.time() - began
    bench.own_log = status.used > 0
    return Came.judged(
        not status.used and not status.running,
        f"{status.used} {status.unit} left after {took_s:.1f} s",
        erase_s=round(took_s, 2),
    )


async def resume(bench: Bench) -> Came:
    """Log anew, break the connection in the middle of the download, go on, and miss nothing."""
    await _logged(bench)
    coding = await _coding(bench)
    first, held, whole = await _parts(bench, held=0, until=0.5)
    await bench.connect_again(within_s=bench.parameters.back_s)
    rest, _, _ = await _parts(bench, held=held, until=1.0)
    ok, text, figures = _samples(coding, [*first, *rest], bench)
    await bench.sensor.erase_log()
    bench.own_log = False
    return Came.judged(
        ok, f"broken off at {held:,} of {whole:,}, then gone on: {text}", **figures, broken_off_at=held
    )


async def _logged(bench: Bench) -> None:
    """Start, wait and stop; a computer that is busy elsewhere stops late, and knows by how much."""
    now = asyncio.get_running_loop().time
    asked_s = now()
    await bench.sensor.start_log(_SETTINGS)
    bench.own_log = True
    started_s = now()
    await asyncio.sleep(bench.parameters.log_s)
    ending_s = now()
    await bench.sensor.stop_log()
    bench.logged = Logged(ending_s - started_s, now() - asked_s)


async def _coding(bench: Bench) -> Coding:
    status = await bench.sensor.log_status()
    if status.coding is None:
        raise SensorError("the sensor does not know how its log was written")
    return status.coding


async def _parts(bench: Bench, *, held: int, until: float) -> tuple[list[Packet], int, int]:
    """Packets, how far they reach and of how much; up to a share of it, whose last part is not confirmed."""
    packets: list[Packet] = []
    last: LogPart | None = None
    async with aclosing(bench.sensor.download(held=held)) as parts:  # type: ignore[type-var]
        async for part in parts:
            packets += part.packets
            last = part
            if until < 1.0 and part.done >= until * part.total:
                break
            await bench.sensor.confirm(part)
    return packets, (last.done if last else 0), (last.total if last else 0)


def _samples(coding: Coding, packets: Sequence[Packet], bench: Bench) -> tuple[bool, str, dict[str, Figure]]:
    """Whether all samples of the log are there, in words and in figures."""
    decoder = decoder_for(coding)
    blocks = [block for packet in packets for block in decoder.receive(packet)]
    counted = [block for block in blocks if block.stream != "gyr"]
    samples = sum(len(block.counts) for block in counted)
    lost = sum(block.lost for block in blocks)
    ticks = np.concatenate([np.empty(0, np.int64), *(b.ticks for b in counted if b.ticks is not None)])
    steps = np.diff(ticks) * (coding.tick_s or 0.0) * coding.rate_hz
    gaps = int((steps > 2.5).sum())
    expected = round(bench.parameters.log_s * coding.rate_hz)
    least, most = bench.logged.least_s * coding.rate_hz, bench.logged.most_s * coding.rate_hz
    off = _SAMPLES_OFF * expected + coding.rate_hz / 4
    ok = least - off < samples < most + off and not lost and not gaps
    figures: dict[str, Figure] = {"samples": samples, "expected": expected, "lost": lost, "gaps": gaps}
    return ok, f"{samples:,} samples ({expected:,} expected), {lost} lost, {gaps} gaps", figures
